// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many processes at once: rounds in which workers do what they like, and are
 * killed now and then, or not at all.  When all are gone, the books are
 * balanced.
 */
#include "call.h"
#include "clock.h"
#include "fuzz.h"
#include "worker.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define PROCESSES 64
/* So many rounds, but none that is longer. */
#define ROUNDS 6
#define ROUND_MS 15000
/* Where the time is up before each kind of call has worked, at most. */
#define ENOUGH (10 * ROUNDS)
/* Between two looks at what goes on. */
#define PAUSE_NS 20000000
/*
 * From one kill to the next, at most: not time, as a worker has to get to do
 * something even where its start takes long.
 */
#define CALLS 1000
/* Seconds for all to end once they are told to. */
#define PATIENCE 120

/**
 * struct round - what the supervisor knows
 * @prng: its decisions
 * @count: how many workers there are at a time
 * @workers: who they are
 * @files: of the deques that stay
 * @control: /dev/deque/control
 */
struct round {
	struct prng prng;
	unsigned int count;
	pid_t workers[PROCESSES];
	int files[STABLE];
	int control;
};

static uint64_t now_ms(void)
{
	return now_ns() / 1000000;
}

static void create(const struct round *round, unsigned int deque)
{
	struct deque_create create = {
		.size = sizeof(create),
		.limits = stable_limits[deque],
	};

	strcpy(create.name, deque_name(deque));
	if (ioctl(round->control, DEQUE_CREATE, &create))
		broken("create %s: %s", create.name, strerrorname_np(errno));
}

static int destroy(const struct round *round, unsigned int deque,
		   uint32_t flags)
{
	struct deque_destroy destroy = { .size = sizeof(destroy),
					 .flags = flags };

	strcpy(destroy.name, deque_name(deque));
	return ioctl(round->control, DEQUE_DESTROY, &destroy) ? errno : 0;
}

static int open_deque(unsigned int deque)
{
	char path[64];

	snprintf(path, sizeof(path), "/dev/deque/%s", deque_name(deque));
	return open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
}

static void worker_start(struct round *round, unsigned int n)
{
	uint64_t seed = prng_next(&round->prng);
	pid_t pid = fork();

	if (pid < 0)
		err(2, "fork");
	if (!pid) {
		for (unsigned int i = 0; i < STABLE; i++)
			close(round->files[i]);
		close(round->control);
		worker_run(seed);
	}
	round->workers[n] = pid;
}

static void round_begin(struct round *round, bool orderly)
{
	ledger_begin(prng_next(&round->prng), orderly);
	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, exchange))
		err(2, "socketpair");
	for (unsigned int n = 0; n < STABLE; n++) {
		create(round, n);
		round->files[n] = open_deque(n);
		if (round->files[n] < 0)
			err(2, "%s", deque_name(n));
	}
	for (unsigned int n = 0; n < round->count; n++)
		worker_start(round, n);
}

static void worker_kill(struct round *round, unsigned int n)
{
	call_count(CALL_KILL, kill(round->workers[n], SIGKILL));
	worker_start(round, n);
}

/* Reaps the killed ones, and their children. */
static void reap(int flags)
{
	int status;

	while (waitpid(-1, &status, flags) > 0) {
		if (WIFEXITED(status) ? WEXITSTATUS(status)
				      : WTERMSIG(status) != SIGKILL)
			broken("a worker ended with status %#x", status);
	}
}

static void round_watch(struct round *round, uint64_t end)
{
	unsigned long due = calls_succeeded() + prng_below(&round->prng, CALLS);
	struct timespec pause = { 0, 0 };

	while (!ledger->stop && now_ms() < end) {
		pause.tv_nsec = prng_below(&round->prng, PAUSE_NS);
		nanosleep(&pause, NULL); /* the random instant */
		for (unsigned int n = 0; n < STABLE; n++)
			snapshot_check(n, round->files[n]);
		if (!ledger->orderly && calls_succeeded() >= due) {
			worker_kill(round,
				    prng_below(&round->prng, round->count));
			due = calls_succeeded() +
			      prng_below(&round->prng, CALLS);
		}
		reap(WNOHANG);
	}
	ledger->stop = true;
	alarm(PATIENCE);
	reap(0);
	close(exchange[0]);
	close(exchange[1]);
}

static struct deque_info info_of(int fd)
{
	struct deque_info info = { .size = sizeof(info) };

	if (ioctl(fd, DEQUE_GET, &info))
		broken("get: %s", strerrorname_np(errno));
	return info;
}

/**
 * struct sums - the messages of a deque, by their entries
 * @in: pushed for sure
 * @unsure: by somebody who was killed meanwhile
 * @taken: popped for sure
 * @maybe: by somebody who was killed meanwhile
 */
struct sums {
	uint64_t in;
	uint64_t unsure;
	uint64_t taken;
	uint64_t maybe;
};

static struct sums sums_of(unsigned int deque)
{
	struct sums sums = { .in = 0 };

	for (uint32_t n = 0; n < ledger_used(); n++) {
		const struct entry *entry = &ledger->entries[n];

		if (entry->deque != deque)
			continue;
		sums.in += entry->state == ENTRY_IN;
		sums.unsure += entry->state == ENTRY_SENT;
		sums.taken += !!entry->taken;
		sums.maybe += entry->maybe;
	}
	return sums;
}

static void counters_check(unsigned int deque, int fd)
{
	struct sums sums = sums_of(deque);
	struct deque_info info;

	/* The last files that were on their way are closed a little later. */
	do {
		sched_yield();
		info = info_of(fd);
	} while (info.openers != 1);
	if (info.takers || info.senders || info.leased ||
	    info.ready + info.delayed + info.buried != info.messages)
		broken("%s: %u takers, %u senders, %llu ready, %llu messages, but nobody is there",
		       info.name, info.takers, info.senders, info.ready,
		       info.messages);
	if (info.pushed < sums.in || info.pushed > sums.in + sums.unsure ||
	    info.popped + info.acked < sums.taken ||
	    info.popped + info.acked > sums.taken + sums.maybe)
		broken("%s: %llu pushed, %llu popped and %llu acked; sent were %lu and maybe %lu, taken %lu and maybe %lu",
		       info.name, info.pushed, info.popped, info.acked, sums.in,
		       sums.unsure, sums.taken, sums.maybe);
}

/*
 * The messages that are left are in order.  First those that were put in at
 * the front, the youngest foremost; then the rest, the oldest foremost.
 */
static void order_check(const struct entry *before, const struct entry *entry)
{
	bool right =
		before->front
			? !entry->front || entry->taken_id < before->taken_id
			: !entry->front && entry->taken_id > before->taken_id;

	if (!right)
		broken("in %s number %lu is before number %lu",
		       deque_name(entry->deque), before->taken_id,
		       entry->taken_id);
}

static void drain(unsigned int deque, int fd)
{
	unsigned char buffer[SIZE_MOST];
	struct deque_descriptor descriptor;
	struct deque_batch batch = {
		.size = sizeof(batch),
		.flags = DEQUE_NOWAIT,
		.descriptors = (uintptr_t)&descriptor,
		.count = 1,
	};
	struct deque_kick kick = {
		.size = sizeof(kick),
		.states = DEQUE_BURIED | DEQUE_DELAYED,
		.count = UINT64_MAX,
	};
	const struct entry *before = NULL;
	struct entry *entry;

	if (ioctl(fd, DEQUE_KICK, &kick))
		broken("kick: %s", strerrorname_np(errno));
	for (uint64_t call = 1;; call++) {
		descriptor = (struct deque_descriptor){
			.data = (uintptr_t)buffer,
			.size = sizeof(buffer),
		};
		if (ioctl(fd, DEQUE_POP, &batch) != 1)
			break;
		entry = message_read(buffer);
		if (!entry)
			broken("a message that is left is damaged");
		message_taken(entry, deque, call << 8 | deque, descriptor.id);
		if (before && deque < LEASED)
			order_check(before, entry);
		before = entry;
	}
	if (errno != EAGAIN)
		broken("drain: %s", strerrorname_np(errno));
	if (info_of(fd).messages || info_of(fd).bytes)
		broken("%s is empty, and is not", deque_name(deque));
}

static void round_end(struct round *round)
{
	int fd, error;

	ledger_settle();
	for (unsigned int n = 0; n < STABLE; n++) {
		counters_check(n, round->files[n]);
		drain(n, round->files[n]);
		close(round->files[n]);
		error = destroy(round, n, 0);
		if (error)
			broken("destroy: %s", strerrorname_np(error));
	}
	for (unsigned int n = STABLE; n < DEQUES; n++) {
		fd = open_deque(n);
		if (fd < 0)
			continue;
		drain(n, fd);
		close(fd);
		error = destroy(round, n, 0);
		if (error)
			broken("destroy: %s", strerrorname_np(error));
	}
	ledger_check();
	alarm(0);
}

static const char *never_worked(void)
{
	return calls_never_worked((enum call_kind[]){ CALL_EPOLL, CALL_WAIT },
				  2);
}

bool concurrent_run(const struct options *options)
{
	struct round round = { .prng = { options->seed } };
	uint64_t now = now_ms(), end = now + options->seconds * 1000ULL;
	uint64_t length = (end - now) / ROUNDS;
	unsigned int rounds = 0;
	unsigned long messages = 0;

	if (length > ROUND_MS)
		length = ROUND_MS;
	round.count = options->processes < PROCESSES ? options->processes
						     : PROCESSES;
	round.control = open("/dev/deque/control", O_RDWR | O_CLOEXEC);
	if (round.control < 0)
		err(2, "/dev/deque/control");
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	ledger_setup();
	for (; now < end || (rounds < ENOUGH && never_worked());
	     now = now_ms()) {
		/* In some, order can be checked exactly. */
		round_begin(&round, rounds % 3 == 1);
		round_watch(&round, now + length);
		round_end(&round);
		messages += ledger_used();
		rounds++;
	}
	printf("# %u rounds, %lu messages\n", rounds, messages);
	if (!never_worked())
		return true;
	printf("# %s never worked\n", never_worked());
	return false;
}
