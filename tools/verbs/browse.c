// SPDX-License-Identifier: GPL-2.0-only
/*
 * deque browse: prints the messages in every state, and touches none.
 */
#include "cli/explain.h"
#include "cli/match.h"
#include "cli/open.h"
#include "cli/verb.h"
#include "show/entry.h"
#include "show/walk.h"
#include "verbs/verbs.h"

#include <deque.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdbool.h>
#include <string.h>

#define EVERY_STATE (DEQUE_READY | DEQUE_LEASED | DEQUE_DELAYED | DEQUE_BURIED)
#define DEFAULT_COLUMNS "id,state,deliveries,size,age,left,holder,data"
#define SEVERAL_COLUMNS "deque," DEFAULT_COLUMNS
#define WHOLE_SLOT 1024

struct browse_args {
	const struct column *columns[ENTRY_COLUMNS_MAX + 1];
	unsigned int states;
	bool headings; /* are still to be printed */
	bool json;
};

static void browse_entry(const struct entry *entry, void *context)
{
	struct browse_args *args = context;

	if (args->json)
		entry_print_json(entry, true);
	else
		entry_print(args->columns, entry);
}

static int browse_deque(const char *name, void *context)
{
	struct browse_args *args = context;
	struct walk walk = {
		.name = name,
		.states = args->states,
		.slot = args->json ? WHOLE_SLOT : PREVIEW_SLOT,
		.whole = args->json,
		.visit = browse_entry,
		.context = args,
	};
	struct deque *deque;
	int result = open_deque(name, O_RDONLY, O_RDONLY, &deque);

	if (result)
		return result;
	if (args->headings && !args->json)
		columns_print_headings(args->columns);
	args->headings = false;
	result = walk_deque(&walk, deque);
	deque_close(deque);
	return result ? fail_deque(name, -result) : 0;
}

/* Messages of one deque need not say which it is. */
static const char *default_columns(int argc, char **argv)
{
	if (argc - optind == 1 && !is_pattern(argv[optind]))
		return DEFAULT_COLUMNS;
	return SEVERAL_COLUMNS;
}

static int run(int argc, char **argv)
{
	struct browse_args args = { .states = EVERY_STATE, .headings = true };
	const char *columns = NULL;
	int option;

	while ((option = verb_option(&verb_browse, argc, argv)) != -1) {
		switch (option) {
		case OPTION_STATE:
			args.states = states_parse(optarg);
			break;
		case 'n':
			args.headings = false;
			break;
		case 'o':
			columns = optarg;
			break;
		case OPTION_JSON:
			args.json = true;
			break;
		}
	}
	if (!columns)
		columns = default_columns(argc, argv);
	if (!strcmp(columns, "help"))
		return columns_print_help();
	columns_choose(columns, args.columns);
	return verb_each_match(&verb_browse, argc, argv, browse_deque, &args);
}

static const struct option long_options[] = {
	{ "state", required_argument, NULL, OPTION_STATE },
	{ "json", no_argument, NULL, OPTION_JSON },
	{ "noheadings", no_argument, NULL, 'n' },
	{ "output", required_argument, NULL, 'o' },
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
		"with commas (all)\n"
		"  -o, --output COLUMNS       these, with commas; 'help' lists "
		"them\n"
		"  -n, --noheadings           no line of headings\n"
		"      --json                 all of them, as JSON, one object "
		"a line\n",
	.short_options = ":hno:",
	.long_options = long_options,
	.contradictions = contradictions,
};
