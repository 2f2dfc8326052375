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

#include <compat.h>
#include "core/deque.h"

/* How many become ready before the lock is dropped. */
#define DEQUE_DUE_MAX	64

/* Places at the front for those that are to go outside of all others there. */
#define DEQUE_PLACES	65536

/* Our own, and not of one processor: there may be very much to do at a time. */
static struct workqueue_struct *due_workers;

/**
 * deque_due_init() - before there is a deque
 *
 * Return: 0 or -ENOMEM.
 */
int deque_due_init(void)
{
	due_workers = alloc_workqueue("deque", WQ_UNBOUND, 0);
	return due_workers ? 0 : -ENOMEM;
}

/**
 * deque_due_exit() - when there is none any more
 */
void deque_due_exit(void)
{
	destroy_workqueue(due_workers);
}

/**
 * deque_due_in() - a time from now
 * @ns: in how many ns, up to DEQUE_TIME_LIMIT; 0: never
 *
 * Return: the time, CLOCK_MONOTONIC, or KTIME_MAX.
 */
ktime_t deque_due_in(u64 ns)
{
	return ns ? ktime_add_ns(ktime_get(), ns) : KTIME_MAX;
}

static enum hrtimer_restart deque_due_fire(struct hrtimer *timer)
{
	struct deque *deque = container_of(timer, struct deque, due_timer);

	queue_work(due_workers, &deque->due_work);
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

/* Returns whether there may be more of what was due at that time. */
static bool deque_due_some(struct deque *deque, ktime_t now,
			   struct deque_settlement *settlement)
{
	struct deque_parked *parked;
	unsigned int n;

	INIT_LIST_HEAD(&settlement->done);
	spin_lock(&deque->lock);
	for (n = 0; n < DEQUE_DUE_MAX && !deque->dead; n++) {
		parked = deque_parking_first_due(&deque->parking);
		if (!parked || parked->due > now)
			break;
		if (parked->state == DEQUE_LEASED)
			deque_lease_lapse_locked(deque, parked, settlement);
		else
			deque_delay_end_locked(deque, parked, settlement);
	}
	/* There is no need of the timer as long as we go on. */
	deque->armed = n == DEQUE_DUE_MAX ? 0 : KTIME_MAX;
	deque_unlock_and_wake(deque);
	deque_parked_free_list(&settlement->done);
	return n == DEQUE_DUE_MAX;
}

/* What comes to be due meanwhile has to wait for its turn. */
static void deque_due_run(struct work_struct *work)
{
	struct deque *deque = container_of(work, struct deque, due_work);
	struct deque_settlement settlement = {
		.due = KTIME_MAX,
		.places = DEQUE_PLACES,
	};
	ktime_t now = ktime_get();

	while (deque_due_some(deque, now, &settlement))
		cond_resched();
}

/**
 * deque_due_begin() - for a new deque
 * @deque: the deque
 */
void deque_due_begin(struct deque *deque)
{
	compat_hrtimer_setup(&deque->due_timer, deque_due_fire, CLOCK_MONOTONIC,
			     HRTIMER_MODE_ABS);
	INIT_WORK(&deque->due_work, deque_due_run);
	deque->armed = KTIME_MAX;
}

/**
 * deque_due_end() - for a dead deque
 * @deque: the deque; nothing arms the timer any more
 *
 * Context: sleeps.
 */
void deque_due_end(struct deque *deque)
{
	hrtimer_cancel(&deque->due_timer);
	cancel_work_sync(&deque->due_work);
}
