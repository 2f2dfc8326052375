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

/* All that can be done with a lease, and what is told of it. */
static void check_leases(int fd)
{
	char data[16] = "";
	uint64_t token;
	struct deque_descriptor message = { .data = (uintptr_t)data,
					    .size = sizeof(data) };
	struct deque_batch batch = { .size = sizeof(batch),
				     .descriptors = (uintptr_t)&message,
				     .count = 1,
				     .time_ns = DEQUE_TIME_LIMIT };
	struct deque_leases leases = { .size = sizeof(leases),
				       .tokens = (uintptr_t)&token,
				       .count = 1 };
	struct deque_kick kick = { .size = sizeof(kick),
				   .states = DEQUE_DELAYED,
				   .count = UINT64_MAX };
	struct deque_entry entry = { .message = message };
	struct deque_browse browse = { .size = sizeof(browse),
				       .entries = (uintptr_t)&entry,
				       .count = 1,
				       .states = DEQUE_LEASED };

	check(write(fd, "x", 1) == 1 && ioctl(fd, DEQUE_CLAIM, &batch) == 1 &&
		      data[0] == 'x' && message.token &&
		      message.deliveries == 1,
	      "DEQUE_CLAIM");
	token = message.token;
	check(ioctl(fd, DEQUE_BROWSE, &browse) == 1 &&
		      entry.state == DEQUE_LEASED &&
		      entry.message.token == token && entry.due_ns &&
		      entry.holder == (uint32_t)getpid() && browse.cursor,
	      "DEQUE_BROWSE");
	check(ioctl(fd, DEQUE_EXTEND, &leases) == 1, "DEQUE_EXTEND");
	leases.time_ns = DEQUE_TIME_LIMIT;
	check(ioctl(fd, DEQUE_RETURN, &leases) == 1, "DEQUE_RETURN");
	check(!ioctl(fd, DEQUE_KICK, &kick) && kick.count == 1, "DEQUE_KICK");
	message.size = sizeof(data);
	check(ioctl(fd, DEQUE_CLAIM, &batch) == 1 && message.token > token,
	      "DEQUE_CLAIM again");
	leases.time_ns = 0;
	check(ioctl(fd, DEQUE_ACK, &leases) == -1 && errno == ESTALE, "ESTALE");
	token = message.token;
	check(ioctl(fd, DEQUE_BURY, &leases) == 1, "DEQUE_BURY");
	kick.states = DEQUE_BURIED;
	check(!ioctl(fd, DEQUE_KICK, &kick) && kick.count == 1,
	      "DEQUE_KICK of what is buried");
	message.size = sizeof(data);
	check(ioctl(fd, DEQUE_CLAIM, &batch) == 1, "DEQUE_CLAIM at last");
	token = message.token;
	check(ioctl(fd, DEQUE_ACK, &leases) == 1, "DEQUE_ACK");
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
	check_leases(fd);
	close(fd);
	check(!manage(DEQUE_DESTROY, &destroy), "DEQUE_DESTROY");
	printf("1..%u\n", number);
	return failed != 0;
}
