// SPDX-License-Identifier: GPL-2.0-only
/*
 * deque help: prints what the verbs do.
 */
#include "tool.h"

void help_print(FILE *file)
{
	const struct verb *const *verb;

	fputs("usage: deque VERB [OPTION...] [OPERAND...]\n\n"
	      "Message-oriented deques: bounded, two-ended queues in the "
	      "kernel.\n\n",
	      file);
	for (verb = verbs; *verb; verb++)
		fprintf(file, "  %-8s %s\n", (*verb)->name, (*verb)->summary);
	fputs("\n'deque help VERB' tells more, and so does deque(1).\n", file);
}

static int run(int argc, char **argv)
{
	char **name;

	verb_refuse_options(&verb_help, argc, argv);
	name = verb_operands(&verb_help, argc, argv, 0, 1);
	if (*name)
		verb_print_help(verb_find(*name));
	else
		help_print(stdout);
	return 0;
}

const struct verb verb_help = {
	.name = "help",
	.run = run,
	.summary = "Print what the verbs do",
	.operands = "[VERB]",
	.help = "",
	.short_options = ":h",
	.long_options = verb_no_options,
};
