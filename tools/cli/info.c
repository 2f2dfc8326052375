// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads what is known of a deque, as far as permissions go.
 */
#include "cli/info.h"
#include "cli/node.h"

#include <deque.h>
#include <errno.h>
#include <fcntl.h>

int open_either(const char *name, int wanted, int fallback,
		struct deque **deque)
{
	int error = node_is_foreign(name) ? -ENOTTY
					  : deque_open(name, wanted, deque);

	return error == -EACCES ? deque_open(name, fallback, deque) : error;
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
