// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * The control node: making and removing deques.
 */
#include "internal.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define NODE_WAIT_MS 5000
#define NODE_POLL_MS 5

static int control_call(unsigned long command, void *argument)
{
	int fd = deque_node_open(DEQUE_CONTROL, O_WRONLY);
	int result;

	if (fd == -ENOENT)
		return -ENXIO;
	if (fd < 0)
		return fd;
	result = deque_ioctl(fd, command, argument);
	close(fd);
	return result;
}

/* Either kind of access will do: udev may be told to grant only one. */
static bool node_usable(const char *path)
{
	return !faccessat(AT_FDCWD, path, R_OK, AT_EACCESS) ||
	       !faccessat(AT_FDCWD, path, W_OK, AT_EACCESS);
}

/* Where something else stands, no node will come. */
static bool node_is_blocked(const char *path)
{
	struct stat node;

	return !lstat(path, &node) && !S_ISCHR(node.st_mode);
}

/*
 * The node is there when the kernel returns, but it is root's until udev has
 * seen it.  The deque exists whether or not that happens, so this cannot fail.
 */
static void node_wait(const char *name)
{
	const struct timespec pause = { .tv_nsec = NODE_POLL_MS * 1000000 };
	char path[sizeof(DEQUE_DEV_DIR) + DEQUE_NAME_MAX];
	int left = NODE_WAIT_MS / NODE_POLL_MS;

	snprintf(path, sizeof(path), DEQUE_DEV_DIR "%s", name);
	while (!node_usable(path) && !node_is_blocked(path) && left--)
		nanosleep(&pause, NULL);
}

DEQUE_EXPORT int deque_create(const char *name,
			      const struct deque_limits *limits,
			      unsigned int policy)
{
	DEQUE_ERRNO_KEEP;
	struct deque_create create = {
		.size = sizeof(create),
		.policy = policy,
	};
	int result;

	if (deque_check_name(name))
		return -EINVAL;
	strcpy(create.name, name);
	if (limits)
		create.limits = *limits;
	result = control_call(DEQUE_CREATE, &create);
	if (result < 0)
		return result;
	node_wait(name);
	return 0;
}

DEQUE_EXPORT int deque_destroy(const char *name, unsigned int flags)
{
	DEQUE_ERRNO_KEEP;
	struct deque_destroy destroy = {
		.size = sizeof(destroy),
		.flags = flags,
	};

	if (deque_check_name(name))
		return -EINVAL;
	strcpy(destroy.name, name);
	return control_call(DEQUE_DESTROY, &destroy);
}
