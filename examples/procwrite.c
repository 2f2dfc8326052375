// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is written to a file in /proc goes to the kernel's log.
 *
 * The old text gave the caller's pointer to printk("%s"): that reads user memory without
 * asking if it may, and on to the next NUL wherever that is.  Here it is copied, cut, and
 * printed by its length with %*pE, which shows a control character as \ooo or as in C, so
 * that nobody can fake a second line.  And nobody can fill the log: ten lines in five
 * seconds are the most, and the kernel counts what it drops.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/proc_fs.h>
#include <linux/uaccess.h>

#define FILE_NAME "minimal_proc_lkm"
#define TEXT_MAX 100

static ssize_t procwrite_write(struct file *file, const char __user *buffer, size_t size,
			       loff_t *offset)
{
	char text[TEXT_MAX];
	int length;

	/* What does not fit is not taken, and the caller told so: it may write again. */
	size = min(size, sizeof(text));
	if (copy_from_user(text, buffer, size))
		return -EFAULT;
	length = size;
	/* echo ends with one, and pr_info() below does. */
	if (length && text[length - 1] == '\n')
		length--;
	pr_info_ratelimited("\"%*pE\"\n", length, text);
	return size;
}

static const struct proc_ops procwrite_ops = {
	.proc_write = procwrite_write,
	.proc_lseek = noop_llseek,
};

static int __init procwrite_init(void)
{
	/* The log is root's: nobody else may write into it. */
	if (!proc_create(FILE_NAME, 0200, NULL, &procwrite_ops))
		return -ENOMEM;
	return 0;
}
module_init(procwrite_init);

static void __exit procwrite_exit(void)
{
	remove_proc_entry(FILE_NAME, NULL);
}
module_exit(procwrite_exit);

MODULE_DESCRIPTION("What is written to a file in /proc goes to the log");
MODULE_LICENSE("GPL");
