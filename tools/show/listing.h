/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Prints the messages of deques that are in some states, as a table or as JSON.
 */
#ifndef DEQUE_SHOW_LISTING_H
#define DEQUE_SHOW_LISTING_H

#include "cli/verb.h"
#include "show/columns.h"
#include "show/entry.h"

#include <stdbool.h>

#define HELP_LISTING                                                     \
	"  -o, --output COLUMNS       these, with commas; 'help' lists " \
	"them\n"                                                         \
	"  -n, --noheadings           no line of headings\n"             \
	"      --json                 all of them, as JSON, one object " \
	"a line\n"

/**
 * struct listing - what is printed of which messages
 * @args: what the options say; the headings are printed once
 * @columns: the columns that were chosen
 * @states: the states that messages are to be in
 * @data: JSON has the payloads, too
 */
struct listing {
	struct columns_args args;
	const struct column *columns[ENTRY_COLUMNS_MAX + 1];
	unsigned int states;
	bool data;
};

/* Prints those of the deques that the operands name, or of all; returns a status. */
int listing_run(const struct verb *verb, int argc, char **argv,
		struct listing *listing);

#endif /* DEQUE_SHOW_LISTING_H */
