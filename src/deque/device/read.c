// SPDX-License-Identifier: GPL-2.0-only
/*
 * read(2) on /dev/deque/NAME.
 */
#include <linux/fs.h>
#include <linux/uio.h>

#include "core/claim.h"
#include "core/deque.h"
#include "core/holder.h"
#include "core/queue.h"
#include "core/state.h"
#include "core/transfer.h"
#include "core/wait.h"
#include "device/device.h"

/**
 * deque_iocb_timeout() - how long a read or a write is ready to wait
 * @iocb: the call
 *
 * Return: that.
 */
struct deque_timeout deque_iocb_timeout(const struct kiocb *iocb)
{
	return (struct deque_timeout){
		.nowait = (iocb->ki_flags & IOCB_NOWAIT) ||
			  (iocb->ki_filp->f_flags & O_NONBLOCK),
	};
}

static ssize_t deque_read_pop(struct deque_file *opened,
			      struct deque_take *take,
			      const struct deque_timeout *timeout,
			      struct iov_iter *to)
{
	ssize_t size;
	int ret;

	ret = deque_transfer_take(opened->deque, take, timeout);
	if (ret < 0)
		return ret;
	size = take->slots->message->size;
	ret = deque_payload_write_iter(take->slots->message, to);
	deque_transfer_finish(opened->deque, take, 1, !ret);
	return ret ?: size;
}

/* Reading the next message acknowledges the previous one. */
static ssize_t deque_read_claim(struct kiocb *iocb, struct deque_take *take,
				const struct deque_timeout *timeout,
				struct iov_iter *to)
{
	struct deque_file *opened = iocb->ki_filp->private_data;
	struct deque_reader reader;
	struct deque_lease_options options = { .reader = &reader };
	ssize_t size;
	int ret;
	int dead;

	deque_reader_begin(&reader, iocb);
	options.table = reader.table;
	deque_reader_ack(opened, &reader);
	ret = deque_claim_take(opened, take, timeout);
	if (ret < 0)
		return ret;
	size = take->slots->message->size;
	ret = deque_payload_write_iter(take->slots->message, to);
	dead = deque_claim_finish(opened, take, 1, !ret, &options);
	deque_reader_end(&reader, iocb->ki_filp);
	return dead ?: ret ?: size;
}

/**
 * deque_read_iter() - read(2), and whatever else comes down to it
 * @iocb: the call
 * @to: where to
 *
 * Context: sleeps.
 * Return: bytes; -EAGAIN, -ERESTARTSYS, -EMSGSIZE, -ENOMEM, -EFAULT, -ENODEV.
 */
ssize_t deque_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct deque_timeout timeout = deque_iocb_timeout(iocb);
	struct deque_file *opened = iocb->ki_filp->private_data;
	struct deque_slot slot = {
		.capacity = min_t(size_t, iov_iter_count(to), U32_MAX),
	};
	struct deque_take take = {
		.slots = &slot,
		.count = 1,
		.end = DEQUE_AT_FRONT,
	};
	u32 policy;

	/* POSIX: a read of nothing gets nothing. */
	if (!slot.capacity)
		return 0;
	/* Pairs with WRITE_ONCE() in deque_file_set(). */
	policy = READ_ONCE(opened->policy);
	if (policy & DEQUE_LINES)
		return deque_line_read(iocb, &timeout, to);
	if (policy & DEQUE_ACK_ON_READ)
		return deque_read_claim(iocb, &take, &timeout, to);
	return deque_read_pop(opened, &take, &timeout, to);
}
