// SPDX-License-Identifier: GPL-2.0-only
/*
 * deque kick: makes messages ready that are buried or delayed.
 */
#include "cli/explain.h"
#include "cli/number.h"
#include "cli/open.h"
#include "cli/verb.h"
#include "verbs/verbs.h"

#include <deque.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct kick_args {
	const char *name;
	unsigned int states;
	unsigned int end;
	uint64_t count;
};

static int kick_run(const struct kick_args *args)
{
	struct deque *deque;
	int64_t result;
	int status = open_deque(args->name, O_WRONLY, O_WRONLY, &deque);

	if (status)
		return status;
	result = deque_kick(deque, args->count, args->states, args->end);
	deque_close(deque);
	if (result < 0)
		return fail_deque(args->name, (int)-result);
	printf("%lld\n", (long long)result);
	return 0;
}

static int run(int argc, char **argv)
{
	struct kick_args args = { .count = UINT64_MAX };
	char **operands;
	int option;

	while ((option = verb_option(&verb_kick, argc, argv)) != -1) {
		if (verb_option_end(option, &args.end))
			continue;
		switch (option) {
		case OPTION_BURIED:
			args.states |= DEQUE_BURIED;
			break;
		case OPTION_DELAYED:
			args.states |= DEQUE_DELAYED;
			break;
		}
	}
	if (!args.states)
		args.states = DEQUE_BURIED;
	operands = verb_operands(&verb_kick, argc, argv, 1, 2);
	args.name = verb_deque(operands[0]);
	if (operands[1] && strcmp(operands[1], "all"))
		args.count = parse_number("kick", operands[1], UNIT_COUNT,
					  UINT32_MAX);
	return kick_run(&args);
}

static const struct option long_options[] = {
	{ "buried", no_argument, NULL, OPTION_BURIED },
	{ "delayed", no_argument, NULL, OPTION_DELAYED },
	LONG_OPTIONS_ENDS,
	LONG_OPTIONS_END,
};

static const int contradictions[] = { CONTRADICTIONS_ENDS, 0 };

const struct verb verb_kick = {
	.name = "kick",
	.run = run,
	.summary = "Make buried or delayed messages ready; print how many",
	.operands = "[OPTION...] NAME [N|all]",
	.help = "N messages at most (all), those first that were buried "
		"first.\n\n"
		"      --buried               those that are buried (unless "
		"--delayed)\n"
		"      --delayed              those that are delayed\n"
		"      --front, --back        to that end (where they were)\n",
	.short_options = ":h",
	.long_options = long_options,
	.contradictions = contradictions,
};
