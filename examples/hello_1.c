// SPDX-License-Identifier: GPL-2.0-only
/*
 * The smallest module that says something: one function when it is loaded, one when
 * it is removed.
 *
 * Texts from before 2.6 call them init_module() and cleanup_module().  Those names
 * still work on most kernels, but not on those with indirect branch tracking from
 * 6.15 on; what hello_2 does works on all.
 */
#include <linux/module.h>
#include <linux/printk.h>

static int hello_init(void)
{
	pr_info("Hello, world 1.\n");
	/* Anything but 0 is an errno, and the module is not loaded: see hello_3. */
	return 0;
}
module_init(hello_init);

static void hello_exit(void)
{
	pr_info("Goodbye, world 1.\n");
}
module_exit(hello_exit);

MODULE_DESCRIPTION("The smallest module that says something");
MODULE_LICENSE("GPL");
