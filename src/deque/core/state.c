// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every change of the state of a message, each under the lock of its deque.
 */
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/poll.h>
#include <linux/refcount.h>

#include "core/deque.h"
#include "core/holder.h"
#include "core/memory.h"
#include "core/message.h"
#include "core/parked.h"
#include "core/queue.h"
#include "core/room.h"
#include "core/state.h"
#include "core/timer.h"

/* Not ready yet: when it is, it goes to that end. */
static void deque_put_delayed_locked(struct deque *deque,
				     struct deque_slot *slot,
				     enum deque_end end)
{
	struct deque_parked *parked = slot->parked;

	lockdep_assert_held(&deque->lock);
	slot->parked = NULL;
	parked->message = slot->message;
	parked->token = deque_token_next(1);
	parked->end = end;
	parked->is_new = true;
	deque_parking_add(&deque->parking, parked, DEQUE_DELAYED,
			  deque_due_in(slot->delay_ns));
}

/* The message has its room, and is the deque's now. */
static void deque_sign_in_locked(struct deque *deque, struct deque_slot *slot,
				 u64 id)
{
	lockdep_assert_held(&deque->lock);
	slot->id = id;
	slot->message->id = id;
	slot->message->arrival_ns = ktime_get_real_ns();
	deque->memory += deque_message_memory(slot->message);
	deque->counters.pushed++;
}

/**
 * deque_put_one_locked() - put a message in, if it fits
 * @deque: the deque
 * @slot: the message; its id is set
 * @end: where
 *
 * Context: under the deque's lock.
 * Return: whether it fitted.
 */
bool deque_put_one_locked(struct deque *deque, struct deque_slot *slot,
			  enum deque_end end)
{
	lockdep_assert_held(&deque->lock);
	if (!deque_reserve_locked(deque, slot->message->size))
		return false;
	deque_sign_in_locked(deque, slot, ++deque->last_id);
	if (slot->parked) {
		deque_put_delayed_locked(deque, slot, end);
		return true;
	}
	deque_queue_add(&deque->queue, slot->message, end);
	deque->new_messages++;
	deque->pending_events |= EPOLLIN;
	return true;
}

/**
 * deque_put_granted_locked() - put a message in that has its room
 * @deque: the deque
 * @slot: the message; its id is set
 * @grant: its room
 *
 * Context: under the deque's lock, to be left by deque_unlock_and_wake().
 */
void deque_put_granted_locked(struct deque *deque, struct deque_slot *slot,
			      const struct deque_grant *grant)
{
	lockdep_assert_held(&deque->lock);
	deque_sign_in_locked(deque, slot, grant->id);
	if (slot->parked) {
		deque_put_delayed_locked(deque, slot, grant->end);
		return;
	}
	slot->message->position = grant->position;
	deque_queue_restore(&deque->queue, slot->message);
	deque->new_messages++;
	deque->pending_events |= EPOLLIN;
}

/**
 * deque_grant_locked() - give a sender the room for its message, and the memory
 * @deque: the deque
 * @grant: for what
 *
 * Context: under the deque's lock.
 * Return: 0; -EAGAIN if there is none; -EMSGSIZE, -EDQUOT if there cannot be.
 */
int deque_grant_locked(struct deque *deque, struct deque_grant *grant)
{
	const struct deque_sender *sender = grant->sender;
	int ret;

	lockdep_assert_held(&deque->lock);
	if (grant->size > deque_max_size(deque))
		return -EMSGSIZE;
	if (!deque_reserve_locked(deque, grant->size))
		return -EAGAIN;
	ret = deque_memory_charge_locked(deque, sender->user, sender->exempt,
					 grant->cost);
	if (ret) {
		deque_unreserve_locked(deque, grant->size);
		return ret;
	}
	grant->position = deque_queue_place(&deque->queue, grant->end);
	/* With the place, so that the numbers rise as the messages stand in line. */
	grant->id = ++deque->last_id;
	return 0;
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

/**
 * deque_take_restore_locked() - put messages back where they were
 * @deque: the deque
 * @take: as for deque_transfer_take()
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
		deque->pending_events |= EPOLLIN;
		deque->new_messages++;
	}
}

/**
 * deque_lease_begin_locked() - lease a message that was taken
 * @file: what it is leased to
 * @slot: the message
 * @options: on what terms
 * @due: when the lease ends by itself, or KTIME_MAX
 *
 * Context: under the deque's lock.
 */
void deque_lease_begin_locked(struct deque_file *file, struct deque_slot *slot,
			      const struct deque_lease_options *options, ktime_t due)
{
	struct deque_parked *parked = slot->parked;
	struct deque *deque = file->deque;

	lockdep_assert_held(&file->deque->lock);
	slot->parked = NULL;
	parked->message = slot->message;
	parked->file = file;
	parked->table = options->table;
	/* Pairs with READ_ONCE() in deque_message_describe(). */
	WRITE_ONCE(slot->message->deliveries, slot->message->deliveries + 1);
	deque_parking_add(&deque->parking, parked, DEQUE_LEASED, due);
	list_add_tail(&parked->link, &file->leases);
	file->lease_count++;
	deque->counters.claimed++;
	parked->left = options->left;
	if (options->table || options->reader)
		deque_held_add_locked(file, parked, options->reader);
}

/**
 * deque_lease_detach_locked() - end a lease: nothing knows it any more
 * @deque: the deque
 * @parked: the lease
 *
 * Context: under the deque's lock.
 */
void deque_lease_detach_locked(struct deque *deque, struct deque_parked *parked)
{
	lockdep_assert_held(&deque->lock);
	list_del(&parked->link);
	if (parked->held)
		deque_held_remove_locked(parked->file, parked);
	parked->file->lease_count--;
	parked->file = NULL;
	parked->table = NULL;
	deque_parking_remove(&deque->parking, parked);
}

/**
 * deque_bury_locked() - bury a message
 * @deque: the deque
 * @parked: the message, in no state
 *
 * Context: under the deque's lock.
 */
void deque_bury_locked(struct deque *deque, struct deque_parked *parked)
{
	lockdep_assert_held(&deque->lock);
	deque_parking_add(&deque->parking, parked, DEQUE_BURIED, KTIME_MAX);
	deque->counters.buried_ever++;
}

/* The first of those that go there together is the foremost of them. */
static void deque_go_foremost_locked(struct deque *deque,
				     struct deque_message *message,
				     struct deque_release *release)
{
	lockdep_assert_held(&deque->lock);
	if (!release->places_left) {
		release->place =
			deque_queue_reserve(&deque->queue, release->places);
		release->places_left = release->places;
	}
	message->position = release->place++;
	release->places_left--;
	deque_queue_restore(&deque->queue, message);
}

/* The message is ready, and what it was parked with is not needed any more. */
static void deque_make_ready_locked(struct deque *deque,
				    struct deque_parked *parked,
				    struct deque_release *release)
{
	lockdep_assert_held(&deque->lock);
	if (parked->at_end && parked->end == DEQUE_AT_FRONT)
		deque_go_foremost_locked(deque, parked->message, release);
	else if (parked->at_end || parked->is_new)
		deque_queue_add(&deque->queue, parked->message, parked->end);
	else
		deque_queue_restore(&deque->queue, parked->message);
	deque->pending_events |= EPOLLIN;
	deque->new_messages++;
	parked->message = NULL;
	list_add_tail(&parked->link, &release->done);
}

/**
 * deque_uncount() - do not count the last delivery
 * @message: the message
 *
 * Not without end, as that may be forever so.
 *
 * Context: under the deque's lock.
 */
void deque_uncount(struct deque_message *message)
{
	if (message->uncounted < U8_MAX)
		message->uncounted++;
}

/**
 * deque_lease_end_locked() - a lease ended, and the message was not acknowledged
 * @deque: the deque
 * @parked: the lease
 * @release: when the message is to be ready; gets what is to be freed
 *
 * Context: under the deque's lock.
 */
void deque_lease_end_locked(struct deque *deque, struct deque_parked *parked,
			    struct deque_release *release)
{
	u32 most = deque->limits.max_deliveries;

	lockdep_assert_held(&deque->lock);
	deque_lease_detach_locked(deque, parked);
	if (most != DEQUE_DELIVERIES_UNLIMITED &&
	    parked->message->deliveries - parked->message->uncounted >= most)
		deque_bury_locked(deque, parked);
	else if (release->due != KTIME_MAX)
		deque_parking_add(&deque->parking, parked, DEQUE_DELAYED,
				  release->due);
	else
		deque_make_ready_locked(deque, parked, release);
}

/**
 * deque_parked_lose_locked() - a message goes with its deque
 * @deque: the deque, dead
 * @parked: the message
 * @release: gets what is to be freed
 *
 * Context: under the deque's lock.
 */
void deque_parked_lose_locked(struct deque *deque, struct deque_parked *parked,
			      struct deque_release *release)
{
	lockdep_assert_held(&deque->lock);
	if (parked->state == DEQUE_LEASED)
		deque_lease_detach_locked(deque, parked);
	else
		deque_parking_remove(&deque->parking, parked);
	deque_leave_locked(deque, parked->message);
	list_add_tail(&parked->link, &release->done);
}

/**
 * deque_lease_lose_locked() - a lease ended, and not by its holder
 * @deque: the deque
 * @parked: the lease
 * @release: gets what is to be freed
 *
 * A worker that claims several in one call and takes one after the other has begun
 * with the first that is left, and is not to have the others buried.
 *
 * Context: under the deque's lock.
 */
void deque_lease_lose_locked(struct deque *deque, struct deque_parked *parked,
			     struct deque_release *release)
{
	u64 call = parked->token - parked->index;

	lockdep_assert_held(&deque->lock);
	if (call == release->call)
		deque_uncount(parked->message);
	release->call = call;
	deque_lease_end_locked(deque, parked, release);
}

/**
 * deque_delay_end_locked() - a message's delay is over
 * @deque: the deque
 * @parked: the message
 * @release: gets what is to be freed
 *
 * Context: under the deque's lock.
 */
void deque_delay_end_locked(struct deque *deque, struct deque_parked *parked,
			    struct deque_release *release)
{
	lockdep_assert_held(&deque->lock);
	deque_parking_remove(&deque->parking, parked);
	deque_make_ready_locked(deque, parked, release);
}
