// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clocks, and how long a call waits.
 */
#include "cli/clock.h"

#include <deque.h>
#include <stdint.h>
#include <time.h>

uint64_t clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (uint64_t)now.tv_sec * NS_PER_S + (uint64_t)now.tv_nsec;
}

int64_t now_ns(void)
{
	return (int64_t)clock_ns(CLOCK_MONOTONIC);
}

void waiting_start(struct waiting *waiting, int64_t wait_ns)
{
	struct timespec *time = &waiting->time;

	waiting->flags = wait_ns ? 0 : DEQUE_NOWAIT;
	waiting->deadline = wait_ns > 0 ? time : NULL;
	clock_gettime(CLOCK_MONOTONIC, time);
	time->tv_sec += wait_ns / NS_PER_S;
	time->tv_nsec += wait_ns % NS_PER_S;
	if (time->tv_nsec >= NS_PER_S) {
		time->tv_sec++;
		time->tv_nsec -= NS_PER_S;
	}
}
