// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages in, messages out: where order, bounds and waiting meet.
 *
 * Taking has two halves.  deque_take() takes messages out of the queue; they
 * still count against the bounds.  When the caller has copied them, outside
 * the lock, deque_take_finish() lets go of those that arrived and puts the
 * others back where they were.
 */
#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "internal.h"

/* Not ready yet: when it is, it goes to that end. */
static void deque_put_delayed_locked(struct deque *deque,
				     struct deque_slot *slot,
				     enum deque_end end)
{
	struct deque_parked *parked = slot->parked;

	slot->parked = NULL;
	parked->message = slot->message;
	parked->token = deque_token_next(1);
	parked->end = end;
	parked->is_new = true;
	deque_parking_add(&deque->parking, parked, DEQUE_DELAYED,
			  deque_due_in(slot->delay_ns));
}

/**
 * deque_put_one_locked() - put a message in, if there is room
 * @deque: the deque
 * @slot: the message; its id is set
 * @end: where
 *
 * Context: under the deque's lock.
 * Return: whether there was room.
 */
bool deque_put_one_locked(struct deque *deque, struct deque_slot *slot,
			  enum deque_end end)
{
	if (!deque_reserve_locked(deque, slot->message->size))
		return false;
	/* Nothing can fail from here on. */
	slot->id = ++deque->last_id;
	slot->message->id = slot->id;
	slot->message->arrival_ns = ktime_get_real_ns();
	deque->counters.pushed++;
	if (slot->parked) {
		deque_put_delayed_locked(deque, slot, end);
		return true;
	}
	deque_queue_add(&deque->queue, slot->message, end);
	deque->came++;
	deque->news |= EPOLLIN;
	return true;
}

/* Puts in what fits now; returns how many that are. */
static unsigned int deque_put_some_locked(struct deque *deque,
					  struct deque_slot *slots,
					  unsigned int count,
					  enum deque_end end)
{
	unsigned int n;

	for (n = 0; n < count; n++) {
		if (!deque_put_one_locked(deque, &slots[n], end))
			break;
	}
	return n;
}

/**
 * deque_push() - put messages in, one after the other
 * @deque: the deque
 * @slots: the messages; those that went in belong to the deque now, and their
 *	ids are set.  The others are still the caller's.
 * @count: how many, at least one
 * @end: where
 * @patience: how long to wait while it is full
 *
 * Context: sleeps as @patience allows.
 * Return: how many went in, if any did; else -EAGAIN, -ETIMEDOUT, -ERESTARTSYS,
 * -EMSGSIZE, -ENODEV.
 */
int deque_push(struct deque *deque, struct deque_slot *slots,
	       unsigned int count, enum deque_end end,
	       const struct deque_patience *patience)
{
	unsigned int done = 0;
	int ret = 0;

	spin_lock(&deque->lock);
	for (;;) {
		if (deque->dead) {
			ret = -ENODEV;
			break;
		}
		/* Whoever waits already comes first. */
		if (list_empty(&deque->senders))
			done += deque_put_some_locked(deque, slots + done,
						      count - done, end);
		if (done == count)
			break;
		ret = deque_wait_for_room_locked(deque, &slots[done], end,
						 patience);
		if (ret)
			break;
		done++;
	}
	deque_unlock_and_wake(deque);
	return done ? (int)done : ret;
}

/**
 * deque_take_one_locked() - take a message, or look at it
 * @deque: the deque
 * @take: what is wanted
 * @n: which slot is to have it
 * @message: a message of the deque
 *
 * Context: under the deque's lock.
 * Return: 0; -EMSGSIZE if it does not fit: the capacity tells what would.
 */
int deque_take_one_locked(struct deque *deque, const struct deque_take *take,
			  unsigned int n, struct deque_message *message)
{
	lockdep_assert_held(&deque->lock);
	if (message->size > take->slots[n].capacity) {
		take->slots[n].capacity = message->size;
		return -EMSGSIZE;
	}
	take->slots[n].message = message;
	if (take->peek)
		refcount_inc(&message->references);
	else
		deque_queue_remove(&deque->queue, message);
	return 0;
}

/* Fills slots from @n on with what there is; returns how many are full. */
static unsigned int deque_take_more_locked(struct deque *deque,
					   const struct deque_take *take,
					   unsigned int n, int *ret)
{
	struct deque_message *message;
	struct deque_cursor cursor;

	deque_queue_begin(&deque->queue, take->end, &cursor);
	for (; n < take->count; n++) {
		message = deque_queue_step(&cursor);
		if (!message)
			break;
		*ret = deque_take_one_locked(deque, take, n, message);
		if (*ret)
			break;
	}
	return n;
}

static void deque_put_messages(const struct deque_take *take,
			       unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++)
		deque_message_put(take->slots[i].message);
}

/**
 * deque_take_restore_locked() - put messages back where they were
 * @deque: the deque
 * @take: as for deque_take()
 * @from: the first slot of those that have them
 * @to: the first that has none any more
 *
 * Context: under the deque's lock.
 */
void deque_take_restore_locked(struct deque *deque,
			       const struct deque_take *take,
			       unsigned int from, unsigned int to)
{
	lockdep_assert_held(&deque->lock);
	for (; from < to; from++) {
		deque_queue_restore(&deque->queue, take->slots[from].message);
		deque->news |= EPOLLIN;
		deque->came++;
	}
}

/**
 * deque_take_finish() - after the copy
 * @deque: the deque
 * @take: as for deque_take()
 * @taken: what deque_take() returned
 * @delivered: how many of them, from the first, arrived; the rest goes back
 *	where it was
 *
 * Context: may sleep.
 */
void deque_take_finish(struct deque *deque, const struct deque_take *take,
		       unsigned int taken, unsigned int delivered)
{
	unsigned int gone = delivered;
	unsigned int i;
	u64 bytes = 0;

	if (take->peek) {
		deque_put_messages(take, taken);
		return;
	}
	spin_lock(&deque->lock);
	deque->counters.popped += delivered;
	if (deque->dead)
		gone = taken;
	for (i = 0; i < gone; i++)
		bytes += take->slots[i].message->size;
	if (gone)
		deque_give_room_locked(deque, gone, bytes);
	deque_take_restore_locked(deque, take, gone, taken);
	deque_unlock_and_wake(deque);
	deque_put_messages(take, gone);
}

/**
 * deque_take() - take messages out to be copied, or look at them
 * @deque: the deque
 * @take: what is wanted; its slots get the messages
 * @patience: how long to wait while there is none
 *
 * Every call that returns messages is to be followed by deque_take_finish().
 *
 * Context: sleeps as @patience allows.
 * Return: how many, if any; else -EAGAIN, -ETIMEDOUT, -ERESTARTSYS, -ENODEV,
 * -EMSGSIZE (the capacity of the first slot tells what it takes).
 */
int deque_take(struct deque *deque, const struct deque_take *take,
	       const struct deque_patience *patience)
{
	unsigned int n = 0;
	int ret = 0;

	spin_lock(&deque->lock);
	if (deque->dead) {
		ret = -ENODEV;
	} else if (!deque->queue.count || !list_empty(&deque->takers)) {
		ret = deque_wait_for_message_locked(deque, take, patience);
		n = !ret;
	}
	/*
	 * Having waited, a look is content with what it was shown, and a taker
	 * takes more only if nobody else waits for it.
	 */
	if (!ret && (!n || (!take->peek && !deque->dead &&
			    list_empty(&deque->takers))))
		n = deque_take_more_locked(deque, take, n, &ret);
	deque_unlock_and_wake(deque);

	if (n && fatal_signal_pending(current)) {
		deque_take_finish(deque, take, n, 0);
		return -ERESTARTSYS;
	}
	return n ? (int)n : ret;
}

static unsigned int deque_drain_ready(struct deque *deque)
{
	struct deque_message *messages[64];
	unsigned int n = 0, i;
	u64 bytes = 0;

	spin_lock(&deque->lock);
	while (n < ARRAY_SIZE(messages) && deque->queue.count) {
		messages[n] = deque_queue_first(&deque->queue, DEQUE_AT_FRONT);
		deque_queue_remove(&deque->queue, messages[n]);
		bytes += messages[n++]->size;
	}
	deque_give_room_locked(deque, n, bytes);
	deque_unlock_and_wake(deque);

	for (i = 0; i < n; i++)
		deque_message_put(messages[i]);
	return n;
}

static unsigned int deque_drain_parked(struct deque *deque)
{
	struct deque_settlement settlement = {};
	struct deque_parked *parked;
	unsigned int n;

	INIT_LIST_HEAD(&settlement.done);
	spin_lock(&deque->lock);
	for (n = 0; n < 64; n++) {
		parked = deque_parking_after(&deque->parking, 0);
		if (!parked)
			break;
		deque_parked_lose_locked(deque, parked, &settlement);
	}
	deque_unlock_and_wake(deque);
	deque_parked_free_list(&settlement.done);
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
