// SPDX-License-Identifier: GPL-2.0-only
/*
 * write(2), poll(2) and SIGIO on /dev/deque/NAME.
 */
#include <linux/fs.h>
#include <linux/minmax.h>
#include <linux/poll.h>
#include <linux/uio.h>

#include "core/deque.h"
#include "core/line.h"
#include "core/queue.h"
#include "core/state.h"
#include "core/wait.h"
#include "device/device.h"

/**
 * deque_write_iter() - write(2)
 * @iocb: the call
 * @from: the message
 *
 * One call, one message; how it is scattered in memory does not matter.
 *
 * Context: sleeps.
 * Return: bytes; as deque_send_some().
 */
ssize_t deque_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	const struct deque_file *opened = iocb->ki_filp->private_data;
	const struct deque_source source = {
		.iter = from,
		.size = min_t(size_t, iov_iter_count(from), U32_MAX),
	};
	struct deque_send send = {
		.end = DEQUE_AT_BACK,
		.timeout = deque_iocb_timeout(iocb),
	};
	struct deque_slot slot;
	int ret;

	ret = deque_send_begin(&send, opened);
	if (!ret) {
		ret = deque_send_some(&send, &slot, &source, 1);
		deque_send_end(&send);
	}
	return ret < 0 ? ret : (ssize_t)source.size;
}

/**
 * deque_poll() - poll(2), select(2) and epoll
 * @file: the file
 * @wait: who polls
 *
 * Context: sleeps.
 * Return: a mask of EPOLL*.
 */
__poll_t deque_poll(struct file *file, poll_table *wait)
{
	struct deque_file *opened = file->private_data;
	struct deque *deque = opened->deque;
	__poll_t wanted = 0;
	__poll_t events;

	if (file->f_mode & FMODE_READ)
		wanted |= EPOLLIN;
	if (file->f_mode & FMODE_WRITE)
		wanted |= EPOLLOUT;
	poll_wait(file, &deque->pollers, wait);
	spin_lock(&deque->lock);
	events = deque_events_locked(deque, wanted);
	/* What is left of a line can be read, whatever there is besides. */
	if ((wanted & EPOLLIN) && deque_line_left_locked(opened))
		events |= EPOLLIN | EPOLLRDNORM;
	spin_unlock(&deque->lock);
	return events;
}

/**
 * deque_fasync() - SIGIO is switched on or off
 * @fd: the descriptor
 * @file: the file
 * @on: which
 *
 * Context: sleeps.
 * Return: as fasync_helper().
 */
int deque_fasync(int fd, struct file *file, int on)
{
	struct deque_file *opened = file->private_data;
	struct deque *deque = opened->deque;
	int ret = 0;

	if (file->f_mode & FMODE_READ)
		ret = fasync_helper(fd, file, on, &deque->fasync_readers);
	if (ret >= 0 && (file->f_mode & FMODE_WRITE)) {
		ret = fasync_helper(fd, file, on, &deque->fasync_writers);
		if (ret < 0 && (file->f_mode & FMODE_READ))
			fasync_helper(-1, file, 0, &deque->fasync_readers);
	}
	return ret;
}
