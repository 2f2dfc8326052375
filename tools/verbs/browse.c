// SPDX-License-Identifier: GPL-2.0-only
/*
 * deque browse: prints the messages in every state, and touches none.
 */
#include "cli/match.h"
#include "cli/verb.h"
#include "show/columns.h"
#include "show/entry.h"
#include "show/listing.h"
#include "verbs/verbs.h"

#include <deque.h>
#include <getopt.h>

#define EVERY_STATE (DEQUE_READY | DEQUE_LEASED | DEQUE_DELAYED | DEQUE_BURIED)
#define DEFAULT_COLUMNS "id,state,deliveries,size,age,left,holder,data"
#define SEVERAL_COLUMNS "deque," DEFAULT_COLUMNS

/* Messages of one deque need not say which it is. */
static const char *default_columns(int argc, char **argv)
{
	if (argc - optind == 1 && !is_pattern(argv[optind]))
		return DEFAULT_COLUMNS;
	return SEVERAL_COLUMNS;
}

static int run(int argc, char **argv)
{
	struct listing listing = {
		.args = { .headings = true },
		.states = EVERY_STATE,
		.data = true,
	};
	int option;

	while ((option = verb_option(&verb_browse, argc, argv)) != -1) {
		if (option == OPTION_STATE)
			listing.states = states_parse(optarg);
		else
			columns_option(&listing.args, option);
	}
	if (!listing.args.list)
		listing.args.list = default_columns(argc, argv);
	return listing_run(&verb_browse, argc, argv, &listing);
}

static const struct option long_options[] = {
	{ "state", required_argument, NULL, OPTION_STATE },
	LONG_OPTIONS_COLUMNS,
	LONG_OPTIONS_END,
};

static const int contradictions[] = { CONTRADICTIONS_COLUMNS, 0 };

const struct verb verb_browse = {
	.name = "browse",
	.run = run,
	.summary = "Print messages in every state and leave them so",
	.operands = "[OPTION...] [NAME|PATTERN...]",
	.help = "Without a name: those of all deques.\n\n"
		"      --state STATES         ready, leased, delayed, buried, "
		"with commas (all)\n" HELP_LISTING,
	.short_options = ":hno:",
	.long_options = long_options,
	.contradictions = contradictions,
};
