/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Clocks.
 */
#ifndef DEQUE_CLI_CLOCK_H
#define DEQUE_CLI_CLOCK_H

#include <stdint.h>
#include <time.h>

#define NS_PER_S 1000000000LL

uint64_t clock_ns(clockid_t clock);
int64_t now_ns(void); /* CLOCK_MONOTONIC */

#endif /* DEQUE_CLI_CLOCK_H */
