// SPDX-License-Identifier: GPL-2.0-only
/*
 * The loop of `deque work`: takes a message when a handler could be started, and
 * waits for what happens next.  Signals come only while it waits.
 */
#include "work.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define FIRST_ROOM 65536
#define FILES_MOST (2 * SLOTS_MAX + 256)
#define POLLS_MAX (2 + 2 * SLOTS_MAX)

int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* The first reason is the one that counts. */
void work_stop(struct work *work, int status)
{
	work->stopping = true;
	if (!work->status)
		work->status = status;
}

static struct handler *handler_find(struct work *work, enum handler_state state,
				    pid_t pid)
{
	unsigned int i;

	for (i = 0; i < work->slots; i++)
		if (work->handlers[i].state == state &&
		    (!pid || work->handlers[i].pid == pid))
			return &work->handlers[i];
	return NULL;
}

static bool work_grow(struct work *work, size_t room)
{
	char *data = realloc(work->data, room);

	if (!data)
		return false;
	work->data = data;
	work->room = room;
	return true;
}

/* Returns the size of the message, or -errno. */
static ssize_t work_claim(struct work *work, struct deque_descriptor *message)
{
	uint64_t timeout = 0;
	ssize_t result;

	if (work->timeout_ns)
		timeout =
			(uint64_t)work->timeout_ns + GRACE_NS + LEASE_MARGIN_NS;
	do
		result = deque_claim(work->deque, work->data, work->room,
				     DEQUE_NOWAIT | DEQUE_PROCESS, NULL,
				     timeout, message);
	while (result == -EMSGSIZE && work_grow(work, message->size));
	return result;
}

/* False: there is no message, or none shall be taken. */
static bool work_take(struct work *work)
{
	struct handler *handler = handler_find(work, HANDLER_NONE, 0);
	ssize_t result;

	if (work->stopping || !handler)
		return false;
	result = work_claim(work, &handler->message);
	if (result == -EAGAIN)
		return false;
	if (result < 0) {
		progress_hide(work);
		work_stop(work, fail_deque(work->name, (int)-result));
		return false;
	}
	if (handler_start(work, handler))
		work->busy++;
	if (++work->claimed == work->max)
		work_stop(work, 0);
	work->idle_since_ns = 0;
	return true;
}

/*
 * So many that every handler may have one: of messages that start none there may be
 * any number, and meanwhile nobody would see to those that run.  False: there is no
 * other to take.
 */
static bool work_take_some(struct work *work)
{
	unsigned int i;

	for (i = 0; i < work->slots; i++)
		if (!work_take(work))
			return false;
	return true;
}

/* Idle is who has no handler, and found no message either. */
static void work_check_idle(struct work *work)
{
	if (work->busy || work->idle_ns == NEVER) {
		work->idle_since_ns = 0;
		return;
	}
	if (!work->idle_since_ns)
		work->idle_since_ns = now_ns();
	if (now_ns() - work->idle_since_ns >= work->idle_ns)
		work_stop(work, 0);
}

static void work_signal_all(struct work *work, int number)
{
	unsigned int i;

	for (i = 0; i < work->slots; i++)
		if (work->handlers[i].state == HANDLER_RUNNING)
			handler_signal(&work->handlers[i], number);
}

/*
 * The first one asks us to take no more, the second one not to wait either.  Those
 * that came while we were busy are let in here, without waiting: work_wait() does it
 * only if nothing else has happened by then.
 */
static void work_check_signals(struct work *work)
{
	const struct timespec none = { 0 };
	sigset_t mask = work->mask;

	/* Not the end of a child: work_wait() is to be told of that. */
	sigaddset(&mask, SIGCHLD);
	ppoll(NULL, 0, &none, &mask);
	if (interrupt_count() >= 1)
		work_stop(work, 0);
	if (interrupt_count() >= 2 && !work->killing) {
		work->killing = true;
		work_signal_all(work, SIGKILL);
	}
}

/* However late we are: nobody else gets the message while the handler has grace. */
static void handler_time_out(struct work *work, struct handler *handler,
			     int64_t now)
{
	handler->timed_out = true;
	handler->deadline_ns = now + GRACE_NS;
	handler_signal(handler, SIGTERM);
	/* If the lease is lost, that is told when it is to be ended. */
	deque_extend(work->deque, handler->message.token,
		     GRACE_NS + LEASE_MARGIN_NS);
}

static void handler_check_deadline(struct work *work, struct handler *handler,
				   int64_t now)
{
	if (handler->state != HANDLER_RUNNING || now < handler->deadline_ns)
		return;
	if (handler->timed_out) {
		handler->deadline_ns = NEVER;
		handler_signal(handler, SIGKILL);
		return;
	}
	handler_time_out(work, handler, now);
}

static void work_check_deadlines(struct work *work)
{
	int64_t now = now_ns();
	unsigned int i;

	for (i = 0; i < work->slots; i++)
		handler_check_deadline(work, &work->handlers[i], now);
}

static void work_settle(struct work *work, struct handler *handler)
{
	verdict_settle(work, handler);
	output_free(&handler->output);
	handler->state = HANDLER_NONE;
	work->busy--;
}

/* Without memory we end, and all our leases with us. */
static void work_read_output(struct work *work, struct handler *handler)
{
	if (!output_read(&handler->output))
		exit(fail_deque(work->name, ENOMEM));
}

/* The number of the handler's group is its own until it is reaped. */
static void handler_ended(struct work *work, struct handler *handler,
			  const siginfo_t *info)
{
	handler->code = info->si_code;
	handler->status = info->si_status;
	if (!handler_succeeded(handler))
		kill(-handler->pid, SIGKILL);
	guard_remove(&work->guard, handler->pid);
	work_read_output(work, handler);
	output_close(&handler->output);
	extension_close(handler);
	handler->state = HANDLER_ENDED;
	handler->ended = ++work->ended;
	if (output_is_written(&handler->output)) {
		work_settle(work, handler);
		return;
	}
	/* Who reads what we print may take longer than the handler may. */
	if (work->timeout_ns)
		deque_extend(work->deque, handler->message.token, 0);
}

/* Somebody has killed it: there has to be another, and it has to know all. */
static void guard_ended(struct work *work)
{
	unsigned int i;

	close(work->guard.fd);
	if (!guard_start(&work->guard))
		exit(fail_deque(work->name, errno));
	for (i = 0; i < work->slots; i++)
		if (work->handlers[i].state == HANDLER_RUNNING)
			guard_add(&work->guard, work->handlers[i].pid);
}

/* There may be children that are not ours, of what we were executed from. */
static void work_reap(struct work *work)
{
	siginfo_t info = { .si_pid = 0 };
	struct handler *handler;

	while (!waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) &&
	       info.si_pid) {
		handler = handler_find(work, HANDLER_RUNNING, info.si_pid);
		if (handler)
			handler_ended(work, handler, &info);
		waitpid(info.si_pid, NULL, 0);
		if (info.si_pid == work->guard.pid)
			guard_ended(work);
		info.si_pid = 0;
	}
}

/* The one whose output is printed: of those that have ended, the first. */
static struct handler *work_printing(struct work *work)
{
	struct handler *first = NULL, *handler;
	unsigned int i;

	for (i = 0; i < work->slots; i++) {
		handler = &work->handlers[i];
		if (handler->state == HANDLER_ENDED &&
		    (!first || handler->ended < first->ended))
			first = handler;
	}
	return first;
}

static void work_print(struct work *work, struct handler *handler)
{
	int error;

	progress_hide(work);
	error = output_write(&handler->output);
	if (error) {
		handler->unprinted = true;
		work_stop(work, fail(EX_IOERR,
				     "%s: cannot write to standard output: %s",
				     work->name, strerror(error)));
	}
	if (error || output_is_written(&handler->output))
		work_settle(work, handler);
}

/* Who is not to wait for a handler does not wait for a reader either. */
static void work_drop_output(struct work *work)
{
	struct handler *handler;

	while ((handler = work_printing(work))) {
		handler->unprinted = true;
		work_settle(work, handler);
	}
}

static int64_t work_next_ns(const struct work *work)
{
	int64_t next = NEVER;
	unsigned int i;

	/* Messages that started no handler have left every slot free. */
	if (work->take_again)
		return 0;
	for (i = 0; i < work->slots; i++)
		if (work->handlers[i].state == HANDLER_RUNNING &&
		    work->handlers[i].deadline_ns < next)
			next = work->handlers[i].deadline_ns;
	if (work->idle_since_ns && work->idle_since_ns + work->idle_ns < next)
		next = work->idle_since_ns + work->idle_ns;
	if (work->progress.stale && work->progress.next_ns < next)
		next = work->progress.next_ns;
	return next;
}

static int poll_until(struct pollfd *polls, nfds_t count, int64_t until_ns,
		      const sigset_t *mask)
{
	int64_t left = until_ns - now_ns();
	struct timespec time;

	if (until_ns == NEVER)
		return ppoll(polls, count, NULL, mask);
	if (left < 0)
		left = 0;
	time.tv_sec = left / NS_PER_S;
	time.tv_nsec = left % NS_PER_S;
	return ppoll(polls, count, &time, mask);
}

/*
 * The deque, the standard output, and what each handler prints.  Only what is open:
 * poll(2) refuses more entries than the process may have files, even if they are -1.
 */
static void work_wait(struct work *work)
{
	struct pollfd polls[POLLS_MAX];
	struct handler *handlers[POLLS_MAX];
	struct handler *printing = work_printing(work);
	unsigned int count = 0, first, asking, i;
	sigset_t mask = work->mask;

	if (!work->stopping && handler_find(work, HANDLER_NONE, 0))
		polls[count++] = (struct pollfd){ .fd = deque_fd(work->deque),
						  .events = POLLIN };
	if (printing)
		polls[count++] = (struct pollfd){ .fd = STDOUT_FILENO,
						  .events = POLLOUT };
	first = count;
	for (i = 0; i < work->slots; i++) {
		if (work->handlers[i].output.fd < 0)
			continue;
		handlers[count] = &work->handlers[i];
		polls[count++] =
			(struct pollfd){ .fd = work->handlers[i].output.fd,
					 .events = POLLIN };
	}
	asking = count;
	for (i = 0; i < work->slots; i++) {
		if (work->handlers[i].extension < 0)
			continue;
		handlers[count] = &work->handlers[i];
		polls[count++] =
			(struct pollfd){ .fd = work->handlers[i].extension,
					 .events = POLLIN };
	}
	sigdelset(&mask, SIGCHLD);
	if (poll_until(polls, count, work_next_ns(work), &mask) <= 0)
		return;
	for (i = first; i < asking; i++)
		if (polls[i].revents)
			work_read_output(work, handlers[i]);
	for (i = asking; i < count; i++)
		if (polls[i].revents)
			extension_serve(work, handlers[i]);
	if (printing && polls[first - 1].revents)
		work_print(work, printing);
}

static void work_loop(struct work *work)
{
	for (;;) {
		work_check_signals(work);
		if (work->killing)
			work_drop_output(work);
		work->take_again = work_take_some(work) && !work->busy;
		if (!work->take_again)
			work_check_idle(work);
		if (work->stopping && !work->busy)
			break;
		progress_show(work);
		work_wait(work);
		work_reap(work);
		work_check_deadlines(work);
	}
}

static void ignore(int number)
{
	(void)number;
}

/* A child whose end is ignored would not wait to be looked at. */
static void work_catch(struct work *work)
{
	struct sigaction note = { .sa_handler = ignore };
	sigset_t child;

	sigprocmask(SIG_BLOCK, NULL, &work->mask);
	work->sigpipe = signal(SIGPIPE, SIG_IGN);
	sigaction(SIGCHLD, &note, NULL);
	interrupt_catch(work->deque);
	interrupt_hold();
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
}

/* A pipe for each handler's output, and some for ourselves; if root lets us. */
static void work_raise_files(struct work *work)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &work->files))
		return;
	files = work->files;
	if (files.rlim_cur < FILES_MOST)
		files.rlim_cur = files.rlim_max < FILES_MOST ? files.rlim_max
							     : FILES_MOST;
	setrlimit(RLIMIT_NOFILE, &files);
}

static bool work_prepare(struct work *work)
{
	unsigned int i;

	work_raise_files(work);
	work->guard.capacity = work->slots;
	work->handlers = calloc(work->slots, sizeof(*work->handlers));
	if (!work->handlers || !work_grow(work, FIRST_ROOM))
		return false;
	for (i = 0; i < work->slots; i++)
		work->handlers[i].output.fd = work->handlers[i].extension = -1;
	return guard_start(&work->guard);
}

/* The worst comes first. */
static int work_status(const struct work *work)
{
	if (work->status)
		return work->status;
	if (work->lost)
		return EX_LOST;
	if (work->buried)
		return EX_DATAERR;
	return work->returned ? EX_TEMPFAIL : 0;
}

int work_run(struct work *work)
{
	work_catch(work);
	if (!work_prepare(work))
		return fail_deque(work->name, errno);
	work_loop(work);
	guard_stop(&work->guard);
	progress_summary(work);
	interrupt_obey();
	return work_status(work);
}
