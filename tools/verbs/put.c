// SPDX-License-Identifier: GPL-2.0-only
/*
 * deque put: puts messages in, from operands, files or standard input.
 */
#include "cli/number.h"
#include "cli/open.h"
#include "cli/say.h"
#include "cli/status.h"
#include "cli/verb.h"
#include "flow/empty.h"
#include "flow/input.h"
#include "flow/interrupt.h"
#include "flow/sender.h"
#include "verbs/verbs.h"

#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct put_args {
	struct sender sender;
	int separator;
	bool files;
};

static int put_input(struct put_args *args)
{
	args->sender.source = "stdin";
	return input_send(STDIN_FILENO, args->separator, &args->sender);
}

static int put_file(struct put_args *args, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int status;

	args->sender.source = path;
	if (fd < 0)
		return sender_fail(&args->sender, EX_IOERR, 1, strerror(errno));
	status = input_send(fd, args->separator, &args->sender);
	close(fd);
	return status;
}

/* Texts are collected; their order with what is read has to be kept. */
static int put_operand(struct put_args *args, const char *operand,
		       uint64_t number)
{
	int status;

	if (strcmp(operand, "-") && !args->files) {
		args->sender.source = "operand";
		return sender_add_or_skip(&args->sender, operand,
					  strlen(operand), number);
	}
	status = sender_flush(&args->sender);
	if (status)
		return status;
	return strcmp(operand, "-") ? put_file(args, operand) : put_input(args);
}

static bool input_is_null(void)
{
	struct stat input, null;

	return !fstat(STDIN_FILENO, &input) && !stat("/dev/null", &null) &&
	       S_ISCHR(input.st_mode) && input.st_rdev == null.st_rdev;
}

/*
 * An input without lines is no failure.  But if the TEXT was an empty variable, and a
 * service's input is /dev/null, nobody would notice.
 */
static int put_input_only(struct put_args *args)
{
	int status = put_input(args);

	if (!status && !args->sender.sent && input_is_null())
		say("%s: nothing was put in: there is no TEXT, and standard "
		    "input is /dev/null",
		    args->sender.name);
	return status;
}

static int put_operands(struct put_args *args, char **operands)
{
	uint64_t number;
	int status = 0;

	if (!*operands)
		return put_input_only(args);
	for (number = 1; !status && *operands; number++)
		status = put_operand(args, *operands++, number);
	return status ? status : sender_flush(&args->sender);
}

static int put_run(struct put_args *args, char **operands)
{
	struct sender *sender = &args->sender;
	int status =
		open_deque(sender->name, O_WRONLY, O_WRONLY, &sender->deque);

	if (status)
		return status;
	signal(SIGPIPE, SIG_IGN);
	interrupt_catch(sender->deque);
	status = put_operands(args, operands);
	interrupt_obey();
	return status;
}

static int run(int argc, char **argv)
{
	struct put_args args = { .separator = '\n' };
	int option;
	char **operands;

	args.sender.wait_ns = FOREVER;
	while ((option = verb_option(&verb_put, argc, argv)) != -1) {
		if (verb_option_end(option, &args.sender.end))
			continue;
		switch (option) {
		case 'f':
			args.files = true;
			break;
		case '0':
			args.separator = '\0';
			break;
		case OPTION_WHOLE:
			args.separator = SEPARATOR_NONE;
			break;
		case OPTION_SKIP_EMPTY:
			args.sender.skip_empty = true;
			break;
		case OPTION_DELAY:
			args.sender.delay_ns = parse_delay("--delay", optarg);
			break;
		case 'w':
			args.sender.wait_ns = parse_time("--wait", optarg);
			break;
		case OPTION_JSON:
			args.sender.json = true;
			break;
		}
	}
	operands = verb_operands(&verb_put, argc, argv, 1, INT_MAX);
	args.sender.name = verb_deque(operands[0]);
	return put_run(&args, operands + 1);
}

static const struct option long_options[] = {
	{ "files", no_argument, NULL, 'f' },
	{ "null", no_argument, NULL, '0' },
	{ "whole", no_argument, NULL, OPTION_WHOLE },
	{ "skip-empty", no_argument, NULL, OPTION_SKIP_EMPTY },
	LONG_OPTIONS_ENDS,
	{ "delay", required_argument, NULL, OPTION_DELAY },
	{ "wait", required_argument, NULL, 'w' },
	{ "json", no_argument, NULL, OPTION_JSON },
	LONG_OPTIONS_END,
};

static const int contradictions[] = { CONTRADICTIONS_ENDS, '0', OPTION_WHOLE,
				      0 };

const struct verb verb_put = {
	.name = "put",
	.run = run,
	.summary = "Put messages in",
	.operands = "[OPTION...] NAME [TEXT|-|FILE...]",
	.help = "Each TEXT is a message; - or nothing: each line of standard "
		"input.\n\n"
		"  -f, --files                operands are files, each line a "
		"message\n"
		"  -0, --null                 NUL ends a message, not a "
		"newline\n"
		"      --whole                each file is one message as it "
		"is\n"
		"      --skip-empty           pass over empty lines\n"
		"      --front, --back        at that end (back)\n"
		"      --delay TIME           nobody gets them before that\n"
		"  -w, --wait TIME|forever    wait so long for room (forever)\n"
		"      --json                 print ids, one object a line\n",
	.short_options = ":0fhw:",
	.long_options = long_options,
	.contradictions = contradictions,
};
