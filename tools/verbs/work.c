// SPDX-License-Identifier: GPL-2.0-only
/*
 * deque work: runs a command for each message, and acknowledges it when that
 * has gone well.
 */
#include "cli/clock.h"
#include "cli/number.h"
#include "cli/open.h"
#include "cli/say.h"
#include "cli/status.h"
#include "cli/verb.h"
#include "verbs/verbs.h"
#include "work/command.h"
#include "work/loop.h"
#include "work/state.h"

#include <fcntl.h>
#include <getopt.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define OPERAND 1 /* what getopt calls it */

/* The time is optional, so without '=' it would be the deque or the command. */
static int64_t parse_idle(const char *next)
{
	if (optarg)
		return (int64_t)parse_delay("--idle-exit", optarg);
	if (next && is_time(next))
		exit(fail(EX_USAGE,
			  "work: '=' is missing: --idle-exit=%s; or put a "
			  "deque or command '%s' elsewhere",
			  next, next));
	return 0;
}

static void parse_option(struct work *args, int option, const char *next)
{
	switch (option) {
	case 'j':
		args->slots = (unsigned int)parse_number("--jobs", optarg,
							 UNIT_COUNT, SLOTS_MAX);
		break;
	case OPTION_TIMEOUT:
		args->timeout_ns = (int64_t)parse_timeout("--timeout", optarg);
		break;
	case OPTION_RETRY_DELAY:
		args->retry_ns = (int64_t)parse_delay("--retry-delay", optarg);
		break;
	case OPTION_MAX:
		args->max =
			parse_number("--max", optarg, UNIT_COUNT, UINT32_MAX);
		break;
	case OPTION_IDLE_EXIT:
		args->idle_ns = parse_idle(next);
		break;
	case OPTION_GROUP:
		args->group = true;
		break;
	case OPTION_EXTENDABLE:
		args->extendable = true;
		break;
	case OPTION_CORE:
		args->core = true;
		break;
	}
}

/* Options may follow the name, but what follows the command is its own. */
static void parse(struct work *args, int argc, char **argv)
{
	int option;

	while ((option = verb_option(&verb_work, argc, argv)) != -1) {
		if (option != OPERAND) {
			parse_option(args, option, argv[optind]);
			continue;
		}
		if (args->name) {
			optind--;
			break;
		}
		args->name = optarg;
	}
	args->command = verb_operands(&verb_work, argc, argv,
				      args->name ? 1 : 2, INT_MAX);
	if (!args->name)
		args->name = *args->command++;
	args->name = verb_deque(args->name);
}

static bool is_shell(const char *command)
{
	static const char *const shells[] = { "sh",   "bash", "dash", "ash",
					      "ksh",  "mksh", "zsh",  "fish",
					      "yash", "su" };
	const char *slash = strrchr(command, '/');
	size_t i;

	for (i = 0; i < sizeof(shells) / sizeof(shells[0]); i++)
		if (!strcmp(slash ? slash + 1 : command, shells[i]))
			return true;
	return false;
}

/* -c, also as -ec; --norc is another option. */
static bool precedes_program(const char *word)
{
	if (!strncmp(word, "--", 2))
		return !strcmp(word, "--command");
	return word[0] == '-' && strchr(word, 'c');
}

/* The word that is a program for a shell, if there is one; env or nice may stand first. */
static const char *shell_program(char *const *word, const char **shell)
{
	*shell = NULL;
	for (; *word; word++) {
		if (!*shell && is_shell(*word))
			*shell = *word;
		else if (*shell && precedes_program(*word))
			return word[1] && !strcmp(word[1], "--") ? word[2]
								 : word[1];
	}
	return NULL;
}

/* The shell would run what a message says; {} alone asks for that. */
static void warn_of_shell(const struct work *args)
{
	const char *shell, *program = shell_program(args->command, &shell);

	if (program && strcmp(program, "{}") && strstr(program, "{}"))
		say("%s: warning: {} is part of a shell's program, so a "
		    "message can run commands; make it an argument: %s -c "
		    "'... \"$1\"' sh {}",
		    args->name, shell);
}

/* On a terminal where the handlers print by themselves it would be in their way. */
static bool progress_fits(const struct work *args)
{
	return isatty(STDERR_FILENO) && (args->group || !isatty(STDOUT_FILENO));
}

static int run(int argc, char **argv)
{
	struct work args = {
		.slots = 1,
		.retry_ns = NS_PER_S,
		.idle_ns = NEVER,
	};
	int status;

	parse(&args, argc, argv);
	if (args.extendable && !args.timeout_ns)
		return fail(EX_USAGE, "work: --extendable: without --timeout "
				      "there is nothing to extend");
	warn_of_shell(&args);
	args.progress.wanted = progress_fits(&args);
	status = open_deque(args.name, O_RDONLY, O_RDONLY, &args.deque);
	if (!status)
		status = command_check(args.command[0]);
	return status ? status : work_run(&args);
}

static const struct option long_options[] = {
	{ "jobs", required_argument, NULL, 'j' },
	{ "timeout", required_argument, NULL, OPTION_TIMEOUT },
	{ "retry-delay", required_argument, NULL, OPTION_RETRY_DELAY },
	{ "max", required_argument, NULL, OPTION_MAX },
	{ "idle-exit", optional_argument, NULL, OPTION_IDLE_EXIT },
	{ "group", no_argument, NULL, OPTION_GROUP },
	{ "core", no_argument, NULL, OPTION_CORE },
	{ "extendable", no_argument, NULL, OPTION_EXTENDABLE },
	LONG_OPTIONS_END,
};

const struct verb verb_work = {
	.name = "work",
	.run = run,
	.summary = "Run a command for each message, retry what fails",
	.operands = "[OPTION...] NAME [OPTION...] [--] COMMAND [ARG...]",
	.help = "COMMAND reads the message from standard input; {} in ARG "
		"becomes its text.\n"
		"Exit status 0: done.  65: buried.  Else: again later.\n\n"
		"  -j, --jobs N               so many at a time (1)\n"
		"      --timeout TIME         so long for each, then kill it\n"
		"      --extendable           'deque extend' gives it more "
		"time\n"
		"      --retry-delay TIME     what fails waits so long, each "
		"time twice (1s)\n"
		"      --max N                end after so many messages\n"
		"      --idle-exit[=TIME]     end when nothing came for TIME "
		"(0)\n"
		"      --group                print what each prints as a "
		"whole\n"
		"      --core                 let what crashes dump its core "
		"first\n",
	.short_options = "-:hj:",
	.long_options = long_options,
};
