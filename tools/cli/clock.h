/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Clocks, and how long a call waits.
 */
#ifndef DEQUE_CLI_CLOCK_H
#define DEQUE_CLI_CLOCK_H

#include <stdint.h>
#include <time.h>

#define NS_PER_S 1000000000LL

uint64_t clock_ns(clockid_t clock);
int64_t now_ns(void); /* CLOCK_MONOTONIC */

int64_t timespec_ns(const struct timespec *time);
struct timespec ns_timespec(int64_t ns);

/* The way a call waits: from now on, for so many nanoseconds at most. */
struct waiting {
	unsigned int flags;
	const struct timespec *deadline;
	struct timespec time;
};
void waiting_start(struct waiting *waiting, int64_t wait_ns);

#endif /* DEQUE_CLI_CLOCK_H */
