/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages on their way, and every change of their state.
 */
#ifndef DEQUE_CORE_STATE_H
#define DEQUE_CORE_STATE_H

#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/types.h>

#include "core/deque.h"
#include "core/holder.h"

/* How many are dealt with before the lock is dropped. */
#define DEQUE_RETURN_MAX 64

/**
 * struct deque_slot - a message on its way
 * @message: the message
 * @parked: push with a delay, and claim: where to keep it; NULL once it is in use
 * @id: push: out, its number; the message itself may be gone by then
 * @delay_ns: push: how long it stays delayed
 * @capacity: take: the largest size that is wanted here
 */
struct deque_slot {
	struct deque_message *message;
	struct deque_parked *parked;
	u64 id;
	u64 delay_ns;
	u32 capacity;
};

/**
 * struct deque_sender - who sends
 * @user: its effective user
 * @exempt: whether the share of the user does not hold
 */
struct deque_sender {
	struct deque_user *user;
	bool exempt;
};

/**
 * struct deque_grant - room for one message
 * @sender: who needs it
 * @size: bytes of payload
 * @cost: bytes of memory
 * @end: where it is to go
 * @position: out: the place that is kept for it
 * @id: out: its number
 */
struct deque_grant {
	const struct deque_sender *sender;
	u32 size;
	u64 cost;
	enum deque_end end;
	s64 position;
	u64 id;
};

/**
 * struct deque_take - what a taker wants
 * @slots: where to put it
 * @count: how many at most, at least 1
 * @end: from which end
 * @peek: only look, the messages stay
 */
struct deque_take {
	struct deque_slot *slots;
	unsigned int count;
	enum deque_end end;
	bool peek;
};

/**
 * struct deque_lease_options - on what terms a message is leased
 * @time_ns: for how long, or 0
 * @table: the table of descriptors that it is tied to, or NULL
 * @reader: whose next read acknowledges it, or goes on with it, or NULL
 * @left: how many bytes there are to go on with
 */
struct deque_lease_options {
	u64 time_ns;
	fl_owner_t table;
	const struct deque_reader *reader;
	u32 left;
};

/**
 * struct deque_release - what is to become of leased messages
 * @settle: does that to one of them, and puts what is to be freed in @done;
 *	under the deque's lock
 * @due: when the message is to be ready by itself; KTIME_MAX: never, or at once
 * @at_end: it is to go outside of all others at @end, not where it was
 * @uncounted: these deliveries do not count
 * @call: of the leases that were lost last, the token of the first that the same call
 *	has claimed
 * @end: which end
 * @places: how many places at the front to set aside for it and those that follow
 * @place: the next of them
 * @places_left: how many there are left
 * @done: what has to be freed
 */
struct deque_release {
	void (*settle)(struct deque *deque, struct deque_parked *parked,
		       struct deque_release *release);
	ktime_t due;
	bool at_end;
	bool uncounted;
	u64 call;
	enum deque_end end;
	u64 places;
	s64 place;
	u64 places_left;
	struct list_head done;
};

bool deque_put_one_locked(struct deque *deque, struct deque_slot *slot,
			  enum deque_end end);
void deque_put_granted_locked(struct deque *deque, struct deque_slot *slot,
			      const struct deque_grant *grant);
int deque_grant_locked(struct deque *deque, struct deque_grant *grant);
int deque_take_one_locked(struct deque *deque, const struct deque_take *take,
			  unsigned int n, struct deque_message *message);
void deque_take_restore_locked(struct deque *deque,
			       const struct deque_take *take,
			       unsigned int from, unsigned int to);
void deque_lease_begin_locked(struct deque_file *file, struct deque_slot *slot,
			      const struct deque_lease_options *options, ktime_t due);
void deque_lease_detach_locked(struct deque *deque, struct deque_parked *parked);
void deque_bury_locked(struct deque *deque, struct deque_parked *parked);
void deque_uncount(struct deque_message *message);
void deque_lease_end_locked(struct deque *deque, struct deque_parked *parked,
			    struct deque_release *release);
void deque_parked_lose_locked(struct deque *deque, struct deque_parked *parked,
			      struct deque_release *release);
void deque_lease_lose_locked(struct deque *deque, struct deque_parked *parked,
			     struct deque_release *release);
void deque_delay_end_locked(struct deque *deque, struct deque_parked *parked,
			    struct deque_release *release);

#endif /* DEQUE_CORE_STATE_H */
