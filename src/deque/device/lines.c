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

#include "core/claim.h"
#include "core/deque.h"
#include "core/holder.h"
#include "core/line.h"
#include "core/message.h"
#include "core/parked.h"
#include "core/queue.h"
#include "core/state.h"
#include "core/transfer.h"
#include "core/wait.h"
#include "device/device.h"

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
				const struct deque_timeout *timeout,
				struct iov_iter *to)
{
	struct deque_slot slot = { .capacity = U32_MAX };
	struct deque_take take = {
		.slots = &slot,
		.count = 1,
		.end = DEQUE_AT_FRONT,
	};
	struct deque_lease_options options = { .table = reader->table, .reader = reader };
	bool keep = READ_ONCE(file->policy) & DEQUE_ACK_ON_READ;
	u32 line, size;
	int ret, dead;

	if (keep)
		deque_reader_ack(file, reader);
	ret = deque_claim_take(file, &take, timeout);
	if (ret < 0)
		return ret;
	line = deque_line_size(slot.message);
	size = min_t(size_t, line, iov_iter_count(to));
	ret = deque_line_copy(slot.message, line, size, to);
	if (!ret && size == line && !keep) {
		deque_transfer_finish(file->deque, &take, 1, 1);
		deque_parked_free(slot.parked);
		return size;
	}
	options.left = line - size;
	dead = deque_claim_finish(file, &take, 1, !ret, &options);
	return dead ?: ret ?: (ssize_t)size;
}

/**
 * deque_line_read() - read(2) with DEQUE_LINES
 * @iocb: the read
 * @timeout: how long to wait for a message
 * @to: where to, at least one byte
 *
 * The threads of a process are one reader here: runtimes such as those of Go and
 * Node read a stream by whichever thread is at hand.
 *
 * Context: sleeps.
 * Return: bytes; as deque_read_iter(), but not -EMSGSIZE.
 */
ssize_t deque_line_read(struct kiocb *iocb,
			const struct deque_timeout *timeout,
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
		ret = deque_line_begin(file, &reader, timeout, to);
	deque_reader_end(&reader, iocb->ki_filp);
	return ret;
}
