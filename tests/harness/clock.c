// SPDX-License-Identifier: GPL-2.0-only
/*
 * See clock.h.
 */
#include "clock.h"

long long clock_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * 1000000000LL + now.tv_nsec;
}

long long now_ns(void)
{
	return clock_ns(CLOCK_MONOTONIC);
}
