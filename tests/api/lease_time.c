// SPDX-License-Identifier: GPL-2.0-only
/*
 * Changes that come by themselves: leases time out, delays end; and no timer
 * is armed when nothing will.
 */
#include "harness.h"
#include "lease.h"
#include "module.h"

#include <pthread.h>
#include <sched.h>
#include <sys/wait.h>

#define MS 1000000ULL
#define HOUR_NS (3600 * 1000 * MS)

/* How many timers of deques are armed; the test is skipped if nobody tells. */
static unsigned int armed(void)
{
	FILE *file = fopen("/proc/timer_list", "re");
	unsigned int count = 0;
	char line[256];

	if (!file) {
		print_message("# no /proc/timer_list\n");
		skip();
	}
	while (fgets(line, sizeof(line), file))
		count += strstr(line, "deque_due_fire") != NULL;
	fclose(file);
	return count;
}

static void no_timer_without_need(void **state)
{
	int fd = open_deque(O_RDWR);
	int worker = open_deque(O_RDWR);
	uint64_t token;

	(void)state;
	put(fd, "a");
	token = claim(fd, "a", 0);
	assert_int_equal(armed(), 0);
	assert_int_equal(settle(fd, DEQUE_RETURN, token), 1);
	assert_int_equal(armed(), 0);
	token = claim_for(fd, "a", HOUR_NS);
	assert_int_equal(armed(), 1);
	assert_int_equal(settle(fd, DEQUE_EXTEND, token), 1);
	assert_int_equal(armed(), 0);
	assert_int_equal(settle_time(fd, DEQUE_EXTEND, token, HOUR_NS), 1);
	assert_int_equal(armed(), 1);
	assert_int_equal(settle(fd, DEQUE_BURY, token), 1);
	assert_int_equal(armed(), 0);
	assert_int_equal(kick(fd, DEQUE_BURIED, 1, 0), 1);
	token = claim(fd, "a", 0);
	assert_int_equal(settle_time(fd, DEQUE_RETURN, token, HOUR_NS), 1);
	assert_int_equal(armed(), 1);
	assert_int_equal(kick(fd, DEQUE_DELAYED, 1, 0), 1);
	assert_int_equal(armed(), 0);
	claim_for(worker, "a", HOUR_NS);
	close_deque(worker);
	assert_int_equal(armed(), 0);
	token = claim_for(fd, "a", HOUR_NS);
	assert_int_equal(settle(fd, DEQUE_ACK, token), 1);
	assert_int_equal(armed(), 0);
	/* When it has fired it is not armed any more. */
	put_delayed(fd, "b", MS, 0);
	expect(fd, "b");
	assert_int_equal(armed(), 0);
	expect_empty(fd);
	expect_balance(fd);
}

static void one_timer_for_all(void **state)
{
	int fd = open_deque(O_RDWR);

	(void)state;
	for (int i = 0; i < 20; i++) {
		put(fd, "a");
		claim_for(fd, "a", HOUR_NS + i * MS);
		put_delayed(fd, "b", HOUR_NS - i * MS, 0);
	}
	assert_int_equal(armed(), 1);
	assert_int_equal(destroy(NAME, DEQUE_FORCE), 0);
	close_deque(fd);
	assert_int_equal(armed(), 0);
}

/*
 * Each sooner than the one before: the timer has to follow.  The time is when the
 * first began.
 */
static long long begin_each_sooner(int fd)
{
	long long before;
	uint64_t token;

	put(fd, "d");
	token = claim_for(fd, "d", HOUR_NS);
	before = now_ns();
	put_delayed(fd, "c", 90 * MS, 0);
	put_delayed(fd, "b", 60 * MS, 0);
	put_delayed(fd, "a", 30 * MS, 0);
	assert_int_equal(settle_time(fd, DEQUE_EXTEND, token, 120 * MS), 1);
	return before;
}

/*
 * In that order, none too early.  But "d" was there before the others, and when its
 * lease ends it goes before those that a slow machine has not read yet.
 */
static void expect_each_when_due(int fd, long long before)
{
	char letters[4] = "", letter[2] = "";
	unsigned int n = 0;

	for (int i = 0; i < 4; i++) {
		assert_int_equal(read(fd, letter, 1), 1);
		assert_in_range(letter[0], 'a', 'd');
		assert_true(now_ns() - before >=
			    (letter[0] - 'a' + 1) * (long long)(30 * MS));
		if (letter[0] != 'd')
			letters[n++] = letter[0];
		assert_in_range(n, 0, 3);
	}
	assert_string_equal(letters, "abc");
}

static void who_is_due_first_is_ready_first(void **state)
{
	int fd = open_deque(O_RDWR);
	long long before = begin_each_sooner(fd);

	(void)state;
	/* On a slow machine they are due in another order. */
	while (now_ns() - before >= (long long)(30 * MS)) {
		assert_int_equal(destroy(NAME, DEQUE_FORCE), 0);
		close_deque(fd);
		assert_int_equal(create(NAME, MAX_MESSAGES, MAX_BYTES,
					MAX_SIZE),
				 0);
		fd = open_deque(O_RDWR);
		before = begin_each_sooner(fd);
	}
	expect_each_when_due(fd, before);
	assert_int_equal(get(fd).timed_out, 1);
	expect_empty(fd);
	expect_balance(fd);
}

/* The first goes away, and the timer fires for nothing: the next is kept. */
static void the_next_is_due_after_the_first_is_gone(void **state)
{
	int fd = open_deque(O_RDWR);
	uint64_t first, second;
	long long before;

	(void)state;
	put(fd, "a");
	put(fd, "b");
	first = claim(fd, "a", 0);
	second = claim(fd, "b", 0);
	before = now_ns();
	assert_int_equal(settle_time(fd, DEQUE_EXTEND, second, 80 * MS), 1);
	assert_int_equal(settle_time(fd, DEQUE_EXTEND, first, 20 * MS), 1);
	/* On a slow machine it is over before, and goes to the front. */
	if (settle(fd, DEQUE_ACK, first) != 1)
		assert_int_equal(settle(fd, DEQUE_ACK, claim(fd, "a", 0)), 1);
	expect(fd, "b");
	assert_true(now_ns() - before >= (long long)(80 * MS));
	expect_empty(fd);
	expect_balance(fd);
}

/* More than become ready in one go; in the order in which they were put in. */
static void very_many_are_due_at_once(void **state)
{
	int fd = open_deque(O_RDWR);
	static char bytes[DEQUE_BATCH_MAX];
	struct deque_descriptor messages[DEQUE_BATCH_MAX];
	struct deque_batch argument = {
		.size = sizeof(argument),
		.descriptors = (uintptr_t)messages,
		.count = DEQUE_BATCH_MAX,
		.time_ns = 20 * MS,
	};
	uint64_t last = 0;

	(void)state;
	for (unsigned int i = 0; i < DEQUE_BATCH_MAX; i++)
		messages[i] = describe(&bytes[i], 1);
	assert_int_equal(ioctl(fd, DEQUE_PUSH, &argument), DEQUE_BATCH_MAX);
	while (get(fd).delayed)
		sched_yield();
	assert_int_equal(batch(fd, DEQUE_POP, messages, DEQUE_BATCH_MAX, 0),
			 DEQUE_BATCH_MAX);
	for (unsigned int i = 0; i < DEQUE_BATCH_MAX; i++) {
		assert_int_equal(messages[i].id, last + 1);
		last = messages[i].id;
	}
	expect_empty(fd);
	expect_balance(fd);
}

/* So short that it is over before the call is. */
static void a_nanosecond_is_a_time(void **state)
{
	int fd = open_deque(O_RDWR);
	uint64_t token;

	(void)state;
	put_delayed(fd, "a", 1, 0);
	token = claim_for(fd, "a", 1);
	assert_true(token);
	token = claim(fd, "a", 0);
	assert_int_equal(get(fd).timed_out, 1);
	assert_int_equal(settle_time(fd, DEQUE_EXTEND, token, 1), 1);
	token = claim(fd, "a", 0);
	assert_int_equal(settle_time(fd, DEQUE_RETURN, token, 1), 1);
	expect(fd, "a");
	expect_empty(fd);
	expect_balance(fd);
}

static void a_lapsed_lease_cannot_be_extended(void **state)
{
	int fd = open_deque(O_RDWR);
	uint64_t token;

	(void)state;
	put(fd, "a");
	token = claim_for(fd, "a", MS);
	while (!get(fd).timed_out)
		sched_yield();
	assert_fails(ESTALE, settle_time(fd, DEQUE_EXTEND, token, HOUR_NS));
	assert_fails(ESTALE, settle(fd, DEQUE_BURY, token));
	assert_int_equal(get(fd).ready, 1);
	assert_int_equal(get(fd).lease_buried, 0);
	expect_balance(fd);
}

/* An event for who polls, not only for who blocks. */
static void poll_tells_when_one_is_due(void **state)
{
	int fd = open_deque(O_RDWR);
	struct pollfd entry = { .fd = fd, .events = POLLIN };

	(void)state;
	put_delayed(fd, "a", 10 * MS, 0);
	assert_int_equal(poll(&entry, 1, -1), 1);
	assert_int_equal(entry.revents, POLLIN);
	claim_for(fd, "a", 10 * MS);
	assert_int_equal(poll(&entry, 1, -1), 1);
	assert_int_equal(entry.revents, POLLIN);
	assert_int_equal(get(fd).ready, 1);
}

struct sender {
	pthread_t thread;
	int fd;
	long long done_ns;
};

static void *push_delayed(void *argument)
{
	struct sender *sender = argument;

	put_delayed(sender->fd, "b", 50 * MS, 0);
	sender->done_ns = now_ns();
	return NULL;
}

/* The delay of a message that waited for room begins when it is in. */
static void a_delay_begins_with_the_push(void **state)
{
	int fd = open_deque(O_RDWR);
	struct sender sender = { .fd = fd };
	long long before;

	(void)state;
	assert_int_equal(set(fd, 1, 0, 0), 0);
	put(fd, "a");
	assert_int_equal(pthread_create(&sender.thread, NULL, push_delayed,
					&sender),
			 0);
	await_senders(fd, 1);
	before = now_ns();
	expect(fd, "a");
	expect(fd, "b");
	assert_true(now_ns() - before >= (long long)(50 * MS));
	pthread_join(sender.thread, NULL);
	expect_empty(fd);
	expect_balance(fd);
}

/* Destroyed at about the time at which the timer fires, with leases out. */
static void destroyed_while_the_timer_fires(void **state)
{
	int fd, late;
	uint64_t token;

	(void)state;
	for (int i = 0; i < 60; i++) {
		fd = open_deque(O_RDWR);
		put(fd, "a");
		put(fd, "b");
		token = claim(fd, "b", DEQUE_BACK);
		claim_for(fd, "a", i * 30000 + 1);
		put_delayed(fd, "c", i * 20000 + 1, 0);
		late = open_deque(O_RDWR);
		for (int n = 0; n < i % 8; n++)
			sched_yield();
		assert_int_equal(destroy(NAME, 0), -EBUSY);
		assert_int_equal(destroy(NAME, DEQUE_FORCE), 0);
		assert_fails(ENODEV, settle(fd, DEQUE_ACK, token));
		assert_fails(ENODEV, settle_time(fd, DEQUE_EXTEND, token, 1));
		close_deque(late);
		close_deque(fd);
		assert_int_equal(create(NAME, MAX_MESSAGES, MAX_BYTES,
					MAX_SIZE),
				 0);
	}
}

/* A claim that is blocked when its deque goes, with another's lease out. */
static void destroyed_with_leases_out_and_claims_blocked(void **state)
{
	int fd = open_deque(O_RDWR);
	int status;
	pid_t waiter;

	(void)state;
	put(fd, "a");
	claim_for(fd, "a", HOUR_NS);
	waiter = fork();
	assert_true(waiter >= 0);
	if (!waiter) {
		struct deque_descriptor message;
		char byte = 0;

		message = describe(&byte, 1);
		_exit(batch(fd, DEQUE_CLAIM, &message, 1, DEQUE_PROCESS) ==
					      -1 &&
				      errno == ENODEV
			      ? 0
			      : 1);
	}
	await_takers(fd, 1);
	assert_int_equal(destroy(NAME, DEQUE_FORCE), 0);
	assert_int_equal(waitpid(waiter, &status, 0), waiter);
	assert_int_equal(status, 0);
}

/* A message in the deque, in any state, keeps the module. */
static void the_module_stays_for_what_is_not_ready(void **state)
{
	int fd = open_deque(O_RDWR);

	(void)state;
	put_delayed(fd, "a", HOUR_NS, 0);
	close_deque(fd);
	assert_fails(EWOULDBLOCK, module_unload());
	fd = open_deque(O_RDWR);
	assert_int_equal(kick(fd, DEQUE_DELAYED, 1, 0), 1);
	assert_int_equal(settle(fd, DEQUE_BURY, claim(fd, "a", 0)), 1);
	close_deque(fd);
	assert_fails(EWOULDBLOCK, module_unload());
	fd = open_deque(O_RDWR);
	assert_int_equal(kick(fd, DEQUE_BURIED, 1, 0), 1);
	claim(fd, "a", 0);
	assert_fails(EWOULDBLOCK, module_unload());
	close_deque(fd);
	/* It went back, and is kept. */
	assert_fails(EWOULDBLOCK, module_unload());
	assert_int_equal(destroy(NAME, 0), -EBUSY);
	/* One that is due when nobody is there. */
	fd = open_deque(O_RDWR);
	claim_for(fd, "a", HOUR_NS);
	put_delayed(fd, "b", MS, 0);
	close_deque(fd);
	fd = open_deque(O_RDWR);
	expect(fd, "a");
	expect(fd, "b");
	expect_empty(fd);
	expect_balance(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(no_timer_without_need),
		TEST(one_timer_for_all),
		TEST(who_is_due_first_is_ready_first),
		TEST(the_next_is_due_after_the_first_is_gone),
		TEST(very_many_are_due_at_once),
		TEST(a_nanosecond_is_a_time),
		TEST(a_lapsed_lease_cannot_be_extended),
		TEST(poll_tells_when_one_is_due),
		TEST(a_delay_begins_with_the_push),
		TEST(destroyed_while_the_timer_fires),
		TEST(destroyed_with_leases_out_and_claims_blocked),
		TEST(the_module_stays_for_what_is_not_ready),
	};

	return cmocka_run_group_tests_name("leases and time", tests, NULL,
					   NULL);
}
