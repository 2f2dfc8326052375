// SPDX-License-Identifier: GPL-2.0-only
/*
 * The smallest file in /proc.
 *
 * The read() of the old texts gave all 13 bytes to whoever asked for one, over whatever
 * the caller had behind it.  simple_read_from_buffer() gives no more than was asked for,
 * from where this reader has come to.
 *
 * struct proc_ops has no .owner: the module can be removed while the file is open.
 * remove_proc_entry() waits for calls that are running, and later ones get EIO.
 */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/proc_fs.h>

static const char text[] = "HelloWorld!\n";

static ssize_t hello_read(struct file *file, char __user *buffer, size_t size, loff_t *offset)
{
	return simple_read_from_buffer(buffer, size, offset, text, sizeof(text) - 1);
}

static const struct proc_ops hello_ops = {
	.proc_read = hello_read,
	.proc_lseek = default_llseek,
};

static int __init hello_init(void)
{
	/* A mode of 0 would not mean that nobody may: it means 0444. */
	if (!proc_create("helloworld", 0444, NULL, &hello_ops))
		return -ENOMEM;
	return 0;
}
module_init(hello_init);

static void __exit hello_exit(void)
{
	remove_proc_entry("helloworld", NULL);
}
module_exit(hello_exit);

MODULE_DESCRIPTION("The smallest file in /proc");
MODULE_LICENSE("GPL");
