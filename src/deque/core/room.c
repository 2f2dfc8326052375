// SPDX-License-Identifier: GPL-2.0-only
/*
 * Room for messages: the bounds of one deque.
 */
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "core/deque.h"
#include "core/memory.h"
#include "core/message.h"
#include "core/room.h"

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
	lockdep_assert_held(&deque->lock);
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
	lockdep_assert_held(&deque->lock);
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
	deque->pending_events |= EPOLLOUT;
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
	lockdep_assert_held(&deque->lock);
	deque->memory -= deque_message_memory(message);
	deque_unreserve_locked(deque, message->size);
}

/**
 * deque_size_check() - whether a deque takes messages of that size
 * @deque: the deque
 * @size: bytes
 *
 * Context: any.
 * Return: 0, -EINVAL (empty), -EMSGSIZE (too long).
 */
int deque_size_check(const struct deque *deque, size_t size)
{
	if (!size)
		return -EINVAL;
	return size > deque_max_size(deque) ? -EMSGSIZE : 0;
}
