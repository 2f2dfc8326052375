// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order of messages.  Knows nothing of locks, bounds or callers: whoever
 * calls holds the lock of the deque.
 */
#include <linux/list.h>
#include <linux/rbtree.h>

#include "core/message.h"
#include "core/queue.h"

static struct deque_message *deque_message_of_node(const struct rb_node *node)
{
	return rb_entry_safe(node, struct deque_message, node);
}

/**
 * deque_queue_init() - make an empty queue
 * @queue: where
 */
void deque_queue_init(struct deque_queue *queue)
{
	INIT_LIST_HEAD(&queue->line);
	queue->restored = RB_ROOT_CACHED;
	queue->count = 0;
	queue->front = 0;
	queue->back = 0;
}

/**
 * deque_queue_place() - set a place aside outside of all messages at an end
 * @queue: the queue
 * @end: which end
 *
 * Return: the position; a message gets there by deque_queue_restore().
 */
s64 deque_queue_place(struct deque_queue *queue, enum deque_end end)
{
	return end == DEQUE_AT_FRONT ? --queue->front : ++queue->back;
}

/**
 * deque_queue_add() - put a new message at an end
 * @queue: the queue
 * @message: in no queue
 * @end: which end
 */
void deque_queue_add(struct deque_queue *queue, struct deque_message *message,
		     enum deque_end end)
{
	message->position = deque_queue_place(queue, end);
	if (end == DEQUE_AT_FRONT)
		list_add(&message->link, &queue->line);
	else
		list_add_tail(&message->link, &queue->line);
	message->place = DEQUE_IN_LINE;
	queue->count++;
}

/**
 * deque_queue_restore() - put a message where it belongs by its position
 * @queue: the queue that it was taken from, or that the position is of
 * @message: the message
 */
void deque_queue_restore(struct deque_queue *queue,
			 struct deque_message *message)
{
	struct rb_node **place = &queue->restored.rb_root.rb_node;
	struct rb_node *parent = NULL;
	bool leftmost = true;

	while (*place) {
		parent = *place;
		if (message->position <
		    deque_message_of_node(parent)->position) {
			place = &parent->rb_left;
		} else {
			place = &parent->rb_right;
			leftmost = false;
		}
	}
	rb_link_node(&message->node, parent, place);
	rb_insert_color_cached(&message->node, &queue->restored, leftmost);
	message->place = DEQUE_IN_RESTORED;
	queue->count++;
}

/**
 * deque_queue_reserve() - set places aside outside of all messages at the front
 * @queue: the queue
 * @count: how many
 *
 * Return: the position of the first; a message gets there by deque_queue_restore().
 */
s64 deque_queue_reserve(struct deque_queue *queue, u64 count)
{
	queue->front -= count;
	return queue->front;
}

/**
 * deque_queue_remove() - take a message out
 * @queue: the queue
 * @message: a message in it
 */
void deque_queue_remove(struct deque_queue *queue,
			struct deque_message *message)
{
	if (message->place == DEQUE_IN_RESTORED)
		rb_erase_cached(&message->node, &queue->restored);
	else
		list_del(&message->link);
	message->place = DEQUE_ELSEWHERE;
	queue->count--;
}

/* Which of two candidates, one of the line and one restored, comes first. */
static struct deque_message *deque_queue_nearer(struct deque_message *in_line,
						struct deque_message *restored,
						enum deque_end end)
{
	struct deque_message *front;
	struct deque_message *back;

	if (!in_line || !restored)
		return in_line ?: restored;
	front = in_line->position < restored->position ? in_line : restored;
	back = front == in_line ? restored : in_line;
	return end == DEQUE_AT_FRONT ? front : back;
}

/**
 * deque_queue_begin() - start to look at the messages, from an end
 * @queue: the queue; until the last deque_queue_step() only the message that
 *	step returned last may be removed
 * @end: which end
 * @cursor: what to hand to deque_queue_step()
 */
void deque_queue_begin(const struct deque_queue *queue, enum deque_end end,
		       struct deque_cursor *cursor)
{
	cursor->queue = queue;
	cursor->end = end;
	if (end == DEQUE_AT_FRONT) {
		cursor->link = queue->line.next;
		cursor->node = rb_first_cached(&queue->restored);
	} else {
		cursor->link = queue->line.prev;
		cursor->node = rb_last(&queue->restored.rb_root);
	}
}

static struct rb_node *deque_restored_behind(const struct deque_queue *queue,
					     s64 position)
{
	struct rb_node *node = queue->restored.rb_root.rb_node;
	struct rb_node *behind = NULL;

	while (node) {
		if (deque_message_of_node(node)->position > position) {
			behind = node;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return behind;
}

/**
 * deque_queue_begin_behind() - go on to look at the messages, from the front
 * @queue: the queue; as for deque_queue_begin()
 * @position: what comes next lies behind this, or is still to be passed over
 * @seen: a message of the line that lies before what is to come next, or NULL
 * @cursor: what to hand to deque_queue_step()
 *
 * A line cannot be entered just anywhere: without @seen, all of it comes.
 */
void deque_queue_begin_behind(const struct deque_queue *queue, s64 position,
			      const struct deque_message *seen,
			      struct deque_cursor *cursor)
{
	cursor->queue = queue;
	cursor->end = DEQUE_AT_FRONT;
	cursor->link = seen ? seen->link.next : queue->line.next;
	cursor->node = deque_restored_behind(queue, position);
}

/**
 * deque_queue_step() - the next message
 * @cursor: of deque_queue_begin()
 *
 * Return: the message, or NULL after the last.
 */
struct deque_message *deque_queue_step(struct deque_cursor *cursor)
{
	bool forward = cursor->end == DEQUE_AT_FRONT;
	struct deque_message *in_line = NULL;
	struct deque_message *message;

	if (cursor->link != &cursor->queue->line)
		in_line = list_entry(cursor->link, struct deque_message, link);
	message = deque_queue_nearer(in_line,
				     deque_message_of_node(cursor->node),
				     cursor->end);
	if (!message)
		return NULL;
	if (message == in_line)
		cursor->link = forward ? cursor->link->next : cursor->link->prev;
	else
		cursor->node = forward ? rb_next(cursor->node) :
					 rb_prev(cursor->node);
	return message;
}

/**
 * deque_queue_first() - the message at an end
 * @queue: the queue
 * @end: which end
 *
 * Return: the message, or NULL if there is none.
 */
struct deque_message *deque_queue_first(const struct deque_queue *queue,
					enum deque_end end)
{
	struct deque_cursor cursor;

	deque_queue_begin(queue, end, &cursor);
	return deque_queue_step(&cursor);
}
