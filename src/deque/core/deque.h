/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A deque, and an open file of one.
 */
#ifndef DEQUE_CORE_DEQUE_H
#define DEQUE_CORE_DEQUE_H

#include <linux/hrtimer.h>
#include <linux/kref.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/poll.h>
#include <linux/rbtree.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include <linux/deque.h>

#include "core/parked.h"
#include "core/queue.h"

/*
 * Locks, outermost first:
 *
 *   registry mutex     which deques there are, and their names (registry.c)
 *   struct deque.lock  all that changes in one deque
 *   starved_lock       which deques wait for memory that others hold (memory.c)
 *
 * and beside them the lock inside the table of minors, which opens take alone,
 * the one inside the wait queue of the pollers, taken with none of these
 * spinlocks held, and those of the kernel's timers, inside of a deque's.
 *
 * A deque's lock is held for a few list operations for each message of a
 * batch, at most DEQUE_BATCH_MAX.  Nothing is copied, allocated, freed or
 * woken under it.  It is dropped by deque_unlock_and_wake() alone wherever
 * something changed that somebody may wait for.
 *
 * A deque lives as long as somebody holds a reference: the registry has one
 * while the deque has a name, and each open file has one.  "dead" is set once,
 * under the lock, when it is destroyed; nothing is put in, taken, promised or
 * waited for after that.
 */

/* What happened since a deque was made, see struct deque_info. */
struct deque_counters {
	u64 pushed;
	u64 popped;
	u64 claimed;
	u64 acked;
	u64 returned;
	u64 crash_returned;
	u64 timed_out;
	u64 lease_buried;
	u64 buried_ever;
};

/**
 * struct deque - a named, bounded, two-ended queue of messages
 * @name: constant
 * @owner: effective uid of the creator; constant
 * @user: the creator, whose share of deques this one counts for; constant
 * @minor: of its node; constant
 * @references: see above
 * @by_name: in the registry's table; under the registry mutex
 * @lock: protects all between here and @starved
 * @queue: the messages that can be taken ("ready")
 * @parking: those that cannot
 * @limits: the bounds
 * @policy: of files that will be opened
 * @messages: what counts against the bounds: the ready ones, the parked ones, and
 *	those being copied to a taker or from a sender
 * @bytes: likewise, payload
 * @memory: likewise, but without what is only promised to a sender: what the kernel
 *	has taken for them
 * @last_id: of the message that went in last
 * @counters: what ever happened
 * @armed: when @due_timer will fire, at the latest; KTIME_MAX if it is not armed,
 *	0 while @due_work is at it
 * @bookmarked: the open files that have a bookmark
 * @takers: &deque_waiter of those who wait for a message, first come first
 * @senders: and for room
 * @takers_waiting: length of @takers
 * @senders_waiting: length of @senders
 * @openers: open file descriptions
 * @pending_events: poll events that may have become true since the lock was taken
 * @new_messages: how many messages came since then
 * @unserved: somebody serves those who wait, and has dropped the lock in between
 * @pinned: nobody has it open but it holds messages, so it holds the module
 * @dead: destroyed
 * @due_timer: fires when the first of the parked ones is due, and starts
 * @due_work: which makes them ready; both have locks of their own
 * @starved: in the list of deques that wait for memory; under starved_lock
 * @pollers: of poll, select and epoll; has its own lock
 * @fasync_readers: receivers of SIGIO for messages; likewise
 * @fasync_writers: and for room
 */
struct deque {
	char name[DEQUE_NAME_MAX + 1];
	kuid_t owner;
	struct deque_user *user;
	u32 minor;
	struct kref references;
	struct hlist_node by_name;

	spinlock_t lock ____cacheline_aligned_in_smp;
	struct deque_queue queue;
	struct deque_parking parking;
	struct deque_limits limits;
	u32 policy;
	u64 messages;
	u64 bytes;
	u64 memory;
	u64 last_id;
	struct deque_counters counters;
	ktime_t armed;
	struct list_head bookmarked;
	struct list_head takers;
	struct list_head senders;
	u32 takers_waiting;
	u32 senders_waiting;
	u32 openers;
	__poll_t pending_events;
	u32 new_messages;
	bool unserved;
	bool pinned;
	bool dead;

	struct hrtimer due_timer;
	struct work_struct due_work;
	struct list_head starved;
	wait_queue_head_t pollers;
	struct fasync_struct *fasync_readers;
	struct fasync_struct *fasync_writers;
};

/**
 * struct deque_file - an open file of a deque
 * @deque: the deque; constant
 * @user: who opened it; constant
 * @leases: what was claimed through it, in that order; this and what follows
 *	under the deque's lock
 * @lease_count: how many
 * @held: those of them that are tied to a process or remembered for their reader, by
 *	process and reader
 * @era: rises when DEQUE_ACK_ON_READ is switched off: what was read before that is
 *	not acknowledged by a read any more
 * @policy: of this file; read without the lock
 * @bookmark: how far a walk along the queue has come, or NULL
 * @bookmarked: in &deque.bookmarked, if there is a bookmark
 */
struct deque_file {
	struct deque *deque;
	struct deque_user *user;
	struct list_head leases;
	u64 lease_count;
	struct rb_root held;
	u32 era;
	u32 policy;
	struct deque_message *bookmark;
	struct list_head bookmarked;
};

void deque_put(struct deque *deque);
struct deque *deque_alloc(const char *name, const struct deque_limits *limits,
			  u32 policy);

#endif /* DEQUE_CORE_DEQUE_H */
