// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Versions: the library's own, and the loaded kernel module's.
 */
#include "internal.h"

#include <string.h>
#include <unistd.h>

DEQUE_EXPORT const char *deque_version(void)
{
	return DEQUE_VERSION;
}

DEQUE_EXPORT int deque_module_version(char *version, size_t size)
{
	DEQUE_ERRNO_KEEP;
	int fd = open(DEQUE_VERSION_FILE, O_RDONLY | O_CLOEXEC);
	ssize_t length;

	if (fd < 0)
		return errno == ENOENT ? -ENODEV : -errno;
	length = read(fd, version, size);
	close(fd);
	if (length < 0)
		return -errno;
	/* Where the final newline is missing, the rest did not fit. */
	if (!length || version[length - 1] != '\n')
		return -ENAMETOOLONG;
	version[length - 1] = '\0';
	return 0;
}
