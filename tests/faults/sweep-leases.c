// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every call about leases, with each allocation and each copy in it failing: the
 * error is right, what was done is what was told, and each message and each lease is
 * where it was, or where it should be.
 */
#include "harness.h"
#include "inject.h"
#include "lease.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#define MOST 64
#define HOUR_NS (3600 * 1000000000ULL)

/**
 * struct row - a call
 * @sweep: how it is made to fail
 * @prepare: what it needs beyond what the numbers below say
 * @settle: compares what it returned with what there is
 * @command: of the ioctl
 * @flags: of it
 * @time_ns: of it
 * @count: messages, or leases, that it is about
 * @before: messages that are there already
 * @leased: of those, how many are leased by us, from the front
 */
struct row {
	struct sweep sweep;
	void (*prepare)(void);
	void (*settle)(const struct outcome *outcome);
	unsigned long command;
	uint32_t flags;
	uint64_t time_ns;
	unsigned int count;
	unsigned int before;
	unsigned int leased;
};

static const struct row *row;
static struct deque_descriptor descriptors[MOST];
static struct deque_entry entries[MOST];
static uint64_t numbers[MOST], tokens[MOST];
static struct deque_info info; /* before the call */
static int own = -1; /* another file of the deque */

/* The messages are numbers, from 1. */
static void describe_numbers(unsigned int count, unsigned int first)
{
	for (unsigned int i = 0; i < count; i++) {
		numbers[i] = first + i;
		descriptors[i] = describe(&numbers[i], sizeof(*numbers));
	}
}

static void claim_some(int fd, unsigned int count, uint32_t flags)
{
	describe_numbers(count, 0);
	assert_int_equal(batch(fd, DEQUE_CLAIM, descriptors, count, flags),
			 count);
	for (unsigned int i = 0; i < count; i++)
		tokens[i] = descriptors[i].token;
}

static void prepare(void)
{
	if (row->before) {
		describe_numbers(row->before, 1);
		assert_int_equal(batch(deque_fd, DEQUE_PUSH, descriptors,
				       row->before, 0),
				 row->before);
	}
	if (row->leased)
		claim_some(deque_fd, row->leased, 0);
	if (row->prepare)
		row->prepare();
	info = get(deque_fd);
}

/* Takes what there is: the numbers from @first on, @count of them. */
static void drain(unsigned int first, unsigned int count)
{
	uint64_t number;

	assert_int_equal(get(deque_fd).ready, count);
	for (unsigned int i = 0; i < count; i++) {
		assert_int_equal(read(deque_fd, &number, sizeof(number)),
				 sizeof(number));
		assert_int_equal(number, first + i);
	}
	expect_empty(deque_fd);
	expect_balance(deque_fd);
}

static void check(const struct outcome *outcome)
{
	assert_error_fits(outcome);
	row->settle(outcome);
	assert_int_equal(get(deque_fd).openers, 1);
	/* Leaks add up: it is enough, and quicker, to look at the end. */
	if (!outcome->struck)
		assert_all_room();
}

static unsigned int done_of(const struct outcome *outcome)
{
	unsigned int done = outcome->result > 0 ? outcome->result : 0;

	assert_true(done <= row->count);
	if (!outcome->struck)
		assert_int_equal(done, row->count);
	return done;
}

/* Claims. */

static void prepare_claim(void)
{
	describe_numbers(row->count, 0);
}

static long call_batch(void)
{
	struct deque_batch argument = {
		.size = sizeof(argument),
		.flags = row->flags,
		.descriptors = (uintptr_t)descriptors,
		.count = row->count,
		.time_ns = row->time_ns,
	};

	return ioctl(deque_fd, row->command, &argument);
}

static void settle_claim(const struct outcome *outcome)
{
	unsigned int done = done_of(outcome);
	bool back = row->flags & DEQUE_BACK;
	struct deque_info now = get(deque_fd);

	assert_int_equal(now.leased, done);
	assert_int_equal(now.claimed, info.claimed + done);
	assert_int_equal(now.ready, row->before - done);
	for (unsigned int i = 0; i < done; i++) {
		assert_int_equal(numbers[i], back ? row->before - i : i + 1);
		assert_int_equal(settle(deque_fd, DEQUE_RETURN,
					descriptors[i].token),
				 1);
	}
	drain(1, row->before);
}

/* The same with somebody who puts a message in when the call waits. */
static struct {
	pthread_t thread;
	atomic_bool over;
	unsigned int served;
} partner;

static void *serve(void *unused)
{
	uint64_t number;

	while (!partner.over) {
		if (get(deque_fd).takers) {
			number = ++partner.served;
			if (write(deque_fd, &number, sizeof(number)) < 0)
				abort();
		}
		sched_yield();
	}
	return unused;
}

static void prepare_waiting(void)
{
	prepare_claim();
	partner.over = false;
	partner.served = 0;
	assert_int_equal(pthread_create(&partner.thread, NULL, serve, NULL), 0);
}

static void settle_waiting(const struct outcome *outcome)
{
	unsigned int done = done_of(outcome);

	partner.over = true;
	assert_int_equal(pthread_join(partner.thread, NULL), 0);
	assert_int_equal(get(deque_fd).takers, 0);
	assert_int_equal(get(deque_fd).leased, done);
	if (done)
		assert_int_equal(settle(deque_fd, DEQUE_RETURN,
					descriptors[0].token),
				 1);
	drain(1, partner.served);
}

/* Leases that end, or are extended. */

static long call_settle(void)
{
	struct deque_leases argument = {
		.size = sizeof(argument),
		.flags = row->flags,
		.tokens = (uintptr_t)tokens,
		.count = row->count,
		.time_ns = row->time_ns,
	};

	return ioctl(deque_fd, row->command, &argument);
}

static void return_rest(unsigned int done)
{
	unsigned int rest = row->leased - done;

	assert_int_equal(get(deque_fd).leased, rest);
	if (rest)
		assert_int_equal(settle_many(deque_fd, DEQUE_RETURN,
					     tokens + done, rest, 0),
				 rest);
}

static void settle_ack(const struct outcome *outcome)
{
	unsigned int done = done_of(outcome);

	assert_int_equal(get(deque_fd).acked, info.acked + done);
	return_rest(done);
	drain(1 + done, row->before - done);
}

static void settle_return(const struct outcome *outcome)
{
	unsigned int done = done_of(outcome);
	struct deque_info now = get(deque_fd);

	assert_int_equal(now.returned, info.returned + done);
	assert_int_equal(now.delayed, row->time_ns ? done : 0);
	/* In this order, as those to be kicked come from farther outside. */
	return_rest(done);
	if (row->time_ns)
		assert_int_equal(kick(deque_fd, DEQUE_DELAYED, MOST, 0), done);
	drain(1, row->before);
}

static void settle_bury(const struct outcome *outcome)
{
	unsigned int done = done_of(outcome);

	assert_int_equal(get(deque_fd).buried, done);
	assert_int_equal(get(deque_fd).lease_buried, info.lease_buried + done);
	return_rest(done);
	assert_int_equal(kick(deque_fd, DEQUE_BURIED, MOST, 0), done);
	drain(1, row->before);
}

static void settle_extend(const struct outcome *outcome)
{
	uint64_t cursor = 0;

	memset(entries, 0, sizeof(entries));
	assert_int_equal(browse(deque_fd, entries, MOST, DEQUE_LEASED, &cursor),
			 row->leased);
	for (unsigned int i = 0; i < row->leased; i++)
		assert_int_equal(entries[i].due_ns != 0, i < done_of(outcome));
	return_rest(0);
	drain(1, row->before);
}

/* Kicks: done even if it cannot be told how many they were. */

static void prepare_kick(void)
{
	assert_int_equal(settle_many(deque_fd, DEQUE_BURY, tokens, row->leased,
				     0),
			 row->leased);
}

static long call_kick(void)
{
	return kick(deque_fd, DEQUE_BURIED, MOST, 0) < 0 ? -1 : 0;
}

static void settle_kick(const struct outcome *outcome)
{
	uint64_t buried = get(deque_fd).buried;

	assert_true(!buried || buried == row->leased);
	if (!outcome->result)
		assert_int_equal(buried, 0);
	kick(deque_fd, DEQUE_BURIED, MOST, 0);
	drain(1, row->before);
}

/* Looking: nothing changes, however it ends. */

static uint64_t browse_cursor;

static void prepare_browse(void)
{
	assert_int_equal(settle(deque_fd, DEQUE_BURY, tokens[0]), 1);
	memset(entries, 0, sizeof(entries));
	for (unsigned int i = 0; i < row->count; i++)
		entries[i].message = describe(&numbers[i], sizeof(*numbers));
	browse_cursor = 0;
}

static long call_browse(void)
{
	return browse(deque_fd, entries, row->count, 15, &browse_cursor);
}

static void settle_browse(const struct outcome *outcome)
{
	unsigned int done = done_of(outcome), leased = row->leased;
	struct deque_info now = get(deque_fd);

	assert_memory_equal(&now, &info, sizeof(now));
	for (unsigned int i = 0; i < done; i++)
		assert_int_equal(numbers[i],
				 i < row->before - leased
					 ? leased + 1 + i
					 : 1 + i - (row->before - leased));
	assert_int_equal(kick(deque_fd, DEQUE_BURIED, 1, 0), 1);
	assert_int_equal(settle_many(deque_fd, DEQUE_RETURN, tokens + 1,
				     leased - 1, 0),
			 leased - 1);
	drain(1, row->before);
}

/* Delayed pushes. */

static void prepare_push(void)
{
	describe_numbers(row->count, 1);
}

static void settle_push(const struct outcome *outcome)
{
	unsigned int done = done_of(outcome);

	assert_int_equal(get(deque_fd).delayed, done);
	assert_int_equal(get(deque_fd).pushed, info.pushed + done);
	assert_int_equal(kick(deque_fd, DEQUE_DELAYED, MOST, 0), done);
	drain(1, done);
}

/* Reads that acknowledge. */

static uint64_t was_read;

static int set_file_policy(int fd, uint32_t on, uint32_t off)
{
	struct deque_set argument = { .size = sizeof(argument),
				      .flags = DEQUE_FILE,
				      .policy_on = on,
				      .policy_off = off };

	return ioctl(fd, DEQUE_SET, &argument);
}

static void prepare_read(void)
{
	assert_int_equal(set_file_policy(deque_fd, DEQUE_ACK_ON_READ, 0), 0);
	assert_int_equal(read(deque_fd, &was_read, sizeof(was_read)),
			 sizeof(was_read));
}

static long call_read(void)
{
	long result = read(deque_fd, &was_read, sizeof(was_read));

	return result == sizeof(was_read) ? 1 : result;
}

/* The one before is acknowledged, whatever becomes of this one. */
static void settle_read(const struct outcome *outcome)
{
	unsigned int done = done_of(outcome);
	uint64_t cursor = 0;

	assert_int_equal(set_file_policy(deque_fd, 0, DEQUE_ACK_ON_READ), 0);
	assert_int_equal(get(deque_fd).acked, info.acked + 1);
	assert_int_equal(get(deque_fd).leased, done);
	if (done) {
		assert_int_equal(was_read, 2);
		memset(entries, 0, sizeof(entries));
		assert_int_equal(browse(deque_fd, entries, 1, DEQUE_LEASED,
					&cursor),
				 1);
		assert_int_equal(settle(deque_fd, DEQUE_RETURN,
					entries[0].message.token),
				 1);
	}
	drain(2, row->before - 1);
}

static long call_policy(void)
{
	return set_file_policy(deque_fd, DEQUE_ACK_ON_READ, 0);
}

static void settle_policy(const struct outcome *outcome)
{
	assert_int_equal(get(deque_fd).file_policy,
			 outcome->result ? 0 : DEQUE_ACK_ON_READ);
	assert_int_equal(set_file_policy(deque_fd, 0, DEQUE_ACK_ON_READ), 0);
	drain(1, row->before);
}

/* The end of a file with leases: it never fails. */

static void prepare_close(void)
{
	own = open(NODE, O_RDWR | O_CLOEXEC);
	assert_true(own >= 0);
	claim_some(own, row->count, row->flags);
}

static long call_close(void)
{
	return close(own);
}

static void settle_close(const struct outcome *outcome)
{
	assert_int_equal(outcome->result, 0);
	assert_int_equal(get(deque_fd).leased, 0);
	assert_int_equal(get(deque_fd).crash_returned,
			 info.crash_returned + row->count);
	drain(1, row->before);
}

/* The table. */

#define CLAIMS(_count, _before)                           \
	.command = DEQUE_CLAIM, .prepare = prepare_claim, \
	.settle = settle_claim, .count = _count, .before = _before
/* More than are dealt with in one go. */
#define SETTLES(_command, _settle)                                         \
	.command = _command, .settle = _settle, .count = 40, .leased = 40, \
	.before = 42

static const struct row rows[] = {
	{ ROW("claim", call_batch, SLAB | USERCOPY | MEMORY), CLAIMS(1, 3) },
	{ ROW("claim, with a time-out", call_batch, SLAB | USERCOPY),
	  CLAIMS(1, 3), .time_ns = HOUR_NS },
	{ ROW("claim at the back, of the process", call_batch, SLAB | USERCOPY),
	  CLAIMS(2, 3), .flags = DEQUE_BACK | DEQUE_PROCESS },
	{ ROW("claim 40", call_batch, SLAB | USERCOPY), CLAIMS(40, 42) },
	{ ROW("claim, waiting", call_batch, SLAB | USERCOPY),
	  .command = DEQUE_CLAIM, .prepare = prepare_waiting,
	  .settle = settle_waiting, .count = 1 },
	{ ROW("ack", call_settle, USERCOPY), SETTLES(DEQUE_ACK, settle_ack) },
	{ ROW("return", call_settle, USERCOPY),
	  SETTLES(DEQUE_RETURN, settle_return) },
	{ ROW("return, with a delay", call_settle, USERCOPY),
	  SETTLES(DEQUE_RETURN, settle_return), .time_ns = HOUR_NS },
	{ ROW("bury", call_settle, USERCOPY),
	  SETTLES(DEQUE_BURY, settle_bury) },
	{ ROW("extend", call_settle, USERCOPY),
	  SETTLES(DEQUE_EXTEND, settle_extend), .time_ns = HOUR_NS },
	{ ROW("kick", call_kick, USERCOPY), .prepare = prepare_kick,
	  .settle = settle_kick, .before = 5, .leased = 3 },
	{ ROW("browse", call_browse, SLAB | USERCOPY),
	  .prepare = prepare_browse, .settle = settle_browse, .count = 5,
	  .before = 5, .leased = 2 },
	{ ROW("push with a delay", call_batch, SLAB | USERCOPY | MEMORY),
	  .command = DEQUE_PUSH, .prepare = prepare_push, .settle = settle_push,
	  .count = 3, .time_ns = HOUR_NS },
	{ ROW("read that acknowledges", call_read, SLAB | USERCOPY),
	  .prepare = prepare_read, .settle = settle_read, .count = 1,
	  .before = 3 },
	{ ROW("policy of a file", call_policy, USERCOPY),
	  .settle = settle_policy, .before = 1 },
	{ ROW("close with leases", call_close, 0), .prepare = prepare_close,
	  .settle = settle_close, .count = 3, .before = 4 },
	{ ROW("close with leases of the process", call_close, 0),
	  .prepare = prepare_close, .settle = settle_close, .count = 3,
	  .before = 4, .flags = DEQUE_PROCESS },
};

static void run(void **state)
{
	row = *state;
	/* The sweep claims the same message over and over. */
	assert_int_equal(set_deliveries(deque_fd, DEQUE_DELIVERIES_UNLIMITED),
			 0);
	sweep_run(&row->sweep);
}

int main(int argc, char **argv)
{
	return sweep_table(argc, argv, rows, sizeof(rows) / sizeof(rows[0]),
			   sizeof(rows[0]), run, end_full);
}
