// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Handles: opening and closing a deque, its counters and its limits.
 */
#include "internal.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

int deque_ioctl(int fd, unsigned long command, void *argument)
{
	DEQUE_ERRNO_KEEP;
	int result = ioctl(fd, command, argument);

	return result < 0 ? -errno : result;
}

/* A container may have the module, and a node, but not the control node. */
static bool module_is_here(void)
{
	return !access(DEQUE_DEV_DIR DEQUE_CONTROL, F_OK) ||
	       !access(DEQUE_MODULE_DIR, F_OK);
}

/* What is no device is not opened: a FIFO would keep us waiting. */
int deque_node_open(const char *name, int flags)
{
	DEQUE_ERRNO_KEEP;
	char path[sizeof(DEQUE_DEV_DIR) + DEQUE_NAME_MAX];
	struct stat node;
	int error, fd;

	snprintf(path, sizeof(path), DEQUE_DEV_DIR "%s", name);
	if (!stat(path, &node) && !S_ISCHR(node.st_mode))
		return -ENOTTY;
	fd = open(path, flags | O_CLOEXEC);
	if (fd >= 0)
		return fd;
	error = errno;
	/* Without the module, ENOENT would blame the name. */
	if (error == ENOENT && !module_is_here())
		return -ENXIO;
	return -error;
}

static int handle_make(int fd, struct deque **deque)
{
	struct deque *made = malloc(sizeof(*made));

	if (!made)
		return -ENOMEM;
	made->fd = fd;
	*deque = made;
	return 0;
}

DEQUE_EXPORT int deque_open(const char *name, int mode, struct deque **deque)
{
	DEQUE_ERRNO_KEEP;
	int fd, result;

	if (deque_check_name(name) || mode & ~(O_ACCMODE | O_NONBLOCK) ||
	    (mode & O_ACCMODE) == O_ACCMODE)
		return -EINVAL;
	fd = deque_node_open(name, mode);
	if (fd < 0)
		return fd;
	result = handle_make(fd, deque);
	if (result)
		close(fd);
	return result;
}

/* Only a deque can tell its counters; some drivers say EINVAL for ENOTTY. */
DEQUE_EXPORT int deque_fdopen(int fd, struct deque **deque)
{
	DEQUE_ERRNO_KEEP;
	struct deque_info info = { .size = sizeof(info) };
	int result = deque_ioctl(fd, DEQUE_GET, &info);

	if (result == -EINVAL)
		return -ENOTTY;
	return result < 0 ? result : handle_make(fd, deque);
}

DEQUE_EXPORT void deque_close(struct deque *deque)
{
	DEQUE_ERRNO_KEEP;

	if (!deque)
		return;
	close(deque->fd);
	free(deque);
}

DEQUE_EXPORT int deque_fd(const struct deque *deque)
{
	return deque->fd;
}

DEQUE_EXPORT int deque_get(struct deque *deque, struct deque_info *info)
{
	*info = (struct deque_info){ .size = sizeof(*info) };
	return deque_ioctl(deque->fd, DEQUE_GET, info);
}

DEQUE_EXPORT int deque_set(struct deque *deque,
			   const struct deque_limits *limits,
			   unsigned int policy_on, unsigned int policy_off)
{
	struct deque_set set = {
		.size = sizeof(set),
		.policy_on = policy_on,
		.policy_off = policy_off,
	};

	if (limits)
		set.limits = *limits;
	return deque_ioctl(deque->fd, DEQUE_SET, &set);
}

DEQUE_EXPORT int deque_set_file(struct deque *deque, unsigned int policy_on,
				unsigned int policy_off)
{
	struct deque_set set = {
		.size = sizeof(set),
		.flags = DEQUE_FILE,
		.policy_on = policy_on,
		.policy_off = policy_off,
	};

	return deque_ioctl(deque->fd, DEQUE_SET, &set);
}
