// SPDX-License-Identifier: GPL-2.0-only
/*
 * Parameters: insmod hello_5.ko mystring="two words" myintarray=-1,7
 *
 * The last number is the mode of the parameter's file in /sys/module/hello_5/parameters;
 * with 0 there is none.  A value that does not fit its type is refused before any code
 * here runs; one that fits may still be wrong, and mypercent has a function that looks.
 *
 * A parameter that nobody knows does not stop the loading: the kernel names it in the
 * log, and that is all.  Names are exact, myintArray is not myintarray.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>

static short myshort = 1;
module_param(myshort, short, 0660);
MODULE_PARM_DESC(myshort, "A short integer");

static int myint = 420;
module_param(myint, int, 0644);
MODULE_PARM_DESC(myint, "An integer");

static long mylong = 9999;
module_param(mylong, long, 0400);
MODULE_PARM_DESC(mylong, "A long integer");

static char *mystring = "blah";
module_param(mystring, charp, 0);
MODULE_PARM_DESC(mystring, "A character string");

/* The third argument gets how many there were; there is never room for more. */
static int myintarray[2] = { 420, 420 };
static unsigned int count;
module_param_array(myintarray, int, &count, 0);
MODULE_PARM_DESC(myintarray, "An array of integers");

/* Called at loading and at each write to the file, by one at a time. */
static int percent_set(const char *text, const struct kernel_param *param)
{
	unsigned int value;
	int err = kstrtouint(text, 0, &value);

	if (err)
		return err;
	if (value > 100)
		return -EINVAL;
	*(unsigned int *)param->arg = value;
	return 0;
}

static const struct kernel_param_ops percent_ops = {
	.set = percent_set,
	.get = param_get_uint,
};

static unsigned int mypercent = 50;
module_param_cb(mypercent, &percent_ops, &mypercent, 0644);
__MODULE_PARM_TYPE(mypercent, "uint");
MODULE_PARM_DESC(mypercent, "A number from 0 to 100");

static int __init hello_init(void)
{
	int i;

	pr_info("Hello, world 5\n");
	/* Its files are there already, and can be written to. */
	kernel_param_lock(THIS_MODULE);
	pr_info("myshort is a short integer: %d\n", myshort);
	pr_info("myint is an integer: %d\n", myint);
	pr_info("mylong is a long integer: %ld\n", mylong);
	pr_info("mystring is a string: %s\n", mystring);
	for (i = 0; i < ARRAY_SIZE(myintarray); i++)
		pr_info("myintarray[%d] = %d\n", i, myintarray[i]);
	pr_info("got %u arguments for myintarray.\n", count);
	pr_info("mypercent is a percentage: %u\n", mypercent);
	kernel_param_unlock(THIS_MODULE);
	return 0;
}
module_init(hello_init);

static void __exit hello_exit(void)
{
	pr_info("Goodbye, world 5\n");
}
module_exit(hello_exit);

MODULE_DESCRIPTION("Parameters of every kind");
MODULE_LICENSE("GPL");
