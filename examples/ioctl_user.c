// SPDX-License-Identifier: GPL-2.0-only
/*
 * Uses ioctl_dev; what its calls are is in ioctl_dev.h.
 *
 *   ioctl_user set TEXT     the message is now this
 *   ioctl_user get          prints it
 *   ioctl_user byte N       prints its byte N, from 0, as a number
 */
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "ioctl_dev.h"

static int fail(const char *what)
{
	fprintf(stderr, "ioctl_user: %s: %s\n", what, strerror(errno));
	return 1;
}

static int set(int fd, const char *text)
{
	struct ioctl_dev_msg message = { .length = strlen(text) };

	/* What does not fit is left to the kernel to refuse. */
	memcpy(message.text, text,
	       message.length < IOCTL_DEV_MAX ? message.length : IOCTL_DEV_MAX);
	if (ioctl(fd, IOCTL_SET_MSG, &message))
		return fail("SET_MSG");
	return 0;
}

static int get(int fd)
{
	struct ioctl_dev_msg message;

	if (ioctl(fd, IOCTL_GET_MSG, &message))
		return fail("GET_MSG");
	printf("%.*s\n", (int)message.length, (const char *)message.text);
	return 0;
}

static int byte(int fd, const char *number)
{
	struct ioctl_dev_byte nth = { 0 };
	unsigned long long index;
	char *end;

	errno = 0;
	index = strtoull(number, &end, 0);
	if (errno || end == number || *end || *number == '-' || index > UINT32_MAX) {
		fprintf(stderr, "ioctl_user: %s is not in 0 to %u\n", number, UINT32_MAX);
		return 2;
	}
	nth.index = index;
	if (ioctl(fd, IOCTL_GET_NTH_BYTE, &nth))
		return fail("GET_NTH_BYTE");
	printf("%u\n", nth.byte);
	return 0;
}

int main(int argc, char *argv[])
{
	int fd = open(IOCTL_DEV_PATH, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return fail(IOCTL_DEV_PATH);
	if (argc == 3 && !strcmp(argv[1], "set"))
		return set(fd, argv[2]);
	if (argc == 2 && !strcmp(argv[1], "get"))
		return get(fd);
	if (argc == 3 && !strcmp(argv[1], "byte"))
		return byte(fd, argv[2]);
	fprintf(stderr, "usage: ioctl_user set TEXT | get | byte N\n");
	return 2;
}
