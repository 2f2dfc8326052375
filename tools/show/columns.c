// SPDX-License-Identifier: GPL-2.0-only
/*
 * Columns of a table: choosing them by their names, listing them, and the options of
 * all verbs that print a table.
 */
#include "show/columns.h"
#include "cli/say.h"
#include "cli/status.h"
#include "cli/verb.h"
#include "show/entry.h"
#include "show/field.h"

#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

const struct column *columns_next(const struct columns *columns,
				  const struct column *column)
{
	const char *next = columns->first;

	if (column)
		next = (const char *)column + columns->size;
	column = (const void *)next;
	return column->key ? column : NULL;
}

static const struct column *column_find(const struct columns *columns,
					const char *key, size_t length)
{
	const struct column *column = NULL;

	while ((column = columns_next(columns, column)))
		if (!strncasecmp(column->key, key, length) &&
		    !column->key[length])
			return column;
	exit(fail(EX_USAGE, "no column '%.*s'; '-o help' lists them",
		  (int)length, key));
}

void columns_choose(const struct columns *columns, const char *list,
		    const struct column **chosen)
{
	size_t length, count = 0;

	do {
		length = strcspn(list, ",");
		if (count == columns->most)
			exit(fail(EX_USAGE, "more than %u columns",
				  columns->most));
		chosen[count++] = column_find(columns, list, length);
		list += length;
	} while (*list++);
	chosen[count] = NULL;
}

int columns_print_help(const struct columns *columns)
{
	const struct column *column = NULL;

	while ((column = columns_next(columns, column)))
		printf("%-18s%s\n", column->key, column->help);
	return 0;
}

void column_heading(const struct column *column, char *text)
{
	size_t i;

	for (i = 0; column->key[i]; i++)
		text[i] = (char)toupper(column->key[i]);
	text[i] = '\0';
}

void columns_option(struct columns_args *args, int option)
{
	switch (option) {
	case 'n':
		args->headings = false;
		break;
	case 'o':
		args->list = optarg;
		break;
	case OPTION_JSON:
		args->json = true;
		break;
	}
}
