// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is the same for all verbs: finding them, their options, operands, help.
 */
#include "tool.h"

#include <stdlib.h>
#include <string.h>

#define WORD_MAX 16 /* longer than any verb */

static size_t smallest(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;

	return least < c ? least : c;
}

/* Levenshtein's distance, row by row. */
static size_t word_distance(const char *word, const char *other)
{
	size_t row[WORD_MAX + 1], length = strnlen(other, WORD_MAX);
	size_t i, j, diagonal, above;

	for (j = 0; j <= length; j++)
		row[j] = j;
	for (i = 0; word[i]; i++) {
		diagonal = row[0]++;
		for (j = 0; j < length; j++) {
			above = row[j + 1];
			row[j + 1] = smallest(row[j] + 1, above + 1,
					      diagonal + (word[i] != other[j]));
			diagonal = above;
		}
	}
	return row[length];
}

static const struct verb *verb_nearest(const char *name)
{
	const struct verb *const *verb, *const *nearest = verbs;

	for (verb = verbs; *verb; verb++)
		if (word_distance(name, (*verb)->name) <
		    word_distance(name, (*nearest)->name))
			nearest = verb;
	return *nearest;
}

const struct verb *verb_find(const char *name)
{
	const struct verb *const *verb;

	for (verb = verbs; *verb; verb++)
		if (!strcmp((*verb)->name, name))
			return *verb;
	exit(fail(EX_USAGE,
		  "no verb '%s'; '%s' is the nearest, 'deque help' lists all",
		  name, verb_nearest(name)->name));
}

void verb_print_help(const struct verb *verb)
{
	printf("usage: deque %s %s\n\n%s.\n\n%s"
	       "  -h, --help                 print this\n",
	       verb->name, verb->operands, verb->summary, verb->help);
}

static int option_fail(const struct verb *verb, const char *option,
		       const char *problem)
{
	return fail(EX_USAGE, "%s: %s %s; 'deque help %s' tells more",
		    verb->name, option, problem, verb->name);
}

/* A letter may stand amidst others, so getopt has to say which one it was. */
static int option_unknown(const struct verb *verb, const char *option)
{
	const char letter[] = { '-', (char)optopt, '\0' };

	if (optopt && optopt < OPTION_LONG)
		option = letter;
	return option_fail(verb, option, "is not an option here");
}

int verb_option(const struct verb *verb, int argc, char **argv)
{
	int option = getopt_long(argc, argv, verb->short_options,
				 verb->long_options, NULL);

	switch (option) {
	case 'h':
		verb_print_help(verb);
		exit(0);
	case ':':
		exit(option_fail(verb, argv[optind - 1], "wants a value"));
	case '?':
		exit(option_unknown(verb, argv[optind - 1]));
	}
	return option;
}

char **verb_operands(const struct verb *verb, int argc, char **argv, int least,
		     int most)
{
	const char *problem = NULL;

	if (argc - optind < least)
		problem = "not enough operands";
	if (argc - optind > most)
		problem = "too many operands";
	if (problem)
		exit(fail(EX_USAGE, "%s: %s; usage: deque %s %s", verb->name,
			  problem, verb->name, verb->operands));
	return argv + optind;
}

void verb_check_name(const char *name)
{
	if (deque_check_name(name))
		exit(fail(EX_USAGE,
			  "'%s' cannot name a deque: 1 to %d of A-Z a-z 0-9 . "
			  "_ -, the first a letter or digit; not 'control'",
			  name, DEQUE_NAME_MAX));
}

const char *verb_name(const struct verb *verb, int argc, char **argv)
{
	const char *name = *verb_operands(verb, argc, argv, 1, 1);

	verb_check_name(name);
	return name;
}

int verb_each_name(const struct verb *verb, int argc, char **argv,
		   int (*act)(const char *name, void *context), void *context)
{
	char **names = verb_operands(verb, argc, argv, 1, INT_MAX), **name;
	int status = 0, result;

	for (name = names; *name; name++)
		verb_check_name(*name);
	for (name = names; *name; name++) {
		result = act(*name, context);
		if (!status)
			status = result;
	}
	return status;
}
