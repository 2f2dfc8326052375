// SPDX-License-Identifier: GPL-2.0-only
/*
 * Workers that claim and acknowledge, return, bury, extend and let time out what
 * they claimed, and senders, all killed at random: each message whose push was
 * acknowledged is acknowledged once, or still there, and what was never given back
 * comes in order.
 *
 * All write down what they are about to do, and have done, in memory that outlives
 * them.  SEED=, SECONDS= and MESSAGES= (to be acknowledged at least) in the
 * environment; --short takes fewer of them.
 */
#include "harness.h"
#include "lease.h"
#include "process.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#define WORKERS 8
#define SENDERS 3
#define BATCH 32
#define ROOM 256
#define ENTRIES 1000000
#define KILLS_LEAST 50
#define TIME_LIMIT_S 2000

struct entry {
	uint32_t sender;
	uint32_t number;
};

/**
 * struct fate - what became of a message
 * @sent: its sender knows that it is in
 * @given_back: somebody was about to give it back, or to bury it
 * @maybe: somebody was about to acknowledge it, and was killed
 * @acked: how often it was acknowledged
 * @there: how often it was found at the end
 */
struct fate {
	uint8_t sent;
	uint8_t given_back;
	uint8_t maybe;
	uint8_t acked;
	uint8_t there;
};

/**
 * struct record - what a worker shares with the one that replaces it
 * @intents: what it is about to acknowledge
 * @intent_count: how many
 * @random: state of its random numbers
 * @last: by sender: of those that were never given back, the last number that came
 * @late: how many of those came after one that was sent later
 */
struct record {
	struct entry intents[BATCH];
	uint32_t intent_count;
	uint64_t random;
	uint32_t last[SENDERS];
	uint32_t late;
};

static struct {
	struct fate fates[SENDERS][ENTRIES];
	struct record records[WORKERS];
	uint32_t sent[SENDERS];
} * shared;

/* It takes that long, and longer if it has done less by then. */
struct effort {
	uint64_t seconds;
	uint64_t messages;
};

static const struct effort brief = { 5, 10000 };
static const struct effort in_debug = { 30, 100000 };

static bool is_short;

static uint32_t below(uint64_t *random, uint32_t limit)
{
	*random ^= *random << 13;
	*random ^= *random >> 7;
	*random ^= *random << 17;
	return (*random >> 16) % limit;
}

static struct fate *fate_of(const struct entry *entry)
{
	if (entry->sender >= SENDERS || entry->number >= ENTRIES)
		_exit(10);
	return &shared->fates[entry->sender][entry->number];
}

/* In order: what is pushed is known before the next ones are. */
static void send_some(int fd, const struct entry *entries, unsigned int count)
{
	struct deque_descriptor messages[BATCH];
	int done;

	for (unsigned int i = 0; i < count; i++)
		messages[i] = describe(&entries[i], sizeof(*entries));
	while (count) {
		done = batch(fd, DEQUE_PUSH, messages, count, 0);
		if (done < 1)
			_exit(11);
		for (int i = 0; i < done; i++)
			__atomic_store_n(&fate_of(&entries[i])->sent, 1,
					 __ATOMIC_SEQ_CST);
		entries += done;
		count -= done;
		memmove(messages, messages + done, count * sizeof(*messages));
	}
}

static _Noreturn void send_messages(int fd, unsigned int who)
{
	struct entry entries[BATCH];
	uint32_t next = shared->sent[who];
	uint64_t random = (next + 1) * 0x9e3779b97f4a7c15ull + who;
	unsigned int count;

	for (;;) {
		count = 1 + below(&random, BATCH);
		if (next + count > ENTRIES)
			pause();
		for (unsigned int i = 0; i < count; i++)
			entries[i] = (struct entry){ who, next++ };
		__atomic_store_n(&shared->sent[who], next, __ATOMIC_SEQ_CST);
		send_some(fd, entries, count);
	}
}

static void look_at_order(struct record *record, const struct entry *entry,
			  const struct deque_descriptor *message)
{
	/* A kick has the deliveries counted anew. */
	if (message->deliveries != 1 || fate_of(entry)->given_back)
		return;
	record->late += entry->number + 1 < record->last[entry->sender];
	record->last[entry->sender] = entry->number + 1;
}

static void acknowledge(int fd, struct record *record,
			const struct entry *entries, const uint64_t *tokens,
			unsigned int count)
{
	int done;

	memcpy(record->intents, entries, count * sizeof(*entries));
	__atomic_store_n(&record->intent_count, count, __ATOMIC_SEQ_CST);
	done = settle_many(fd, DEQUE_ACK, tokens, count, 0);
	if (done < 0 && errno != ESTALE)
		_exit(12);
	for (int i = 0; i < done; i++)
		__atomic_add_fetch(&fate_of(&entries[i])->acked, 1,
				   __ATOMIC_SEQ_CST);
	__atomic_store_n(&record->intent_count, 0, __ATOMIC_SEQ_CST);
}

static void give_back(int fd, struct record *record, const struct entry *entry,
		      uint64_t token)
{
	int done;

	__atomic_store_n(&fate_of(entry)->given_back, 1, __ATOMIC_SEQ_CST);
	switch (below(&record->random, 4)) {
	case 0:
		done = settle(fd, DEQUE_BURY, token);
		break;
	case 1:
		done = settle_time(fd, DEQUE_RETURN, token,
				   1 + below(&record->random, 3000000));
		break;
	case 2:
		done = settle_many(fd, DEQUE_RETURN, &token, 1, DEQUE_BACK);
		break;
	default:
		done = settle(fd, DEQUE_RETURN, token);
	}
	if (done < 0 && errno != ESTALE)
		_exit(13);
}

/* The work on what it claimed takes long: so most are killed with leases. */
static void do_the_work(struct record *record)
{
	struct timespec pause = { 0, below(&record->random, 2000000) };

	nanosleep(&pause, NULL);
}

static void work_once(int fd, struct record *record)
{
	struct entry entries[BATCH] = { { 0, 0 } };
	struct deque_descriptor messages[BATCH];
	uint64_t tokens[BATCH];
	struct deque_batch argument = {
		.size = sizeof(argument),
		.flags = below(&record->random, 2) ? DEQUE_PROCESS : 0,
		.descriptors = (uintptr_t)messages,
		.count = 1 + below(&record->random, BATCH),
	};
	int count;

	if (!below(&record->random, 8))
		argument.time_ns = 1 + below(&record->random, 2000000);
	for (unsigned int i = 0; i < argument.count; i++)
		messages[i] = describe(&entries[i], sizeof(*entries));
	count = ioctl(fd, DEQUE_CLAIM, &argument);
	if (count < 1)
		_exit(14);
	for (int i = 0; i < count; i++) {
		tokens[i] = messages[i].token;
		look_at_order(record, &entries[i], &messages[i]);
	}
	do_the_work(record);
	switch (below(&record->random, 8)) {
	case 0:
		for (int i = 0; i < count; i++)
			give_back(fd, record, &entries[i], tokens[i]);
		break;
	case 1:
		settle_many(fd, DEQUE_EXTEND, tokens, count, 0);
		/* fall through */
	case 2:
		for (int i = 0; i < count; i++)
			acknowledge(fd, record, &entries[i], &tokens[i], 1);
		break;
	case 3:
		if (argument.time_ns)
			break; /* until it times out */
		/* fall through */
	default:
		acknowledge(fd, record, entries, tokens, count);
	}
}

static _Noreturn void work(int fd, unsigned int who)
{
	for (;;)
		work_once(fd, &shared->records[who]);
}

static pid_t start(void (*run)(int, unsigned int), unsigned int who)
{
	pid_t pid = forked();

	if (!pid)
		run(open(NODE, O_RDWR | O_CLOEXEC), who);
	return pid;
}

static void kill_worker(pid_t pid, unsigned int who)
{
	struct record *record = &shared->records[who];

	kill_and_reap(pid);
	for (uint32_t i = 0; i < record->intent_count; i++)
		fate_of(&record->intents[i])->maybe = 1;
	record->intent_count = 0;
	/* It sees another part of the order than the next one. */
	memset(record->last, 0, sizeof(record->last));
}

/* Checks what holds at any time, also while something is being copied. */
static void snapshot_check(int fd)
{
	struct deque_info info = get(fd);
	uint64_t here = info.ready + info.leased + info.delayed + info.buried;

	assert_true(here <= info.messages);
	/* A sender may have its room already, and be copying. */
	assert_true(info.pushed <= info.popped + info.acked + info.messages);
	assert_int_equal(info.claimed,
			 info.leased + info.acked + info.returned +
				 info.crash_returned + info.timed_out +
				 info.lease_buried);
}

/* All that is left, in whichever state. */
static void take_the_rest(int fd)
{
	struct deque_descriptor message;
	struct entry entry;

	assert_true(kick(fd, DEQUE_BURIED | DEQUE_DELAYED, UINT64_MAX, 0) >= 0);
	assert_int_equal(get(fd).leased, 0);
	for (uint64_t rest = get(fd).ready; rest; rest--) {
		message = describe(&entry, sizeof(entry));
		assert_int_equal(batch(fd, DEQUE_POP, &message, 1,
				       DEQUE_NOWAIT),
				 1);
		fate_of(&entry)->there++;
	}
	expect_empty(fd);
	expect_balance(fd);
}

/* Returns how many were acknowledged by somebody who could not tell any more. */
static unsigned int check_fates(unsigned int *acked)
{
	unsigned int vanished = 0;

	*acked = 0;
	for (unsigned int who = 0; who < SENDERS; who++) {
		for (uint32_t i = 0; i < shared->sent[who] && i < ENTRIES;
		     i++) {
			const struct fate *fate = &shared->fates[who][i];

			*acked += fate->acked;
			if (fate->acked + fate->there > 1)
				fail_msg(
					"%u of %u: acked %u times, there %u times",
					i, who, fate->acked, fate->there);
			if (!fate->sent || fate->acked + fate->there)
				continue;
			if (!fate->maybe)
				fail_msg("%u of %u is lost", i, who);
			vanished++;
		}
	}
	return vanished;
}

static unsigned int sum_late(void)
{
	unsigned int late = 0;

	for (unsigned int i = 0; i < WORKERS; i++)
		late += shared->records[i].late;
	return late;
}

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
	const char *given = getenv(name);

	return given ? strtoull(given, NULL, 0) : otherwise;
}

static void nothing_is_lost_and_nothing_done_twice(void **state)
{
	uint64_t seed = from_environment("SEED", (uint64_t)now_ns());
	const struct effort *effort = debug_kernel() && !is_short ? &in_debug
								  : &brief;
	uint64_t seconds = from_environment("SECONDS", effort->seconds);
	uint64_t messages = from_environment("MESSAGES", effort->messages);
	long long until = now_ns() + (long long)seconds * 1000000000;
	unsigned int workers_killed = 0, senders_killed = 0, acked, vanished;
	int fd = open_deque(O_RDWR);
	pid_t workers[WORKERS], senders[SENDERS];
	struct deque_info info;

	(void)state;
	alarm(TIME_LIMIT_S);
	print_message("# SEED=%llu\n", (unsigned long long)seed);
	seed |= 1;
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(shared, MAP_FAILED);
	assert_int_equal(set(fd, ROOM, 0, 0), 0);
	assert_int_equal(set_deliveries(fd, DEQUE_DELIVERIES_UNLIMITED), 0);
	for (unsigned int i = 0; i < WORKERS; i++) {
		shared->records[i].random = seed * (2 * i + 3) | 1;
		workers[i] = start(work, i);
	}
	for (unsigned int i = 0; i < SENDERS; i++)
		senders[i] = start(send_messages, i);
	while (now_ns() < until || get(fd).acked < messages ||
	       workers_killed < KILLS_LEAST) {
		struct timespec pause = { 0, below(&seed, 8000000) };
		unsigned int who = below(&seed, WORKERS + 1);

		nanosleep(&pause, NULL); /* the random instant */
		snapshot_check(fd);
		assert_true(kick(fd, DEQUE_BURIED, 1 + below(&seed, ROOM), 0) >=
			    0);
		/* Where a fork takes long, nothing else would be done. */
		if (now_ns() > until && workers_killed >= KILLS_LEAST &&
		    below(&seed, 100))
			continue;
		if (who < WORKERS) {
			kill_worker(workers[who], who);
			workers[who] = start(work, who);
			workers_killed++;
		} else {
			who = below(&seed, SENDERS);
			kill_and_reap(senders[who]);
			senders[who] = start(send_messages, who);
			senders_killed++;
		}
	}
	for (unsigned int i = 0; i < SENDERS; i++)
		kill_and_reap(senders[i]);
	for (unsigned int i = 0; i < WORKERS; i++)
		kill_worker(workers[i], i);
	info = get(fd);
	take_the_rest(fd);
	vanished = check_fates(&acked);
	print_message(
		"# %u workers and %u senders killed; %llu pushed, %llu claimed, %llu acked, %llu returned, %llu crash-returned, %llu timed out, %llu buried; %llu left over, %u late\n",
		workers_killed, senders_killed, info.pushed, info.claimed,
		info.acked, info.returned, info.crash_returned, info.timed_out,
		info.lease_buried, info.messages, sum_late());
	/* Of messages that a sender could not tell of, some were acknowledged. */
	assert_in_range(info.acked, acked + vanished,
			acked + vanished + (senders_killed + SENDERS) * BATCH);
	/* Only what a dying worker never got can be overtaken. */
	assert_true(sum_late() <= (workers_killed + WORKERS) * BATCH);
	assert_true(info.crash_returned > 0);
	munmap(shared, sizeof(*shared));
}

int main(int count, char **arguments)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_lost_and_nothing_done_twice),
	};

	is_short = count == 2 && !strcmp(arguments[1], "--short");

	return cmocka_run_group_tests_name("killed workers", tests, NULL, NULL);
}
