// SPDX-License-Identifier: GPL-2.0-only
/*
 * What can be seen of a deque and of an open file, and the settings of a deque.
 */
#include <linux/cred.h>
#include <linux/list.h>
#include <linux/string.h>
#include <linux/user_namespace.h>

#include "core/deque.h"
#include "core/info.h"
#include "core/limits.h"
#include "core/parked.h"
#include "core/wait.h"

/**
 * deque_describe() - limits and counters, all of one instant
 * @deque: the deque
 * @info: where to; its size is set to zero
 *
 * Context: process.
 * Return: 0 or -ENODEV.
 */
int deque_describe(struct deque *deque, struct deque_info *info)
{
	bool dead;

	memset(info, 0, sizeof(*info));
	strscpy(info->name, deque->name, sizeof(info->name));
	info->owner = from_kuid_munged(current_user_ns(), deque->owner);

	spin_lock(&deque->lock);
	info->limits = deque->limits;
	info->ready = deque->queue.count;
	info->messages = deque->messages;
	info->bytes = deque->bytes;
	info->pushed = deque->counters.pushed;
	info->popped = deque->counters.popped;
	info->openers = deque->openers;
	info->takers = deque->takers_waiting;
	info->senders = deque->senders_waiting;
	info->leased = deque->parking.leased_count;
	info->delayed = deque->parking.delayed_count;
	info->buried = deque->parking.buried_count;
	info->claimed = deque->counters.claimed;
	info->acked = deque->counters.acked;
	info->returned = deque->counters.returned;
	info->crash_returned = deque->counters.crash_returned;
	info->timed_out = deque->counters.timed_out;
	info->lease_buried = deque->counters.lease_buried;
	info->buried_ever = deque->counters.buried_ever;
	info->policy = deque->policy;
	info->memory = deque->memory;
	dead = deque->dead;
	spin_unlock(&deque->lock);
	return dead ? -ENODEV : 0;
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
		deque->pending_events |= EPOLLOUT;
	}
	deque_unlock_and_wake(deque);
	return ret;
}

/**
 * deque_file_tokens() - the tokens of the oldest leases of an open file
 * @file: the open file
 * @tokens: where to
 * @most: how many of them at most
 * @leases: gets how many leases there are
 *
 * Context: any.
 * Return: how many tokens.
 */
unsigned int deque_file_tokens(const struct deque_file *file, u64 *tokens,
			       unsigned int most, u64 *leases)
{
	const struct deque_parked *parked;
	unsigned int n = 0;

	spin_lock(&file->deque->lock);
	*leases = file->lease_count;
	list_for_each_entry(parked, &file->leases, link) {
		if (n == most)
			break;
		tokens[n++] = parked->token;
	}
	spin_unlock(&file->deque->lock);
	return n;
}
