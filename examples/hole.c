// SPDX-License-Identifier: GPL-2.0-only
/*
 * WRONG, to show what happens, and never built but for the tests: a read function
 * that believes count.  That is what the caller asks for, not what there is: /proc/hole
 * shows whoever reads more than the message what is in memory after it.
 *
 * Hardened usercopy only stops what leaves the slab object, KASAN names what leaves
 * the allocation, and the rest of the struct nobody notices.  hole_fixed is right.
 */
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

struct hole {
	char message[16];
	char secret[24];
};

static struct hole *hole;

static ssize_t hole_read(struct file *file, char __user *to, size_t count, loff_t *pos)
{
	if (*pos >= sizeof(hole->message))
		return 0;
	/* Wrong: nothing says how much of hole->message there is. */
	if (copy_to_user(to, hole->message, count))
		return -EFAULT;
	*pos += count;
	return count;
}

static const struct proc_ops hole_ops = {
	.proc_read = hole_read,
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

MODULE_DESCRIPTION("WRONG: a read without a bound");
MODULE_LICENSE("GPL");
