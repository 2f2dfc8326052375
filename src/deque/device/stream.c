// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/deque/NAME as a file: open, read, write, poll, SIGIO.
 */
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uio.h>

#include "core/deque.h"

/* Of how many leases fdinfo tells the tokens. */
#define DEQUE_FDINFO_TOKENS	64

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

static void deque_file_free(struct deque_file *opened)
{
	if (opened->user)
		deque_user_put(opened->user);
	kfree(opened);
}

static int deque_file_open(struct inode *inode, struct file *file)
{
	struct deque_file *opened = kzalloc(sizeof(*opened), DEQUE_GFP);
	int ret;

	if (!opened)
		return -ENOMEM;
	opened->user = deque_user_get();
	ret = opened->user ? deque_open(iminor(inode), opened) : -ENOMEM;
	if (ret) {
		deque_file_free(opened);
		return ret;
	}
	INIT_LIST_HEAD(&opened->leases);
	opened->held = RB_ROOT;
	opened->era = DEQUE_ERA_REST + 1;
	INIT_LIST_HEAD(&opened->bookmarked);
	file->private_data = opened;
	file->f_mode |= FMODE_NOWAIT;
	return stream_open(inode, file);
}

/* The last descriptor is gone: however its process ended, here it shows. */
static int deque_file_release(struct inode *inode, struct file *file)
{
	struct deque_file *opened = file->private_data;

	deque_leases_return(opened, NULL);
	deque_bookmark_drop(opened);
	deque_close(opened->deque);
	deque_file_free(opened);
	return 0;
}

static int deque_is_file(const void *file, struct file *other, unsigned int fd)
{
	return file == other;
}

/**
 * deque_file_in_table() - whether the caller has a descriptor for a file
 * @file: the file
 *
 * Context: process; O(its descriptors).
 * Return: whether there is one.
 */
bool deque_file_in_table(struct file *file)
{
	return iterate_fd(current->files, 0, deque_is_file, file);
}

/*
 * A descriptor was closed, by the process or because that has ended.  Its table
 * is not the current one any more when it goes as a whole.
 */
static int deque_file_flush(struct file *file, fl_owner_t table)
{
	struct deque_file *opened = file->private_data;

	/* What the process itself has claimed is seen in any case. */
	if (!table || RB_EMPTY_ROOT(&opened->held))
		return 0;
	/* Released next: that ends all of them in one go, so in their order. */
	if (file_count(file) == 1)
		return 0;
	if (table != current->files || !deque_file_in_table(file))
		deque_leases_return(opened, table);
	return 0;
}

/* Notes the tokens of the oldest leases; returns how many. */
static unsigned int deque_file_tokens_locked(const struct deque_file *opened,
					     u64 *tokens)
{
	const struct deque_parked *parked;
	unsigned int n = 0;

	list_for_each_entry(parked, &opened->leases, link) {
		if (n == DEQUE_FDINFO_TOKENS)
			break;
		tokens[n++] = parked->token;
	}
	return n;
}

static void deque_show_fdinfo(struct seq_file *info, struct file *file)
{
	const struct deque_file *opened = file->private_data;
	u64 tokens[DEQUE_FDINFO_TOKENS];
	unsigned int count, i;
	u64 leases;

	spin_lock(&opened->deque->lock);
	leases = opened->lease_count;
	count = deque_file_tokens_locked(opened, tokens);
	spin_unlock(&opened->deque->lock);
	seq_printf(info, "leases:\t%llu\ntokens:\t", leases);
	for (i = 0; i < count; i++)
		seq_printf(info, "%s%llu", i ? " " : "", tokens[i]);
	seq_putc(info, '\n');
}

/* One call, one message; how it is scattered in memory does not matter. */
static ssize_t deque_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	const struct deque_file *opened = iocb->ki_filp->private_data;
	const struct deque_source source = {
		.iter = from,
		.size = min_t(size_t, iov_iter_count(from), U32_MAX),
	};
	struct deque_send send = {
		.end = DEQUE_AT_BACK,
		.patience = deque_iocb_patience(iocb),
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

static __poll_t deque_poll(struct file *file, poll_table *wait)
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

static int deque_fasync(int fd, struct file *file, int on)
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

/* No llseek, no mmap: a stream without a position, and no memory to share. */
const struct file_operations deque_fops = {
	.owner = THIS_MODULE,
	.open = deque_file_open,
	.flush = deque_file_flush,
	.release = deque_file_release,
	.read_iter = deque_read_iter,
	.write_iter = deque_write_iter,
	.poll = deque_poll,
	.fasync = deque_fasync,
	.show_fdinfo = deque_show_fdinfo,
	.unlocked_ioctl = deque_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};
