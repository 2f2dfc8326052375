// SPDX-License-Identifier: GPL-2.0-only
/*
 * Room for messages: the bounds of one deque.
 */
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "core/deque.h"

/**
 * deque_max_size() - the longest message that the deque can ever take
 * @deque: the deque
 *
 * Context: any; without the lock, a hint.
 * Return: bytes.
 */
u32 deque_max_size(const struct deque *deque)
{
	u64 bytes = READ_ONCE(deque->limits.max_bytes);

	return min3(bytes, deque_memory_max_size(),
		    (u64)READ_ONCE(deque->limits.max_message_size));
}

/**
 * deque_limits_check() - whether these can be the limits of a deque
 * @limits: with the defaults filled in
 *
 * Return: 0 or -EINVAL.
 */
int deque_limits_check(const struct deque_limits *limits)
{
	if (limits->padding ||
	    memchr_inv(limits->reserved, 0, sizeof(limits->reserved)))
		return -EINVAL;
	if (!limits->max_messages || !limits->max_message_size ||
	    !limits->max_bytes || !limits->max_deliveries)
		return -EINVAL;
	if (limits->max_deliveries > DEQUE_DELIVERIES_LIMIT &&
	    limits->max_deliveries != DEQUE_DELIVERIES_UNLIMITED)
		return -EINVAL;
	if (limits->max_messages > DEQUE_MESSAGES_LIMIT ||
	    limits->max_message_size > DEQUE_MESSAGE_SIZE_LIMIT ||
	    limits->max_bytes > DEQUE_BYTES_LIMIT)
		return -EINVAL;
	return 0;
}

/**
 * deque_limits_fill() - replace the zeros
 * @limits: the limits that were asked for
 * @others: what a zero stands for
 */
void deque_limits_fill(struct deque_limits *limits,
		       const struct deque_limits *others)
{
	limits->max_messages = limits->max_messages ?: others->max_messages;
	limits->max_message_size =
		limits->max_message_size ?: others->max_message_size;
	limits->max_bytes = limits->max_bytes ?: others->max_bytes;
	limits->max_deliveries =
		limits->max_deliveries ?: others->max_deliveries;
}

/**
 * deque_limits_set() - change the limits of a deque, and its policy
 * @deque: the deque
 * @limits: the new ones; zeros leave theirs as they are
 * @policy_on: what to switch on
 * @policy_off: what to switch off
 *
 * Context: no lock held.
 * Return: 0, -EINVAL, -ENODEV.
 */
int deque_limits_set(struct deque *deque, const struct deque_limits *limits,
		     u32 policy_on, u32 policy_off)
{
	struct deque_limits new = *limits;
	int ret = -ENODEV;

	spin_lock(&deque->lock);
	if (!deque->dead) {
		deque_limits_fill(&new, &deque->limits);
		ret = deque_limits_check(&new);
	}
	if (!ret) {
		/* Pairs with READ_ONCE() in deque_max_size(). */
		WRITE_ONCE(deque->limits.max_messages, new.max_messages);
		WRITE_ONCE(deque->limits.max_message_size,
			   new.max_message_size);
		WRITE_ONCE(deque->limits.max_bytes, new.max_bytes);
		deque->limits.max_deliveries = new.max_deliveries;
		deque->policy = (deque->policy | policy_on) & ~policy_off;
		deque->news |= EPOLLOUT;
	}
	deque_unlock_and_wake(deque);
	return ret;
}

/* Limits may have been lowered below what is there. */
static bool deque_fits_locked(const struct deque *deque, u32 size)
{
	lockdep_assert_held(&deque->lock);
	return size <= deque->limits.max_message_size &&
	       deque->messages < deque->limits.max_messages &&
	       deque->bytes + size <= deque->limits.max_bytes;
}

/**
 * deque_has_room_locked() - whether a message fits
 * @deque: the deque
 * @size: bytes
 *
 * If it is for the memory of others that it does not, then the deque will be
 * tried again when they give back.
 *
 * Context: under the deque's lock.
 * Return: whether it fits now.
 */
bool deque_has_room_locked(struct deque *deque, u32 size)
{
	return deque_fits_locked(deque, size) &&
	       deque_memory_has_locked(deque, deque_message_cost(size));
}

/**
 * deque_may_have_room() - whether it is worth trying to put messages in
 * @deque: the deque
 * @count: how many
 * @bytes: of how many bytes together
 *
 * Context: any, without the lock: a hint.
 * Return: false if they do not seem to fit, or others wait already.
 */
bool deque_may_have_room(const struct deque *deque, u32 count, u64 bytes)
{
	/* Whoever acts on the hint looks again, under the lock. */
	u64 messages = data_race(deque->messages);
	/* As above. */
	u64 there = data_race(deque->bytes);
	/* As above. */
	u32 waiting = data_race(deque->senders_waiting);

	return !waiting &&
	       messages + count <= READ_ONCE(deque->limits.max_messages) &&
	       there + bytes <= READ_ONCE(deque->limits.max_bytes);
}

/**
 * deque_reserve_locked() - take the room for a message, whose memory is charged
 * @deque: the deque
 * @size: bytes
 *
 * Context: under the deque's lock.
 * Return: whether there was room.
 */
bool deque_reserve_locked(struct deque *deque, u32 size)
{
	if (!deque_fits_locked(deque, size))
		return false;
	deque->messages++;
	deque->bytes += size;
	return true;
}

/**
 * deque_unreserve_locked() - give back room that no message has come to have
 * @deque: the deque
 * @size: bytes of payload that it was for
 *
 * Context: under the deque's lock, to be left by deque_unlock_and_wake().
 */
void deque_unreserve_locked(struct deque *deque, u32 size)
{
	lockdep_assert_held(&deque->lock);
	deque->messages--;
	deque->bytes -= size;
	deque->news |= EPOLLOUT;
}

/**
 * deque_leave_locked() - a message has left the deque
 * @deque: the deque
 * @message: the message; its memory is given back when it is freed
 *
 * Context: under the deque's lock, to be left by deque_unlock_and_wake().
 */
void deque_leave_locked(struct deque *deque,
			const struct deque_message *message)
{
	deque->memory -= deque_message_memory(message);
	deque_unreserve_locked(deque, message->size);
}
