// SPDX-License-Identifier: GPL-2.0-only
/*
 * Room for messages: the bounds of one deque, and the bound on the memory of
 * all of them together.
 */
#include <linux/atomic.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include "internal.h"

/* Bytes that all messages are taken to cost together. */
static atomic64_t total_used = ATOMIC64_INIT(0);

/* Protects the list of deques in which somebody waits for total_used to fall. */
static DEFINE_SPINLOCK(starved_lock);
static LIST_HEAD(starved_deques);
static u32 starved_count;

static u64 deque_cost(u32 size)
{
	return (u64)size + DEQUE_MESSAGE_OVERHEAD;
}

/*
 * Not add, look and subtract again: that would make a small message fail
 * because of a large one that fails at the same moment, and nobody would be
 * there to wake its sender.
 */
static bool deque_total_charge(u64 cost)
{
	s64 used = atomic64_read(&total_used);

	do {
		if (used + cost > deque_param_max_total_bytes())
			return false;
	} while (!atomic64_try_cmpxchg(&total_used, &used, used + cost));
	return true;
}

static bool deque_total_has(u64 cost)
{
	return atomic64_read(&total_used) + cost <=
	       deque_param_max_total_bytes();
}

/*
 * Lists the deque among those to try again once memory is given back:
 *
 *   here                            deque_total_release(), elsewhere
 *   list the deque                  give back
 *   (full barrier)                  (full barrier)
 *   try the charge again            is a deque listed?
 *
 * At least one of the two sees what the other did.
 */
static void deque_starve_locked(struct deque *deque)
{
	lockdep_assert_held(&deque->lock);
	spin_lock(&starved_lock);
	if (list_empty(&deque->starved)) {
		list_add_tail(&deque->starved, &starved_deques);
		WRITE_ONCE(starved_count, starved_count + 1);
	}
	spin_unlock(&starved_lock);
	smp_mb(); /* see above */
}

static void deque_starved_remove(struct deque *deque)
{
	lockdep_assert_held(&starved_lock);
	list_del_init(&deque->starved);
	WRITE_ONCE(starved_count, starved_count - 1);
}

static struct deque *deque_starved_pop(void)
{
	struct deque *deque;

	spin_lock(&starved_lock);
	deque = list_first_entry_or_null(&starved_deques, struct deque,
					 starved);
	if (deque) {
		/* Listed means not unregistered, so the registry's is there. */
		kref_get(&deque->references);
		deque_starved_remove(deque);
	}
	spin_unlock(&starved_lock);
	return deque;
}

/*
 * Memory came back: tries again in each deque that waits for some.  Those for
 * which it is still not enough list themselves anew, behind the others.
 */
static void deque_feed_starved(struct work_struct *work)
{
	u32 count = READ_ONCE(starved_count);
	struct deque *deque;

	while (count-- && (deque = deque_starved_pop())) {
		spin_lock(&deque->lock);
		deque->news |= EPOLLOUT;
		deque_unlock_and_wake(deque);
		deque_put(deque);
		cond_resched();
	}
}

/* Apart, so that a taker does not pay for all who wait elsewhere. */
static DECLARE_WORK(feed_work, deque_feed_starved);

/**
 * deque_total_release() - a message is gone, and its memory free
 * @size: bytes of payload
 *
 * Context: any.
 */
void deque_total_release(u32 size)
{
	atomic64_sub(deque_cost(size), &total_used);
	smp_mb(); /* see deque_starve_locked() */
	if (unlikely(READ_ONCE(starved_count)))
		schedule_work(&feed_work);
}

/**
 * deque_bounds_exit() - after the last deque is gone
 *
 * Context: sleeps.
 */
void deque_bounds_exit(void)
{
	cancel_work_sync(&feed_work);
}

/**
 * deque_starved_forget() - unlist a deque that is dead
 * @deque: the deque; nothing waits for room in it any more
 *
 * Context: any.
 */
void deque_starved_forget(struct deque *deque)
{
	spin_lock(&starved_lock);
	if (!list_empty(&deque->starved))
		deque_starved_remove(deque);
	spin_unlock(&starved_lock);
}

/**
 * deque_max_size() - the longest message that the deque can ever take
 * @deque: the deque
 *
 * Context: any; without the lock, a hint.
 * Return: bytes.
 */
u32 deque_max_size(const struct deque *deque)
{
	u64 total = deque_param_max_total_bytes() - DEQUE_MESSAGE_OVERHEAD;
	u64 bytes = READ_ONCE(deque->limits.max_bytes);

	return min3(bytes, total,
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

/* Looks at the bounds of the deque itself; they may have been lowered. */
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
	if (!deque_fits_locked(deque, size))
		return false;
	if (deque_total_has(deque_cost(size)))
		return true;
	deque_starve_locked(deque);
	return deque_total_has(deque_cost(size));
}

/**
 * deque_reserve_locked() - take the room for a message
 * @deque: the deque
 * @size: bytes
 *
 * Context: under the deque's lock.
 * Return: whether there was room; else as deque_has_room_locked().
 */
bool deque_reserve_locked(struct deque *deque, u32 size)
{
	u64 cost = deque_cost(size);

	if (!deque_fits_locked(deque, size))
		return false;
	if (!deque_total_charge(cost)) {
		deque_starve_locked(deque);
		if (!deque_total_charge(cost))
			return false;
	}
	deque->messages++;
	deque->bytes += size;
	return true;
}

/**
 * deque_give_room_locked() - messages have left the deque
 * @deque: the deque
 * @messages: how many
 * @bytes: of how many bytes of payload
 *
 * Their memory is given back when they are freed.
 *
 * Context: under the deque's lock, to be left by deque_unlock_and_wake().
 */
void deque_give_room_locked(struct deque *deque, u64 messages, u64 bytes)
{
	lockdep_assert_held(&deque->lock);
	deque->messages -= messages;
	deque->bytes -= bytes;
	deque->news |= EPOLLOUT;
}
