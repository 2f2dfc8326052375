// SPDX-License-Identifier: GPL-2.0-only
/*
 * deque stat: prints all that is known of deques.
 */
#include "cli/explain.h"
#include "cli/match.h"
#include "cli/say.h"
#include "cli/status.h"
#include "cli/verb.h"
#include "show/columns.h"
#include "show/field.h"
#include "verbs/verbs.h"

#include <deque.h>
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>

struct stat_args {
	const struct column *fields[FIELDS_MAX + 1];
	bool json;
	bool again; /* not the first: an empty line sets it apart */
};

static void print_lines(struct stat_args *args, const struct deque_info *info)
{
	const struct column **field;
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
	int error = fields_look(name, &info);

	if (error)
		return fail_deque(name, -error);
	if (args->json)
		fields_print_json(args->fields, &info);
	else
		print_lines(args, &info);
	return 0;
}

/* One value a file, as the module has them: see deque(4). */
static const char *const totals[] = {
	"total_bytes", "max_total_bytes", "message_bytes",
	"lease_bytes", "call_bytes",	  "max_user_bytes",
};

static int total_read(const char *name, unsigned long long *value)
{
	char path[64];
	FILE *file;
	int found;

	snprintf(path, sizeof(path), "/sys/class/deque/control/%s", name);
	file = fopen(path, "re");
	if (!file)
		return fail_deque("stat", ENXIO);
	found = fscanf(file, "%llu", value);
	fclose(file);
	return found == 1 ? 0 : fail(EX_OSERR, "%s: no number in it", path);
}

/* Prints the kernel's memory that all deques together take. */
static int stat_total(bool json)
{
	unsigned long long value;
	size_t i;
	int status;

	for (i = 0; i < sizeof(totals) / sizeof(totals[0]); i++) {
		status = total_read(totals[i], &value);
		if (status)
			return status;
		if (json)
			printf("%s\"%s\":%llu", i ? "," : "{", totals[i],
			       value);
		else
			printf("%-18s%llu\n", totals[i], value);
	}
	if (json)
		puts("}");
	return 0;
}

static int run(int argc, char **argv)
{
	struct stat_args args = { .json = false };
	bool total = false;
	int option;

	fields_choose("all", args.fields);
	while ((option = verb_option(&verb_stat, argc, argv)) != -1) {
		if (option == OPTION_TOTAL)
			total = true;
		else
			args.json = true;
	}
	if (total) {
		verb_operands(&verb_stat, argc, argv, 0, 0);
		return stat_total(args.json);
	}
	return verb_each_match(&verb_stat, argc, argv, stat_deque, &args);
}

static const struct option long_options[] = {
	{ "json", no_argument, NULL, OPTION_JSON },
	{ "total", no_argument, NULL, OPTION_TOTAL },
	LONG_OPTIONS_END,
};

const struct verb verb_stat = {
	.name = "stat",
	.run = run,
	.summary = "Print all that is known of deques",
	.operands = "[OPTION...] [NAME|PATTERN...] | --total",
	.help = "Without a name: all deques.\n\n"
		"      --json                 as JSON, one object a line\n"
		"      --total                the memory of all deques "
		"together\n",
	.short_options = ":h",
	.long_options = long_options,
};
