/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who waits, and who is woken for what.
 */
#ifndef DEQUE_CORE_WAIT_H
#define DEQUE_CORE_WAIT_H

#include <linux/ktime.h>
#include <linux/poll.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "core/state.h"

/**
 * struct deque_timeout - how long a caller is ready to wait
 * @nowait: not at all
 * @bounded: until @deadline
 * @deadline: CLOCK_MONOTONIC
 */
struct deque_timeout {
	bool nowait;
	bool bounded;
	ktime_t deadline;
};

__poll_t deque_events_locked(struct deque *deque, __poll_t wanted);
void deque_unlock_and_wake(struct deque *deque) __releases(&deque->lock);
void deque_serve_all_locked(struct deque *deque);
int deque_wait_for_message_locked(struct deque *deque,
				  const struct deque_take *take,
				  const struct deque_timeout *timeout);
int deque_wait_for_room_locked(struct deque *deque, struct deque_grant *grant,
			       const struct deque_timeout *timeout);
void deque_feed_starved(struct work_struct *work);

#endif /* DEQUE_CORE_WAIT_H */
