/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A process of the concurrent fuzzer.
 */
#ifndef WORKER_H
#define WORKER_H

#include "ledger.h"

/* Limits of the deques that stay. */
extern const struct deque_limits stable_limits[STABLE];

/* Deques' files go from worker to worker through these. */
extern int exchange[2];

/* Does what it likes until it is stopped, or killed. */
_Noreturn void worker_run(uint64_t seed);

/* Looks at the deque and checks what holds at any time. */
void snapshot_check(unsigned int deque, int fd);

#endif /* WORKER_H */
