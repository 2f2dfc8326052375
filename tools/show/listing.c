// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints the messages of deques that are in some states, as a table or as JSON.
 */
#include "show/listing.h"
#include "cli/explain.h"
#include "cli/match.h"
#include "cli/open.h"
#include "cli/verb.h"
#include "show/columns.h"
#include "show/entry.h"
#include "show/field.h"
#include "show/walk.h"

#include <deque.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

#define WHOLE_SLOT 1024

static void listing_entry(const struct entry *entry, void *context)
{
	struct listing *listing = context;

	if (listing->args.json)
		entry_print_json(entry, listing->data);
	else
		entry_print(listing->columns, entry);
}

static void listing_print_headings(struct listing *listing)
{
	if (listing->args.headings && !listing->args.json)
		entry_print_headings(listing->columns);
	listing->args.headings = false;
}

static int listing_deque(const char *name, void *context)
{
	struct listing *listing = context;
	bool whole = listing->args.json && listing->data;
	struct walk walk = {
		.name = name,
		.states = listing->states,
		.slot = whole ? WHOLE_SLOT : PREVIEW_SLOT,
		.whole = whole,
		.visit = listing_entry,
		.context = listing,
	};
	struct deque *deque;
	int result = open_deque(name, O_RDONLY, O_RDONLY, &deque);

	if (result)
		return result;
	listing_print_headings(listing);
	result = walk_deque(&walk, deque);
	deque_close(deque);
	return result ? fail_deque(name, -result) : 0;
}

int listing_run(const struct verb *verb, int argc, char **argv,
		struct listing *listing)
{
	if (!strcmp(listing->args.list, "help"))
		return columns_print_help(&entry_columns);
	columns_choose(&entry_columns, listing->args.list, listing->columns);
	return verb_each_match(verb, argc, argv, listing_deque, listing);
}
