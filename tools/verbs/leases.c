// SPDX-License-Identifier: GPL-2.0-only
/*
 * deque leases: prints which messages somebody works on, who, and since when.
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

#define DEFAULT_COLUMNS "deque,token,id,holder,age,left,deliveries,size,command"

struct leases_args {
	const struct column *columns[ENTRY_COLUMNS_MAX + 1];
	bool headings; /* are still to be printed */
	bool json;
};

static void leases_entry(const struct entry *entry, void *context)
{
	struct leases_args *args = context;

	if (args->json)
		entry_print_json(entry, false);
	else
		entry_print(args->columns, entry);
}

static void leases_print_headings(struct leases_args *args)
{
	if (args->headings && !args->json)
		columns_print_headings(args->columns);
	args->headings = false;
}

static int leases_deque(const char *name, void *context)
{
	struct walk walk = {
		.name = name,
		.states = DEQUE_LEASED,
		.slot = PREVIEW_SLOT,
		.visit = leases_entry,
		.context = context,
	};
	struct deque *deque;
	int result = open_deque(name, O_RDONLY, O_RDONLY, &deque);

	if (result)
		return result;
	leases_print_headings(context);
	result = walk_deque(&walk, deque);
	deque_close(deque);
	return result ? fail_deque(name, -result) : 0;
}

static int run(int argc, char **argv)
{
	struct leases_args args = { .headings = true };
	const char *columns = DEFAULT_COLUMNS;
	int option;

	while ((option = verb_option(&verb_leases, argc, argv)) != -1) {
		switch (option) {
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
	if (!strcmp(columns, "help"))
		return columns_print_help();
	columns_choose(columns, args.columns);
	return verb_each_match(&verb_leases, argc, argv, leases_deque, &args);
}

static const struct option long_options[] = {
	{ "json", no_argument, NULL, OPTION_JSON },
	{ "noheadings", no_argument, NULL, 'n' },
	{ "output", required_argument, NULL, 'o' },
	LONG_OPTIONS_END,
};

static const int contradictions[] = { CONTRADICTIONS_COLUMNS, 0 };

const struct verb verb_leases = {
	.name = "leases",
	.run = run,
	.summary = "Print who works on which messages, and since when",
	.operands = "[OPTION...] [NAME|PATTERN...]",
	.help = "Without a name: of all deques.\n\n"
		"  -o, --output COLUMNS       these, with commas; 'help' lists "
		"them\n"
		"  -n, --noheadings           no line of headings\n"
		"      --json                 all of them, as JSON, one object "
		"a line\n",
	.short_options = ":hno:",
	.long_options = long_options,
	.contradictions = contradictions,
};
