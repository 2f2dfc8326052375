// SPDX-License-Identifier: GPL-2.0-only
/*
 * A console that keeps what it is given, for /proc/levels_console: so you see what
 * levels has on the console at each number in /proc/sys/kernel/printk.
 *
 * The kernel itself leaves out the other lines; a console never learns of their level.
 */
#include <linux/console.h>
#include <linux/fs.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>
#include <linux/string.h>

/* With console_lock() held, as it is when a console has to write. */
static char shown[16384];
static size_t used;

static void keep_write(struct console *console, const char *text, unsigned int size)
{
	size_t fits = min_t(size_t, size, sizeof(shown) - used);

	memcpy(shown + used, text, fits);
	used += fits;
}

/* Enabled from the start, as nobody says console=keep at boot. */
static struct console keep = {
	.name = "keep",
	.write = keep_write,
	.flags = CON_ENABLED,
	.index = -1,
};

/* What is read may make a fault, and the fault a line for the log: not with the lock. */
static ssize_t keep_read(struct file *file, char __user *buffer, size_t size, loff_t *offset)
{
	char *copy = kmalloc(sizeof(shown), GFP_KERNEL);
	size_t filled;
	ssize_t got;

	if (!copy)
		return -ENOMEM;
	console_lock();
	filled = used;
	memcpy(copy, shown, filled);
	console_unlock();
	got = simple_read_from_buffer(buffer, size, offset, copy, filled);
	kfree(copy);
	return got;
}

static const struct proc_ops keep_ops = {
	.proc_read = keep_read,
	.proc_lseek = default_llseek,
};

static int __init keep_init(void)
{
	if (!proc_create("levels_console", 0400, NULL, &keep_ops))
		return -ENOMEM;
	register_console(&keep);
	return 0;
}
module_init(keep_init);

static void __exit keep_exit(void)
{
	unregister_console(&keep);
	remove_proc_entry("levels_console", NULL);
}
module_exit(keep_exit);

MODULE_DESCRIPTION("A console that keeps what it is given");
MODULE_LICENSE("GPL");
