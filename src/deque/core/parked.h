/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages that are not ready, and when they will be.
 */
#ifndef DEQUE_CORE_PARKED_H
#define DEQUE_CORE_PARKED_H

#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/types.h>

#include "core/process.h"
#include "core/queue.h"

struct deque_file;
struct deque_user;

/**
 * struct deque_parked - a message that is leased, delayed or buried
 * @by_token: in &deque_parking.by_token
 * @by_due: in &deque_parking.due, unless @due is KTIME_MAX
 * @by_holder: in &deque_file.held, if @held
 * @link: leased: in &deque_file.leases; buried: in &deque_parking.buried; when it
 *	is done with: among those to be freed
 * @message: the message; NULL if it is somebody else's again
 * @file: leased: the open file that it was claimed through
 * @table: leased to a process: its table of descriptors, else NULL
 * @holder: leased: the process that claimed it
 * @era: remembered: &deque_file.era when it was read; DEQUE_ERA_REST: not to the end;
 *	else DEQUE_ERA_NONE
 * @thread: remembered: the thread that read it, see &deque_reader.thread; else 0
 * @user: put in with a delay: who is charged with this; else NULL
 * @token: its number: of the lease, when it is one
 * @index: leased: its place among those that the same call has claimed, from 0
 * @since_ns: when it got into this state, CLOCK_REALTIME
 * @due: when it becomes ready by itself, CLOCK_MONOTONIC, or KTIME_MAX
 * @state: DEQUE_LEASED, DEQUE_DELAYED or DEQUE_BURIED
 * @left: remembered: bytes of its line that the reader has not got yet
 * @held: leased: it is tied to a process, or remembered: the next read of the reader
 *	is to acknowledge it, or to go on with it
 * @is_new: it was never ready: it goes to @end as if it was put in then
 * @at_end: it is to go outside of all others at @end, not where it was
 * @end: which end
 */
struct deque_parked {
	struct rb_node by_token;
	struct rb_node by_due;
	struct rb_node by_holder;
	struct list_head link;
	struct deque_message *message;
	struct deque_file *file;
	fl_owner_t table;
	struct deque_process holder;
	u32 era;
	u64 thread;
	struct deque_user *user;
	u64 token;
	u64 since_ns;
	ktime_t due;
	u32 state;
	u32 left;
	u8 index;
	bool held;
	bool is_new;
	bool at_end;
	enum deque_end end;
};

/**
 * struct deque_parking - the messages of a deque that are not ready
 * @by_token: all of them
 * @due: those that will be ready by themselves, in that order: leases, and
 *	delayed ones
 * @buried: those that are buried, in the order in which they were
 * @leased_count: how many are leased
 * @delayed_count: delayed
 * @buried_count: and buried
 */
struct deque_parking {
	struct rb_root by_token;
	struct rb_root_cached due[2];
	struct list_head buried;
	u64 leased_count;
	u64 delayed_count;
	u64 buried_count;
};

u64 deque_token_next(unsigned int count);
u32 deque_parked_cost(void);
struct deque_parked *deque_parked_alloc(void);
struct deque_parked *deque_parked_alloc_delay(struct deque_user *user);
void deque_parked_free(struct deque_parked *parked);
void deque_parked_free_list(struct list_head *list);
void deque_parking_init(struct deque_parking *parking);
void deque_parking_add(struct deque_parking *parking,
		       struct deque_parked *parked, u32 state, ktime_t due);
void deque_parking_remove(struct deque_parking *parking,
			  struct deque_parked *parked);
void deque_parking_delay(struct deque_parking *parking,
			 struct deque_parked *parked, ktime_t due);
struct deque_parked *deque_parking_after(const struct deque_parking *parking,
					 u64 token);
struct deque_parked *deque_parking_next(const struct deque_parked *parked);
struct deque_parked *deque_parking_find(const struct deque_parking *parking,
					u64 token);
struct deque_parked *deque_parking_first_due(const struct deque_parking *parking);
struct deque_parked *deque_parking_first(struct deque_parking *parking,
					 u32 state);

#endif /* DEQUE_CORE_PARKED_H */
