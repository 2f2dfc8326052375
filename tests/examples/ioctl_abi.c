// SPDX-License-Identifier: GPL-2.0-only
/*
 * Holds /dev/ioctl_dev to ioctl_dev.h, as a program of 64 bits and of 32: prints what
 * is not so, and ends with 1.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>

#include "../../examples/ioctl_dev.h"

_Static_assert(sizeof(struct ioctl_dev_msg) == 84, "no gaps");
_Static_assert(sizeof(struct ioctl_dev_byte) == 8, "no gaps");
/* The numbers never change: direction, size, letter, number. */
_Static_assert(IOCTL_SET_MSG == 0x4054d700, "_IOW");
_Static_assert(IOCTL_GET_MSG == 0x8054d701, "_IOR");
_Static_assert(IOCTL_GET_NTH_BYTE == 0xc008d702, "_IOWR");

static int fd;
static int broken;

/* The errno, 0 for none. */
static int call(unsigned long command, void *argument)
{
	int ret = ioctl(fd, command, argument);

	if (ret > 0)
		printf("returned %d\n", ret);
	broken |= ret > 0;
	return ret < 0 ? errno : 0;
}

static void is(long long got, long long wanted, const char *what)
{
	if (got == wanted)
		return;
	printf("%s: %lld, not %lld\n", what, got, wanted);
	broken = 1;
}

static void set(const char *text, __u32 length, int wanted)
{
	struct ioctl_dev_msg message = { .length = length };

	memset(message.text, '#', sizeof(message.text));
	memcpy(message.text, text, strlen(text));
	is(call(IOCTL_SET_MSG, &message), wanted, "SET_MSG");
}

/* All that is beyond the text is 0, and beyond the struct as it was. */
static void get(const char *text)
{
	struct {
		struct ioctl_dev_msg message;
		char beyond[100];
	} got;
	size_t length = strlen(text);

	memset(&got, 0xa5, sizeof(got));
	is(call(IOCTL_GET_MSG, &got), 0, "GET_MSG");
	is(got.message.length, length, "length");
	is(memcmp(got.message.text, text, length), 0, "text");
	for (size_t i = length; i < IOCTL_DEV_MAX; i++)
		is(got.message.text[i], 0, "behind the text");
	for (size_t i = 0; i < sizeof(got.beyond); i++)
		is((unsigned char)got.beyond[i], 0xa5, "behind the struct");
}

static void nth(__u32 index, int wanted, __u32 byte)
{
	struct ioctl_dev_byte nth = { .index = index, .byte = 0xa5a5a5a5 };

	is(call(IOCTL_GET_NTH_BYTE, &nth), wanted, "GET_NTH_BYTE");
	is(nth.index, index, "index");
	is(nth.byte, wanted ? 0xa5a5a5a5 : byte, "byte");
}

static void bounds(void)
{
	char most[IOCTL_DEV_MAX + 1];

	memset(most, 'm', IOCTL_DEV_MAX);
	most[IOCTL_DEV_MAX] = '\0';
	set(most, IOCTL_DEV_MAX, 0);
	get(most);
	nth(IOCTL_DEV_MAX - 1, 0, 'm');
	nth(IOCTL_DEV_MAX, EINVAL, 0);
	set("hello", 5, 0);
	get("hello");
	set("other", IOCTL_DEV_MAX + 1, EINVAL);
	set("other", -1U, EINVAL);
	set("other", 1U << 31, EINVAL);
	get("hello");
	nth(0, 0, 'h');
	nth(4, 0, 'o');
	nth(5, EINVAL, 0);
	nth(100000000, EINVAL, 0);
	nth(1U << 31, EINVAL, 0);
	nth(-1U, EINVAL, 0);
	set("\xff", 1, 0);
	nth(0, 0, 0xff);
	set("", 0, 0);
	get("");
	nth(0, EINVAL, 0);
}

static void unknown(void)
{
	char room[256] = "";

	is(call(_IO(0xd7, 0), room), ENOTTY, "no direction");
	is(call(_IOR(0xd7, 0, struct ioctl_dev_msg), room), ENOTTY, "_IOR");
	is(call(_IOW(0xd7, 1, struct ioctl_dev_msg), room), ENOTTY, "_IOW");
	is(call(_IOW(0xd7, 0, char[100]), room), ENOTTY, "other size");
	is(call(_IOW(0xd7, 3, struct ioctl_dev_msg), room), ENOTTY, "number 3");
	is(call(_IOW(0xd6, 0, struct ioctl_dev_msg), room), ENOTTY, "0xd6");
	is(call(0, room), ENOTTY, "0");
	is(call(-1U, room), ENOTTY, "-1");
}

static void addresses(void)
{
	static const unsigned int commands[] = { IOCTL_SET_MSG, IOCTL_GET_MSG,
						 IOCTL_GET_NTH_BYTE };
	char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct ioctl_dev_byte *locked = (void *)page;

	munmap(page + 4096, 4096);
	set("hello", 5, 0);
	for (int i = 0; i < 3; i++) {
		is(call(commands[i], NULL), EFAULT, "NULL");
		is(call(commands[i], (void *)-4096L), EFAULT, "-4096");
		is(call(commands[i], page + 4092), EFAULT, "half of it");
	}
	locked->index = 0;
	mprotect(page, 4096, PROT_READ);
	is(call(IOCTL_GET_NTH_BYTE, page), EFAULT, "read only");
	is(call(IOCTL_GET_MSG, page), EFAULT, "read only");
	is(call(IOCTL_SET_MSG, page), 0, "SET_MSG from what is read only");
	get("");
}

int main(void)
{
	fd = open(IOCTL_DEV_PATH, O_RDONLY | O_CLOEXEC);
	if (fd < 0) {
		perror(IOCTL_DEV_PATH);
		return 1;
	}
	bounds();
	unknown();
	addresses();
	return broken;
}
