// SPDX-License-Identifier: GPL-2.0-only
/*
 * 64 senders and 64 takers of one small deque, of whom now these and then those are
 * blocked nearly all the time: each message arrives once, and each taker sees those
 * of a sender in order.
 */
#include "harness.h"

#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define SENDERS 64
#define TAKERS 64
#define ROOM 16
#define BATCH 4
/* A process that is in no hurry yields so often before each message. */
#define YIELDS 20
#define TIME_LIMIT_S 1200

/* In memory that all share. */
static struct tally {
	uint32_t taken[TAKERS];
	uint8_t seen[SENDERS][2000];
	bool failed;
} * tally;

static uint32_t number_each; /* of messages, a multiple of 4 * (BATCH + 1) */

struct entry {
	uint32_t sender;
	uint32_t number;
};

static _Noreturn void finish(bool failed)
{
	tally->failed |= failed;
	_exit(failed);
}

/* In the second and the last quarter the senders are slow, before that the takers. */
static void tarry(uint32_t number, bool sender)
{
	if ((number * 4 / number_each) % 2 != sender)
		return;
	for (int i = 0; i < YIELDS; i++)
		sched_yield();
}

/* Alternates between one message, and several with one call. */
static void send_messages(int fd, uint32_t who)
{
	struct entry entries[BATCH];
	struct deque_descriptor messages[BATCH];
	uint32_t number = 0;

	while (number < number_each) {
		tarry(number, true);
		entries[0] = (struct entry){ who, number++ };
		if (write(fd, entries, sizeof(*entries)) != sizeof(*entries))
			finish(true);
		for (int i = 0; i < BATCH; i++) {
			entries[i] = (struct entry){ who, number++ };
			messages[i] = describe(&entries[i], sizeof(*entries));
		}
		if (batch(fd, DEQUE_PUSH, messages, BATCH, 0) != BATCH)
			finish(true);
	}
	finish(false);
}

/* Whether this is the first time, and none that was sent later came before. */
static bool count(const struct entry *entry, uint32_t next[SENDERS])
{
	if (entry->sender >= SENDERS || entry->number >= number_each ||
	    entry->number < next[entry->sender])
		return false;
	next[entry->sender] = entry->number + 1;
	return !__atomic_exchange_n(&tally->seen[entry->sender][entry->number],
				    1, __ATOMIC_RELAXED);
}

/* Likewise; until the deque is destroyed. */
static void take_messages(int fd, uint32_t who)
{
	struct entry entries[BATCH];
	struct deque_descriptor messages[BATCH];
	uint32_t next[SENDERS] = { 0 };
	bool one = false;
	int got;

	for (;;) {
		for (int i = 0; i < BATCH; i++)
			messages[i] = describe(&entries[i], sizeof(*entries));
		one = !one;
		if (one)
			got = read(fd, entries, sizeof(*entries)) /
			      (ssize_t)sizeof(*entries);
		else
			got = batch(fd, DEQUE_POP, messages, BATCH, 0);
		if (got <= 0)
			finish(errno != ENODEV);
		for (int i = 0; i < got; i++) {
			if (!count(&entries[i], next))
				finish(true);
			tarry(entries[i].number, false);
		}
		tally->taken[who] += got;
	}
}

static void start(pid_t *pids, unsigned int count,
		  void (*run)(int fd, uint32_t who))
{
	for (uint32_t who = 0; who < count; who++) {
		pids[who] = fork();
		assert_true(pids[who] >= 0);
		if (!pids[who])
			run(open(NODE, O_RDWR), who);
	}
}

static void await(const pid_t *pids, unsigned int count)
{
	int status;

	for (unsigned int who = 0; who < count; who++) {
		assert_int_equal(waitpid(pids[who], &status, 0), pids[who]);
		assert_int_equal(status, 0);
	}
}

/* Until as many were taken as are sent, or somebody has given up. */
static void await_all_taken(int fd)
{
	while (get(fd).popped < SENDERS * number_each) {
		assert_false(tally->failed);
		sched_yield();
	}
}

static void each_message_arrives_once(void **state)
{
	uint32_t total = 0, least = UINT32_MAX, most = 0;
	pid_t senders[SENDERS], takers[TAKERS];
	int fd = open_deque(O_RDWR);

	(void)state;
	alarm(TIME_LIMIT_S);
	number_each = debug_kernel() ? 100 : 1000;
	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE,
		     MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(tally, MAP_FAILED);
	assert_int_equal(set(fd, ROOM, 0, 0), 0);
	/* All of them wait, so each is served: first come, first served. */
	start(takers, TAKERS, take_messages);
	await_takers(fd, TAKERS);
	start(senders, SENDERS, send_messages);
	await_all_taken(fd);
	await(senders, SENDERS);
	await_takers(fd, TAKERS);
	expect_empty(fd);
	assert_int_equal(get(fd).popped, SENDERS * number_each);
	assert_int_equal(destroy(NAME, DEQUE_FORCE), 0);
	await(takers, TAKERS);

	for (int who = 0; who < TAKERS; who++) {
		total += tally->taken[who];
		if (tally->taken[who] < least)
			least = tally->taken[who];
		if (tally->taken[who] > most)
			most = tally->taken[who];
	}
	print_message("# %u messages; a taker got %u to %u\n", total, least,
		      most);
	assert_int_equal(total, SENDERS * number_each);
	assert_true(least > 0);
	munmap(tally, sizeof(*tally));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(each_message_arrives_once),
	};

	return cmocka_run_group_tests_name("crowd", tests, NULL, NULL);
}
