// SPDX-License-Identifier: GPL-2.0-only
/*
 * Opens deques, as far as permissions go, and nothing else in their place.
 */
#include "cli/open.h"
#include "cli/explain.h"
#include "cli/info.h"
#include "cli/say.h"
#include "cli/status.h"

#include <deque.h>
#include <errno.h>
#include <string.h>

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
