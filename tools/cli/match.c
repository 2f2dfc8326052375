// SPDX-License-Identifier: GPL-2.0-only
/*
 * Deques by their names, by patterns, or all there are: for verbs that look.
 */
#include "cli/match.h"
#include "cli/explain.h"
#include "cli/info.h"
#include "cli/node.h"
#include "cli/say.h"
#include "cli/status.h"
#include "cli/verb.h"

#include <deque.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct names {
	const char *pattern; /* NULL: all */
	char **names;
	size_t count;
	size_t acted;
	size_t missing; /* from this /dev */
};

static int names_add(const char *name, void *context)
{
	struct names *names = context;
	char **grown;

	if (names->pattern && fnmatch(names->pattern, name, 0))
		return 0;
	grown = reallocarray(names->names, names->count + 1, sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	names->names = grown;
	grown[names->count] = strdup(name);
	if (!grown[names->count])
		return -ENOMEM;
	names->count++;
	return 0;
}

bool is_pattern(const char *operand)
{
	return strpbrk(operand, "*?[");
}

/* A deque that has gone since it was found, or is not in this /dev, is no failure. */
static int match_act(struct names *names, const char *name,
		     int (*act)(const char *, void *), void *context)
{
	struct deque_info info;
	int error = info_get(name, &info);

	if (error == -ENOENT && !node_control_here()) {
		if (node_is_missing(name))
			names->missing++;
		return 0;
	}
	if (error == -ENOENT && !node_is_gone(name)) {
		error = info_get(name, &info);
		if (error == -ENOENT)
			return 0;
	}
	if (error == -ENODEV)
		return 0;
	names->acted++;
	return act(name, context);
}

static int names_act(struct names *names, int (*act)(const char *, void *),
		     void *context)
{
	int status = 0, result;
	size_t i;

	for (i = 0; i < names->count; i++) {
		result = match_act(names, names->names[i], act, context);
		if (!status)
			status = result;
	}
	return status;
}

static void names_free(struct names *names)
{
	while (names->count)
		free(names->names[--names->count]);
	free(names->names);
}

static int match_each(const char *pattern, const struct verb *verb,
		      int (*act)(const char *, void *), void *context)
{
	struct names names = { .pattern = pattern };
	int error = deque_for_each(names_add, &names), status;

	if (error)
		status = fail_deque(verb->name, -error);
	else if (pattern && !names.count)
		status = fail(EX_NOINPUT,
			      "%s: no deque has such a name; 'deque ls' lists "
			      "them",
			      pattern);
	else
		status = names_act(&names, act, context);
	if (names.missing && !names.acted)
		status = fail_absent(verb->name);
	names_free(&names);
	return status;
}

int verb_each_match(const struct verb *verb, int argc, char **argv,
		    int (*act)(const char *name, void *context), void *context)
{
	char **operands = verb_operands(verb, argc, argv, 0, INT_MAX), **each;
	int status = 0, result;

	if (!*operands)
		return match_each(NULL, verb, act, context);
	for (each = operands; *each; each++)
		if (!is_pattern(*each))
			verb_deque(*each);
	for (each = operands; *each; each++) {
		result = is_pattern(*each)
				 ? match_each(*each, verb, act, context)
				 : act(verb_deque(*each), context);
		if (!status)
			status = result;
	}
	return status;
}
