// SPDX-License-Identifier: GPL-2.0-only
/*
 * deque - puts messages into the kernel's deques, and takes them out
 *
 * The command itself: one table of verbs, one file in verbs/ for each.  `deque help`
 * prints that table.
 */
#include "cli/say.h"
#include "cli/status.h"
#include "cli/verb.h"
#include "verbs/verbs.h"

#include <ctype.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define WORD_MAX 16 /* longer than any verb */

static const struct verb *const verbs[] = {
	&verb_create, &verb_rm,	  &verb_ls,	&verb_stat,    &verb_put,
	&verb_take,   &verb_peek, &verb_work,	&verb_claim,   &verb_ack,
	&verb_return, &verb_bury, &verb_extend, &verb_kick,    &verb_leases,
	&verb_browse, &verb_set,  &verb_help,	&verb_version, NULL,
};

/*
 * Names that other queues and tools use.  The verb is proposed, never run: a mistaken
 * word must not remove a deque.
 */
static const struct synonym {
	const char *word;
	const char *verb;
} synonyms[] = {
	{ "acknowledge", "ack" }, { "add", "put" },
	{ "append", "put" },	  { "complete", "ack" },
	{ "config", "set" },	  { "configure", "set" },
	{ "consume", "take" },	  { "del", "rm" },
	{ "delete", "rm" },	  { "dequeue", "take" },
	{ "destroy", "rm" },	  { "done", "ack" },
	{ "drop", "rm" },	  { "dump", "browse" },
	{ "enqueue", "put" },	  { "exec", "work" },
	{ "fetch", "take" },	  { "get", "take" },
	{ "head", "peek" },	  { "info", "stat" },
	{ "limit", "set" },	  { "list", "ls" },
	{ "make", "create" },	  { "mk", "create" },
	{ "nack", "return" },	  { "new", "create" },
	{ "pop", "take" },	  { "publish", "put" },
	{ "push", "put" },	  { "read", "take" },
	{ "receive", "take" },	  { "recv", "take" },
	{ "release", "return" },  { "remove", "rm" },
	{ "renew", "extend" },	  { "reserve", "claim" },
	{ "run", "work" },	  { "send", "put" },
	{ "shift", "take" },	  { "show", "stat" },
	{ "stats", "stat" },	  { "status", "stat" },
	{ "tail", "peek" },	  { "touch", "extend" },
	{ "unlink", "rm" },	  { "worker", "work" },
	{ "write", "put" },
};

static size_t smallest(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;

	return least < c ? least : c;
}

static bool is_swapped(const char *word, const char *other)
{
	return word[0] == other[-1] && word[-1] == other[0];
}

/* Levenshtein's distance, row by row, where two letters swapped are one mistake. */
static size_t word_distance(const char *word, const char *other)
{
	size_t rows[3][WORD_MAX + 1], length = strnlen(other, WORD_MAX);
	size_t *before = rows[0], *above = rows[1], *row = rows[2], *next;
	size_t i, j;

	for (j = 0; j <= length; j++)
		row[j] = j;
	for (i = 0; word[i]; i++) {
		next = before;
		before = above;
		above = row;
		row = next;
		row[0] = i + 1;
		for (j = 0; j < length; j++) {
			row[j + 1] = smallest(row[j] + 1, above[j + 1] + 1,
					      above[j] + (word[i] != other[j]));
			if (i && j && is_swapped(word + i, other + j) &&
			    before[j - 1] + 1 < row[j + 1])
				row[j + 1] = before[j - 1] + 1;
		}
	}
	return row[length];
}

/* A word of which more than a third is wrong is another word. */
static const char *verb_nearest(const char *name)
{
	size_t distance, least = strlen(name) / 3 + 1;
	const struct verb *const *verb;
	const char *nearest = NULL;

	for (verb = verbs; *verb; verb++) {
		distance = word_distance(name, (*verb)->name);
		if (distance < least) {
			least = distance;
			nearest = (*verb)->name;
		}
	}
	return nearest;
}

static const char *verb_meant(const char *name)
{
	char word[WORD_MAX + 1];
	size_t i, length = strlen(name);

	if (length > WORD_MAX)
		return NULL;
	for (i = 0; i <= length; i++)
		word[i] = (char)tolower((unsigned char)name[i]);
	for (i = 0; i < sizeof(synonyms) / sizeof(synonyms[0]); i++)
		if (!strcmp(synonyms[i].word, word))
			return synonyms[i].verb;
	return verb_nearest(word);
}

static const struct verb *verb_find(const char *name)
{
	const struct verb *const *verb;
	const char *meant;

	for (verb = verbs; *verb; verb++)
		if (!strcmp((*verb)->name, name))
			return *verb;
	meant = verb_meant(name);
	if (!meant)
		exit(fail(EX_USAGE, "no verb '%s'; 'deque help' lists them",
			  name));
	exit(fail(EX_USAGE,
		  "no verb '%s'; did you mean '%s'? 'deque help' lists all",
		  name, meant));
}

static void help_print(FILE *file)
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

static int help_run(int argc, char **argv)
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
	.run = help_run,
	.summary = "Print what the verbs do",
	.operands = "[VERB]",
	.help = "",
	.short_options = ":h",
	.long_options = verb_no_options,
};

/*
 * The first file to be opened would get the number of a standard stream that
 * is closed, and messages for stdout would go into it.  Opened the wrong way
 * round, the stream fails when it is used, as it should.
 */
static void streams_reserve(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", fd ? O_RDONLY : O_WRONLY);
}

static const struct verb *verb_chosen(const char *word)
{
	if (!strcmp(word, "--help") || !strcmp(word, "-h"))
		return &verb_help;
	if (!strcmp(word, "--version") || !strcmp(word, "-V"))
		return &verb_version;
	return verb_find(word);
}

int main(int argc, char **argv)
{
	streams_reserve();
	atexit(stdout_check);
	/* A script whose verb is an empty variable must not take that for success. */
	if (argc < 2) {
		help_print(stderr);
		return EX_USAGE;
	}
	return verb_chosen(argv[1])->run(argc - 1, argv + 1);
}
