// SPDX-License-Identifier: GPL-2.0-only
/*
 * Starts handlers, as processes: each in a group of its own, with the message as its
 * standard input, and not to outlive us.
 */
#include "work/start.h"
#include "cli/clock.h"
#include "cli/status.h"
#include "flow/interrupt.h"
#include "work/extension.h"
#include "work/guard.h"
#include "work/output.h"
#include "work/state.h"

#include <deque.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* Everything that the new process needs; -1: not there. */
struct start {
	const struct work *work;
	const struct deque_descriptor *message;
	char **arguments;
	pid_t parent;
	int input;
	int output;
	int extension; /* where it asks for more time */
	int report; /* tells why the command could not be executed */
};

/* A file in memory can be read at leisure: nobody waits for anybody. */
static int message_file(const struct deque_descriptor *message)
{
	const char *data = (const void *)(uintptr_t)message->data;
	int fd = memfd_create("message", MFD_CLOEXEC);
	ssize_t written;

	if (fd < 0)
		return -1;
	written = write(fd, data, message->size);
	if (written == (ssize_t)message->size && !lseek(fd, 0, SEEK_SET))
		return fd;
	if (written >= 0)
		errno = ENOMEM;
	close(fd);
	return -1;
}

static bool has_placeholder(char **command)
{
	while (*command && !strstr(*command, PLACEHOLDER))
		command++;
	return *command;
}

/* As in the shell's $(...), a newline at the end is not part of the text. */
static size_t text_length(const struct deque_descriptor *message)
{
	const char *data = (const void *)(uintptr_t)message->data;

	return data[message->size - 1] == '\n' ? message->size - 1
					       : message->size;
}

/* NULL: there is no memory. */
static char *argument_fill(const char *argument,
			   const struct deque_descriptor *message)
{
	const char *data = (const void *)(uintptr_t)message->data, *place;
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	if (!file)
		return NULL;
	for (; (place = strstr(argument, PLACEHOLDER));
	     argument = place + strlen(PLACEHOLDER)) {
		fwrite(argument, 1, (size_t)(place - argument), file);
		fwrite(data, 1, text_length(message), file);
	}
	fputs(argument, file);
	if (!fclose(file))
		return text;
	free(text);
	return NULL;
}

static void arguments_free(char **arguments)
{
	char **argument;

	if (!arguments)
		return;
	for (argument = arguments; *argument; argument++)
		free(*argument);
	free(arguments);
}

static char **arguments_fill(char **command,
			     const struct deque_descriptor *message)
{
	size_t count = 0, i;
	char **arguments;

	while (command[count])
		count++;
	arguments = calloc(count + 1, sizeof(*arguments));
	if (!arguments)
		return NULL;
	for (i = 0; i < count; i++) {
		arguments[i] = argument_fill(command[i], message);
		if (!arguments[i]) {
			arguments_free(arguments);
			return NULL;
		}
	}
	return arguments;
}

static void environment_set(const char *key, unsigned long long number)
{
	char text[24];

	snprintf(text, sizeof(text), "%llu", number);
	setenv(key, text, 1);
}

static void environment_fill(const struct start *start)
{
	const struct deque_descriptor *message = start->message;

	setenv("DEQUE_NAME", start->work->name, 1);
	environment_set("DEQUE_ID", message->id);
	environment_set("DEQUE_LEASE", message->token);
	environment_set("DEQUE_DELIVERIES", message->deliveries);
	environment_set("DEQUE_UID", message->uid);
	if (start->extension >= 0)
		environment_set(EXTENSION_VARIABLE,
				(unsigned int)start->extension);
	else
		unsetenv(EXTENSION_VARIABLE);
}

/*
 * We may have died before the kernel knew that we are to be followed; then there
 * is another parent already.
 */
static void die_with_parent(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		raise(SIGKILL);
}

/*
 * The kernel ends the leases of what dumps core only when that is written.  A limit of 0
 * does not count where core_pattern is a pipe; 1 keeps it from both.
 */
static void core_forbid(void)
{
	const struct rlimit none = { 1, 1 };

	setrlimit(RLIMIT_CORE, &none);
}

/* In the new process. */
static void start_execute(const struct start *start)
{
	int error;

	setpgid(0, 0);
	die_with_parent(start->parent);
	guard_add(&start->work->guard, getpid());
	environment_fill(start);
	dup2(start->input, STDIN_FILENO);
	if (start->output >= 0)
		dup2(start->output, STDOUT_FILENO);
	if (start->extension >= 0)
		fcntl(start->extension, F_SETFD, 0);
	signal(SIGPIPE, start->work->sigpipe);
	setrlimit(RLIMIT_NOFILE, &start->work->files);
	if (!start->work->core)
		core_forbid();
	sigprocmask(SIG_SETMASK, &start->work->mask, NULL);
	execvp(start->arguments[0], start->arguments);
	error = errno;
	if (write(start->report, &error, sizeof(error)) < 0)
		_exit(EX_OSERR);
	_exit(EX_NOT_FOUND);
}

/* Returns when the command runs: 0, or why it does not. */
static int start_await(const struct start *start, int report, pid_t pid)
{
	int error;

	if (read(report, &error, sizeof(error)) != sizeof(error))
		return 0;
	guard_remove(&start->work->guard, pid);
	waitpid(pid, NULL, 0);
	return error;
}

/* Returns 0 or an errno value; *@executed: the fork went well, at least. */
static int start_fork(struct start *start, pid_t *pid, bool *executed)
{
	int ends[2], error;

	if (pipe2(ends, O_CLOEXEC))
		return errno;
	start->report = ends[1];
	start->parent = getpid();
	*pid = fork();
	if (!*pid)
		start_execute(start);
	error = *pid < 0 ? errno : 0;
	close(ends[1]);
	if (!error) {
		*executed = true;
		error = start_await(start, ends[0], *pid);
	}
	close(ends[0]);
	return error;
}

static int output_open(const struct work *work, struct handler *handler,
		       int *output)
{
	int ends[2];

	*output = -1;
	handler->output = (struct output){ .fd = -1 };
	if (!work->group)
		return 0;
	if (pipe2(ends, O_CLOEXEC))
		return errno;
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	handler->output.fd = ends[0];
	*output = ends[1];
	return interrupt_watch(ends[0]) ? 0 : errno;
}

static int start(const struct work *work, struct handler *handler,
		 bool *executed)
{
	struct start start = { .work = work,
			       .message = &handler->message,
			       .extension = -1 };
	int error = ENOMEM;

	start.arguments = arguments_fill(work->command, &handler->message);
	if (!start.arguments)
		return error;
	start.input = message_file(&handler->message);
	error = start.input < 0 ? errno : 0;
	if (!error) {
		error = output_open(work, handler, &start.output);
		if (!error && work->extendable)
			error = extension_open(handler, &start.extension);
		if (!error)
			error = start_fork(&start, &handler->pid, executed);
		if (start.output >= 0)
			close(start.output);
		if (start.extension >= 0)
			close(start.extension);
		close(start.input);
	}
	arguments_free(start.arguments);
	return error;
}

/* A message that no command line can hold will never be handled. */
static const char *start_objection(const struct work *work,
				   const struct deque_descriptor *message)
{
	if (has_placeholder(work->command) &&
	    memchr((const void *)(uintptr_t)message->data, '\0', message->size))
		return "it has a NUL in it, which no argument can have";
	return NULL;
}

/* The kernel says only at execve(2) that an argument is too long. */
static void start_explain(const struct work *work, struct refusal *refusal,
			  int error, bool executed)
{
	if (executed && error == E2BIG && has_placeholder(work->command)) {
		refusal->objection = "it is too long for an argument";
		return;
	}
	refusal->error = error;
	refusal->executed = executed;
}

/* False: see @refusal. */
bool handler_start(const struct work *work, struct handler *handler,
		   struct refusal *refusal)
{
	bool executed = false;
	int error;

	*refusal = (struct refusal){
		.objection = start_objection(work, &handler->message),
	};
	if (refusal->objection)
		return false;
	error = start(work, handler, &executed);
	if (error) {
		output_free(&handler->output);
		extension_close(handler);
		start_explain(work, refusal, error, executed);
		return false;
	}
	handler->state = HANDLER_RUNNING;
	handler->timed_out = false;
	handler->unprinted = false;
	handler->deadline_ns = work->timeout_ns ? now_ns() + work->timeout_ns
						: NEVER;
	return true;
}
