// SPDX-License-Identifier: GPL-2.0-only
/*
 * hole, put right: simple_read_from_buffer() is told how much there is, and knows of
 * offsets and of addresses that are not there, which is the rest of what can go wrong.
 */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>
#include <linux/string.h>

struct hole {
	char message[16];
	char secret[24];
};

static struct hole *hole;

static ssize_t hole_read(struct file *file, char __user *to, size_t count, loff_t *pos)
{
	return simple_read_from_buffer(to, count, pos, hole->message, sizeof(hole->message));
}

static const struct proc_ops hole_ops = {
	.proc_read = hole_read,
	.proc_lseek = default_llseek,
};

static int __init hole_init(void)
{
	hole = kzalloc(sizeof(*hole), GFP_KERNEL);
	if (!hole)
		return -ENOMEM;
	memcpy(hole->message, "This is for all\n", sizeof(hole->message));
	memcpy(hole->secret, "and this is for nobody.\n", sizeof(hole->secret));
	if (!proc_create(KBUILD_MODNAME, 0444, NULL, &hole_ops)) {
		kfree(hole);
		return -ENOMEM;
	}
	return 0;
}
module_init(hole_init);

static void __exit hole_exit(void)
{
	remove_proc_entry(KBUILD_MODNAME, NULL);
	kfree_sensitive(hole);
}
module_exit(hole_exit);

MODULE_DESCRIPTION("A read with a bound");
MODULE_LICENSE("GPL");
