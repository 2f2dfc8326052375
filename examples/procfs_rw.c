// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file in /proc that root writes and everyone reads.
 *
 * The input is copied as a whole before the lock is taken: a bad address changes nothing,
 * and no reader sees half of a new text.  It is refused if it is too long, as a short
 * write would make most programs write the rest, and that would be the last input.
 */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#define INPUT_MAX 80

/* Protects the two below. */
static DEFINE_MUTEX(lock);
static char input[INPUT_MAX];
static size_t input_size;

static int rw_show(struct seq_file *file, void *unused)
{
	seq_puts(file, "Last input:");
	mutex_lock(&lock);
	/* By its size: it may hold any bytes, and need not end with a NUL. */
	seq_write(file, input, input_size);
	mutex_unlock(&lock);
	return 0;
}

static int rw_open(struct inode *inode, struct file *file)
{
	return single_open(file, rw_show, NULL);
}

static ssize_t rw_write(struct file *file, const char __user *buffer, size_t size, loff_t *offset)
{
	char new[INPUT_MAX];

	if (size > sizeof(new))
		return -EINVAL;
	if (copy_from_user(new, buffer, size))
		return -EFAULT;
	mutex_lock(&lock);
	memcpy(input, new, size);
	input_size = size;
	mutex_unlock(&lock);
	return size;
}

static const struct proc_ops rw_ops = {
	.proc_open = rw_open,
	.proc_read = seq_read,
	.proc_write = rw_write,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
};

static int __init rw_init(void)
{
	if (!proc_create("rw_test", 0644, NULL, &rw_ops))
		return -ENOMEM;
	return 0;
}
module_init(rw_init);

static void __exit rw_exit(void)
{
	remove_proc_entry("rw_test", NULL);
}
module_exit(rw_exit);

MODULE_DESCRIPTION("A file in /proc that root writes and everyone reads");
MODULE_LICENSE("GPL");
