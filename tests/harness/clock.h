/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Clocks in nanoseconds.
 */
#ifndef CLOCK_H
#define CLOCK_H

#include <time.h>

long long clock_ns(clockid_t clock);

/* CLOCK_MONOTONIC. */
long long now_ns(void);

#endif /* CLOCK_H */
