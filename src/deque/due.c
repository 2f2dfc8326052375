// SPDX-License-Identifier: GPL-2.0-only
/*
 * What becomes ready by itself: delayed messages, and leases that time out.
 *
 * A deque has one timer, armed for the first of them; with none it is not armed.
 * The timer only starts a work, which does what is to be done with the lock that
 * everybody else takes, too: so that lock need not keep interrupts out.
 */
#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/sched.h>

#include "../include/compat.h"
#include "internal.h"

/* How many become ready before the lock is dropped. */
#define DEQUE_DUE_MAX	64

static enum hrtimer_restart deque_due_fire(struct hrtimer *timer)
{
	schedule_work(&container_of(timer, struct deque, due_timer)->due_work);
	return HRTIMER_NORESTART;
}

/**
 * deque_due_arm_locked() - have the timer fire when it has to
 * @deque: the deque
 *
 * Called whenever the first may have changed.  When that goes later the timer is
 * left as it is: it fires for nothing, once, and most leases are acknowledged
 * before they time out.
 *
 * Context: under the deque's lock.
 */
void deque_due_arm_locked(struct deque *deque)
{
	const struct deque_parked *first =
		deque_parking_first_due(&deque->parking);

	lockdep_assert_held(&deque->lock);
	if (first && !deque->dead) {
		if (first->due >= deque->armed)
			return;
		deque->armed = first->due;
		hrtimer_start(&deque->due_timer, first->due, HRTIMER_MODE_ABS);
	} else if (deque->armed != KTIME_MAX) {
		deque->armed = KTIME_MAX;
		hrtimer_try_to_cancel(&deque->due_timer);
	}
}

/* Returns whether there may be more. */
static bool deque_due_some(struct deque *deque)
{
	struct deque_settlement settlement = { .group.count = DEQUE_DUE_MAX };
	struct deque_parked *parked;
	ktime_t now = ktime_get();
	unsigned int n;

	INIT_LIST_HEAD(&settlement.done);
	spin_lock(&deque->lock);
	deque->armed = KTIME_MAX;
	for (n = 0; n < DEQUE_DUE_MAX && !deque->dead; n++) {
		parked = deque_parking_first_due(&deque->parking);
		if (!parked || parked->due > now)
			break;
		if (parked->state == DEQUE_LEASED)
			deque_lease_lapse_locked(deque, parked, &settlement);
		else
			deque_delay_end_locked(deque, parked, &settlement);
	}
	deque_unlock_and_wake(deque);
	deque_parked_free_list(&settlement.done);
	return n == DEQUE_DUE_MAX;
}

static void deque_due_run(struct work_struct *work)
{
	struct deque *deque = container_of(work, struct deque, due_work);

	while (deque_due_some(deque))
		cond_resched();
}

/**
 * deque_due_init() - for a new deque
 * @deque: the deque
 */
void deque_due_init(struct deque *deque)
{
	compat_hrtimer_setup(&deque->due_timer, deque_due_fire, CLOCK_MONOTONIC,
			     HRTIMER_MODE_ABS);
	INIT_WORK(&deque->due_work, deque_due_run);
	deque->armed = KTIME_MAX;
}

/**
 * deque_due_exit() - for a dead deque
 * @deque: the deque; nothing arms the timer any more
 *
 * Context: sleeps.
 */
void deque_due_exit(struct deque *deque)
{
	hrtimer_cancel(&deque->due_timer);
	cancel_work_sync(&deque->due_work);
}
