// SPDX-License-Identifier: GPL-2.0-only
/*
 * Leases: messages that somebody works on, and what becomes of them.
 *
 * A claim has two halves, as any taking (transfer.c): deque_claim() takes
 * messages out of the queue; when the caller has copied them, outside the lock,
 * deque_claim_finish() leases those that arrived and puts the others back.  All
 * that a lease needs is allocated before, so that nothing can fail after.
 */
#include <linux/atomic.h>
#include <linux/ktime.h>
#include <linux/lockdep.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "core/deque.h"

/* How many are dealt with before the lock is dropped. */
#define DEQUE_RETURN_MAX 64

/* One for all deques: a token that is used on the wrong one hits nothing. */
static atomic64_t last_token = ATOMIC64_INIT(0);

/**
 * deque_token_next() - tokens that nobody had before
 * @count: how many
 *
 * Context: any.
 * Return: the first of them.
 */
u64 deque_token_next(unsigned int count)
{
	return atomic64_add_return(count, &last_token) - count + 1;
}

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
 * deque_claim() - take messages out to be leased
 * @file: what they will be leased to
 * @take: what is wanted; its slots get the messages, and the tokens, and its
 *	count may be lowered
 * @patience: how long to wait while there is none
 *
 * Every call that returns messages is to be followed by deque_claim_finish().
 *
 * Context: sleeps as @patience allows.
 * Return: how many, if any; else as deque_take(), or -ENOMEM.
 */
int deque_claim(struct deque_file *file, struct deque_take *take,
		const struct deque_patience *patience)
{
	unsigned int prepared, taken, i;
	u64 token;
	int ret;

	prepared = deque_claim_prepare(take->slots, take->count);
	if (!prepared)
		return -ENOMEM;
	take->count = prepared;
	ret = deque_take(file->deque, take, patience);
	taken = max(ret, 0);
	deque_slots_free_parked(take->slots, taken, prepared);
	token = deque_token_next(taken);
	for (i = 0; i < taken; i++) {
		take->slots[i].parked->token = token + i;
		take->slots[i].parked->index = i;
	}
	return ret;
}

static void deque_lease_begin_locked(struct deque_file *file,
				     struct deque_slot *slot,
				     const struct deque_terms *terms,
				     ktime_t due)
{
	struct deque_parked *parked = slot->parked;
	struct deque *deque = file->deque;

	slot->parked = NULL;
	parked->message = slot->message;
	parked->file = file;
	parked->table = terms->table;
	/* Pairs with READ_ONCE() in deque_message_describe(). */
	WRITE_ONCE(slot->message->deliveries, slot->message->deliveries + 1);
	deque_parking_add(&deque->parking, parked, DEQUE_LEASED, due);
	list_add_tail(&parked->link, &file->leases);
	file->lease_count++;
	deque->counters.claimed++;
	parked->left = terms->left;
	if (terms->table || terms->reader)
		deque_held_add_locked(file, parked, terms->reader);
}

/**
 * deque_claim_finish() - after the copy
 * @file: as for deque_claim()
 * @take: likewise
 * @taken: what deque_claim() returned
 * @delivered: how many of them, from the first, arrived and are leased now; the
 *	rest goes back where it was
 * @terms: on what terms they are leased
 *
 * Context: may sleep.
 * Return: 0; -ENODEV if the deque was destroyed meanwhile, with its messages.
 */
int deque_claim_finish(struct deque_file *file, const struct deque_take *take,
		       unsigned int taken, unsigned int delivered,
		       const struct deque_terms *terms)
{
	struct deque *deque = file->deque;
	ktime_t due = deque_due_in(terms->time_ns);
	unsigned int i;
	bool dead;

	spin_lock(&deque->lock);
	dead = deque->dead;
	if (!dead) {
		for (i = 0; i < delivered; i++)
			deque_lease_begin_locked(file, &take->slots[i], terms,
						 due);
		deque_take_restore_locked(deque, take, delivered, taken);
	}
	deque_unlock_and_wake(deque);
	if (dead)
		deque_take_finish(deque, take, taken, 0);
	deque_slots_free_parked(take->slots, 0, taken);
	return dead ? -ENODEV : 0;
}

/* It is a lease no more: nothing knows it. */
static void deque_lease_detach_locked(struct deque *deque,
				      struct deque_parked *parked)
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

static void deque_bury_locked(struct deque *deque, struct deque_parked *parked)
{
	deque_parking_add(&deque->parking, parked, DEQUE_BURIED, KTIME_MAX);
	deque->counters.buried_ever++;
}

/* The first of those that go there together is the foremost of them. */
static void deque_go_foremost_locked(struct deque *deque,
				     struct deque_message *message,
				     struct deque_settlement *settlement)
{
	if (!settlement->places_left) {
		settlement->place =
			deque_queue_reserve(&deque->queue, settlement->places);
		settlement->places_left = settlement->places;
	}
	message->position = settlement->place++;
	settlement->places_left--;
	deque_queue_restore(&deque->queue, message);
}

/* The message is ready, and what it was parked with is not needed any more. */
static void deque_make_ready_locked(struct deque *deque,
				    struct deque_parked *parked,
				    struct deque_settlement *settlement)
{
	if (parked->outside && parked->end == DEQUE_AT_FRONT)
		deque_go_foremost_locked(deque, parked->message, settlement);
	else if (parked->outside || parked->is_new)
		deque_queue_add(&deque->queue, parked->message, parked->end);
	else
		deque_queue_restore(&deque->queue, parked->message);
	deque->news |= EPOLLIN;
	deque->came++;
	parked->message = NULL;
	list_add_tail(&parked->link, &settlement->done);
}

/* This delivery is not to count; not without end, as that may be forever so. */
static void deque_uncount_locked(struct deque_message *message)
{
	if (message->uncounted < U8_MAX)
		message->uncounted++;
}

/* A lease ended, and the message was not acknowledged. */
static void deque_lease_end_locked(struct deque *deque,
				   struct deque_parked *parked,
				   struct deque_settlement *settlement)
{
	u32 most = deque->limits.max_deliveries;

	deque_lease_detach_locked(deque, parked);
	if (most != DEQUE_DELIVERIES_UNLIMITED &&
	    parked->message->deliveries - parked->message->uncounted >= most)
		deque_bury_locked(deque, parked);
	else if (settlement->due != KTIME_MAX)
		deque_parking_add(&deque->parking, parked, DEQUE_DELAYED,
				  settlement->due);
	else
		deque_make_ready_locked(deque, parked, settlement);
}

/**
 * deque_settle_ack() - the message is done with
 * @deque: the deque
 * @parked: the lease
 * @settlement: gets what is to be freed
 *
 * Context: under the deque's lock.
 */
void deque_settle_ack(struct deque *deque, struct deque_parked *parked,
		      struct deque_settlement *settlement)
{
	deque_lease_detach_locked(deque, parked);
	deque->counters.acked++;
	deque_leave_locked(deque, parked->message);
	list_add_tail(&parked->link, &settlement->done);
}

/**
 * deque_settle_return() - the message is to be delivered again
 * @deque: the deque
 * @parked: the lease
 * @settlement: when, and where
 *
 * Context: under the deque's lock.
 */
void deque_settle_return(struct deque *deque, struct deque_parked *parked,
			 struct deque_settlement *settlement)
{
	if (settlement->outside) {
		parked->outside = true;
		parked->end = settlement->end;
	}
	if (settlement->uncounted)
		deque_uncount_locked(parked->message);
	deque->counters.returned++;
	deque_lease_end_locked(deque, parked, settlement);
}

/**
 * deque_settle_bury() - the message is not to be delivered again
 * @deque: the deque
 * @parked: the lease
 * @settlement: not used
 *
 * Context: under the deque's lock.
 */
void deque_settle_bury(struct deque *deque, struct deque_parked *parked,
		       struct deque_settlement *settlement)
{
	deque_lease_detach_locked(deque, parked);
	deque->counters.lease_buried++;
	deque_bury_locked(deque, parked);
}

/**
 * deque_settle_extend() - the lease is to end at another time
 * @deque: the deque
 * @parked: the lease
 * @settlement: when
 *
 * Context: under the deque's lock.
 */
void deque_settle_extend(struct deque *deque, struct deque_parked *parked,
			 struct deque_settlement *settlement)
{
	deque_parking_delay(&deque->parking, parked, settlement->due);
}

/* Of a lease of that file; any other token is stale. */
static struct deque_parked *deque_lease_find_locked(struct deque_file *file,
						    u64 token)
{
	struct deque_parked *parked =
		deque_parking_find(&file->deque->parking, token);

	return parked && parked->file == file ? parked : NULL;
}

/**
 * deque_settle() - do something to leases
 * @file: whose they have to be
 * @tokens: which
 * @count: how many, few enough to be dealt with under a spinlock
 * @settlement: what
 *
 * Context: may sleep.
 * Return: to how many that was done, from the first, if to any; -ESTALE;
 * -ENODEV.
 */
int deque_settle(struct deque_file *file, const u64 *tokens, unsigned int count,
		 struct deque_settlement *settlement)
{
	struct deque *deque = file->deque;
	struct deque_parked *parked;
	unsigned int n;
	int ret;

	INIT_LIST_HEAD(&settlement->done);
	spin_lock(&deque->lock);
	ret = deque->dead ? -ENODEV : -ESTALE;
	for (n = 0; n < count && !deque->dead; n++) {
		parked = deque_lease_find_locked(file, tokens[n]);
		if (!parked)
			break;
		settlement->settle(deque, parked, settlement);
	}
	deque_unlock_and_wake(deque);
	deque_parked_free_list(&settlement->done);
	return n ? (int)n : ret;
}

/**
 * deque_parked_lose_locked() - a message goes with its deque
 * @deque: the deque, dead
 * @parked: the message
 * @settlement: gets what is to be freed
 *
 * Context: under the deque's lock.
 */
void deque_parked_lose_locked(struct deque *deque, struct deque_parked *parked,
			      struct deque_settlement *settlement)
{
	if (parked->state == DEQUE_LEASED)
		deque_lease_detach_locked(deque, parked);
	else
		deque_parking_remove(&deque->parking, parked);
	deque_leave_locked(deque, parked->message);
	list_add_tail(&parked->link, &settlement->done);
}

/*
 * A worker that claims several in one call and takes one after the other has begun
 * with the first that is left, and is not to have the others buried.
 */
static void deque_lease_lose_locked(struct deque *deque,
				    struct deque_parked *parked,
				    struct deque_settlement *settlement)
{
	u64 call = parked->token - parked->index;

	if (call == settlement->call)
		deque_uncount_locked(parked->message);
	settlement->call = call;
	deque_lease_end_locked(deque, parked, settlement);
}

static void deque_lease_crash_locked(struct deque *deque,
				     struct deque_parked *parked,
				     struct deque_settlement *settlement)
{
	deque->counters.crash_returned++;
	deque_lease_lose_locked(deque, parked, settlement);
}

/* The next to end: of one process, or of all that were claimed through the file. */
static struct deque_parked *deque_lease_first_locked(struct deque_file *file,
						     fl_owner_t table)
{
	if (table)
		return deque_held_first_locked(file, table);
	return list_first_entry_or_null(&file->leases, struct deque_parked,
					link);
}

/*
 * Ends some leases.  Returns whether there are more, of as many as there were at
 * first: another thread may go on claiming.
 */
static bool deque_leases_return_some(struct deque_file *file, fl_owner_t table,
				     struct deque_settlement *settlement,
				     u64 *left)
{
	struct deque *deque = file->deque;
	struct deque_parked *parked;
	unsigned int n;

	INIT_LIST_HEAD(&settlement->done);
	spin_lock(&deque->lock);
	/* The deque may be gone as well, and what it holds be about to go. */
	settlement->settle = deque->dead ? deque_parked_lose_locked :
					   deque_lease_crash_locked;
	*left = min(*left, file->lease_count);
	for (n = 0; n < DEQUE_RETURN_MAX && *left; n++) {
		parked = deque_lease_first_locked(file, table);
		if (!parked)
			break;
		settlement->settle(deque, parked, settlement);
		--*left;
	}
	deque_unlock_and_wake(deque);
	deque_parked_free_list(&settlement->done);
	return n == DEQUE_RETURN_MAX && *left;
}

/**
 * deque_leases_return() - the holder of leases is gone
 * @file: the file that they were claimed through
 * @table: only those that are tied to this table of descriptors; NULL: all
 *
 * The messages are ready again, in their order, or buried.
 *
 * Context: sleeps; O(those leases).
 */
void deque_leases_return(struct deque_file *file, fl_owner_t table)
{
	struct deque_settlement settlement = { .due = KTIME_MAX };
	u64 left = U64_MAX;

	while (deque_leases_return_some(file, table, &settlement, &left))
		cond_resched();
}

/**
 * deque_lease_lapse_locked() - a lease has timed out
 * @deque: the deque
 * @parked: the lease
 * @settlement: gets what is to be freed
 *
 * Context: under the deque's lock.
 */
void deque_lease_lapse_locked(struct deque *deque, struct deque_parked *parked,
			      struct deque_settlement *settlement)
{
	deque->counters.timed_out++;
	deque_lease_lose_locked(deque, parked, settlement);
}

/**
 * deque_delay_end_locked() - a message's delay is over
 * @deque: the deque
 * @parked: the message
 * @settlement: gets what is to be freed
 *
 * Context: under the deque's lock.
 */
void deque_delay_end_locked(struct deque *deque, struct deque_parked *parked,
			    struct deque_settlement *settlement)
{
	deque_parking_remove(&deque->parking, parked);
	deque_make_ready_locked(deque, parked, settlement);
}

static struct deque_parked *deque_kick_next_locked(struct deque *deque,
						   u32 states)
{
	struct deque_parked *parked = NULL;

	if (states & DEQUE_BURIED)
		parked = deque_parking_first(&deque->parking, DEQUE_BURIED);
	if (!parked && (states & DEQUE_DELAYED))
		parked = deque_parking_first(&deque->parking, DEQUE_DELAYED);
	return parked;
}

static void deque_kick_one_locked(struct deque *deque,
				  struct deque_parked *parked,
				  struct deque_settlement *settlement)
{
	/* Pairs with READ_ONCE() in deque_message_describe(). */
	WRITE_ONCE(parked->message->deliveries, 0);
	parked->message->uncounted = 0;
	if (settlement->outside) {
		parked->outside = true;
		parked->end = settlement->end;
	}
	deque_delay_end_locked(deque, parked, settlement);
}

static int deque_kick_some(struct deque *deque, u32 states, u64 count,
			   struct deque_settlement *settlement)
{
	struct deque_parked *parked;
	unsigned int n;
	bool dead;

	INIT_LIST_HEAD(&settlement->done);
	spin_lock(&deque->lock);
	dead = deque->dead;
	for (n = 0; n < count && n < DEQUE_RETURN_MAX && !dead; n++) {
		parked = deque_kick_next_locked(deque, states);
		if (!parked)
			break;
		deque_kick_one_locked(deque, parked, settlement);
	}
	deque_unlock_and_wake(deque);
	deque_parked_free_list(&settlement->done);
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
 * deque_kick() - make buried or delayed messages ready
 * @deque: the deque
 * @states: a set of DEQUE_BURIED and DEQUE_DELAYED
 * @count: how many at most
 * @settlement: where to
 *
 * Context: sleeps.
 * Return: how many, not all if the caller was killed; -ENODEV.
 */
long deque_kick(struct deque *deque, u32 states, u64 count,
		struct deque_settlement *settlement)
{
	u64 done = 0;
	int n;

	count = deque_kick_most(deque, states, count);
	settlement->places = count;
	do {
		n = deque_kick_some(deque, states, count - done, settlement);
		if (n < 0)
			return done ? (long)done : n;
		done += n;
		cond_resched();
	} while (n == DEQUE_RETURN_MAX && !fatal_signal_pending(current));
	return done;
}
