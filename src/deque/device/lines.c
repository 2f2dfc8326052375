// SPDX-License-Identifier: GPL-2.0-only
/*
 * DEQUE_LINES: reads of any size, for programs that read lines.
 *
 * A read gets the next bytes of the line that its reader has begun, or of the next
 * message.  A message of which a part was delivered is leased, so it comes back
 * whole if the reader dies.  How much is left is noted in the lease; it is found by
 * its reader, as an era of its own.
 */
#include <linux/fs.h>
#include <linux/lockdep.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/uio.h>

#include "core/deque.h"

/**
 * struct deque_line_rest - what is left of a line, as it was at some moment
 * @message: the message, a reference
 * @token: its lease
 * @left: bytes, with the newline
 */
struct deque_line_rest {
	struct deque_message *message;
	u64 token;
	u32 left;
};

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

static int deque_line_copy(struct deque_message *message, u32 left, u32 size,
			   struct iov_iter *to)
{
	u32 offset = deque_line_size(message) - left;
	u32 text = min(size, message->size - min(offset, message->size));
	int ret = 0;

	if (text)
		ret = deque_payload_write_part(message, offset, text, to);
	if (!ret && text < size && copy_to_iter("\n", 1, to) != 1)
		ret = -EFAULT;
	return ret;
}

/* Returns 1 if there is a rest, else 0 or -ENODEV. */
static int deque_line_rest_get(struct deque_file *file,
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
				  struct deque_settlement *settlement)
{
	if (READ_ONCE(file->policy) & DEQUE_ACK_ON_READ) {
		deque_held_remove_locked(file, parked);
		deque_held_add_locked(file, parked, reader);
	} else {
		deque_settle_ack(file->deque, parked, settlement);
	}
}

/* After the copy.  Returns false if another thread was faster. */
static bool deque_line_rest_advance(struct deque_file *file,
				    const struct deque_reader *reader,
				    const struct deque_line_rest *rest,
				    u32 size)
{
	struct deque_settlement settlement = { .due = KTIME_MAX };
	struct deque *deque = file->deque;
	struct deque_parked *parked;
	bool same;

	INIT_LIST_HEAD(&settlement.done);
	spin_lock(&deque->lock);
	parked = deque_parking_find(&deque->parking, rest->token);
	same = parked && parked->file == file && parked->left == rest->left;
	if (same) {
		parked->left -= size;
		if (!parked->left)
			deque_line_end_locked(file, reader, parked,
					      &settlement);
	}
	deque_unlock_and_wake(deque);
	deque_parked_free_list(&settlement.done);
	return same;
}

/* Returns 0 if what was copied is not the next any more. */
static ssize_t deque_line_rest_read(struct deque_file *file,
				    const struct deque_reader *reader,
				    const struct deque_line_rest *rest,
				    struct iov_iter *to)
{
	u32 size = min_t(size_t, rest->left, iov_iter_count(to));
	int ret = deque_line_copy(rest->message, rest->left, size, to);
	bool same;

	if (ret)
		return ret;
	same = deque_line_rest_advance(file, reader, rest, size);
	iov_iter_revert(to, same ? 0 : size);
	return same ? size : 0;
}

/* The next message; all of its line, or as much as there is room for. */
static ssize_t deque_line_begin(struct deque_file *file,
				const struct deque_reader *reader,
				const struct deque_patience *patience,
				struct iov_iter *to)
{
	struct deque_slot slot = { .capacity = U32_MAX };
	struct deque_take take = {
		.slots = &slot,
		.count = 1,
		.end = DEQUE_AT_FRONT,
	};
	struct deque_terms terms = { .table = reader->table, .reader = reader };
	bool keep = READ_ONCE(file->policy) & DEQUE_ACK_ON_READ;
	u32 line, size;
	int ret, dead;

	if (keep)
		deque_reader_ack(file, reader);
	ret = deque_claim(file, &take, patience);
	if (ret < 0)
		return ret;
	line = deque_line_size(slot.message);
	size = min_t(size_t, line, iov_iter_count(to));
	ret = deque_line_copy(slot.message, line, size, to);
	if (!ret && size == line && !keep) {
		deque_take_finish(file->deque, &take, 1, 1);
		deque_parked_free(slot.parked);
		return size;
	}
	terms.left = line - size;
	dead = deque_claim_finish(file, &take, 1, !ret, &terms);
	return dead ?: ret ?: (ssize_t)size;
}

/**
 * deque_line_read() - read(2) with DEQUE_LINES
 * @iocb: the read
 * @patience: how long to wait for a message
 * @to: where to, at least one byte
 *
 * The threads of a process are one reader here: runtimes such as those of Go and
 * Node read a stream by whichever thread is at hand.
 *
 * Context: sleeps.
 * Return: bytes; as deque_read_iter(), but not -EMSGSIZE.
 */
ssize_t deque_line_read(struct kiocb *iocb,
			const struct deque_patience *patience,
			struct iov_iter *to)
{
	struct deque_file *file = iocb->ki_filp->private_data;
	struct deque_reader reader;
	struct deque_line_rest rest;
	ssize_t ret;

	deque_reader_begin(&reader, iocb);
	reader.thread = 0;
	for (;;) {
		ret = deque_line_rest_get(file, &reader, &rest);
		if (ret <= 0)
			break;
		ret = deque_line_rest_read(file, &reader, &rest, to);
		deque_message_put(rest.message);
		if (ret)
			return ret;
	}
	if (!ret)
		ret = deque_line_begin(file, &reader, patience, to);
	deque_reader_end(&reader, iocb->ki_filp);
	return ret;
}
