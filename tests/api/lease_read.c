// SPDX-License-Identifier: GPL-2.0-only
/*
 * DEQUE_ACK_ON_READ: a read acknowledges what the one before returned.
 */
#include "harness.h"
#include "lease.h"

#include <signal.h>
#include <sys/uio.h>
#include <sys/wait.h>

/* For files that are opened later; those that are open keep theirs. */
static void the_policy_of_a_deque_is_a_default(void **state)
{
	int fd = open_deque(O_RDWR);
	int before = open_deque(O_RDONLY);
	int after;

	(void)state;
	put_all(fd, "abc");
	assert_int_equal(set_policy(fd, 0, DEQUE_ACK_ON_READ, 0), 0);
	assert_int_equal(get(fd).policy, DEQUE_ACK_ON_READ);
	assert_int_equal(get(fd).file_policy, 0);
	after = open_deque(O_RDONLY);
	assert_int_equal(get(after).file_policy, DEQUE_ACK_ON_READ);
	expect(before, "a");
	assert_int_equal(get(fd).popped, 1);
	expect(after, "b");
	assert_int_equal(get(fd).leased, 1);
	assert_int_equal(set_policy(fd, 0, 0, DEQUE_ACK_ON_READ), 0);
	assert_int_equal(get(fd).policy, 0);
	assert_int_equal(get(after).file_policy, DEQUE_ACK_ON_READ);
	close_deque(after);
	assert_int_equal(get(fd).crash_returned, 1);
	after = open_deque(O_RDONLY);
	assert_int_equal(get(after).file_policy, 0);
	expect(after, "b");
	expect(after, "c");
	expect_empty(fd);
	expect_balance(fd);
}

/* Limits do not matter to it, whether they are set along with it or not. */
static void the_policy_is_set_apart_from_the_limits(void **state)
{
	int fd = open_deque(O_RDWR);

	(void)state;
	assert_int_equal(set_policy(fd, 0, DEQUE_ACK_ON_READ, 0), 0);
	assert_int_equal(get(fd).limits.max_messages, MAX_MESSAGES);
	assert_int_equal(set(fd, 7, 0, 0), 0);
	assert_int_equal(get(fd).policy, DEQUE_ACK_ON_READ);
	assert_int_equal(set_policy(fd, 0, 0, 0), 0);
	assert_int_equal(get(fd).policy, DEQUE_ACK_ON_READ);
	assert_int_equal(set_policy(fd, DEQUE_FILE, 0, 0), 0);
	assert_int_equal(get(fd).file_policy, 0);
}

static void the_policy_can_be_made_with_the_deque(void **state)
{
	struct deque_create create = { .size = sizeof(create),
				       .name = "other",
				       .policy = DEQUE_ACK_ON_READ };
	int fd;

	(void)state;
	assert_int_equal(control(DEQUE_CREATE, &create), 0);
	fd = open("/dev/deque/other", O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(get(fd).policy, DEQUE_ACK_ON_READ);
	assert_int_equal(get(fd).file_policy, DEQUE_ACK_ON_READ);
	put(fd, "a");
	expect(fd, "a");
	assert_int_equal(get(fd).leased, 1);
	close(fd);
	assert_int_equal(destroy("other", DEQUE_FORCE), 0);
}

static void a_fault_leaves_the_message_and_acknowledges(void **state)
{
	int fd = open_deque(O_RDWR);
	int reader = open_reader(O_NONBLOCK);
	char *page = page_before_hole();

	(void)state;
	put(fd, "first");
	put(fd, "second");
	expect(reader, "first");
	assert_fails(EFAULT, read(reader, page + 4096 - 1, 100));
	assert_int_equal(get(fd).acked, 1);
	assert_int_equal(get(fd).leased, 0);
	assert_int_equal(get(fd).ready, 1);
	assert_int_equal(get(fd).claimed, 1);
	expect(reader, "second");
	assert_int_equal(get(fd).leased, 1);
	expect_balance(fd);
}

static void a_message_too_long_stays_and_acknowledges(void **state)
{
	int fd = open_deque(O_RDWR);
	int reader = open_reader(O_NONBLOCK);
	char byte;

	(void)state;
	put(fd, "a");
	put(fd, "second");
	expect(reader, "a");
	assert_fails(EMSGSIZE, read(reader, &byte, 1));
	assert_int_equal(get(fd).acked, 1);
	assert_int_equal(get(fd).ready, 1);
	expect(reader, "second");
	expect_balance(fd);
}

/* A read of nothing is none. */
static void a_read_of_nothing_acknowledges_nothing(void **state)
{
	int fd = open_deque(O_RDWR);
	int reader = open_reader(O_NONBLOCK);

	(void)state;
	put(fd, "a");
	expect(reader, "a");
	assert_int_equal(read(reader, NULL, 0), 0);
	assert_int_equal(get(fd).leased, 1);
	assert_int_equal(get(fd).acked, 0);
}

/* The reader has done with it, though nothing new has come yet. */
static void a_blocked_read_has_acknowledged(void **state)
{
	int fd = open_deque(O_RDWR);
	pid_t reader = fork();

	(void)state;
	assert_true(reader >= 0);
	if (!reader) {
		int own = open_reader(0);
		char byte;

		expect(own, "a");
		if (read(own, &byte, 1) < 0)
			_exit(1);
		_exit(0);
	}
	put(fd, "a");
	while (get(fd).acked != 1)
		poll(NULL, 0, 1);
	await_takers(fd, 1);
	assert_int_equal(get(fd).messages, 0);
	kill(reader, SIGKILL);
	assert_int_equal(waitpid(reader, NULL, 0), reader);
	expect_empty(fd);
	expect_balance(fd);
}

/* A lease that the reader settled itself, or lost, is nothing to the next read. */
static void a_read_acknowledges_only_what_is_left(void **state)
{
	int fd = open_deque(O_RDWR);
	int reader = open_reader(O_NONBLOCK);
	struct deque_entry entry = { .message.size = 0 };
	uint64_t cursor = 0;

	(void)state;
	put(fd, "a");
	put(fd, "b");
	expect(reader, "a");
	assert_int_equal(browse(fd, &entry, 1, DEQUE_LEASED, &cursor), 1);
	assert_int_equal(settle(reader, DEQUE_RETURN, entry.message.token), 1);
	expect(reader, "a");
	assert_int_equal(get(fd).acked, 0);
	expect(reader, "b");
	assert_int_equal(get(fd).acked, 1);
	expect_balance(fd);
}

/* Leases that were claimed stay: only those of a read end with the next. */
static void a_read_acknowledges_no_claim(void **state)
{
	int fd = open_deque(O_RDWR);
	int reader = open_reader(O_NONBLOCK);

	(void)state;
	put_all(fd, "abc");
	claim(reader, "a", 0);
	expect(reader, "b");
	assert_int_equal(get(fd).leased, 2);
	expect(reader, "c");
	assert_int_equal(get(fd).acked, 1);
	assert_int_equal(get(fd).leased, 2);
	close_deque(reader);
	expect(fd, "a");
	expect(fd, "c");
	expect_empty(fd);
}

/* A file that has read the first of two messages, and acknowledges none any more. */
static int open_switched_off(int fd)
{
	int reader = open_reader(O_NONBLOCK);

	put(fd, "a");
	put(fd, "b");
	expect(reader, "a");
	assert_int_equal(set_policy(reader, DEQUE_FILE, 0, DEQUE_ACK_ON_READ),
			 0);
	return reader;
}

/* Off again: it reads for good, and what was leased is so until it closes. */
static void the_policy_of_a_file_can_be_switched_off(void **state)
{
	int fd = open_deque(O_RDWR);
	int reader = open_switched_off(fd);

	(void)state;
	expect(reader, "b");
	assert_int_equal(get(fd).popped, 1);
	assert_int_equal(get(fd).leased, 1);
	close_deque(reader);
	expect(fd, "a");
	expect_empty(fd);
	expect_balance(fd);
}

/* A read does not acknowledge what was read before the policy was switched off. */
static void the_policy_of_a_file_can_be_switched_on_again(void **state)
{
	int fd = open_deque(O_RDWR);
	int reader = open_switched_off(fd);

	(void)state;
	assert_int_equal(set_policy(reader, DEQUE_FILE, DEQUE_ACK_ON_READ, 0),
			 0);
	expect(reader, "b");
	assert_int_equal(get(fd).acked, 0);
	assert_int_equal(get(fd).leased, 2);
	close_deque(reader);
	expect(fd, "a");
	expect(fd, "b");
	expect_balance(fd);
}

static void readv_is_a_read(void **state)
{
	int fd = open_deque(O_RDWR);
	int reader = open_reader(0);
	char a[2], b[2];
	struct iovec parts[] = { { a, 2 }, { b, 2 } };

	(void)state;
	put(fd, "abc");
	put(fd, "d");
	assert_int_equal(readv(reader, parts, 2), 3);
	assert_int_equal(get(fd).leased, 1);
	assert_int_equal(preadv2(reader, parts, 2, -1, RWF_NOWAIT), 1);
	assert_int_equal(get(fd).acked, 1);
	assert_fails(EAGAIN, preadv2(reader, parts, 2, -1, RWF_NOWAIT));
	assert_int_equal(get(fd).acked, 2);
	expect_empty(fd);
	expect_balance(fd);
}

/* A message comes again once the reader that worked on it is dead. */
static void a_killed_reader_gives_back_the_last(void **state)
{
	int fd = open_deque(O_RDWR);
	pid_t reader = fork();

	(void)state;
	assert_true(reader >= 0);
	if (!reader) {
		int own = open_reader(0);

		for (int i = 0; i < 3; i++)
			expect(own, (char[]){ '1' + i, '\0' });
		raise(SIGSTOP);
		_exit(0);
	}
	for (int i = 0; i < 4; i++)
		put(fd, (char[]){ '1' + i, '\0' });
	assert_int_equal(waitpid(reader, NULL, WUNTRACED), reader);
	assert_int_equal(get(fd).acked, 2);
	kill(reader, SIGKILL);
	assert_int_equal(waitpid(reader, NULL, 0), reader);
	expect(fd, "3");
	expect(fd, "4");
	expect_empty(fd);
	expect_balance(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_policy_of_a_deque_is_a_default),
		TEST(the_policy_is_set_apart_from_the_limits),
		TEST(the_policy_can_be_made_with_the_deque),
		TEST(a_fault_leaves_the_message_and_acknowledges),
		TEST(a_message_too_long_stays_and_acknowledges),
		TEST(a_read_of_nothing_acknowledges_nothing),
		TEST(a_blocked_read_has_acknowledged),
		TEST(a_read_acknowledges_only_what_is_left),
		TEST(a_read_acknowledges_no_claim),
		TEST(the_policy_of_a_file_can_be_switched_off),
		TEST(the_policy_of_a_file_can_be_switched_on_again),
		TEST(readv_is_a_read),
		TEST(a_killed_reader_gives_back_the_last),
	};

	return cmocka_run_group_tests_name("reads that acknowledge", tests,
					   NULL, NULL);
}
