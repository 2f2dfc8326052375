/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A walk past all messages.
 */
#ifndef DEQUE_CORE_WALK_H
#define DEQUE_CORE_WALK_H

#include <linux/ktime.h>
#include <linux/types.h>

#include "core/deque.h"

/**
 * struct deque_sight - what was seen of a message
 * @message: the message, with a reference
 * @holder: who leased it, or zeros
 * @cursor: to go on behind it
 * @token: of its lease, or 0
 * @since_ns: as in &struct deque_entry
 * @due: as in &struct deque_parked
 * @state: one of DEQUE_READY and so on
 */
struct deque_sight {
	struct deque_message *message;
	struct deque_process holder;
	u64 cursor;
	u64 token;
	u64 since_ns;
	ktime_t due;
	u32 state;
};

/**
 * struct deque_walk - a part of a walk
 * @deque: past its messages
 * @states: which of them to look at
 * @cursor: how far it has come
 * @bookmark: a message that stood in the line there, or before, with a
 *	reference; or NULL.  If it still stands there, it saves a search
 * @sights: what was seen
 * @count: how many
 * @most: how many at most
 * @dead: whether the deque turned out to be
 */
struct deque_walk {
	struct deque *deque;
	u32 states;
	u64 cursor;
	struct deque_message *bookmark;
	struct deque_sight *sights;
	unsigned int count;
	unsigned int most;
	bool dead;
};

int deque_walk_file(struct deque_walk *walk, struct deque_file *opened);
void deque_bookmark_drop(struct deque_file *opened);
void deque_bookmarks_drop(struct deque *deque);
void deque_walk_forget(const struct deque_walk *walk);

#endif /* DEQUE_CORE_WALK_H */
