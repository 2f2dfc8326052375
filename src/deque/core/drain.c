// SPDX-License-Identifier: GPL-2.0-only
/*
 * The messages of a dead deque are freed.
 */
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/sched.h>

#include "core/deque.h"
#include "core/drain.h"
#include "core/message.h"
#include "core/parked.h"
#include "core/queue.h"
#include "core/room.h"
#include "core/state.h"
#include "core/wait.h"

static unsigned int deque_drain_ready(struct deque *deque)
{
	struct deque_message *messages[64];
	unsigned int n = 0, i;

	spin_lock(&deque->lock);
	while (n < ARRAY_SIZE(messages) && deque->queue.count) {
		messages[n] = deque_queue_first(&deque->queue, DEQUE_AT_FRONT);
		deque_queue_remove(&deque->queue, messages[n]);
		deque_leave_locked(deque, messages[n++]);
	}
	deque_unlock_and_wake(deque);

	for (i = 0; i < n; i++)
		deque_message_put(messages[i]);
	return n;
}

static unsigned int deque_drain_parked(struct deque *deque)
{
	struct deque_release release = {};
	struct deque_parked *parked;
	unsigned int n;

	INIT_LIST_HEAD(&release.done);
	spin_lock(&deque->lock);
	for (n = 0; n < 64; n++) {
		parked = deque_parking_after(&deque->parking, 0);
		if (!parked)
			break;
		deque_parked_lose_locked(deque, parked, &release);
	}
	deque_unlock_and_wake(deque);
	deque_parked_free_list(&release.done);
	return n;
}

/**
 * deque_drain() - free the messages of a dead deque
 * @deque: the deque
 *
 * Context: sleeps.
 */
void deque_drain(struct deque *deque)
{
	while (deque_drain_ready(deque) || deque_drain_parked(deque))
		cond_resched();
}
