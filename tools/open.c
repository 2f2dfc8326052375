// SPDX-License-Identifier: GPL-2.0-only
/*
 * Opens deques, as far as permissions go.
 */
#include "tool.h"

#include <errno.h>

static int open_either(const char *name, int wanted, int fallback,
		       struct deque **deque)
{
	int error = deque_open(name, wanted, deque);

	return error == -EACCES ? deque_open(name, fallback, deque) : error;
}

int open_deque(const char *name, int wanted, int fallback, struct deque **deque)
{
	int error = open_either(name, wanted, fallback, deque);

	return error ? fail_deque(name, -error) : 0;
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
