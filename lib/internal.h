/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * What the library's files share: the handle, where the kernel module shows
 * itself, and the one way into the kernel.
 */
#ifndef DEQUE_INTERNAL_H
#define DEQUE_INTERNAL_H

#include <deque.h>
#include <errno.h>

#define DEQUE_EXPORT __attribute__((visibility("default")))

#define DEQUE_DEV_DIR "/dev/deque/"
#define DEQUE_CONTROL "control"
#define DEQUE_CLASS_DIR "/sys/class/deque"
#define DEQUE_MODULE_DIR "/sys/module/deque"
#define DEQUE_VERSION_FILE DEQUE_MODULE_DIR "/version"

struct deque {
	int fd;
};

static inline void deque_errno_restore(const int *saved)
{
	errno = *saved;
}

/* Stands first in each function that calls the system: errno is kept. */
#define DEQUE_ERRNO_KEEP      \
	const int saved_errno \
		__attribute__((cleanup(deque_errno_restore), unused)) = errno

/* Each returns 0 or more, or -errno. */
int deque_ioctl(int fd, unsigned long command, void *argument);
int deque_node_open(const char *name, int flags);

#endif /* DEQUE_INTERNAL_H */
