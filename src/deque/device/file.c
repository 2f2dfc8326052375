// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/deque/NAME is opened, and its descriptors are closed; /proc/PID/fdinfo.
 */
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "core/deque.h"
#include "core/holder.h"
#include "core/info.h"
#include "core/memory.h"
#include "core/settle.h"
#include "core/walk.h"
#include "device/device.h"
#include "registry.h"

/* Of how many leases fdinfo tells the tokens. */
#define DEQUE_FDINFO_TOKENS	64

static void deque_file_free(struct deque_file *opened)
{
	if (opened->user)
		deque_user_put(opened->user);
	kfree(opened);
}

/**
 * deque_file_open() - open(2)
 * @inode: the node
 * @file: the file
 *
 * Context: sleeps.
 * Return: 0; -ENOMEM, -ENODEV.
 */
int deque_file_open(struct inode *inode, struct file *file)
{
	struct deque_file *opened = kzalloc(sizeof(*opened), DEQUE_GFP);
	int ret;

	if (!opened)
		return -ENOMEM;
	opened->user = deque_user_get();
	ret = opened->user ? deque_registry_open(iminor(inode), opened) : -ENOMEM;
	if (ret) {
		deque_file_free(opened);
		return ret;
	}
	deque_file_init(opened);
	file->private_data = opened;
	file->f_mode |= FMODE_NOWAIT;
	return stream_open(inode, file);
}

/**
 * deque_file_release() - the last descriptor is gone
 * @inode: the node
 * @file: the file
 *
 * However its process ended, here it shows.
 *
 * Context: sleeps.
 * Return: 0.
 */
int deque_file_release(struct inode *inode, struct file *file)
{
	struct deque_file *opened = file->private_data;

	deque_leases_return(opened, NULL);
	deque_bookmark_drop(opened);
	deque_registry_close(opened->deque);
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

/**
 * deque_file_flush() - a descriptor was closed, by the process or because that has ended
 * @file: the file
 * @table: the table of descriptors that it was in
 *
 * The table is not the current one any more when it goes as a whole.
 *
 * Context: sleeps.
 * Return: 0.
 */
int deque_file_flush(struct file *file, fl_owner_t table)
{
	struct deque_file *opened = file->private_data;

	if (!table || !deque_file_holds(opened))
		return 0;
	/* Released next: that ends all of them in one go, so in their order. */
	if (file_count(file) == 1)
		return 0;
	if (table != current->files || !deque_file_in_table(file))
		deque_leases_return(opened, table);
	return 0;
}

/**
 * deque_show_fdinfo() - show the leases of an open file
 * @info: where
 * @file: the file
 *
 * Context: sleeps.
 */
void deque_show_fdinfo(struct seq_file *info, struct file *file)
{
	const struct deque_file *opened = file->private_data;
	u64 tokens[DEQUE_FDINFO_TOKENS];
	unsigned int count, i;
	u64 leases;

	count = deque_file_tokens(opened, tokens, DEQUE_FDINFO_TOKENS, &leases);
	seq_printf(info, "leases:\t%llu\ntokens:\t", leases);
	for (i = 0; i < count; i++)
		seq_printf(info, "%s%llu", i ? " " : "", tokens[i]);
	seq_putc(info, '\n');
}
