// SPDX-License-Identifier: GPL-2.0-only
/*
 * deque return: gives leased messages back, to be delivered again.
 */
#include "cli/number.h"
#include "cli/verb.h"
#include "flow/tokens.h"
#include "verbs/verbs.h"

#include <deque.h>
#include <getopt.h>
#include <stdint.h>

static int give_back(struct deque *deque, const uint64_t *tokens,
		     unsigned int count, const struct lease *lease)
{
	return deque_return_batch(deque, tokens, count, lease->end,
				  lease->time_ns);
}

static int run(int argc, char **argv)
{
	struct lease args = { .fd = FD_UNSET, .act = give_back };
	int option;

	while ((option = verb_option(&verb_return, argc, argv)) != -1) {
		if (verb_option_end(option, &args.end))
			continue;
		switch (option) {
		case OPTION_FD:
			args.fd = parse_fd(optarg);
			break;
		case OPTION_DELAY:
			args.time_ns = parse_delay("--delay", optarg);
			break;
		case OPTION_UNCOUNTED:
			args.end |= DEQUE_UNCOUNTED;
			break;
		}
	}
	return lease_run(&verb_return, argc, argv, &args);
}

static const struct option long_options[] = {
	{ "fd", required_argument, NULL, OPTION_FD },
	{ "delay", required_argument, NULL, OPTION_DELAY },
	LONG_OPTIONS_ENDS,
	{ "uncounted", no_argument, NULL, OPTION_UNCOUNTED },
	LONG_OPTIONS_END,
};

static const int contradictions[] = { CONTRADICTIONS_ENDS, 0 };

const struct verb verb_return = {
	.name = "return",
	.run = run,
	.summary = "Give claimed messages back, to be delivered again",
	.operands = "--fd N [OPTION...] TOKEN...",
	.help = HELP_FD
	"      --delay TIME           nobody gets them before that\n"
	"      --front, --back        to that end (where they were)\n"
	"      --uncounted            it was not their fault: not one of the\n"
	"                               max_deliveries\n",
	.short_options = ":h",
	.long_options = long_options,
	.contradictions = contradictions,
};
