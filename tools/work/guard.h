/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A process that kills the handlers' process groups when `work` has died.
 */
#ifndef DEQUE_WORK_GUARD_H
#define DEQUE_WORK_GUARD_H

#include <stdbool.h>
#include <sys/types.h>

struct guard {
	pid_t pid;
	int fd; /* what we write, and it reads */
	unsigned int capacity; /* most groups at a time */
};
bool guard_start(struct guard *guard);
void guard_add(const struct guard *guard, pid_t group);
void guard_remove(const struct guard *guard, pid_t group);
void guard_stop(struct guard *guard);

#endif /* DEQUE_WORK_GUARD_H */
