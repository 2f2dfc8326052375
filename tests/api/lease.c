// SPDX-License-Identifier: GPL-2.0-only
/*
 * Leases: claimed, acknowledged, returned, buried, timed out, or ended with their
 * holder.
 */
#include "lease.h"
#include "harness.h"
#include "process.h"

#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

static void acknowledged_is_gone(void **state)
{
	int fd = open_deque(O_RDWR);
	uint64_t token;

	(void)state;
	put(fd, "a");
	token = claim(fd, "a", 0);
	assert_int_equal(get(fd).leased, 1);
	assert_int_equal(get(fd).ready, 0);
	assert_int_equal(get(fd).messages, 1);
	assert_int_equal(get(fd).bytes, 1);
	assert_int_equal(settle(fd, DEQUE_ACK, token), 1);
	expect_empty(fd);
	assert_int_equal(get(fd).acked, 1);
	assert_int_equal(get(fd).claimed, 1);
	expect_balance(fd);
}

static void a_lost_lease_is_stale(void **state)
{
	int fd = open_deque(O_RDWR);
	int other = open_deque(O_RDWR);
	uint64_t token, again;

	(void)state;
	put(fd, "a");
	token = claim(fd, "a", 0);
	for (unsigned int i = 0; i < 4; i++) {
		static const unsigned long commands[] = {
			DEQUE_ACK, DEQUE_RETURN, DEQUE_BURY, DEQUE_EXTEND
		};

		assert_fails(ESTALE, settle(fd, commands[i], token + 1));
		assert_fails(ESTALE, settle(fd, commands[i], 0));
		assert_fails(ESTALE, settle(other, commands[i], token));
	}
	assert_int_equal(settle(fd, DEQUE_RETURN, token), 1);
	assert_fails(ESTALE, settle(fd, DEQUE_ACK, token));
	again = claim(fd, "a", 0);
	assert_true(again > token);
	assert_fails(ESTALE, settle(fd, DEQUE_ACK, token));
	assert_int_equal(settle(fd, DEQUE_ACK, again), 1);
	assert_fails(ESTALE, settle(fd, DEQUE_ACK, again));
	expect_balance(fd);
}

static void returned_goes_where_it_was(void **state)
{
	int fd = open_deque(O_RDWR);
	uint64_t first, second;

	(void)state;
	put_all(fd, "123");
	first = claim(fd, "1", 0);
	second = claim(fd, "2", 0);
	assert_int_equal(settle(fd, DEQUE_RETURN, second), 1);
	assert_int_equal(settle(fd, DEQUE_RETURN, first), 1);
	expect_each(fd, "123");
	expect_balance(fd);
}

/* As if it had not been claimed, whatever came in meanwhile. */
static void returned_goes_between_others(void **state)
{
	int fd = open_deque(O_RDWR);
	uint64_t front, back;

	(void)state;
	put_all(fd, "123");
	front = claim(fd, "1", 0);
	back = claim(fd, "3", DEQUE_BACK);
	put_front(fd, "0");
	put(fd, "4");
	assert_int_equal(settle(fd, DEQUE_RETURN, front), 1);
	assert_int_equal(settle(fd, DEQUE_RETURN, back), 1);
	expect_each(fd, "01234");
	expect_empty(fd);
}

/* From both ends, and with others there by now. */
static void close_returns_all_in_order(void **state)
{
	int fd = open_deque(O_RDWR);
	int worker = open_deque(O_RDWR);

	(void)state;
	put_all(fd, "123456");
	claim(worker, "1", 0);
	claim(worker, "2", 0);
	claim(worker, "6", DEQUE_BACK);
	claim(worker, "5", DEQUE_BACK);
	put_front(fd, "0");
	put(fd, "7");
	close_deque(worker);
	assert_int_equal(get(fd).leased, 0);
	assert_int_equal(get(fd).crash_returned, 4);
	expect_each(fd, "01234567");
	expect_empty(fd);
	expect_balance(fd);
}

/* Leases of the file and of the process end together, in their order. */
static void close_returns_both_kinds_in_order(void **state)
{
	int fd = open_deque(O_RDWR);

	(void)state;
	for (unsigned int kinds = 0; kinds < 16; kinds++) {
		int worker = open_deque(O_RDWR);

		put_all(fd, "12345");
		for (unsigned int i = 0; i < 4; i++)
			claim(worker, (char[]){ '1' + i, '\0' },
			      kinds & 1U << i ? DEQUE_PROCESS : 0);
		put_front(fd, "0");
		close_deque(worker);
		expect_each(fd, "012345");
	}
	expect_empty(fd);
	expect_balance(fd);
}

/* More than the kernel returns in one go. */
static void close_returns_very_many_in_order(void **state)
{
	int fd = open_deque(O_RDWR);
	int worker = open_deque(O_RDWR);
	char text[16];

	(void)state;
	for (int i = 0; i < 900; i++) {
		snprintf(text, sizeof(text), "%d", i);
		put(fd, text);
		claim(worker, text, 0);
	}
	put_front(fd, "front");
	close_deque(worker);
	expect(fd, "front");
	for (int i = 0; i < 900; i++) {
		snprintf(text, sizeof(text), "%d", i);
		expect(fd, text);
	}
	expect_empty(fd);
	expect_balance(fd);
}

static void a_killed_worker_returns_its_lease(void **state)
{
	int fd = open_deque(O_RDWR);
	pid_t worker = fork();

	(void)state;
	assert_true(worker >= 0);
	if (!worker) {
		int own = open(NODE, O_RDWR | O_CLOEXEC);

		claim(own, "a", 0);
		raise(SIGSTOP);
		_exit(0);
	}
	put(fd, "a");
	assert_int_equal(waitpid(worker, NULL, WUNTRACED), worker);
	assert_int_equal(get(fd).leased, 1);
	kill(worker, SIGKILL);
	/* No sleep: that it is dead means that it has returned. */
	assert_int_equal(waitpid(worker, NULL, 0), worker);
	assert_int_equal(get(fd).leased, 0);
	assert_int_equal(get(fd).crash_returned, 1);
	expect(fd, "a");
}

static void too_many_deliveries_bury(void **state)
{
	int fd = open_deque(O_RDWR);
	struct deque_descriptor message;
	char byte;

	(void)state;
	assert_int_equal(set_deliveries(fd, 2), 0);
	put(fd, "a");
	for (uint32_t i = 1; i <= 2; i++) {
		message = describe(&byte, 1);
		assert_int_equal(batch(fd, DEQUE_CLAIM, &message, 1, 0), 1);
		assert_int_equal(message.deliveries, i);
		assert_int_equal(settle(fd, DEQUE_RETURN, message.token), 1);
	}
	assert_int_equal(get(fd).buried, 1);
	assert_int_equal(get(fd).buried_ever, 1);
	assert_int_equal(get(fd).ready, 0);
	assert_int_equal(get(fd).messages, 1);
	assert_int_equal(kick(fd, DEQUE_BURIED, 10, 0), 1);
	message = describe(&byte, 1);
	assert_int_equal(batch(fd, DEQUE_CLAIM, &message, 1, 0), 1);
	assert_int_equal(message.deliveries, 1);
	assert_int_equal(settle(fd, DEQUE_ACK, message.token), 1);
	expect_balance(fd);
}

static void a_lease_times_out(void **state)
{
	int fd = open_deque(O_RDWR);
	int other = open_deque(O_RDWR);
	uint64_t token;
	long long before = now_ns();

	(void)state;
	put(fd, "a");
	token = claim_for(fd, "a", 50 * 1000000);
	/* Blocks until it is there again. */
	claim(other, "a", 0);
	assert_true(now_ns() - before >= 50 * 1000000);
	assert_int_equal(get(fd).timed_out, 1);
	assert_fails(ESTALE, settle(fd, DEQUE_ACK, token));
	expect_balance(fd);
}

static void an_extended_lease_times_out_later(void **state)
{
	int fd = open_deque(O_RDWR);
	long long before;
	uint64_t token;

	(void)state;
	put(fd, "a");
	before = now_ns();
	token = claim_for(fd, "a", 60 * 1000000000LL);
	assert_int_equal(settle_time(fd, DEQUE_EXTEND, token, 100 * 1000000),
			 1);
	claim(fd, "a", 0);
	assert_true(now_ns() - before >= 100 * 1000000);
	assert_true(now_ns() - before < 60 * 1000000000LL);
	assert_int_equal(get(fd).timed_out, 1);
}

static void delays_are_kept(void **state)
{
	int fd = open_deque(O_RDWR);
	long long before = now_ns();
	uint64_t token;

	(void)state;
	/* The one that it does not wait for has all the time in the world. */
	put_delayed(fd, "later", 3600 * 1000000000LL, 0);
	put_delayed(fd, "soon", 40 * 1000000, 0);
	assert_in_range(get(fd).delayed, 1, 2);
	expect(fd, "soon");
	assert_true(now_ns() - before >= 40 * 1000000);
	put(fd, "now");
	assert_int_equal(get(fd).delayed, 1);
	assert_int_equal(get(fd).ready, 1);
	expect(fd, "now");
	assert_int_equal(kick(fd, DEQUE_DELAYED, 1, 0), 1);
	token = claim(fd, "later", 0);
	before = now_ns();
	assert_int_equal(settle_time(fd, DEQUE_RETURN, token, 30 * 1000000), 1);
	expect(fd, "later");
	assert_true(now_ns() - before >= 30 * 1000000);
	expect_empty(fd);
	expect_balance(fd);
}

static void kick_wakes_delayed_ones(void **state)
{
	int fd = open_deque(O_RDWR);

	(void)state;
	put_delayed(fd, "b", 3600 * 1000000000LL, 0);
	put_delayed(fd, "a", 1800 * 1000000000LL, 0);
	assert_int_equal(kick(fd, DEQUE_BURIED, 9, 0), 0);
	assert_int_equal(kick(fd, DEQUE_BURIED | DEQUE_DELAYED, 1, 0), 1);
	expect(fd, "a");
	assert_int_equal(kick(fd, DEQUE_DELAYED, UINT64_MAX, 0), 1);
	expect(fd, "b");
	expect_empty(fd);
}

static void a_read_acknowledges_the_one_before(void **state)
{
	int fd = open_deque(O_RDWR);
	int reader = open_deque(O_RDONLY | O_NONBLOCK);
	struct deque_set on = { .size = sizeof(on),
				.flags = DEQUE_FILE,
				.policy_on = DEQUE_ACK_ON_READ };
	char byte;

	(void)state;
	put(fd, "a");
	put(fd, "b");
	assert_int_equal(ioctl(reader, DEQUE_SET, &on), 0);
	assert_int_equal(get(reader).file_policy, DEQUE_ACK_ON_READ);
	assert_int_equal(get(fd).file_policy, 0);
	expect(reader, "a");
	assert_int_equal(get(fd).leased, 1);
	expect(reader, "b");
	assert_int_equal(get(fd).acked, 1);
	close_deque(reader);
	expect(fd, "b");
	reader = open_deque(O_RDONLY | O_NONBLOCK);
	assert_int_equal(ioctl(reader, DEQUE_SET, &on), 0);
	put(fd, "c");
	expect(reader, "c");
	assert_fails(EAGAIN, read(reader, &byte, 1));
	assert_int_equal(get(fd).acked, 2);
	expect_empty(fd);
	expect_balance(fd);
}

static void destroyed_is_destroyed_for_holders(void **state)
{
	int fd = open_deque(O_RDWR);
	uint64_t token;

	(void)state;
	put(fd, "a");
	put(fd, "b");
	put_delayed(fd, "c", 3600 * 1000000000LL, 0);
	token = claim(fd, "a", 0);
	assert_int_equal(destroy(NAME, 0), -EBUSY);
	assert_int_equal(destroy(NAME, DEQUE_FORCE), 0);
	assert_fails(ENODEV, settle(fd, DEQUE_ACK, token));
	assert_fails(ENODEV, settle(fd, DEQUE_RETURN, token));
	assert_fails(ENODEV, kick(fd, DEQUE_DELAYED, 1, 0));
	assert_fails(ENODEV, set_policy(fd, DEQUE_FILE, DEQUE_ACK_ON_READ, 0));
	assert_fails(ENODEV, set_policy(fd, 0, DEQUE_ACK_ON_READ, 0));
}

/* A child that has inherited the file, and lives on. */
static void a_process_lease_ends_with_the_process(void **state)
{
	int fd = open_deque(O_RDWR);
	int lives[2], claimed[2];
	char byte;

	(void)state;
	for (uint32_t flags = 0; flags <= DEQUE_PROCESS;
	     flags += DEQUE_PROCESS) {
		pid_t worker;

		assert_int_equal(pipe(lives), 0);
		assert_int_equal(pipe(claimed), 0);
		put(fd, "a");
		worker = forked();
		if (!worker) {
			int own = open(NODE, O_RDWR);

			close(lives[1]);
			if (!fork()) {
				close(fd);
				/* Until the test lets go. */
				if (read(lives[0], &byte, 1) < 0)
					_exit(1);
				_exit(0);
			}
			claim(own, "a", flags);
			if (write(claimed[1], "", 1) != 1)
				_exit(1);
			pause();
		}
		assert_int_equal(read(claimed[0], &byte, 1), 1);
		kill(worker, SIGKILL);
		assert_int_equal(waitpid(worker, NULL, 0), worker);
		assert_int_equal(get(fd).leased, flags ? 0 : 1);
		close(lives[0]);
		close(lives[1]);
		expect(fd, "a");
		close(claimed[0]);
		close(claimed[1]);
	}
	assert_int_equal(get(fd).crash_returned, 2);
}

static void browse_shows_all_states(void **state)
{
	int fd = open_deque(O_RDWR);
	struct deque_entry entries[8];
	char data[8][16];
	uint64_t cursor = 0, token;
	static const struct {
		const char *text;
		uint32_t state;
	} all[] = { { "r1", DEQUE_READY },
		    { "r2", DEQUE_READY },
		    { "l", DEQUE_LEASED },
		    { "b", DEQUE_BURIED },
		    { "d", DEQUE_DELAYED } };

	(void)state;
	put(fd, "l");
	put(fd, "b");
	put(fd, "r2");
	token = claim(fd, "l", 0);
	assert_int_equal(settle(fd, DEQUE_BURY, claim(fd, "b", 0)), 1);
	put_front(fd, "r1");
	put_delayed(fd, "d", 3600 * 1000000000LL, 0);
	for (unsigned int at_once = 1; at_once <= 8; at_once++) {
		unsigned int seen = 0;
		int n;

		cursor = 0;
		do {
			memset(entries, 0xa5, sizeof(entries));
			memset(data, 0, sizeof(data));
			for (unsigned int i = 0; i < at_once; i++)
				entries[i].message =
					describe(data[i], sizeof(data[i]));
			n = browse(fd, entries, at_once, 15, &cursor);
			assert_true(n >= 0);
			for (int i = 0; i < n; i++, seen++) {
				assert_string_equal(data[i], all[seen].text);
				assert_int_equal(entries[i].state,
						 all[seen].state);
				assert_int_equal(entries[i].holder,
						 all[seen].state == DEQUE_LEASED
							 ? getpid()
							 : 0);
				assert_int_equal(entries[i].message.token,
						 all[seen].state == DEQUE_LEASED
							 ? token
							 : 0);
				assert_int_equal(!!entries[i].due_ns,
						 all[seen].state ==
							 DEQUE_DELAYED);
			}
		} while (n);
		assert_int_equal(seen, 5);
	}
	cursor = 0;
	entries[0].message = describe(data[0], 1);
	assert_int_equal(browse(fd, entries, 1, DEQUE_BURIED, &cursor), 1);
	assert_int_equal(entries[0].state, DEQUE_BURIED);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(acknowledged_is_gone),
		TEST(a_lost_lease_is_stale),
		TEST(returned_goes_where_it_was),
		TEST(returned_goes_between_others),
		TEST(close_returns_all_in_order),
		TEST(close_returns_both_kinds_in_order),
		TEST(close_returns_very_many_in_order),
		TEST(a_killed_worker_returns_its_lease),
		TEST(too_many_deliveries_bury),
		TEST(a_lease_times_out),
		TEST(an_extended_lease_times_out_later),
		TEST(delays_are_kept),
		TEST(kick_wakes_delayed_ones),
		TEST(a_read_acknowledges_the_one_before),
		TEST(destroyed_is_destroyed_for_holders),
		TEST(a_process_lease_ends_with_the_process),
		TEST(browse_shows_all_states),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
