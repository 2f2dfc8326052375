// SPDX-License-Identifier: GPL-2.0-only
/*
 * deque ls: prints a table of the deques.
 */
#include "cli/explain.h"
#include "cli/match.h"
#include "cli/node.h"
#include "cli/status.h"
#include "cli/verb.h"
#include "show/columns.h"
#include "show/entry.h"
#include "show/field.h"
#include "verbs/verbs.h"

#include <ctype.h>
#include <deque.h>
#include <errno.h>
#include <getopt.h>
#include <libsmartcols.h>
#include <stdbool.h>
#include <string.h>
#include <sys/types.h>

#define DEFAULT_COLUMNS                                                 \
	"name,ready,leased,delayed,buried,messages,max_messages,bytes," \
	"max_bytes,owner"

struct ls {
	const struct column *columns[FIELDS_MAX + 1];
	struct libscols_table *table; /* NULL: as JSON */
	unsigned int listed;
	unsigned int missing; /* from this /dev */
	int status;
};

static int alignment(const struct column *field)
{
	return field_is_number(field) ? SCOLS_FL_RIGHT : 0;
}

/* A heading takes its width even when it is not printed, so it is left out. */
static struct libscols_table *table_new(const struct column **columns,
					bool headings)
{
	struct libscols_table *table = scols_new_table();
	char heading[FIELD_TEXT_MAX] = "";

	scols_table_enable_noheadings(table, !headings);
	for (; *columns; columns++) {
		if (headings)
			column_heading(*columns, heading);
		scols_table_new_column(table, heading, 0, alignment(*columns));
	}
	return table;
}

static void table_add_line(struct libscols_table *table,
			   const struct column **columns,
			   const struct deque_info *info)
{
	struct libscols_line *line = scols_table_new_line(table, NULL);
	char text[FIELD_TEXT_MAX];
	size_t i;

	for (i = 0; columns[i]; i++) {
		field_text(columns[i], info, text);
		scols_line_set_data(line, i, text);
	}
}

static void ls_add(struct ls *ls, const struct deque_info *info)
{
	if (ls->table)
		table_add_line(ls->table, ls->columns, info);
	else
		fields_print_json(ls->columns, info);
}

/* Without its node, a deque is still there, and shown. */
static int ls_shown(struct ls *ls, const char *name)
{
	struct deque_info info;

	if (!fields_read(name, &info))
		ls_add(ls, &info);
	return fail_node(name, EX_NOINPUT);
}

static int ls_named(const char *name, void *context)
{
	struct deque_info info;
	int error = fields_look(name, &info);
	dev_t number;

	if (error && node_control_here() && node_number(name, &number) &&
	    (node_obstacle(name) || node_is_gone(name)))
		return ls_shown(context, name);
	if (error)
		return fail_deque(name, -error);
	ls_add(context, &info);
	return 0;
}

/*
 * A deque that has gone since it was found is no failure; one that is denied is one.  A
 * /dev that was given some deques has no others.
 */
static int ls_found(const char *name, void *context)
{
	struct ls *ls = context;
	struct deque_info info;
	int error = fields_look(name, &info);

	if (node_obstacle(name) ||
	    (error == -ENOENT && node_control_here() && node_is_gone(name))) {
		ls->status = ls_shown(ls, name);
		return 0;
	}
	if (error == -ENOENT)
		error = fields_look(name, &info);
	if (!error) {
		ls_add(ls, &info);
		ls->listed++;
	} else if (error == -ENOENT) {
		ls->missing++;
	} else if (error != -ENODEV) {
		ls->status = fail_deque(name, -error);
	}
	return 0;
}

static int ls_all(struct ls *ls)
{
	int error = deque_for_each(ls_found, ls);

	if (error)
		return fail_deque("ls", -error);
	if (ls->missing && !ls->listed && !node_control_here())
		return fail_absent("ls");
	return ls->status;
}

static int run(int argc, char **argv)
{
	struct columns_args args = { .list = DEFAULT_COLUMNS,
				     .headings = true };
	struct ls ls = { .table = NULL };
	int option, status;

	while ((option = verb_option(&verb_ls, argc, argv)) != -1)
		columns_option(&args, option);
	if (!strcmp(args.list, "help"))
		return columns_print_help(&fields);
	fields_choose(args.list, ls.columns);
	if (!args.json)
		ls.table = table_new(ls.columns, args.headings);
	if (argv[optind])
		status = verb_each_match(&verb_ls, argc, argv, ls_named, &ls);
	else
		status = ls_all(&ls);
	if (!args.json)
		scols_print_table(ls.table);
	return status;
}

static const struct option long_options[] = {
	LONG_OPTIONS_COLUMNS,
	LONG_OPTIONS_END,
};

const struct verb verb_ls = {
	.name = "ls",
	.run = run,
	.summary = "Print a table of the deques",
	.operands = "[OPTION...] [NAME|PATTERN...]",
	.help = "  -o, --output COLUMNS       these, with commas; 'all', or "
		"'help' to list them\n"
		"  -n, --noheadings           no line of headings\n"
		"      --json                 as JSON, one object a line\n",
	.short_options = ":hno:",
	.long_options = long_options,
};
