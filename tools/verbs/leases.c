// SPDX-License-Identifier: GPL-2.0-only
/*
 * deque leases: prints which messages somebody works on, who, and since when.
 */
#include "cli/verb.h"
#include "show/columns.h"
#include "show/listing.h"
#include "verbs/verbs.h"

#include <deque.h>
#include <getopt.h>

#define DEFAULT_COLUMNS "deque,token,id,holder,age,left,deliveries,size,command"

static int run(int argc, char **argv)
{
	struct listing listing = {
		.args = { .list = DEFAULT_COLUMNS, .headings = true },
		.states = DEQUE_LEASED,
	};
	int option;

	while ((option = verb_option(&verb_leases, argc, argv)) != -1)
		columns_option(&listing.args, option);
	return listing_run(&verb_leases, argc, argv, &listing);
}

static const struct option long_options[] = {
	LONG_OPTIONS_COLUMNS,
	LONG_OPTIONS_END,
};

static const int contradictions[] = { CONTRADICTIONS_COLUMNS, 0 };

const struct verb verb_leases = {
	.name = "leases",
	.run = run,
	.summary = "Print who works on which messages, and since when",
	.operands = "[OPTION...] [NAME|PATTERN...]",
	.help = "Without a name: of all deques.\n\n" HELP_LISTING,
	.short_options = ":hno:",
	.long_options = long_options,
	.contradictions = contradictions,
};
