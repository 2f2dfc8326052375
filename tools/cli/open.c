// SPDX-License-Identifier: GPL-2.0-only
/*
 * Opens deques, as far as permissions go, and nothing else in their place.
 */
#include "tool.h"

#include <errno.h>
#include <string.h>

static int open_either(const char *name, int wanted, int fallback,
		       struct deque **deque)
{
	int error = node_is_foreign(name) ? -ENOTTY
					  : deque_open(name, wanted, deque);

	return error == -EACCES ? deque_open(name, fallback, deque) : error;
}

int open_deque(const char *name, int wanted, int fallback, struct deque **deque)
{
	int error = open_either(name, wanted, fallback, deque);

	return error ? fail_deque(name, -error) : 0;
}

/* The file says itself which deque it is. */
int open_inherited(int fd, struct deque **deque, char *name)
{
	struct deque_info info;
	int error = deque_fdopen(fd, deque);

	if (error == -EBADF)
		return fail(EX_USAGE,
			    "--fd: %d is not open; 'exec {q}<>/dev/deque/NAME' "
			    "opens $q",
			    fd);
	if (error == -ENOTTY)
		return fail(EX_USAGE, "--fd: %d is not a deque", fd);
	if (!error)
		error = deque_get(*deque, &info);
	if (error)
		return fail_deque("--fd", -error);
	strcpy(name, info.name);
	return 0;
}

int info_get(const char *name, struct deque_info *info)
{
	struct deque *deque;
	int error = open_either(name, O_RDONLY, O_WRONLY, &deque);

	if (error)
		return error;
	error = deque_get(deque, info);
	deque_close(deque);
	/* Our own look does not count. */
	info->openers--;
	return error;
}

/* Whoever may not open it still sees what the kernel shows to everybody. */
int info_look(const char *name, struct deque_info *info)
{
	int error = info_get(name, info);

	return error == -EACCES && !fields_read(name, info) ? 0 : error;
}
