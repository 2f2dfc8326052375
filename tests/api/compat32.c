// SPDX-License-Identifier: GPL-2.0-only
/*
 * The same layout for 32-bit callers: built with -m32, and without a test
 * library, as there is none for 32 bits; so it prints its TAP itself.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/deque.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static unsigned int number, failed;

static void check(int good, const char *what)
{
	printf("%sok %u - %s\n", good ? "" : "not ", ++number, what);
	failed += !good;
}

static int manage(unsigned long command, void *argument)
{
	int fd = open("/dev/deque/control", O_RDWR | O_CLOEXEC);
	int ret = ioctl(fd, command, argument);

	close(fd);
	return ret;
}

int main(void)
{
	struct deque_create create = { .size = sizeof(create),
				       .name = "t32",
				       .limits.max_bytes = 1ULL << 33 };
	struct deque_destroy destroy = { .size = sizeof(destroy),
					 .name = "t32" };
	struct deque_info info = { .size = sizeof(info) };
	struct deque_set set = { .size = sizeof(set),
				 .limits.max_messages = 5 };
	char in[] = "thirty-two", out[16] = "";
	struct deque_descriptor message = { .data = (uintptr_t)in,
					    .size = sizeof(in) };
	struct deque_batch batch = { .size = sizeof(batch),
				     .descriptors = (uintptr_t)&message,
				     .count = 1 };
	int size = -1;
	int fd;

	check(sizeof(void *) == 4, "this is a 32-bit program");
	check(!manage(DEQUE_CREATE, &create), "DEQUE_CREATE");
	fd = open("/dev/deque/t32", O_RDWR | O_CLOEXEC);
	check(fd >= 0, "open");
	check(!ioctl(fd, DEQUE_GET, &info) &&
		      info.limits.max_bytes == 1ULL << 33 && info.openers == 1,
	      "DEQUE_GET");
	check(!ioctl(fd, DEQUE_SET, &set), "DEQUE_SET");
	check(ioctl(fd, DEQUE_PUSH, &batch) == 1 && message.id == 1,
	      "DEQUE_PUSH");
	check(!ioctl(fd, FIONREAD, &size) && size == sizeof(in), "FIONREAD");
	message.data = (uintptr_t)out;
	message.size = sizeof(out);
	check(ioctl(fd, DEQUE_POP, &batch) == 1 && !strcmp(in, out) &&
		      message.size == sizeof(in) && message.id == 1 &&
		      message.pid == (uint32_t)getpid() && message.arrival_ns,
	      "DEQUE_POP");
	check(ioctl(fd, DEQUE_GET, NULL) == -1 && errno == EFAULT, "EFAULT");
	check(write(fd, "x", 1) == 1 && read(fd, out, 16) == 1,
	      "write and read");
	close(fd);
	check(!manage(DEQUE_DESTROY, &destroy), "DEQUE_DESTROY");
	printf("1..%u\n", number);
	return failed != 0;
}
