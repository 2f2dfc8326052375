// SPDX-License-Identifier: GPL-2.0-only
/*
 * DEQUE_LINES: reads of any size get a message as a line.
 */
#include "harness.h"
#include "lease.h"
#include "process.h"

#include <pthread.h>
#include <signal.h>
#include <sys/wait.h>

static int open_lines(int flags, uint32_t policy)
{
	int reader = open_deque(O_RDONLY | flags);

	assert_int_equal(set_policy(reader, DEQUE_FILE, DEQUE_LINES | policy,
				    0),
			 0);
	return reader;
}

/* One read of that size at most. */
static void expect_part(int reader, size_t size, const char *text)
{
	char buffer[256] = { 0 };

	assert_int_equal(read(reader, buffer, size), strlen(text));
	assert_string_equal(buffer, text);
}

static void expect_nothing(int reader)
{
	char byte;

	assert_fails(EAGAIN, read(reader, &byte, 1));
}

static void a_line_has_one_newline_at_its_end(void **state)
{
	int fd = open_deque(O_RDWR);
	int reader = open_lines(O_NONBLOCK, 0);

	(void)state;
	put(fd, "a");
	put(fd, "b\n");
	put(fd, "c\nd");
	put(fd, "\n");
	put(fd, "\n\n");
	expect_part(reader, 200, "a\n");
	expect_part(reader, 200, "b\n");
	expect_part(reader, 200, "c\nd\n");
	expect_part(reader, 200, "\n");
	expect_part(reader, 200, "\n\n");
	expect_nothing(reader);
	assert_int_equal(get(fd).popped, 5);
	assert_int_equal(get(fd).claimed, 0);
	expect_empty(fd);
	expect_balance(fd);
}

/* A part never has bytes of two messages; the last byte makes the message go. */
static void a_line_comes_in_parts(void **state)
{
	int fd = open_deque(O_RDWR);
	int reader = open_lines(O_NONBLOCK, 0);

	(void)state;
	put(fd, "abcd");
	put(fd, "x\n");
	expect_part(reader, 3, "abc");
	assert_int_equal(get(fd).leased, 1);
	assert_int_equal(get(fd).messages, 2);
	expect_part(reader, 1, "d");
	assert_int_equal(get(fd).leased, 1);
	expect_part(reader, 9, "\n");
	assert_int_equal(get(fd).leased, 0);
	assert_int_equal(get(fd).messages, 1);
	expect_part(reader, 1, "x");
	expect_part(reader, 1, "\n");
	expect_nothing(reader);
	expect_empty(fd);
	expect_balance(fd);
}

static void the_rest_comes_back_whole(void **state)
{
	int fd = open_deque(O_RDWR);
	int reader = open_lines(O_NONBLOCK, 0);

	(void)state;
	put(fd, "abcd");
	put(fd, "e");
	expect_part(reader, 2, "ab");
	close_deque(reader);
	assert_int_equal(get(fd).crash_returned, 1);
	expect(fd, "abcd");
	expect(fd, "e");
	expect_balance(fd);
}

static void a_line_is_acknowledged_by_the_next(void **state)
{
	int fd = open_deque(O_RDWR);
	int reader = open_lines(O_NONBLOCK, DEQUE_ACK_ON_READ);

	(void)state;
	put(fd, "ab");
	put(fd, "c");
	put(fd, "d");
	expect_part(reader, 2, "ab");
	expect_part(reader, 2, "\n");
	assert_int_equal(get(fd).acked, 0);
	assert_int_equal(get(fd).leased, 1);
	expect_part(reader, 1, "c");
	assert_int_equal(get(fd).acked, 1);
	expect_part(reader, 1, "\n");
	expect_part(reader, 9, "d\n");
	assert_int_equal(get(fd).acked, 2);
	expect_nothing(reader);
	assert_int_equal(get(fd).acked, 3);
	expect_empty(fd);
	expect_balance(fd);
}

static int next_size(int reader)
{
	int size = -1;

	assert_int_equal(ioctl(reader, FIONREAD, &size), 0);
	return size;
}

static void poll_and_fionread_know_the_rest(void **state)
{
	int fd = open_deque(O_RDWR);
	int reader = open_lines(O_NONBLOCK, 0);
	struct pollfd poller = { .fd = reader, .events = POLLIN };

	(void)state;
	assert_int_equal(poll(&poller, 1, 0), 0);
	assert_int_equal(next_size(reader), 0);
	put(fd, "abc");
	assert_int_equal(next_size(reader), 4);
	expect_part(reader, 2, "ab");
	assert_int_equal(get(fd).ready, 0);
	assert_int_equal(poll(&poller, 1, 0), 1);
	assert_int_equal(next_size(reader), 2);
	expect_part(reader, 9, "c\n");
	assert_int_equal(poll(&poller, 1, 0), 0);
	assert_int_equal(next_size(reader), 0);
	put(fd, "d\n");
	assert_int_equal(next_size(reader), 2);
	expect(fd, "d\n");
}

static void a_copy_that_fails_loses_nothing(void **state)
{
	int fd = open_deque(O_RDWR);
	int reader = open_lines(O_NONBLOCK, 0);
	char *page = page_before_hole();

	(void)state;
	put(fd, "abcdef");
	assert_fails(EFAULT, read(reader, page + 4095, 3));
	assert_int_equal(get(fd).ready, 1);
	expect_part(reader, 2, "ab");
	assert_fails(EFAULT, read(reader, page + 4095, 3));
	expect_part(reader, 9, "cdef\n");
	expect_empty(fd);
	expect_balance(fd);
}

/* Longer than one piece of memory; each byte is the right one. */
static void a_long_line_in_odd_parts(void **state)
{
	static char text[MAX_SIZE], back[MAX_SIZE + 1];
	int fd = open_deque(O_RDWR);
	int reader = open_lines(O_NONBLOCK, 0);
	size_t done = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)('a' + i % 23);
	assert_int_equal(write(fd, text, sizeof(text)), sizeof(text));
	while (done < sizeof(back)) {
		ssize_t size = read(reader, back + done, 777);

		assert_in_range(size, 1, 777);
		done += (size_t)size;
	}
	assert_memory_equal(back, text, sizeof(text));
	assert_int_equal(back[MAX_SIZE], '\n');
	expect_nothing(reader);
	expect_empty(fd);
}

/* A killed child's rest comes back at once; the parent's is its own. */
static void processes_have_lines_of_their_own(void **state)
{
	int fd = open_deque(O_RDWR);
	int reader = open_lines(O_NONBLOCK, 0);
	char byte;
	pid_t child;

	(void)state;
	put(fd, "ab");
	put(fd, "cd");
	expect_part(reader, 1, "a");
	child = forked();
	if (!child) {
		if (read(reader, &byte, 1) != 1 || byte != 'c')
			_exit(1);
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(get(fd).leased, 1);
	assert_int_equal(get(fd).crash_returned, 1);
	expect_part(reader, 9, "b\n");
	expect_part(reader, 9, "cd\n");
	expect_empty(fd);
	expect_balance(fd);
}

static void *read_rest(void *argument)
{
	char bytes[4] = { 0 };

	if (read(*(int *)argument, bytes, 4) != 2 || strcmp(bytes, "b\n"))
		_exit(1);
	return NULL;
}

/* Runtimes move a stream from thread to thread. */
static void another_thread_goes_on_with_a_line(void **state)
{
	int fd = open_deque(O_RDWR);
	int reader = open_lines(O_NONBLOCK, DEQUE_ACK_ON_READ);
	pthread_t thread;

	(void)state;
	put(fd, "ab");
	put(fd, "c");
	expect_part(reader, 1, "a");
	assert_int_equal(pthread_create(&thread, NULL, read_rest, &reader), 0);
	assert_int_equal(pthread_join(thread, NULL), 0);
	expect_part(reader, 9, "c\n");
	assert_int_equal(get(fd).acked, 1);
	expect_nothing(reader);
	expect_empty(fd);
	expect_balance(fd);
}

static void a_destroyed_deque_has_no_rest(void **state)
{
	int fd = open_deque(O_RDWR);
	int reader = open_lines(0, 0);
	char byte;

	(void)state;
	put(fd, "ab");
	expect_part(reader, 1, "a");
	assert_int_equal(destroy(NAME, DEQUE_FORCE), 0);
	assert_fails(ENODEV, read(reader, &byte, 1));
	assert_int_equal(create(NAME, 0, 0, 0), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_line_has_one_newline_at_its_end),
		TEST(a_line_comes_in_parts),
		TEST(the_rest_comes_back_whole),
		TEST(a_line_is_acknowledged_by_the_next),
		TEST(poll_and_fionread_know_the_rest),
		TEST(a_copy_that_fails_loses_nothing),
		TEST(a_long_line_in_odd_parts),
		TEST(processes_have_lines_of_their_own),
		TEST(another_thread_goes_on_with_a_line),
		TEST(a_destroyed_deque_has_no_rest),
	};

	return cmocka_run_group_tests_name("lines", tests, NULL, NULL);
}
