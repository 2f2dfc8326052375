// SPDX-License-Identifier: GPL-2.0-only
/*
 * Claims: messages are leased to whoever works on them.
 *
 * A claim has two halves, as any taking (transfer.c): deque_claim_take() takes
 * messages out of the queue; when the caller has copied them, outside the lock,
 * deque_claim_finish() leases those that arrived and puts the others back.  All
 * that a lease needs is allocated before, so that nothing can fail after.
 */
#include <linux/ktime.h>
#include <linux/minmax.h>

#include "core/claim.h"
#include "core/deque.h"
#include "core/parked.h"
#include "core/state.h"
#include "core/timer.h"
#include "core/transfer.h"
#include "core/wait.h"

static void deque_slots_free_parked(struct deque_slot *slots, unsigned int from,
				    unsigned int to)
{
	for (; from < to; from++) {
		deque_parked_free(slots[from].parked);
		slots[from].parked = NULL;
	}
}

static unsigned int deque_claim_prepare(struct deque_slot *slots,
					unsigned int count)
{
	unsigned int n;

	for (n = 0; n < count; n++) {
		slots[n].parked = deque_parked_alloc();
		if (!slots[n].parked)
			break;
	}
	return n;
}

/**
 * deque_claim_take() - take messages out to be leased
 * @file: what they will be leased to
 * @take: what is wanted; its slots get the messages, and the tokens, and its
 *	count may be lowered
 * @timeout: how long to wait while there is none
 *
 * Every call that returns messages is to be followed by deque_claim_finish().
 *
 * Context: sleeps as @timeout allows.
 * Return: how many, if any; else as deque_transfer_take(), or -ENOMEM.
 */
int deque_claim_take(struct deque_file *file, struct deque_take *take,
		     const struct deque_timeout *timeout)
{
	unsigned int prepared, taken, i;
	u64 token;
	int ret;

	prepared = deque_claim_prepare(take->slots, take->count);
	if (!prepared)
		return -ENOMEM;
	take->count = prepared;
	ret = deque_transfer_take(file->deque, take, timeout);
	taken = max(ret, 0);
	deque_slots_free_parked(take->slots, taken, prepared);
	token = deque_token_next(taken);
	for (i = 0; i < taken; i++) {
		take->slots[i].parked->token = token + i;
		take->slots[i].parked->index = i;
	}
	return ret;
}

/**
 * deque_claim_finish() - after the copy
 * @file: as for deque_claim_take()
 * @take: likewise
 * @taken: what deque_claim_take() returned
 * @delivered: how many of them, from the first, arrived and are leased now; the
 *	rest goes back where it was
 * @options: on what terms they are leased
 *
 * Context: may sleep.
 * Return: 0; -ENODEV if the deque was destroyed meanwhile, with its messages.
 */
int deque_claim_finish(struct deque_file *file, const struct deque_take *take,
		       unsigned int taken, unsigned int delivered,
		       const struct deque_lease_options *options)
{
	struct deque *deque = file->deque;
	ktime_t due = deque_due_in(options->time_ns);
	unsigned int i;
	bool dead;

	spin_lock(&deque->lock);
	dead = deque->dead;
	if (!dead) {
		for (i = 0; i < delivered; i++)
			deque_lease_begin_locked(file, &take->slots[i], options,
						 due);
		deque_take_restore_locked(deque, take, delivered, taken);
	}
	deque_unlock_and_wake(deque);
	if (dead)
		deque_transfer_finish(deque, take, taken, 0);
	deque_slots_free_parked(take->slots, 0, taken);
	return dead ? -ENODEV : 0;
}
