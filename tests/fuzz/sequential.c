// SPDX-License-Identifier: GPL-2.0-only
/*
 * One call after the other, each compared with the model: rounds of steps,
 * each from a seed of its own, so that what went wrong late is seen again soon.
 */
#include "fuzz.h"
#include "world.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#define ROUND 2000
/* Where the time is up before each kind of call has worked, at most. */
#define ENOUGH (10 * ROUND)
/* Seconds for a step; nothing in it waits for long. */
#define PATIENCE 120

static const struct {
	void (*run)(void);
	unsigned int weight;
} steps[] = {
	{ step_push, 24 },
	{ step_pop, 20 },
	{ step_write, 10 },
	{ step_read, 8 },
	{ step_open, 6 },
	{ step_close, 4 },
	{ step_dup, 2 },
	{ step_pass, 1 },
	{ step_create, 4 },
	{ step_destroy, 2 },
	{ step_set, 3 },
	{ step_get, 3 },
	{ step_poll, 4 },
	{ step_epoll, 3 },
	{ step_next_size, 2 },
	{ step_wrong, 2 },
	{ step_wait_for_message, 1 },
	{ step_wait_for_room, 1 },
};

static void choose_caller(void)
{
	static const uid_t users[] = { 0, 0, 1000, 1001 };

	world.caller = (struct caller){ .child = false };
	if (!prng_one_in(&world.prng, 24))
		return;
	world.caller.child = true;
	world.caller.uid = PRNG_PICK(&world.prng, users);
	world.caller.gid = PRNG_PICK(&world.prng, users);
	call_count(CALL_FORK, 0);
}

static void hang(int signal)
{
	(void)signal;
	mismatch("something hangs");
}

static void step(void)
{
	unsigned int total = 0, n;

	for (n = 0; n < sizeof(steps) / sizeof(steps[0]); n++)
		total += steps[n].weight;
	total = prng_below(&world.prng, total);
	for (n = 0; total >= steps[n].weight; n++)
		total -= steps[n].weight;
	memory_reset(&world.memory);
	choose_caller();
	world.step++;
	steps[n].run();
	for (n = 0; n < world.handle_count; n++)
		expect_info(&world.handles[n]);
}

static const char *never_worked(void)
{
	return calls_never_worked((enum call_kind[]){ CALL_KILL, CALL_CLAIM,
						      CALL_ACK, CALL_RETURN,
						      CALL_KICK, CALL_BROWSE },
				  6);
}

static bool goes_on(const struct options *options, unsigned long done,
		    time_t end)
{
	/* A replay reaches what it reaches. */
	if (options->steps)
		return done < options->steps;
	return time(NULL) < end || (done < ENOUGH && never_worked());
}

bool sequential_run(const struct options *options)
{
	struct prng seeds = { options->seed };
	time_t end = time(NULL) + options->seconds;
	uint64_t seed = options->seed;
	unsigned long done = 0;

	world_setup();
	signal(SIGALRM, hang);
	model_bounds.max_total_bytes = parameter("max_total_bytes");
	model_bounds.max_deques = parameter("max_deques");
	model_bounds.defaults.max_messages = parameter("max_messages");
	model_bounds.defaults.max_message_size = parameter("max_message_size");
	model_bounds.defaults.max_bytes = parameter("max_bytes");
	model_bounds.defaults.max_deliveries = parameter("max_deliveries");
	while (goes_on(options, done, end)) {
		/* The first round is the one of the seed that was given. */
		world_begin(seed);
		for (unsigned int n = 0;
		     n < ROUND && goes_on(options, done, end); n++) {
			alarm(PATIENCE);
			step();
			done++;
		}
		world_end();
		seed = prng_next(&seeds);
	}
	printf("# %lu steps\n", done);
	if (options->steps || !never_worked())
		return true;
	printf("# %s never worked\n", never_worked());
	return false;
}
