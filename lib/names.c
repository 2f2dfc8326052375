// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Names: what a deque may be called, and which deques there are.
 */
#include "internal.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>

#define LETTERS_DIGITS               \
	"ABCDEFGHIJKLMNOPQRSTUVWXYZ" \
	"abcdefghijklmnopqrstuvwxyz" \
	"0123456789"

DEQUE_EXPORT int deque_check_name(const char *name)
{
	size_t length = strspn(name, LETTERS_DIGITS "._-");

	if (!strspn(name, LETTERS_DIGITS) || name[length] ||
	    length > DEQUE_NAME_MAX || !strcmp(name, DEQUE_CONTROL))
		return -EINVAL;
	return 0;
}

/* The rule for names also drops ".", ".." and the control node. */
static int entry_is_deque(const struct dirent *entry)
{
	return !deque_check_name(entry->d_name);
}

/* Not alphasort(): the order shall not hang on the caller's locale. */
static int entry_compare(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

DEQUE_EXPORT int deque_for_each(int (*visit)(const char *name, void *context),
				void *context)
{
	DEQUE_ERRNO_KEEP;
	struct dirent **entries;
	int count, i, result = 0;

	count = scandir(DEQUE_CLASS_DIR, &entries, entry_is_deque,
			entry_compare);
	if (count < 0)
		return errno == ENOENT ? -ENXIO : -errno;
	for (i = 0; i < count; i++) {
		if (!result)
			result = visit(entries[i]->d_name, context);
		free(entries[i]);
	}
	free(entries);
	return result;
}
