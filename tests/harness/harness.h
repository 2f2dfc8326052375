/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Functions that tests of the device share: a fresh deque for each, time limits,
 * short forms of the ioctls.
 */
#ifndef HARNESS_H
#define HARNESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>
#include <fcntl.h>
#include <linux/deque.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/types.h>
#include <unistd.h>

#include "clock.h"

/* The deque that each test starts with: empty, 1000 messages, 1 MiB, 64 KiB. */
#define NAME "t"
#define NODE "/dev/deque/" NAME
#define MAX_MESSAGES 1000
#define MAX_BYTES (1 << 20)
#define MAX_SIZE (64 << 10)

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

/* Makes the deque, and arms a time limit; then removes it, whoever uses it. */
int begin(void **state);
int end(void **state);

/* One of tests/vm/config: all is slower, and objects are larger. */
bool debug_kernel(void);

/* The call has to return -1 and set errno to @expected. */
#define assert_fails(expected, call)               \
	do {                                       \
		errno = 0;                         \
		assert_int_equal((call), -1);      \
		assert_int_equal(errno, expected); \
	} while (0)

/* ioctl on /dev/deque/control: 0 or -errno. */
int control(unsigned long command, void *argument);
int create(const char *name, uint32_t messages, uint64_t bytes, uint32_t size);
int destroy(const char *name, uint32_t flags);

/* Opens NODE or fails the test; closed by end(). */
int open_deque(int flags);
/* Closes it earlier. */
void close_deque(int fd);

/* A batch with all fields in order; -1 and errno on failure. */
int batch(int fd, unsigned long command, struct deque_descriptor *messages,
	  unsigned int count, uint32_t flags);
/* The same with a deadline @ms from now. */
int batch_until(int fd, unsigned long command,
		struct deque_descriptor *messages, unsigned int count,
		uint32_t flags, int ms);
struct deque_descriptor describe(const void *data, size_t size);

struct deque_info get(int fd);
int set(int fd, uint32_t messages, uint64_t bytes, uint32_t size);

/* Puts a string in, without its NUL. */
void put(int fd, const char *text);
/* The same, a message for each letter. */
void put_all(int fd, const char *letters);
/* Takes one message, which has to be this. */
void expect(int fd, const char *text);
/* The same, a message for each letter. */
void expect_each(int fd, const char *letters);
void expect_empty(int fd);

/* A number in /sys/class/deque/control/. */
unsigned long long control_value(const char *name);

/* Whether @text could be written to a file that is there. */
bool write_file(const char *path, const char *text);

/* Puts into @fd, non-blocking, until max_total_bytes allows not a byte more. */
void fill_memory(int fd);

/* Waits until so many takers, or senders, are blocked in the deque. */
void await_takers(int fd, unsigned int count);
void await_senders(int fd, unsigned int count);

/* A page that is there, followed by one that is not. */
char *page_before_hole(void);

/*
 * A page that nobody provides: a copy into it hangs until hang_end(), and then
 * fails.  So a test can look at what the kernel is in the middle of.
 */
struct hang {
	char *page;
	int handler;
};

void hang_begin(struct hang *hang);
/* Waits until a copy hangs. */
void hang_await(const struct hang *hang);
void hang_end(struct hang *hang);

#endif /* HARNESS_H */
