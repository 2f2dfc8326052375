// SPDX-License-Identifier: GPL-2.0-only
/*
 * See worker.h; act.h has what a worker does.
 */
#include "worker.h"
#include "act.h"

#include <err.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define MEMORY_SIZE (64 << 10)
/* How often a blocked call is interrupted; more often keeps KASAN busy. */
#define TICK_NS 200000000
/* The steps of a forked child before it ends. */
#define CHILD_STEPS 30

const struct deque_limits stable_limits[STABLE] = {
	{ .max_messages = 16,
	  .max_message_size = SIZE_MOST,
	  .max_bytes = 16 << 10 },
	{ .max_messages = 64,
	  .max_message_size = SIZE_MOST,
	  .max_bytes = 32 << 10 },
	{ .max_messages = 64,
	  .max_message_size = SIZE_MOST,
	  .max_bytes = 64 << 10 },
};

int exchange[2];

static void act_fork(void);

static const struct {
	void (*run)(void);
	unsigned int weight;
} actions[] = {
	{ act_push, 24 },	 { act_write, 12 },
	{ act_pop, 24 },	 { act_read, 16 },
	{ act_get, 10 },	 { act_poll, 5 },
	{ act_open, 6 },	 { act_close, 3 },
	{ act_dup, 2 },		 { act_pass, 2 },
	{ act_receive, 2 },	 { act_create, 3 },
	{ act_destroy, 2 },	 { act_next_size, 2 },
	{ act_wrong, 6 },	 { act_set, 4 },
	{ act_fork, 1 },	 { act_claim, 24 },
	{ act_kick, 3 },	 { act_browse, 6 },
	{ act_wrong_leases, 3 }, { act_wrong_claim_or_kick, 3 },
};

static void act(void)
{
	unsigned int total = 0, n;

	for (n = 0; n < sizeof(actions) / sizeof(actions[0]); n++)
		total += actions[n].weight;
	total = below(total);
	for (n = 0; total >= actions[n].weight; n++)
		total -= actions[n].weight;
	actions[n].run();
}

static void tick(int signal)
{
	(void)signal;
}

/* For this thread alone: no call stays blocked if nobody helps. */
static void start_ticking(void)
{
	struct sigaction action = { .sa_handler = tick };
	struct sigevent event = {
		.sigev_notify = SIGEV_THREAD_ID,
		.sigev_signo = SIGUSR1,
	};
	struct itimerspec interval = {
		.it_interval.tv_nsec = TICK_NS,
		.it_value.tv_nsec = TICK_NS,
	};
	timer_t timer;

	event._sigev_un._tid = gettid();
	sigaction(SIGUSR1, &action, NULL);
	if (timer_create(CLOCK_MONOTONIC, &event, &timer) ||
	    timer_settime(timer, 0, &interval, NULL))
		err(2, "timer");
}

static bool worker_begin(uint64_t seed)
{
	unsigned int slot = ledger->slots_used++;

	if (slot >= SLOTS) {
		ledger->stop = true;
		return false;
	}
	worker.prng.state = seed;
	worker.slot = &ledger->slots[slot];
	worker.slot->call = (uint64_t)(slot + 1) << 32;
	start_ticking();
	return true;
}

static void act_fork(void)
{
	uint64_t seed = prng_next(&worker.prng);
	pid_t pid = fork();

	if (pid < 0)
		return;
	if (pid) {
		call_count(CALL_FORK, 0);
		return;
	}
	if (!worker_begin(seed))
		_exit(0);
	/* Part of it is shared, and the parent goes on writing there. */
	memory_unmap(&worker.memory);
	memory_map(&worker.memory, MEMORY_SIZE);
	for (unsigned int n = 0; n < CHILD_STEPS && !ledger->stop; n++)
		act();
	_exit(0);
}

static void *worker_loop(void *argument)
{
	uint64_t seed = *(uint64_t *)argument;

	if (!worker_begin(seed))
		return NULL;
	memory_map(&worker.memory, MEMORY_SIZE);
	worker.control = open("/dev/deque/control", O_RDWR | O_CLOEXEC);
	while (!ledger->stop)
		act();
	return NULL;
}

_Noreturn void worker_run(uint64_t seed)
{
	uint64_t seeds[] = { seed, ~seed };
	pthread_t thread;

	signal(SIGCHLD, SIG_IGN);
	if (pthread_create(&thread, NULL, worker_loop, &seeds[1]))
		errx(2, "pthread_create");
	worker_loop(&seeds[0]);
	pthread_join(thread, NULL);
	_exit(0);
}
