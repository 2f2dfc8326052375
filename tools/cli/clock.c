// SPDX-License-Identifier: GPL-2.0-only
/*
 * Clocks.
 */
#include "cli/clock.h"

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
