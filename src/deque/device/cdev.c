// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/deque/NAME: its file operations.
 */
#include <linux/fs.h>
#include <linux/module.h>

#include "device/device.h"

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
