/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One message.
 */
#ifndef DEQUE_CORE_MESSAGE_H
#define DEQUE_CORE_MESSAGE_H

#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/uidgid.h>

#include <linux/deque.h>

#include "core/process.h"

struct deque_chunk;
struct deque_user;

/* Where in the queue of those that can be taken a message is. */
enum deque_place {
	DEQUE_ELSEWHERE,
	DEQUE_IN_LINE,
	DEQUE_IN_RESTORED,
};

/**
 * struct deque_message - one message, and what is known of it
 * @link: its place in &deque_queue.line, or
 * @node: in &deque_queue.restored
 * @position: its rank: whatever is nearer the front has a smaller one
 * @id: number in its deque, from 1; 0 if it never was in one
 * @arrival_ns: when it came in, CLOCK_REALTIME
 * @sender: the process that sent it
 * @place: whether @link is in use, or @node
 * @uncounted: of @deliveries, how many do not count; 255 at most
 * @head_size: bytes of payload that are in here; the rest is in chunks
 * @ends_line: whether the last byte is a newline
 * @user: the sender's effective user, who is charged with the memory
 * @gid: the sender's effective group
 * @references: one of who owns it (deque or taker), one of each who looks
 * @size: bytes of payload
 * @deliveries: how often it was claimed; under the deque's lock, but read without
 * @data: the payload; before it a &struct deque_rest, if chunks follow
 *
 * Constant once it is in a deque, but for the place, @deliveries, @uncounted and
 * @references.
 */
struct deque_message {
	union {
		struct list_head link;
		struct rb_node node;
	};
	s64 position;
	u64 id;
	u64 arrival_ns;
	struct deque_process sender;
	u8 place;
	u8 uncounted;
	u16 head_size : 15;
	u16 ends_line : 1;
	struct deque_user *user;
	kgid_t gid;
	refcount_t references;
	u32 size;
	u32 deliveries;
	u8 data[];
};

/**
 * struct deque_span - a part of the payload that lies in one piece
 * @data: where
 * @size: bytes
 * @next: the chunk behind it, or NULL
 */
struct deque_span {
	u8 *data;
	u32 size;
	struct deque_chunk *next;
};

u32 deque_message_cost(u32 size);
struct deque_message *deque_message_alloc(struct deque_user *user, bool exempt,
					  u32 size);
u32 deque_message_memory(const struct deque_message *message);
void deque_message_put(struct deque_message *message);
void deque_span_begin(struct deque_span *span, struct deque_message *message);
bool deque_span_next(struct deque_span *span);
void deque_message_describe(const struct deque_message *message,
			    struct deque_descriptor *descriptor);

#endif /* DEQUE_CORE_MESSAGE_H */
