// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages as lines: how much is left of one of which a part was read.
 *
 * It is noted in the lease, which is found by its reader, as an era of its own.
 */
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/refcount.h>
#include <linux/sched.h>

#include "core/deque.h"
#include "core/holder.h"
#include "core/line.h"
#include "core/message.h"
#include "core/parked.h"
#include "core/queue.h"
#include "core/settle.h"
#include "core/state.h"
#include "core/wait.h"

/**
 * deque_line_size() - how long the line is that a message makes
 * @message: the message
 *
 * Return: bytes, with the newline, which is added unless there is one.
 */
u32 deque_line_size(const struct deque_message *message)
{
	return message->size + !message->ends_line;
}

/**
 * deque_line_left_locked() - how much is left of a line that the caller has begun
 * @file: the file that it reads from
 *
 * Context: process; under the deque's lock.
 * Return: bytes, 0 if it has begun none.
 */
u32 deque_line_left_locked(const struct deque_file *file)
{
	const struct deque_reader reader = { .table = current->files };
	struct deque_parked *parked;

	lockdep_assert_held(&file->deque->lock);
	if (!(READ_ONCE(file->policy) & DEQUE_LINES))
		return 0;
	parked = deque_reader_find_locked(file, &reader, DEQUE_ERA_REST);
	return parked ? parked->left : 0;
}

/**
 * deque_line_rest_get() - what is left of a line that a reader has begun
 * @file: what it reads from
 * @reader: the reader
 * @rest: gets it
 *
 * Context: any.
 * Return: 1 if there is a rest; 0; -ENODEV.
 */
int deque_line_rest_get(struct deque_file *file,
			const struct deque_reader *reader,
			struct deque_line_rest *rest)
{
	struct deque *deque = file->deque;
	struct deque_parked *parked = NULL;
	int ret = -ENODEV;

	spin_lock(&deque->lock);
	if (!deque->dead) {
		parked = deque_reader_find_locked(file, reader, DEQUE_ERA_REST);
		ret = !!parked;
	}
	if (parked) {
		rest->message = parked->message;
		refcount_inc(&rest->message->references);
		rest->token = parked->token;
		rest->left = parked->left;
	}
	spin_unlock(&deque->lock);
	return ret;
}

/* All of it was delivered. */
static void deque_line_end_locked(struct deque_file *file,
				  const struct deque_reader *reader,
				  struct deque_parked *parked,
				  struct deque_release *release)
{
	lockdep_assert_held(&file->deque->lock);
	if (READ_ONCE(file->policy) & DEQUE_ACK_ON_READ) {
		deque_held_remove_locked(file, parked);
		deque_held_add_locked(file, parked, reader);
	} else {
		deque_settle_ack(file->deque, parked, release);
	}
}

/**
 * deque_line_rest_advance() - note what was copied of a line
 * @file: what is read from
 * @reader: the reader
 * @rest: what was left before
 * @size: bytes that were copied
 *
 * Context: may sleep.
 * Return: false if another thread was faster.
 */
bool deque_line_rest_advance(struct deque_file *file,
			     const struct deque_reader *reader,
			     const struct deque_line_rest *rest, u32 size)
{
	struct deque_release release = { .due = KTIME_MAX };
	struct deque *deque = file->deque;
	struct deque_parked *parked;
	bool same;

	INIT_LIST_HEAD(&release.done);
	spin_lock(&deque->lock);
	parked = deque_parking_find(&deque->parking, rest->token);
	same = parked && parked->file == file && parked->left == rest->left;
	if (same) {
		parked->left -= size;
		if (!parked->left)
			deque_line_end_locked(file, reader, parked,
					      &release);
	}
	deque_unlock_and_wake(deque);
	deque_parked_free_list(&release.done);
	return same;
}

/**
 * deque_file_next_size() - how many bytes of a message a read can get
 * @file: what is read from
 * @size: gets that, 0 if there is no message
 *
 * Context: process.
 * Return: 0; -ENODEV.
 */
int deque_file_next_size(const struct deque_file *file, u32 *size)
{
	struct deque *deque = file->deque;
	struct deque_message *message;
	bool dead;

	*size = 0;
	spin_lock(&deque->lock);
	dead = deque->dead;
	message = deque_queue_first(&deque->queue, DEQUE_AT_FRONT);
	if (message)
		*size = file->policy & DEQUE_LINES ? deque_line_size(message) :
						     message->size;
	*size = deque_line_left_locked(file) ?: *size;
	spin_unlock(&deque->lock);
	return dead ? -ENODEV : 0;
}
