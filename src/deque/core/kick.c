// SPDX-License-Identifier: GPL-2.0-only
/*
 * Buried and delayed messages are made ready again.
 */
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "core/deque.h"
#include "core/kick.h"
#include "core/parked.h"
#include "core/state.h"
#include "core/wait.h"

static struct deque_parked *deque_kick_next_locked(struct deque *deque,
						   u32 states)
{
	struct deque_parked *parked = NULL;

	lockdep_assert_held(&deque->lock);
	if (states & DEQUE_BURIED)
		parked = deque_parking_first(&deque->parking, DEQUE_BURIED);
	if (!parked && (states & DEQUE_DELAYED))
		parked = deque_parking_first(&deque->parking, DEQUE_DELAYED);
	return parked;
}

static void deque_kick_one_locked(struct deque *deque,
				  struct deque_parked *parked,
				  struct deque_release *release)
{
	lockdep_assert_held(&deque->lock);
	/* Pairs with READ_ONCE() in deque_message_describe(). */
	WRITE_ONCE(parked->message->deliveries, 0);
	parked->message->uncounted = 0;
	if (release->at_end) {
		parked->at_end = true;
		parked->end = release->end;
	}
	deque_delay_end_locked(deque, parked, release);
}

static int deque_kick_some(struct deque *deque, u32 states, u64 count,
			   struct deque_release *release)
{
	struct deque_parked *parked;
	unsigned int n;
	bool dead;

	INIT_LIST_HEAD(&release->done);
	spin_lock(&deque->lock);
	dead = deque->dead;
	for (n = 0; n < count && n < DEQUE_RETURN_MAX && !dead; n++) {
		parked = deque_kick_next_locked(deque, states);
		if (!parked)
			break;
		deque_kick_one_locked(deque, parked, release);
	}
	deque_unlock_and_wake(deque);
	deque_parked_free_list(&release->done);
	return dead ? -ENODEV : n;
}

/* No more than there are to begin with: who comes to be buried meanwhile stays. */
static u64 deque_kick_most(struct deque *deque, u32 states, u64 count)
{
	u64 there = 0;

	spin_lock(&deque->lock);
	if (states & DEQUE_BURIED)
		there += deque->parking.buried_count;
	if (states & DEQUE_DELAYED)
		there += deque->parking.delayed_count;
	spin_unlock(&deque->lock);
	return min(count, there);
}

/**
 * deque_kick_parked() - make buried or delayed messages ready
 * @deque: the deque
 * @states: a set of DEQUE_BURIED and DEQUE_DELAYED
 * @count: how many at most
 * @release: where to
 *
 * Context: sleeps.
 * Return: how many, not all if the caller was killed; -ENODEV.
 */
long deque_kick_parked(struct deque *deque, u32 states, u64 count,
		       struct deque_release *release)
{
	u64 done = 0;
	int n;

	count = deque_kick_most(deque, states, count);
	release->places = count;
	do {
		n = deque_kick_some(deque, states, count - done, release);
		if (n < 0)
			return done ? (long)done : n;
		done += n;
		cond_resched();
	} while (n == DEQUE_RETURN_MAX && !fatal_signal_pending(current));
	return done;
}
