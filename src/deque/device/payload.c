// SPDX-License-Identifier: GPL-2.0-only
/*
 * The payload of a message from and to user space, a span at a time.  A long one
 * lets others run meanwhile, and ends when its process is killed.
 */
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "core/message.h"
#include "device/device.h"

/* Between two spans. */
static int deque_payload_pause(void)
{
	cond_resched();
	return fatal_signal_pending(current) ? -EINTR : 0;
}

/* Once the last span is filled. */
static void deque_payload_note_end(struct deque_message *message,
				   const struct deque_span *last)
{
	message->ends_line = last->size && last->data[last->size - 1] == '\n';
}

/**
 * deque_payload_read_iter() - fill a message
 * @message: the message
 * @from: at least as much as it is long
 *
 * Context: process; may sleep.
 * Return: 0, -EFAULT, -EINTR (killed).
 */
int deque_payload_read_iter(struct deque_message *message,
			    struct iov_iter *from)
{
	struct deque_span span;
	int ret = 0;

	deque_span_begin(&span, message);
	do {
		if (!copy_from_iter_full(span.data, span.size, from))
			return -EFAULT;
	} while (deque_span_next(&span) && !(ret = deque_payload_pause()));
	deque_payload_note_end(message, &span);
	return ret;
}

/**
 * deque_payload_write_iter() - copy all of a message out
 * @message: the message
 * @to: room for at least as much
 *
 * Context: process; may sleep.
 * Return: 0, -EFAULT, -EINTR (killed).
 */
int deque_payload_write_iter(struct deque_message *message,
			     struct iov_iter *to)
{
	struct deque_span span;
	int ret = 0;

	deque_span_begin(&span, message);
	do {
		if (copy_to_iter(span.data, span.size, to) != span.size)
			return -EFAULT;
	} while (deque_span_next(&span) && !(ret = deque_payload_pause()));
	return ret;
}

/**
 * deque_payload_write_part() - copy some of a message out
 * @message: the message
 * @offset: from there
 * @size: bytes, not more than there are from there on
 * @to: room for at least as much
 *
 * Context: process; may sleep.
 * Return: 0, -EFAULT, -EINTR (killed).
 */
int deque_payload_write_part(struct deque_message *message, u32 offset,
			     u32 size, struct iov_iter *to)
{
	struct deque_span span;
	u32 part, skip;
	int ret = 0;

	deque_span_begin(&span, message);
	do {
		skip = min(offset, span.size);
		part = min(size, span.size - skip);
		if (part && copy_to_iter(span.data + skip, part, to) != part)
			return -EFAULT;
		offset -= skip;
		size -= part;
	} while (size && deque_span_next(&span) &&
		 !(ret = deque_payload_pause()));
	return ret;
}

/**
 * deque_payload_read_user() - fill a message
 * @message: the message
 * @from: as much as it is long
 *
 * Context: process; may sleep.
 * Return: 0, -EFAULT, -EINTR (killed).
 */
int deque_payload_read_user(struct deque_message *message,
			    const void __user *from)
{
	struct deque_span span;
	int ret = 0;

	deque_span_begin(&span, message);
	do {
		if (copy_from_user(span.data, from, span.size))
			return -EFAULT;
		from += span.size;
	} while (deque_span_next(&span) && !(ret = deque_payload_pause()));
	deque_payload_note_end(message, &span);
	return ret;
}

/**
 * deque_payload_write_user() - copy the begin of a message out
 * @message: the message
 * @to: where to
 * @size: how many bytes of it
 *
 * Context: process; may sleep.
 * Return: 0, -EFAULT, -EINTR (killed).
 */
int deque_payload_write_user(struct deque_message *message, void __user *to,
			     u32 size)
{
	struct deque_span span;
	int ret = 0;
	u32 part;

	deque_span_begin(&span, message);
	do {
		part = min(span.size, size);
		if (copy_to_user(to, span.data, part))
			return -EFAULT;
		to += part;
		size -= part;
	} while (size && deque_span_next(&span) &&
		 !(ret = deque_payload_pause()));
	return ret;
}
