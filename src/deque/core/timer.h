/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * When something becomes ready by itself.
 */
#ifndef DEQUE_CORE_TIMER_H
#define DEQUE_CORE_TIMER_H

#include <linux/ktime.h>
#include <linux/workqueue.h>

#include "core/deque.h"

int deque_due_init(work_func_t run);
void deque_due_exit(void);
ktime_t deque_due_in(u64 ns);
void deque_due_arm_locked(struct deque *deque);
void deque_due_begin(struct deque *deque);
void deque_due_end(struct deque *deque);

#endif /* DEQUE_CORE_TIMER_H */
