// SPDX-License-Identifier: GPL-2.0-only
/*
 * Two senders and two takers at once, killed at random: nobody hangs, nothing
 * that was acknowledged is lost, nothing comes twice, and order is kept but
 * for what a dying taker gives back.
 *
 * All write down what they do in memory that outlives them.  A taker reads
 * straight into its log, so what the kernel delivered is known even if the
 * taker dies before it can say so.
 */
#include "harness.h"
#include "process.h"

#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>

#define PROCESSES 2
#define KILLS 60
#define ENTRIES 400000

struct entry {
	uint32_t sender; /* from 1 */
	uint32_t number; /* from 1 */
};

/* The record that a process shares with the one that replaces it. */
struct record {
	uint32_t count;
	struct entry log[ENTRIES]; /* acknowledged, or delivered */
};

static struct record *senders, *takers;
static unsigned char (*seen)[ENTRIES + 1];

static void send_messages(int fd, unsigned int who)
{
	struct record *record = &senders[who];

	while (record->count < ENTRIES) {
		struct entry entry = { who + 1, ++record->count };
		struct deque_descriptor message;

		if (record->count % 2) {
			if (write(fd, &entry, sizeof(entry)) < 0)
				_exit(1);
		} else {
			message = describe(&entry, sizeof(entry));
			if (batch(fd, DEQUE_PUSH, &message, 1, 0) != 1)
				_exit(1);
		}
		record->log[entry.number - 1] = entry; /* acknowledged */
	}
	_exit(0);
}

static void take_messages(int fd, unsigned int who)
{
	struct record *record = &takers[who];

	while (record->count < ENTRIES) {
		struct entry *entry = &record->log[record->count];
		struct deque_descriptor message =
			describe(entry, sizeof(*entry));
		int got = record->count % 2
				  ? read(fd, entry, sizeof(*entry)) > 0
				  : batch(fd, DEQUE_POP, &message, 1, 0) == 1;

		if (!got)
			_exit(1);
		record->count++;
	}
	_exit(0);
}

static pid_t start(void (*run)(int, unsigned int), unsigned int who)
{
	pid_t pid = forked();

	if (!pid)
		run(open(NODE, O_RDWR), who);
	return pid;
}

/* The entry that a dead taker was given but did not count. */
static void count_what_was_delivered(struct record *record)
{
	if (record->count < ENTRIES && record->log[record->count].number)
		record->count++;
}

/* Returns how many came after one that was sent later. */
static unsigned int check_once(const struct record *record)
{
	uint32_t last[PROCESSES + 1] = { 0 };
	unsigned int inversions = 0;

	for (uint32_t i = 0; i < record->count; i++) {
		const struct entry *entry = &record->log[i];

		assert_in_range(entry->sender, 1, PROCESSES);
		assert_in_range(entry->number, 1, ENTRIES);
		assert_int_equal(seen[entry->sender][entry->number], 0);
		seen[entry->sender][entry->number] = 1;
		inversions += entry->number < last[entry->sender];
		last[entry->sender] = entry->number;
	}
	return inversions;
}

static void *shared(size_t size)
{
	void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(memory, MAP_FAILED);
	return memory;
}

static void nothing_is_lost_when_processes_are_killed(void **state)
{
	const char *given = getenv("SEED");
	unsigned int seed = given ? strtoul(given, NULL, 0)
				  : (unsigned int)now_ns();
	pid_t sender_pids[PROCESSES], taker_pids[PROCESSES];
	int fd = open_deque(O_RDWR | O_NONBLOCK);
	unsigned int kills = 0, takers_killed = 0, inversions = 0;
	unsigned int acknowledged = 0;
	struct entry entry;
	uint32_t rest = 0;

	(void)state;
	print_message("# SEED=%u\n", seed);
	srand(seed);
	senders = shared(PROCESSES * sizeof(*senders));
	takers = shared((PROCESSES + 1) * sizeof(*takers));
	seen = shared((PROCESSES + 1) * sizeof(*seen));
	/* Small, so that both sides block all the time. */
	assert_int_equal(set(fd, 8, 0, 0), 0);
	for (unsigned int i = 0; i < PROCESSES; i++) {
		sender_pids[i] = start(send_messages, i);
		taker_pids[i] = start(take_messages, i);
	}
	while (kills < KILLS) {
		unsigned int who = rand() % PROCESSES;
		struct timespec pause = { 0, rand() % 10000000 };

		nanosleep(&pause, NULL); /* the random instant */
		if (rand() % 2) {
			kill_and_reap(sender_pids[who]);
			sender_pids[who] = start(send_messages, who);
		} else {
			takers_killed++;
			kill_and_reap(taker_pids[who]);
			count_what_was_delivered(&takers[who]);
			taker_pids[who] = start(take_messages, who);
		}
		kills++;
	}
	for (unsigned int i = 0; i < PROCESSES; i++) {
		kill_and_reap(sender_pids[i]);
		kill_and_reap(taker_pids[i]);
		count_what_was_delivered(&takers[i]);
	}
	while (read(fd, &entry, sizeof(entry)) == sizeof(entry))
		takers[PROCESSES].log[rest++] = entry;
	takers[PROCESSES].count = rest;

	for (unsigned int i = 0; i <= PROCESSES; i++)
		inversions += check_once(&takers[i]);
	/* Only what a dying taker gave back can be overtaken, one a kill. */
	assert_true(inversions <= takers_killed + PROCESSES);
	for (unsigned int who = 0; who < PROCESSES; who++) {
		for (uint32_t i = 0; i < senders[who].count; i++) {
			if (!senders[who].log[i].number)
				continue;
			acknowledged++;
			assert_int_equal(seen[who + 1][i + 1], 1);
		}
	}
	print_message(
		"# %u kills, %u messages acknowledged, %u left over, %u late\n",
		kills, acknowledged, rest, inversions);
	assert_true(acknowledged > 100);
	expect_empty(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nothing_is_lost_when_processes_are_killed),
	};

	return cmocka_run_group_tests_name("killed processes", tests, NULL,
					   NULL);
}
