// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is needed only once does not stay in memory: __init functions and __initdata
 * are freed as soon as the module is loaded.  __exit functions are left out where the
 * module is built into the kernel, as that is never removed.
 *
 * The parameter fail=-N makes the module refuse to be loaded, with errno N.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>

static int hello_data __initdata = 3;

static int fail;
module_param(fail, int, 0444);
MODULE_PARM_DESC(fail, "Do not load, but fail with this errno, as in -12");

static int __init hello_init(void)
{
	/* No others reach the caller; of a positive one the kernel complains, and loads. */
	if (fail && !IS_ERR_VALUE((long)fail)) {
		pr_err("fail=%d is no errno: use -1 to -%d\n", fail, MAX_ERRNO);
		return -EINVAL;
	}
	if (fail)
		return fail;
	pr_info("Hello, world %d.\n", hello_data);
	return 0;
}
module_init(hello_init);

static void __exit hello_exit(void)
{
	pr_info("Goodbye, world 3.\n");
}
module_exit(hello_exit);

MODULE_DESCRIPTION("Memory that is given back after loading");
MODULE_LICENSE("GPL");
