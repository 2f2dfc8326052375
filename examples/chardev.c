// SPDX-License-Identifier: GPL-2.0-only
/*
 * A character device that one at a time may read, with a number and a node in /dev that
 * the kernel chooses and makes.
 *
 * In the old texts the module could be removed while it was open, and the next read
 * jumped to where it had been: .owner is what forbids that.  And their read() walked on
 * from any offset that pread(2) gave it; simple_read_from_buffer() looks first.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/bitops.h>
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/kdev_t.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/string.h>

/* Bit 0 is set while it is open.  Who has set it may write the two below. */
static unsigned long is_open;
static unsigned int times;
static char message[64];

static int chardev_open(struct inode *inode, struct file *file)
{
	if (test_and_set_bit_lock(0, &is_open))
		return -EBUSY;
	/* A node says only these two numbers; its name and place mean nothing. */
	pr_info_ratelimited("open of %u:%u\n", imajor(inode), iminor(inode));
	scnprintf(message, sizeof(message), "I already told you %u times Hello world!\n", times++);
	return 0;
}

static int chardev_release(struct inode *inode, struct file *file)
{
	clear_bit_unlock(0, &is_open);
	return 0;
}

static ssize_t chardev_read(struct file *file, char __user *buffer, size_t size, loff_t *offset)
{
	return simple_read_from_buffer(buffer, size, offset, message, strlen(message));
}

/* There is no .write, so the kernel answers EINVAL by itself. */
static const struct file_operations chardev_fops = {
	.owner = THIS_MODULE,
	.open = chardev_open,
	.release = chardev_release,
	.read = chardev_read,
	.llseek = default_llseek,
};

static struct class *chardev_class;
static struct cdev *chardev_cdev;
static dev_t number;

/*
 * The kernel may look at a class, and at a cdev, when the module is gone: whoever still
 * has a reference to one frees it.  So they are not static, but allocated.
 */
static struct class *chardev_class_create(void)
{
	/* Until 6.4 it was a macro that also took the owner. */
#ifdef class_create
	return class_create(THIS_MODULE, "chardev");
#else
	return class_create("chardev");
#endif
}

static int __init chardev_init(void)
{
	struct device *device;
	int ret;

	ret = alloc_chrdev_region(&number, 0, 1, "chardev");
	if (ret)
		return ret;
	chardev_class = chardev_class_create();
	if (IS_ERR(chardev_class)) {
		ret = PTR_ERR(chardev_class);
		goto err_region;
	}
	chardev_cdev = cdev_alloc();
	if (!chardev_cdev) {
		ret = -ENOMEM;
		goto err_class;
	}
	chardev_cdev->ops = &chardev_fops;
	chardev_cdev->owner = THIS_MODULE;
	device = device_create(chardev_class, NULL, number, NULL, "chardev");
	if (IS_ERR(device)) {
		ret = PTR_ERR(device);
		goto err_cdev;
	}
	/*
	 * From here on it can be opened, by any node with its number, and a module that
	 * fails to load goes even if somebody is in it: so nothing may fail after this.
	 */
	ret = cdev_add(chardev_cdev, number, 1);
	if (ret)
		goto err_device;
	pr_info("major %u, minor %u: another node would be 'mknod NAME c %u %u'\n",
		MAJOR(number), MINOR(number), MAJOR(number), MINOR(number));
	return 0;

err_device:
	device_destroy(chardev_class, number);
err_cdev:
	kobject_put(&chardev_cdev->kobj);
err_class:
	class_destroy(chardev_class);
err_region:
	unregister_chrdev_region(number, 1);
	return ret;
}
module_init(chardev_init);

static void __exit chardev_exit(void)
{
	cdev_del(chardev_cdev);
	device_destroy(chardev_class, number);
	class_destroy(chardev_class);
	unregister_chrdev_region(number, 1);
}
module_exit(chardev_exit);

MODULE_DESCRIPTION("A character device for one reader at a time");
MODULE_LICENSE("GPL");
