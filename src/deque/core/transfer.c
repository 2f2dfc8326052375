// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages in, messages out: where order, bounds and waiting meet.
 *
 * A sender copies its messages first if there seems to be room, as there is nearly
 * always.  If there is none it frees them, waits without them, and copies once it
 * has been given the room: what waits takes no memory.
 *
 * Taking has two halves.  deque_transfer_take() takes messages out of the queue; they
 * still count against the bounds.  When the caller has copied them, outside
 * the lock, deque_transfer_finish() lets go of those that arrived and puts the
 * others back where they were.
 */
#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "core/deque.h"
#include "core/message.h"
#include "core/parked.h"
#include "core/process.h"
#include "core/queue.h"
#include "core/room.h"
#include "core/state.h"
#include "core/transfer.h"
#include "core/wait.h"

/**
 * deque_sender_cost() - the memory that a message of the caller needs
 * @size: bytes of payload
 * @delay_ns: how long it is to be delayed, or 0
 *
 * Return: bytes.
 */
u64 deque_sender_cost(u32 size, u64 delay_ns)
{
	return deque_message_cost(size) + deque_process_cost() +
	       (delay_ns ? deque_parked_cost() : 0);
}

/**
 * deque_slot_load() - allocate what a message needs
 * @slot: gets it
 * @sender: who sends it; deque_sender_cost() is charged, and belongs to the slot now
 * @size: bytes of payload
 * @delay_ns: how long it is to be delayed, or 0
 *
 * Context: may sleep.
 * Return: 0; -ENOMEM, then nothing is charged any more.
 */
int deque_slot_load(struct deque_slot *slot, const struct deque_sender *sender,
		    u32 size, u64 delay_ns)
{
	slot->delay_ns = delay_ns;
	slot->parked = NULL;
	slot->message = deque_message_alloc(sender->user, sender->exempt, size);
	if (delay_ns)
		slot->parked = deque_parked_alloc_delay(sender->user);
	if (slot->message && (slot->parked || !delay_ns))
		return 0;
	deque_slot_unload(slot);
	return -ENOMEM;
}

/**
 * deque_slot_unload() - free what a slot has
 * @slot: the slot
 *
 * Context: any.
 */
void deque_slot_unload(struct deque_slot *slot)
{
	if (slot->message)
		deque_message_put(slot->message);
	deque_parked_free(slot->parked);
	slot->message = NULL;
	slot->parked = NULL;
}

/* Puts in what fits now; returns how many that are. */
static unsigned int deque_put_some_locked(struct deque *deque,
					  struct deque_slot *slots,
					  unsigned int count,
					  enum deque_end end)
{
	unsigned int n;

	lockdep_assert_held(&deque->lock);
	for (n = 0; n < count; n++) {
		if (!deque_put_one_locked(deque, &slots[n], end))
			break;
	}
	return n;
}

/**
 * deque_transfer_push() - put messages in that fit, one after the other
 * @deque: the deque
 * @slots: the messages; those that went in belong to the deque now, and their
 *	ids are set.  The others are still the caller's.
 * @count: how many, at least one
 * @end: where
 *
 * Context: may sleep.
 * Return: how many went in, if any did; else -EAGAIN, -ENODEV.
 */
int deque_transfer_push(struct deque *deque, struct deque_slot *slots,
			unsigned int count, enum deque_end end)
{
	int ret = -EAGAIN;
	unsigned int n = 0;

	spin_lock(&deque->lock);
	deque_serve_all_locked(deque);
	if (deque->dead)
		ret = -ENODEV;
	/* Whoever waits already comes first. */
	else if (list_empty(&deque->senders))
		n = deque_put_some_locked(deque, slots, count, end);
	deque_unlock_and_wake(deque);
	return n ? (int)n : ret;
}

/**
 * deque_transfer_reserve() - wait for room for one message
 * @deque: the deque
 * @grant: for what; gets the room, which counts as a message that is in, and the
 *	memory
 * @timeout: how long to wait while the deque is full
 *
 * A sender that waits holds nothing.  Where its message belongs is settled with
 * the room, so that those who waited are served in their order, whoever of them
 * copies faster.
 *
 * Context: sleeps as @timeout allows.
 * Return: 0; -EAGAIN, -ETIMEDOUT, -ERESTARTSYS, -EMSGSIZE, -EDQUOT, -ENODEV.
 */
int deque_transfer_reserve(struct deque *deque, struct deque_grant *grant,
			   const struct deque_timeout *timeout)
{
	int ret;

	spin_lock(&deque->lock);
	deque_serve_all_locked(deque);
	ret = deque->dead ? -ENODEV : -EAGAIN;
	if (!deque->dead && list_empty(&deque->senders))
		ret = deque_grant_locked(deque, grant);
	if (ret == -EAGAIN)
		ret = deque_wait_for_room_locked(deque, grant, timeout);
	deque_unlock_and_wake(deque);
	return ret;
}

/**
 * deque_transfer_granted() - put a message in that has its room
 * @deque: the deque
 * @slot: the message; its id is set
 * @grant: its room
 *
 * Context: may sleep.
 * Return: 0; -ENODEV, then the message is still the caller's, and the room is gone.
 */
int deque_transfer_granted(struct deque *deque, struct deque_slot *slot,
			   const struct deque_grant *grant)
{
	bool dead;

	spin_lock(&deque->lock);
	dead = deque->dead;
	if (dead)
		deque_unreserve_locked(deque, grant->size);
	else
		deque_put_granted_locked(deque, slot, grant);
	deque_unlock_and_wake(deque);
	return dead ? -ENODEV : 0;
}

/**
 * deque_grant_return() - give back room that is not needed
 * @deque: the deque
 * @grant: the room; the memory is the caller's business
 *
 * Context: may sleep.
 */
void deque_grant_return(struct deque *deque, const struct deque_grant *grant)
{
	spin_lock(&deque->lock);
	deque_unreserve_locked(deque, grant->size);
	deque_unlock_and_wake(deque);
}

/* Fills slots from @n on with what there is; returns how many are full. */
static unsigned int deque_take_more_locked(struct deque *deque,
					   const struct deque_take *take,
					   unsigned int n, int *ret)
{
	struct deque_message *message;
	struct deque_cursor cursor;

	lockdep_assert_held(&deque->lock);
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
 * deque_transfer_finish() - after the copy
 * @deque: the deque
 * @take: as for deque_transfer_take()
 * @taken: what deque_transfer_take() returned
 * @delivered: how many of them, from the first, arrived; the rest goes back
 *	where it was
 *
 * Context: may sleep.
 */
void deque_transfer_finish(struct deque *deque, const struct deque_take *take,
			   unsigned int taken, unsigned int delivered)
{
	unsigned int gone = delivered;
	unsigned int i;

	if (take->peek) {
		deque_put_messages(take, taken);
		return;
	}
	spin_lock(&deque->lock);
	deque->counters.popped += delivered;
	if (deque->dead)
		gone = taken;
	for (i = 0; i < gone; i++)
		deque_leave_locked(deque, take->slots[i].message);
	deque_take_restore_locked(deque, take, gone, taken);
	deque_unlock_and_wake(deque);
	deque_put_messages(take, gone);
}

/**
 * deque_transfer_take() - take messages out to be copied, or look at them
 * @deque: the deque
 * @take: what is wanted; its slots get the messages
 * @timeout: how long to wait while there is none
 *
 * Every call that returns messages is to be followed by deque_transfer_finish().
 *
 * Context: sleeps as @timeout allows.
 * Return: how many, if any; else -EAGAIN, -ETIMEDOUT, -ERESTARTSYS, -ENODEV,
 * -EMSGSIZE (the capacity of the first slot tells what it takes).
 */
int deque_transfer_take(struct deque *deque, const struct deque_take *take,
			const struct deque_timeout *timeout)
{
	unsigned int n = 0;
	int ret = 0;

	spin_lock(&deque->lock);
	deque_serve_all_locked(deque);
	if (deque->dead) {
		ret = -ENODEV;
	} else if (!deque->queue.count || !list_empty(&deque->takers)) {
		ret = deque_wait_for_message_locked(deque, take, timeout);
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
		deque_transfer_finish(deque, take, n, 0);
		return -ERESTARTSYS;
	}
	return n ? (int)n : ret;
}
