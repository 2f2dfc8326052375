/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The order of the messages that can be taken.
 */
#ifndef DEQUE_CORE_QUEUE_H
#define DEQUE_CORE_QUEUE_H

#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/types.h>

#include "core/message.h"

enum deque_end {
	DEQUE_AT_BACK,
	DEQUE_AT_FRONT,
};

/**
 * struct deque_queue - messages in order of their position
 * @line: those that nobody took yet
 * @restored: those that were taken and put back; nearly always empty
 * @count: how many in both
 * @front: the smallest position given away so far
 * @back: the largest
 *
 * A message that comes back belongs where it was, between others that have
 * come and gone since.  Keeping such messages apart in a tree makes that exact
 * in O(log n), whatever happened meanwhile, at no cost to the others.
 */
struct deque_queue {
	struct list_head line;
	struct rb_root_cached restored;
	u32 count;
	s64 front;
	s64 back;
};

/**
 * struct deque_cursor - a place between two messages
 * @queue: the queue
 * @end: where it started
 * @link: next in &deque_queue.line
 * @node: next in &deque_queue.restored
 */
struct deque_cursor {
	const struct deque_queue *queue;
	enum deque_end end;
	const struct list_head *link;
	struct rb_node *node;
};

void deque_queue_init(struct deque_queue *queue);
s64 deque_queue_place(struct deque_queue *queue, enum deque_end end);
void deque_queue_add(struct deque_queue *queue, struct deque_message *message,
		     enum deque_end end);
void deque_queue_restore(struct deque_queue *queue,
			 struct deque_message *message);
s64 deque_queue_reserve(struct deque_queue *queue, u64 count);
void deque_queue_remove(struct deque_queue *queue,
			struct deque_message *message);
void deque_queue_begin(const struct deque_queue *queue, enum deque_end end,
		       struct deque_cursor *cursor);
void deque_queue_begin_behind(const struct deque_queue *queue, s64 position,
			      const struct deque_message *seen,
			      struct deque_cursor *cursor);
struct deque_message *deque_queue_step(struct deque_cursor *cursor);
struct deque_message *deque_queue_first(const struct deque_queue *queue,
					enum deque_end end);

#endif /* DEQUE_CORE_QUEUE_H */
