// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clocks, and how long a call waits.
 */
#include "cli/clock.h"

#include <deque.h>
#include <stdint.h>
#include <time.h>

int64_t timespec_ns(const struct timespec *time)
{
	return time->tv_sec * NS_PER_S + time->tv_nsec;
}

struct timespec ns_timespec(int64_t ns)
{
	return (struct timespec){
		.tv_sec = ns / NS_PER_S,
		.tv_nsec = ns % NS_PER_S,
	};
}

uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)timespec_ns(&now);
}

int64_t now_ns(void)
{
	return (int64_t)clock_ns(CLOCK_MONOTONIC);
}

void waiting_start(struct waiting *waiting, int64_t wait_ns)
{
	waiting->flags = wait_ns ? 0 : DEQUE_NOWAIT;
	waiting->deadline = wait_ns > 0 ? &waiting->time : NULL;
	waiting->time = ns_timespec(now_ns() + wait_ns);
}
