// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a module tells of itself: modinfo reads it from the file, without loading it.
 *
 * The licence is more than a label.  With one that is not compatible with the GPL, a
 * module gets no EXPORT_SYMBOL_GPL() function and taints the kernel with P; without
 * any it is not built (5.10 only warns).  What is not from the kernel's own source
 * taints with O, unsigned with E: /sys/module/hello_4/taint, /proc/sys/kernel/tainted.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/printk.h>

static int __init hello_init(void)
{
	pr_info("Hello, world 4.\n");
	return 0;
}
module_init(hello_init);

static void __exit hello_exit(void)
{
	pr_info("Goodbye, world 4.\n");
}
module_exit(hello_exit);

MODULE_AUTHOR("The mod developers");
MODULE_DESCRIPTION("A sample driver");
MODULE_LICENSE("GPL");
