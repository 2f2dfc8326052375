// SPDX-License-Identifier: GPL-2.0-only
/*
 * deque stat: prints all that is known of deques.
 */
#include "tool.h"

struct stat_args {
	const struct field *fields[FIELDS_MAX + 1];
	bool json;
	bool again; /* not the first: an empty line sets it apart */
};

static void print_lines(struct stat_args *args, const struct deque_info *info)
{
	const struct field **field;
	char text[FIELD_TEXT_MAX];

	if (args->again)
		putchar('\n');
	args->again = true;
	for (field = args->fields; *field; field++) {
		field_text(*field, info, text);
		printf("%-18s%s\n", (*field)->key, text);
	}
}

static int stat_deque(const char *name, void *context)
{
	struct stat_args *args = context;
	struct deque_info info;
	int error = info_get(name, &info);

	if (error)
		return fail_deque(name, -error);
	if (args->json)
		fields_print_json(args->fields, &info);
	else
		print_lines(args, &info);
	return 0;
}

static int run(int argc, char **argv)
{
	struct stat_args args = { .json = false };

	fields_choose("all", args.fields);
	while (verb_option(&verb_stat, argc, argv) != -1)
		args.json = true;
	return verb_each_name(&verb_stat, argc, argv, stat_deque, &args);
}

static const struct option long_options[] = {
	{ "json", no_argument, NULL, OPTION_JSON },
	LONG_OPTIONS_END,
};

const struct verb verb_stat = {
	.name = "stat",
	.run = run,
	.summary = "Print all that is known of deques",
	.operands = "[OPTION...] NAME...",
	.help = "      --json                 as JSON, one object a line\n",
	.short_options = ":h",
	.long_options = long_options,
};
