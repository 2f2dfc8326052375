/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Columns of a table: choosing them by their names, listing them, and the options of
 * all verbs that print a table.
 */
#ifndef DEQUE_SHOW_COLUMNS_H
#define DEQUE_SHOW_COLUMNS_H

#include "cli/verb.h"

#include <stdbool.h>
#include <stddef.h>

/* Every column begins with this. */
struct column {
	const char *key;
	const char *help;
};

/**
 * struct columns - all columns that a table may have
 * @first: an array of structs that begin with a struct column; the last has no key
 * @size: bytes of each struct
 * @most: how many can be chosen at a time
 */
struct columns {
	const void *first;
	size_t size;
	unsigned int most;
};

/* The one after it; if @column is NULL, the first; after the last, NULL. */
const struct column *columns_next(const struct columns *columns,
				  const struct column *column);
/* Those in @list, with commas; @chosen has room for the most, and NULL after them. */
void columns_choose(const struct columns *columns, const char *list,
		    const struct column **chosen);
int columns_print_help(const struct columns *columns); /* returns 0 */
/* In capitals; @text has room for the key. */
void column_heading(const struct column *column, char *text);

/* The options of a verb that prints a table. */
struct columns_args {
	const char *list; /* NULL: by default */
	bool headings;
	bool json;
};

/* clang-format off */
#define LONG_OPTIONS_COLUMNS						\
	{ "json", no_argument, NULL, OPTION_JSON },			\
	{ "noheadings", no_argument, NULL, 'n' },			\
	{ "output", required_argument, NULL, 'o' }
/* clang-format on */
void columns_option(struct columns_args *args, int option);

#endif /* DEQUE_SHOW_COLUMNS_H */
