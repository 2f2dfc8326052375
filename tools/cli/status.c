// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exit statuses: the one that belongs to each error, with a reason that says what to do.
 */
#include "cli/status.h"
#include "cli/module.h"

#include <errno.h>
#include <string.h>

static const struct failure {
	int error;
	int status;
	const char *reason;
} failures[] = {
	{ ENOENT, EX_NOINPUT,
	  "no such deque; 'deque create' makes it, 'deque ls' lists them" },
	{ ENOTTY, EX_NOINPUT, "not a deque; 'deque ls' lists them" },
	{ ENODEV, EX_NOINPUT,
	  "somebody has just removed it; 'deque create' makes it anew" },
	{ EEXIST, EX_CANTCREAT, "exists already; --exist-ok lets that pass" },
	{ ENOSPC, EX_CANTCREAT,
	  "there are as many deques as the module parameter max_deques "
	  "allows; 'deque rm' makes room" },
	{ EDQUOT, EX_CANTCREAT,
	  "this user's share is used up: max_user_deques, or max_user_bytes for "
	  "messages, see deque(4); 'deque rm' or 'deque take' makes room" },
	{ EINVAL, EX_USAGE,
	  "the kernel refuses these values; see Bounds in deque(7)" },
	{ EBADF, EX_USAGE,
	  "the file was not opened for that; '<>/dev/deque/NAME' opens it for "
	  "all" },
	{ ENOMEM, EX_OSERR,
	  "the kernel has no memory for it, in all or in this cgroup" },
};

const char *fail_reason(int error, int *status)
{
	size_t i;

	if (error == ENXIO) {
		*status = EX_UNAVAILABLE;
		return module_missing();
	}
	for (i = 0; i < sizeof(failures) / sizeof(failures[0]); i++) {
		if (failures[i].error != error)
			continue;
		*status = failures[i].status;
		return failures[i].reason;
	}
	*status = EX_OSERR;
	return strerror(error);
}
