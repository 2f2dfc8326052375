// SPDX-License-Identifier: GPL-2.0-only
/*
 * The two functions may have any names, not only those of hello_1: module_init() and
 * module_exit() tell the kernel which they are.
 *
 * pr_fmt() is what each line in the log begins with.  With the module's name there,
 * everyone sees who speaks.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/printk.h>

static int say_hello(void)
{
	pr_info("Hello, world 2.\n");
	return 0;
}
module_init(say_hello);

static void say_goodbye(void)
{
	pr_info("Goodbye, world 2.\n");
}
module_exit(say_goodbye);

MODULE_DESCRIPTION("Functions of any name");
MODULE_LICENSE("GPL");
