// SPDX-License-Identifier: GPL-2.0-only
/*
 * What time does: leases that end by themselves, and delays that are over.
 */
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

#include "core/deque.h"
#include "core/expire.h"
#include "core/parked.h"
#include "core/state.h"
#include "core/wait.h"

/* How many become ready before the lock is dropped. */
#define DEQUE_DUE_MAX	64

/* Places at the front for those that are to go outside of all others there. */
#define DEQUE_PLACES	65536

static void deque_lease_lapse_locked(struct deque *deque,
				     struct deque_parked *parked,
				     struct deque_release *release)
{
	lockdep_assert_held(&deque->lock);
	deque->counters.timed_out++;
	deque_lease_lose_locked(deque, parked, release);
}

/* Returns whether there may be more of what was due at that time. */
static bool deque_due_some(struct deque *deque, ktime_t now,
			   struct deque_release *release)
{
	struct deque_parked *parked;
	unsigned int n;

	INIT_LIST_HEAD(&release->done);
	spin_lock(&deque->lock);
	for (n = 0; n < DEQUE_DUE_MAX && !deque->dead; n++) {
		parked = deque_parking_first_due(&deque->parking);
		if (!parked || parked->due > now)
			break;
		if (parked->state == DEQUE_LEASED)
			deque_lease_lapse_locked(deque, parked, release);
		else
			deque_delay_end_locked(deque, parked, release);
	}
	/* There is no need of the timer as long as we go on. */
	deque->armed = n == DEQUE_DUE_MAX ? 0 : KTIME_MAX;
	deque_unlock_and_wake(deque);
	deque_parked_free_list(&release->done);
	return n == DEQUE_DUE_MAX;
}

/**
 * deque_due_run() - end the leases and the delays whose time is up
 * @work: &deque.due_work
 *
 * What comes to be due meanwhile has to wait for its turn.
 *
 * Context: sleeps.
 */
void deque_due_run(struct work_struct *work)
{
	struct deque *deque = container_of(work, struct deque, due_work);
	struct deque_release release = {
		.due = KTIME_MAX,
		.places = DEQUE_PLACES,
	};
	ktime_t now = ktime_get();

	while (deque_due_some(deque, now, &release))
		cond_resched();
}
