// SPDX-License-Identifier: GPL-2.0-only
/*
 * Options, operands and help, which are the same for all verbs.
 */
#include "cli/verb.h"
#include "cli/say.h"
#include "cli/status.h"

#include <deque.h>
#include <getopt.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define NODE_FOLDER "/dev/deque"

#define OPTION_TEXT_MAX 256 /* more of a wrong one says nothing */

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

static const char *option_name(const struct verb *verb, int option)
{
	const struct option *known = verb->long_options;

	while (known->name && known->val != option)
		known++;
	return known->name;
}

/* Counts the long options that begin with a word. */
static unsigned int options_meant(const struct verb *verb, const char *word)
{
	const struct option *known = verb->long_options;
	size_t length = strcspn(word, "=");
	unsigned int count = 0;

	for (; length && known->name; known++)
		count += !strncmp(known->name, word, length);
	return count;
}

/*
 * Returns the word that getopt refused.  getopt has gone on to the next word, unless the
 * refused option was a letter with others behind it.
 */
static const char *option_word(char **argv)
{
	const char *word = argv[optind - 1];
	size_t length = strlen(word);

	if (!optopt || (length && word[length - 1] == optopt))
		return word;
	return argv[optind];
}

/* A letter may stand amidst others; some are parts of a character. */
static void option_spell(const struct verb *verb, char **argv, char *spelled)
{
	const char *name = optopt ? option_name(verb, optopt) : NULL;

	if (!strncmp(argv[optind - 1], "--", 2) && name)
		snprintf(spelled, OPTION_TEXT_MAX, "--%s", name);
	else if (optopt > ' ' && optopt < 0x7f)
		snprintf(spelled, OPTION_TEXT_MAX, "-%c", optopt);
	else
		snprintf(spelled, OPTION_TEXT_MAX, "%s", option_word(argv));
}

static int option_unknown(const struct verb *verb, char **argv)
{
	const char *problem = "is not an option here";
	const char *word = argv[optind - 1];
	char spelled[OPTION_TEXT_MAX];

	option_spell(verb, argv, spelled);
	if (!strncmp(word, "--", 2) && optopt && option_name(verb, optopt))
		problem = "takes no value";
	else if (!strncmp(word, "--", 2) && !optopt &&
		 options_meant(verb, word + 2) > 1)
		problem = "may be several options";
	else if (strstr(verb->operands, "TEXT"))
		problem = "is not an option here; before a TEXT that begins "
			  "with - comes --";
	return option_fail(verb, spelled, problem);
}

static int option_bare(const struct verb *verb, char **argv)
{
	char spelled[OPTION_TEXT_MAX];

	option_spell(verb, argv, spelled);
	return option_fail(verb, spelled, "wants a value");
}

/* Remembers all options that came: the second of two is as wrong as the first. */
static void option_check(const struct verb *verb, int option)
{
	static bool seen[OPTIONS_END];
	const int *pair = verb->contradictions;

	seen[option] = true;
	for (; pair && *pair; pair += 2)
		if (seen[pair[0]] && seen[pair[1]])
			exit(fail(EX_USAGE,
				  "%s: --%s and --%s contradict each other",
				  verb->name, option_name(verb, pair[0]),
				  option_name(verb, pair[1])));
}

int verb_option(const struct verb *verb, int argc, char **argv)
{
	int option = getopt_long(argc, argv, verb->short_options,
				 verb->long_options, NULL);

	switch (option) {
	case -1:
		return -1;
	case 'h':
		verb_print_help(verb);
		exit(0);
	case ':':
		exit(option_bare(verb, argv));
	case '?':
		exit(option_unknown(verb, argv));
	}
	option_check(verb, option);
	return option;
}

bool verb_option_end(int option, unsigned int *flags)
{
	if (option != OPTION_FRONT && option != OPTION_BACK)
		return false;
	*flags &= ~(DEQUE_FRONT | DEQUE_BACK);
	*flags |= option == OPTION_FRONT ? DEQUE_FRONT : DEQUE_BACK;
	return true;
}

const struct option verb_no_options[] = {
	LONG_OPTIONS_END,
};

void verb_refuse_options(const struct verb *verb, int argc, char **argv)
{
	while (verb_option(verb, argc, argv) != -1)
		;
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

/* The folder may be a link, or mounted elsewhere, or the current one. */
static bool is_node_folder(const char *folder)
{
	struct stat nodes, other;

	if (!strcmp(folder, NODE_FOLDER))
		return true;
	return !stat(NODE_FOLDER, &nodes) && !stat(folder, &other) &&
	       nodes.st_dev == other.st_dev && nodes.st_ino == other.st_ino;
}

/* The last part of a path whose folder is that of the nodes. */
static const char *node_name(const char *path)
{
	const char *slash = strrchr(path, '/');
	char folder[PATH_MAX];

	snprintf(folder, sizeof(folder), "%.*s",
		 slash == path ? 1 : (int)(slash - path), path);
	if (!is_node_folder(folder))
		exit(fail(EX_USAGE,
			  "'%s' is not a path in " NODE_FOLDER
			  ", where deques are",
			  path));
	return slash + 1;
}

const char *verb_deque(const char *operand)
{
	const char *name = strchr(operand, '/') ? node_name(operand) : operand;

	if (deque_check_name(name))
		exit(fail(EX_USAGE,
			  "'%s' cannot name a deque: 1 to %d of A-Z a-z 0-9 . "
			  "_ -, the first a letter or digit; not 'control'",
			  name, DEQUE_NAME_MAX));
	return name;
}

const char *verb_name(const struct verb *verb, int argc, char **argv)
{
	return verb_deque(*verb_operands(verb, argc, argv, 1, 1));
}

int verb_each_name(const struct verb *verb, int argc, char **argv,
		   int (*act)(const char *name, void *context), void *context)
{
	char **names = verb_operands(verb, argc, argv, 1, INT_MAX), **name;
	int status = 0, result;

	for (name = names; *name; name++)
		verb_deque(*name);
	for (name = names; *name; name++) {
		result = act(verb_deque(*name), context);
		if (!status)
			status = result;
	}
	return status;
}
