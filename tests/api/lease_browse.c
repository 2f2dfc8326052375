// SPDX-License-Identifier: GPL-2.0-only
/*
 * DEQUE_BROWSE: in parts, from several files, while the deque goes on.
 */
#include "harness.h"
#include "lease.h"
#include "process.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <time.h>

#define HOUR_NS (3600 * 1000000000ULL)
#define ALL_STATES 15

/* Browses on from @cursor; what is seen is written as letters behind each other. */
static void see(int fd, unsigned int count, uint32_t states, uint64_t *cursor,
		char *letters)
{
	struct deque_entry entries[DEQUE_BATCH_MAX];
	char data[DEQUE_BATCH_MAX];
	int seen;

	memset(entries, 0xa5, sizeof(entries));
	for (unsigned int i = 0; i < count; i++)
		entries[i].message = describe(&data[i], 1);
	seen = browse(fd, entries, count, states, cursor);
	assert_in_range(seen, 0, count);
	memcpy(letters, data, seen);
	letters[seen] = '\0';
}

static void expect_seen(int fd, uint32_t states, const char *expected)
{
	char letters[DEQUE_BATCH_MAX + 1];
	uint64_t cursor = 0;

	see(fd, DEQUE_BATCH_MAX, states, &cursor, letters);
	assert_string_equal(letters, expected);
	see(fd, DEQUE_BATCH_MAX, states, &cursor, letters);
	assert_string_equal(letters, "");
}

static void only_the_states_that_were_asked_for(void **state)
{
	int fd = open_deque(O_RDWR);
	static const char letters[] = "rlbd";
	char expected[5];

	(void)state;
	put_all(fd, "lbr");
	claim(fd, "l", 0);
	assert_int_equal(settle(fd, DEQUE_BURY, claim(fd, "b", 0)), 1);
	put_delayed(fd, "d", HOUR_NS, 0);
	for (uint32_t states = 1; states <= ALL_STATES; states++) {
		char *end = expected;

		/* In this order: the others in that of their tokens. */
		if (states & DEQUE_READY)
			*end++ = letters[0];
		if (states & DEQUE_LEASED)
			*end++ = letters[1];
		if (states & DEQUE_BURIED)
			*end++ = letters[2];
		if (states & DEQUE_DELAYED)
			*end++ = letters[3];
		*end = '\0';
		expect_seen(fd, states, expected);
	}
}

static void an_empty_deque_shows_nothing(void **state)
{
	int fd = open_deque(O_RDWR);

	(void)state;
	expect_seen(fd, ALL_STATES, "");
	put(fd, "a");
	expect(fd, "a");
	expect_seen(fd, ALL_STATES, "");
}

/* The front first, with what was put back among the others. */
static void ready_ones_come_in_their_order(void **state)
{
	int fd = open_deque(O_RDWR);
	uint64_t tokens[4];

	(void)state;
	put_all(fd, "abcdef");
	for (int i = 0; i < 4; i++)
		tokens[i] = claim(fd, (char[]){ 'a' + i, '\0' }, 0);
	assert_int_equal(settle(fd, DEQUE_RETURN, tokens[3]), 1);
	assert_int_equal(settle(fd, DEQUE_RETURN, tokens[1]), 1);
	expect_seen(fd, DEQUE_READY, "bdef");
	put_front(fd, "0");
	assert_int_equal(settle(fd, DEQUE_RETURN, tokens[0]), 1);
	expect_seen(fd, DEQUE_READY, "0abdef");
	expect_seen(fd, ALL_STATES, "0abdefc");
	expect(fd, "0");
	expect(fd, "a");
	expect_seen(fd, ALL_STATES, "bdefc");
}

static void a_cursor_is_good_for_another_file(void **state)
{
	int fd = open_deque(O_RDWR);
	int other = open_deque(O_RDONLY);
	char letters[DEQUE_BATCH_MAX + 1];
	uint64_t cursor = 0, fork_cursor;

	(void)state;
	put_all(fd, "abcdefg");
	claim(fd, "a", 0);
	claim(fd, "b", 0);
	see(fd, 2, ALL_STATES, &cursor, letters);
	assert_string_equal(letters, "cd");
	fork_cursor = cursor;
	see(other, 2, ALL_STATES, &cursor, letters);
	assert_string_equal(letters, "ef");
	see(fd, 2, ALL_STATES, &cursor, letters);
	assert_string_equal(letters, "ga");
	close_deque(other);
	other = open_deque(O_RDONLY);
	see(other, 2, ALL_STATES, &cursor, letters);
	assert_string_equal(letters, "b");
	/* Back to an earlier one, which the bookmark is beyond. */
	see(fd, 5, ALL_STATES, &fork_cursor, letters);
	assert_string_equal(letters, "efgab");
}

/* From among the ready ones on to the others, though these are not asked for. */
static void a_cursor_is_good_for_other_states(void **state)
{
	int fd = open_deque(O_RDWR);
	char letters[DEQUE_BATCH_MAX + 1];
	uint64_t cursor = 0;

	(void)state;
	put_all(fd, "abc");
	claim(fd, "a", 0);
	see(fd, 1, ALL_STATES, &cursor, letters);
	assert_string_equal(letters, "b");
	see(fd, 2, DEQUE_LEASED, &cursor, letters);
	assert_string_equal(letters, "a");
}

/* The bookmark, a message of the line, is taken, or put back elsewhere. */
static void the_place_stays_when_the_message_goes(void **state)
{
	int fd = open_deque(O_RDWR);
	char letters[DEQUE_BATCH_MAX + 1];
	uint64_t cursor = 0, token;

	(void)state;
	put_all(fd, "abcdefgh");
	see(fd, 3, DEQUE_READY, &cursor, letters);
	assert_string_equal(letters, "abc");
	expect(fd, "a");
	expect(fd, "b");
	token = claim(fd, "c", 0);
	see(fd, 1, DEQUE_READY, &cursor, letters);
	assert_string_equal(letters, "d");
	/* Now it is in the tree, not in the line. */
	assert_int_equal(settle(fd, DEQUE_RETURN, token), 1);
	see(fd, 1, DEQUE_READY, &cursor, letters);
	assert_string_equal(letters, "e");
	for (int i = 0; i < 3; i++)
		expect(fd, (char[]){ 'c' + i, '\0' });
	put_front(fd, "z");
	see(fd, 1, DEQUE_READY, &cursor, letters);
	assert_string_equal(letters, "f");
	expect(fd, "z");
	for (int i = 0; i < 3; i++)
		expect(fd, (char[]){ 'f' + i, '\0' });
	/* All is gone, the bookmark too; what comes later comes behind it. */
	see(fd, 1, DEQUE_READY, &cursor, letters);
	assert_string_equal(letters, "");
	put(fd, "i");
	expect_seen(fd, DEQUE_READY, "i");
}

static struct deque_entry look(int fd, uint32_t states)
{
	struct deque_entry entry;
	uint64_t cursor = 0;

	memset(&entry, 0xa5, sizeof(entry));
	entry.message = describe(NULL, 0);
	assert_int_equal(browse(fd, &entry, 1, states, &cursor), 1);
	return entry;
}

static void all_is_told_of_a_message(void **state)
{
	int fd = open_deque(O_RDWR);
	struct deque_entry entry;
	long long before = clock_ns(CLOCK_REALTIME), since;
	long long clock = now_ns();
	uint64_t token;
	int status;
	pid_t child;

	(void)state;
	put(fd, "12345");
	entry = look(fd, ALL_STATES);
	assert_int_equal(entry.state, DEQUE_READY);
	assert_int_equal(entry.message.size, 5);
	assert_int_equal(entry.message.id, 1);
	assert_in_range(entry.message.arrival_ns, before,
			clock_ns(CLOCK_REALTIME));
	assert_int_equal(entry.message.pid, getpid());
	assert_int_equal(entry.message.uid, 0);
	assert_int_equal(entry.message.gid, 0);
	assert_int_equal(entry.message.deliveries, 0);
	assert_int_equal(entry.message.token, 0);
	assert_int_equal(entry.holder, 0);
	assert_int_equal(entry.since_ns, 0);
	assert_int_equal(entry.due_ns, 0);

	since = clock_ns(CLOCK_REALTIME);
	token = claim_for(fd, "12345", HOUR_NS);
	entry = look(fd, DEQUE_LEASED);
	assert_int_equal(entry.message.token, token);
	assert_int_equal(entry.message.deliveries, 1);
	assert_int_equal(entry.holder, getpid());
	assert_in_range(entry.since_ns, since, clock_ns(CLOCK_REALTIME));
	assert_in_range(entry.due_ns, clock + HOUR_NS, now_ns() + HOUR_NS);
	assert_int_equal(settle(fd, DEQUE_EXTEND, token), 1);
	assert_int_equal(look(fd, DEQUE_LEASED).due_ns, 0);

	assert_int_equal(settle_time(fd, DEQUE_RETURN, token, 2 * HOUR_NS), 1);
	entry = look(fd, ALL_STATES);
	assert_int_equal(entry.state, DEQUE_DELAYED);
	assert_int_equal(entry.message.token, 0);
	assert_int_equal(entry.holder, 0);
	assert_in_range(entry.due_ns, clock + 2 * HOUR_NS,
			now_ns() + 2 * HOUR_NS);
	assert_in_range(entry.since_ns, since, clock_ns(CLOCK_REALTIME));

	assert_int_equal(kick(fd, DEQUE_DELAYED, 1, 0), 1);
	assert_int_equal(look(fd, ALL_STATES).message.deliveries, 0);
	/* The process that claimed it is told, though it is gone: the file is not. */
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		claim(fd, "12345", 0);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	entry = look(fd, ALL_STATES);
	assert_int_equal(entry.state, DEQUE_LEASED);
	assert_int_equal(entry.holder, child);
	assert_int_equal(settle(fd, DEQUE_BURY, entry.message.token), 1);
	entry = look(fd, ALL_STATES);
	assert_int_equal(entry.state, DEQUE_BURIED);
	assert_int_equal(entry.message.token, 0);
	assert_int_equal(entry.due_ns, 0);
}

/* Runs in a time namespace whose monotonic clock is a day ahead. */
static int due_a_day_ahead(int fd, long long before)
{
	long long day = 24 * (long long)HOUR_NS, due;
	int failed = set_clock_a_day_ahead(), status;

	if (failed)
		return failed;
	if (!fork()) {
		due = look(fd, DEQUE_LEASED).due_ns;
		_exit(due < before + day + (long long)HOUR_NS ? 3
		      : due > now_ns() + (long long)HOUR_NS   ? 4
							      : 0);
	}
	wait(&status);
	return WEXITSTATUS(status);
}

static void due_is_by_the_callers_clock(void **state)
{
	int fd = open_deque(O_RDWR);
	long long before = now_ns();
	int status;

	(void)state;
	put(fd, "a");
	claim_for(fd, "a", HOUR_NS);
	if (!fork())
		_exit(due_a_day_ahead(fd, before));
	wait(&status);
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void a_destroyed_deque_shows_nothing(void **state)
{
	int fd = open_deque(O_RDWR);
	struct deque_entry entry = { .message.size = 0 };
	uint64_t cursor = 0;

	(void)state;
	put_all(fd, "ab");
	assert_int_equal(browse(fd, &entry, 1, ALL_STATES, &cursor), 1);
	assert_int_equal(destroy(NAME, DEQUE_FORCE), 0);
	assert_fails(ENODEV, browse(fd, &entry, 1, ALL_STATES, &cursor));
}

/* A walk along a deep deque, at whose ends messages come and go all the time. */

#define DEEP 100000
#define DEEP_IN_DEBUG 8000

static atomic_bool stop;

static void *churn(void *argument)
{
	int fd = *(int *)argument;
	struct deque_descriptor message;
	uint32_t number, zero = 0;

	while (!stop) {
		number = UINT32_MAX;
		message = describe(&number, sizeof(number));
		if (batch(fd, DEQUE_PUSH, &message, 1, DEQUE_FRONT) != 1 ||
		    batch(fd, DEQUE_PUSH, &message, 1, DEQUE_BACK) != 1)
			break;
		message = describe(&zero, sizeof(zero));
		if (batch(fd, DEQUE_POP, &message, 1, DEQUE_FRONT) != 1)
			break;
		message = describe(&zero, sizeof(zero));
		if (batch(fd, DEQUE_CLAIM, &message, 1, DEQUE_BACK) != 1 ||
		    settle(fd, DEQUE_RETURN, message.token) != 1)
			break;
		message = describe(&zero, sizeof(zero));
		if (batch(fd, DEQUE_POP, &message, 1, DEQUE_BACK) != 1)
			break;
		sched_yield();
	}
	return stop ? argument : NULL;
}

static void fill(int fd, uint32_t count)
{
	static uint32_t numbers[DEQUE_BATCH_MAX];
	struct deque_descriptor messages[DEQUE_BATCH_MAX];
	unsigned int n;

	assert_int_equal(set(fd, count + 1000, 64 << 20, 0), 0);
	for (uint32_t next = 0; next < count; next += n) {
		n = count - next < DEQUE_BATCH_MAX ? count - next
						   : DEQUE_BATCH_MAX;
		for (unsigned int i = 0; i < n; i++) {
			numbers[i] = next + i;
			messages[i] = describe(&numbers[i], sizeof(*numbers));
		}
		assert_int_equal(batch(fd, DEQUE_PUSH, messages, n, 0), n);
	}
}

/* Two files take turns, so that the bookmark is now here and then there. */
static unsigned int walk(const int fds[2], uint32_t count)
{
	static struct deque_entry entries[DEQUE_BATCH_MAX];
	static uint32_t numbers[DEQUE_BATCH_MAX];
	unsigned int calls = 0, strangers = 0;
	uint64_t cursor = 0;
	uint32_t next = 0;
	int seen;

	do {
		unsigned int most = 1 + calls % DEQUE_BATCH_MAX;

		for (unsigned int i = 0; i < most; i++)
			entries[i].message =
				describe(&numbers[i], sizeof(*numbers));
		seen = browse(fds[calls++ / 16 % 2], entries, most, ALL_STATES,
			      &cursor);
		assert_true(seen >= 0);
		for (int i = 0; i < seen; i++) {
			if (numbers[i] == UINT32_MAX)
				strangers++;
			else
				assert_int_equal(numbers[i], next++);
		}
	} while (seen);
	assert_int_equal(next, count);
	print_message("# %u calls saw %u messages, and %u that came and went\n",
		      calls, count, strangers);
	return calls;
}

static void a_deep_deque_is_seen_once_while_it_goes_on(void **state)
{
	uint32_t count = debug_kernel() ? DEEP_IN_DEBUG : DEEP;
	int fd = open_deque(O_RDWR | O_NONBLOCK);
	const int fds[] = { open_deque(O_RDONLY), open_deque(O_RDONLY) };
	pthread_t thread;
	void *good;

	(void)state;
	fill(fd, count);
	stop = false;
	assert_int_equal(pthread_create(&thread, NULL, churn, &fd), 0);
	walk(fds, count);
	stop = true;
	pthread_join(thread, &good);
	assert_non_null(good);
	assert_int_equal(get(fd).ready, count);
	assert_int_equal(set_deliveries(fd, DEQUE_DELIVERIES_UNLIMITED), 0);
	expect_balance(fd);
}

/* Very many of them are passed over for the one that is asked for. */
static void few_are_found_among_many(void **state)
{
	int fd = open_deque(O_RDWR | O_NONBLOCK);
	struct deque_entry entry = { .message.size = 0 };
	uint64_t cursor = 0;
	uint32_t number;

	(void)state;
	fill(fd, 5000);
	for (uint32_t i = 0; i < 3000; i++) {
		struct deque_descriptor message =
			describe(&number, sizeof(number));

		assert_int_equal(batch(fd, DEQUE_CLAIM, &message, 1, 0), 1);
		if (i == 2999)
			assert_int_equal(settle(fd, DEQUE_BURY, message.token),
					 1);
	}
	assert_int_equal(browse(fd, &entry, 1, DEQUE_BURIED, &cursor), 1);
	assert_int_equal(entry.message.id, 3000);
	assert_int_equal(browse(fd, &entry, 1, DEQUE_BURIED, &cursor), 0);
	cursor = 0;
	assert_int_equal(browse(fd, &entry, 1, DEQUE_DELAYED, &cursor), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(only_the_states_that_were_asked_for),
		TEST(an_empty_deque_shows_nothing),
		TEST(ready_ones_come_in_their_order),
		TEST(a_cursor_is_good_for_another_file),
		TEST(a_cursor_is_good_for_other_states),
		TEST(the_place_stays_when_the_message_goes),
		TEST(all_is_told_of_a_message),
		TEST(due_is_by_the_callers_clock),
		TEST(a_destroyed_deque_shows_nothing),
		TEST(a_deep_deque_is_seen_once_while_it_goes_on),
		TEST(few_are_found_among_many),
	};

	return cmocka_run_group_tests_name("browse", tests, NULL, NULL);
}
