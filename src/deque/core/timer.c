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
#include "core/parked.h"
#include "core/timer.h"

/* Our own, and not of one processor: there may be very much to do at a time. */
static struct workqueue_struct *due_workers;

/* What is to be done when something is due. */
static work_func_t due_run;

/**
 * deque_due_init() - before there is a deque
 * @run: ends what is due; the work is &deque.due_work
 *
 * Return: 0 or -ENOMEM.
 */
int deque_due_init(work_func_t run)
{
	due_run = run;
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

/**
 * deque_due_begin() - for a new deque
 * @deque: the deque
 */
void deque_due_begin(struct deque *deque)
{
	compat_hrtimer_setup(&deque->due_timer, deque_due_fire, CLOCK_MONOTONIC,
			     HRTIMER_MODE_ABS);
	INIT_WORK(&deque->due_work, due_run);
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
