// SPDX-License-Identifier: GPL-2.0-only
/*
 * A device that is driven by ioctl(2), as its header says.
 *
 * In the old text the N of GET_NTH_BYTE went unchecked, so one of 100000000 was an oops;
 * GET_MSG wrote as much as there was into a buffer it knew no size of; and the major
 * number was a fixed one that belonged to someone else.  A misc device gets its number
 * and its node from the kernel.
 */
#include <linux/build_bug.h>
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/nospec.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "ioctl_dev.h"

static_assert(sizeof(struct ioctl_dev_msg) == 4 + IOCTL_DEV_MAX);
static_assert(sizeof(struct ioctl_dev_byte) == 8);

/* Protects the message. */
static DEFINE_MUTEX(lock);
static struct ioctl_dev_msg message;

static long set_msg(const void __user *argument)
{
	struct ioctl_dev_msg new;

	if (copy_from_user(&new, argument, sizeof(new)))
		return -EFAULT;
	if (new.length > IOCTL_DEV_MAX)
		return -EINVAL;
	memset(new.text + new.length, 0, IOCTL_DEV_MAX - new.length);
	mutex_lock(&lock);
	message = new;
	mutex_unlock(&lock);
	return 0;
}

static long get_msg(void __user *argument)
{
	struct ioctl_dev_msg now;

	/* The user's page may have to be fetched, so not under the lock. */
	mutex_lock(&lock);
	now = message;
	mutex_unlock(&lock);
	return copy_to_user(argument, &now, sizeof(now)) ? -EFAULT : 0;
}

static long get_nth_byte(void __user *argument)
{
	struct ioctl_dev_byte nth;
	long ret = 0;

	if (copy_from_user(&nth, argument, sizeof(nth)))
		return -EFAULT;
	mutex_lock(&lock);
	if (nth.index < message.length)
		/* Nor may the processor guess its way past the check (Spectre). */
		nth.byte = message.text[array_index_nospec(nth.index, message.length)];
	else
		ret = -EINVAL;
	mutex_unlock(&lock);
	if (!ret && copy_to_user(argument, &nth, sizeof(nth)))
		ret = -EFAULT;
	return ret;
}

static long ioctl_dev_ioctl(struct file *file, unsigned int command, unsigned long argument)
{
	void __user *user = (void __user *)argument;

	switch (command) {
	case IOCTL_SET_MSG:
		return set_msg(user);
	case IOCTL_GET_MSG:
		return get_msg(user);
	case IOCTL_GET_NTH_BYTE:
		return get_nth_byte(user);
	default:
		return -ENOTTY;
	}
}

static const struct file_operations ioctl_dev_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = ioctl_dev_ioctl,
	/* Without it a 32-bit program gets ENOTTY. */
	.compat_ioctl = compat_ptr_ioctl,
	.llseek = noop_llseek,
};

static struct miscdevice ioctl_dev = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "ioctl_dev",
	.fops = &ioctl_dev_fops,
	.mode = 0666,
};
module_misc_device(ioctl_dev);

MODULE_DESCRIPTION("A device that is driven by ioctl");
MODULE_LICENSE("GPL");
