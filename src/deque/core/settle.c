// SPDX-License-Identifier: GPL-2.0-only
/*
 * What becomes of leased messages: their holder says so, or is gone.
 */
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/sched.h>

#include "core/deque.h"
#include "core/holder.h"
#include "core/parked.h"
#include "core/room.h"
#include "core/settle.h"
#include "core/state.h"
#include "core/wait.h"

/**
 * deque_settle_ack() - the message is done with
 * @deque: the deque
 * @parked: the lease
 * @release: gets what is to be freed
 *
 * Context: under the deque's lock.
 */
void deque_settle_ack(struct deque *deque, struct deque_parked *parked,
		      struct deque_release *release)
{
	deque_lease_detach_locked(deque, parked);
	deque->counters.acked++;
	deque_leave_locked(deque, parked->message);
	list_add_tail(&parked->link, &release->done);
}

/**
 * deque_settle_return() - the message is to be delivered again
 * @deque: the deque
 * @parked: the lease
 * @release: when, and where
 *
 * Context: under the deque's lock.
 */
void deque_settle_return(struct deque *deque, struct deque_parked *parked,
			 struct deque_release *release)
{
	if (release->at_end) {
		parked->at_end = true;
		parked->end = release->end;
	}
	if (release->uncounted)
		deque_uncount(parked->message);
	deque->counters.returned++;
	deque_lease_end_locked(deque, parked, release);
}

/**
 * deque_settle_bury() - the message is not to be delivered again
 * @deque: the deque
 * @parked: the lease
 * @release: not used
 *
 * Context: under the deque's lock.
 */
void deque_settle_bury(struct deque *deque, struct deque_parked *parked,
		       struct deque_release *release)
{
	deque_lease_detach_locked(deque, parked);
	deque->counters.lease_buried++;
	deque_bury_locked(deque, parked);
}

/**
 * deque_settle_extend() - the lease is to end at another time
 * @deque: the deque
 * @parked: the lease
 * @release: when
 *
 * Context: under the deque's lock.
 */
void deque_settle_extend(struct deque *deque, struct deque_parked *parked,
			 struct deque_release *release)
{
	deque_parking_delay(&deque->parking, parked, release->due);
}

/* Of a lease of that file; any other token is stale. */
static struct deque_parked *deque_lease_find_locked(struct deque_file *file,
						    u64 token)
{
	struct deque_parked *parked =
		deque_parking_find(&file->deque->parking, token);

	lockdep_assert_held(&file->deque->lock);
	return parked && parked->file == file ? parked : NULL;
}

/**
 * deque_settle() - do something to leases
 * @file: whose they have to be
 * @tokens: which
 * @count: how many, few enough to be dealt with under a spinlock
 * @release: what
 *
 * Context: may sleep.
 * Return: to how many that was done, from the first, if to any; -ESTALE;
 * -ENODEV.
 */
int deque_settle(struct deque_file *file, const u64 *tokens, unsigned int count,
		 struct deque_release *release)
{
	struct deque *deque = file->deque;
	struct deque_parked *parked;
	unsigned int n;
	int ret;

	INIT_LIST_HEAD(&release->done);
	spin_lock(&deque->lock);
	ret = deque->dead ? -ENODEV : -ESTALE;
	for (n = 0; n < count && !deque->dead; n++) {
		parked = deque_lease_find_locked(file, tokens[n]);
		if (!parked)
			break;
		release->settle(deque, parked, release);
	}
	deque_unlock_and_wake(deque);
	deque_parked_free_list(&release->done);
	return n ? (int)n : ret;
}

static void deque_lease_crash_locked(struct deque *deque,
				     struct deque_parked *parked,
				     struct deque_release *release)
{
	lockdep_assert_held(&deque->lock);
	deque->counters.crash_returned++;
	deque_lease_lose_locked(deque, parked, release);
}

/* The next to end: of one process, or of all that were claimed through the file. */
static struct deque_parked *deque_lease_first_locked(struct deque_file *file,
						     fl_owner_t table)
{
	lockdep_assert_held(&file->deque->lock);
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
				     struct deque_release *release,
				     u64 *left)
{
	struct deque *deque = file->deque;
	struct deque_parked *parked;
	unsigned int n;

	INIT_LIST_HEAD(&release->done);
	spin_lock(&deque->lock);
	/* The deque may be gone as well, and what it holds be about to go. */
	release->settle = deque->dead ? deque_parked_lose_locked :
					   deque_lease_crash_locked;
	*left = min(*left, file->lease_count);
	for (n = 0; n < DEQUE_RETURN_MAX && *left; n++) {
		parked = deque_lease_first_locked(file, table);
		if (!parked)
			break;
		release->settle(deque, parked, release);
		--*left;
	}
	deque_unlock_and_wake(deque);
	deque_parked_free_list(&release->done);
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
	struct deque_release release = { .due = KTIME_MAX };
	u64 left = U64_MAX;

	while (deque_leases_return_some(file, table, &release, &left))
		cond_resched();
}
