// SPDX-License-Identifier: GPL-2.0-only
/*
 * Five resources, and what to do when the fifth cannot be had: give back four, the
 * last first, and say why.  fail_at=N lets step N fail.
 *
 * The idiom has a trap.  Functions fail in three ways: with a negative number, with
 * NULL, with an ERR_PTR().  Who jumps to the end without setting ret for the latter
 * two returns the 0 of the step before: the module is loaded, and has nothing.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/device.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#define STEPS 5

static unsigned int fail_at;
module_param(fail_at, uint, 0444);
MODULE_PARM_DESC(fail_at, "Fail at this step, 1 to 5; 0 for none");

static struct class *unwind_class;
static struct workqueue_struct *queue;
static dev_t number;
static void *memory;

/*
 * The kernel may look at a class when the module is gone: whoever still
 * has a reference to it frees it.  So it is not static, but allocated.
 */
static struct class *unwind_class_create(void)
{
	/* Until 6.4 it was a macro that also took the owner. */
#ifdef class_create
	return class_create(THIS_MODULE, "unwind");
#else
	return class_create("unwind");
#endif
}

static bool fails(unsigned int step)
{
	return step == fail_at;
}

static int __init unwind_init(void)
{
	struct device *device;
	int ret;

	if (fail_at > STEPS) {
		pr_err("fail_at=%u: there are %d steps\n", fail_at, STEPS);
		return -EINVAL;
	}

	memory = fails(1) ? NULL : kzalloc(PAGE_SIZE, GFP_KERNEL);
	if (!memory)
		return -ENOMEM;
	pr_info("+ memory\n");

	ret = fails(2) ? -EBUSY : alloc_chrdev_region(&number, 0, 1, KBUILD_MODNAME);
	if (ret)
		goto err_free_memory;
	pr_info("+ number\n");

	unwind_class = fails(3) ? ERR_PTR(-EINVAL) : unwind_class_create();
	if (IS_ERR(unwind_class)) {
		ret = PTR_ERR(unwind_class);
		goto err_release_number;
	}
	pr_info("+ class\n");

	queue = fails(4) ? NULL : alloc_ordered_workqueue(KBUILD_MODNAME, WQ_MEM_RECLAIM);
	if (!queue) {
		ret = -ENOMEM;
		goto err_unregister_class;
	}
	pr_info("+ queue\n");

	/* What others can see comes last: from here on they may use all of it. */
	device = fails(5) ? ERR_PTR(-ENODEV) :
		 device_create(unwind_class, NULL, number, NULL, KBUILD_MODNAME);
	if (IS_ERR(device)) {
		ret = PTR_ERR(device);
		goto err_destroy_queue;
	}
	pr_info("+ device\n");
	return 0;

err_destroy_queue:
	destroy_workqueue(queue);
	pr_info("- queue\n");
err_unregister_class:
	class_destroy(unwind_class);
	pr_info("- class\n");
err_release_number:
	unregister_chrdev_region(number, 1);
	pr_info("- number\n");
err_free_memory:
	kfree(memory);
	pr_info("- memory\n");
	return ret;
}
module_init(unwind_init);

static void __exit unwind_exit(void)
{
	device_destroy(unwind_class, number);
	pr_info("- device\n");
	destroy_workqueue(queue);
	pr_info("- queue\n");
	class_destroy(unwind_class);
	pr_info("- class\n");
	unregister_chrdev_region(number, 1);
	pr_info("- number\n");
	kfree(memory);
	pr_info("- memory\n");
}
module_exit(unwind_exit);

MODULE_DESCRIPTION("Five resources, given back in the other order");
MODULE_LICENSE("GPL");
