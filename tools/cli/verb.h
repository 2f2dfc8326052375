/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Options, operands and help, which are the same for all verbs.
 */
#ifndef DEQUE_CLI_VERB_H
#define DEQUE_CLI_VERB_H

#include <getopt.h>
#include <stdbool.h>
#include <stddef.h>

struct verb {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *summary;
	const char *operands;
	const char *help;
	const char *short_options; /* with ':' first, or '-:', and 'h' */
	const struct option *long_options;
	const int *contradictions; /* pairs of options, up to a 0; or NULL */
};

/* Long options without a letter, and those that several verbs have. */
enum {
	OPTION_LONG = 256,
	OPTION_BACK,
	OPTION_BURIED,
	OPTION_CORE,
	OPTION_DELAY,
	OPTION_DELAYED,
	OPTION_EXIST_OK,
	OPTION_EXTENDABLE,
	OPTION_FD,
	OPTION_FOLLOW,
	OPTION_FRONT,
	OPTION_GROUP,
	OPTION_IDLE_EXIT,
	OPTION_JSON,
	OPTION_TOTAL,
	OPTION_MAX,
	OPTION_RETRY_DELAY,
	OPTION_SKIP_EMPTY,
	OPTION_STATE,
	OPTION_TIMEOUT,
	OPTION_UNCOUNTED,
	OPTION_WHOLE,
	OPTIONS_END,
};

/* clang-format off */
#define LONG_OPTIONS_FORMAT						\
	{ "null", no_argument, NULL, '0' },				\
	{ "raw", no_argument, NULL, 'r' },				\
	{ "json", no_argument, NULL, OPTION_JSON }
#define HELP_FORMAT							\
	"  -0, --null                 end each with NUL, not newline\n"	\
	"  -r, --raw                  print them as they are\n"		\
	"      --json                 as JSON, one object a line\n"
#define LONG_OPTIONS_ENDS						\
	{ "front", no_argument, NULL, OPTION_FRONT },			\
	{ "back", no_argument, NULL, OPTION_BACK }
#define CONTRADICTIONS_ENDS OPTION_FRONT, OPTION_BACK
#define CONTRADICTIONS_FORMAT						\
	'0', 'r', '0', OPTION_JSON, 'r', OPTION_JSON
#define CONTRADICTIONS_COLUMNS OPTION_JSON, 'o'
#define HELP_FD								\
	"      --fd N                 an open file of the deque, number N\n"
#define LONG_OPTIONS_END						\
	{ "help", no_argument, NULL, 'h' },				\
	{ NULL, 0, NULL, 0 }
/* clang-format on */

/* These end the program when the command line is not as it should be. */
int verb_option(const struct verb *verb, int argc, char **argv);
/* Sets DEQUE_FRONT or DEQUE_BACK in @flags; false: it is another option. */
bool verb_option_end(int option, unsigned int *flags);
/* For a verb that has no options but -h. */
extern const struct option verb_no_options[];
void verb_refuse_options(const struct verb *verb, int argc, char **argv);
char **verb_operands(const struct verb *verb, int argc, char **argv, int least,
		     int most);
/* The deque that an operand names, also by a path in /dev/deque. */
const char *verb_deque(const char *operand);
const char *verb_name(const struct verb *verb, int argc, char **argv);
/* Acts on each name; returns the first status that is not 0. */
int verb_each_name(const struct verb *verb, int argc, char **argv,
		   int (*act)(const char *name, void *context), void *context);
void verb_print_help(const struct verb *verb);

#endif /* DEQUE_CLI_VERB_H */
