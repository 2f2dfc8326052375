// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/deque/NAME as a file: open, read, write, poll, SIGIO.
 */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/uio.h>

#include "internal.h"

/**
 * deque_size_check() - whether a deque takes messages of that size
 * @deque: the deque
 * @size: bytes
 *
 * Context: any.
 * Return: 0, -EINVAL (empty), -EMSGSIZE (too long).
 */
int deque_size_check(const struct deque *deque, size_t size)
{
	if (!size)
		return -EINVAL;
	return size > deque_max_size(deque) ? -EMSGSIZE : 0;
}

static int deque_file_open(struct inode *inode, struct file *file)
{
	struct deque *deque = deque_open(iminor(inode));

	if (!deque)
		return -ENODEV;
	file->private_data = deque;
	file->f_mode |= FMODE_NOWAIT;
	return stream_open(inode, file);
}

static int deque_file_release(struct inode *inode, struct file *file)
{
	deque_close(file->private_data);
	return 0;
}

static struct deque_patience deque_iocb_patience(const struct kiocb *iocb)
{
	return (struct deque_patience){
		.nowait = (iocb->ki_flags & IOCB_NOWAIT) ||
			  (iocb->ki_filp->f_flags & O_NONBLOCK),
	};
}

/* One call, one message; how it is scattered in memory does not matter. */
static ssize_t deque_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct deque_patience patience = deque_iocb_patience(iocb);
	struct deque *deque = iocb->ki_filp->private_data;
	size_t size = iov_iter_count(from);
	struct deque_slot slot;
	int ret;

	ret = deque_size_check(deque, size);
	if (ret)
		return ret;
	slot.message = deque_message_alloc(size);
	if (!slot.message)
		return -ENOMEM;
	ret = -EFAULT;
	if (copy_from_iter_full(slot.message->data, size, from))
		ret = deque_push(deque, &slot, 1, DEQUE_AT_BACK, &patience);
	if (ret == 1)
		return size;
	deque_message_put(slot.message);
	return ret;
}

static ssize_t deque_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct deque_patience patience = deque_iocb_patience(iocb);
	struct deque *deque = iocb->ki_filp->private_data;
	struct deque_slot slot = {
		.capacity = min_t(size_t, iov_iter_count(to), U32_MAX),
	};
	struct deque_take take = {
		.slots = &slot,
		.count = 1,
		.end = DEQUE_AT_FRONT,
	};
	bool delivered;
	ssize_t size;
	int ret;

	/* POSIX: a read of nothing gets nothing. */
	if (!slot.capacity)
		return 0;
	ret = deque_take(deque, &take, &patience);
	if (ret < 0)
		return ret;
	size = slot.message->size;
	delivered = copy_to_iter(slot.message->data, size, to) == size;
	deque_take_finish(deque, &take, 1, delivered);
	return delivered ? size : -EFAULT;
}

static __poll_t deque_poll(struct file *file, poll_table *wait)
{
	struct deque *deque = file->private_data;
	__poll_t wanted = 0;
	__poll_t events;

	if (file->f_mode & FMODE_READ)
		wanted |= EPOLLIN;
	if (file->f_mode & FMODE_WRITE)
		wanted |= EPOLLOUT;
	poll_wait(file, &deque->pollers, wait);
	spin_lock(&deque->lock);
	events = deque_events_locked(deque, wanted);
	spin_unlock(&deque->lock);
	return events;
}

static int deque_fasync(int fd, struct file *file, int on)
{
	struct deque *deque = file->private_data;
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

/* No llseek, no mmap: a stream without a position, and no memory to share. */
const struct file_operations deque_fops = {
	.owner = THIS_MODULE,
	.open = deque_file_open,
	.release = deque_file_release,
	.read_iter = deque_read_iter,
	.write_iter = deque_write_iter,
	.poll = deque_poll,
	.fasync = deque_fasync,
	.unlocked_ioctl = deque_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};
