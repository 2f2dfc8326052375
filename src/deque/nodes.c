// SPDX-License-Identifier: GPL-2.0-only
/*
 * Device numbers, the class, and the nodes /dev/deque/control and
 * /dev/deque/NAME.
 *
 * All minors share one character device, and every object with a kobject in it
 * is allocated and released by the kernel proper.  So no release function of
 * ours can be pending when the module goes, as it could if struct deque were
 * to hold a struct device or a struct cdev.
 */
#include <linux/cdev.h>
#include <linux/device.h>
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/slab.h>

#include <compat.h>
#include "core/deque.h"
#include "device/device.h"
#include "nodes.h"

static dev_t first_number;
static struct class *deque_class;
static struct cdev *deque_cdev;

/* What stands behind the nodes. */
static const struct deque_nodes *nodes;

static dev_t deque_number(u32 minor)
{
	return MKDEV(MAJOR(first_number), minor);
}

/* Hands the file on to what stands behind its minor, as misc devices do. */
static int deque_node_open(struct inode *inode, struct file *file)
{
	const struct file_operations *fops = nodes->deque_fops;

	if (iminor(inode) == DEQUE_MINOR_CONTROL)
		fops = nodes->control_fops;
	fops = fops_get(fops);
	if (!fops)
		return -ENODEV;
	replace_fops(file, fops);
	return file->f_op->open(inode, file);
}

static const struct file_operations deque_node_fops = {
	.owner = THIS_MODULE,
	.open = deque_node_open,
};

/*
 * Where in /dev; sysfs shows the bare name.  The mode is what devtmpfs starts
 * with, udev's rule opens it for the group.
 *
 * Without an answer the kernel would not fail, but put the node beside our
 * folder, /dev/NAME, and never remove it: so the few bytes have to be there.
 */
static char *deque_devnode(compat_devnode_device *device, umode_t *mode)
{
	if (mode)
		*mode = 0600;
	return kasprintf(GFP_KERNEL | __GFP_NOFAIL, "deque/%s", dev_name(device));
}

static int deque_node_add(u32 minor, const char *name, struct deque *deque)
{
	struct device *device;

	device = device_create_with_groups(deque_class, NULL,
					   deque_number(minor), deque,
					   deque ? nodes->deque_groups :
						   nodes->control_groups,
					   "%s", name);
	return PTR_ERR_OR_ZERO(device);
}

/**
 * deque_node_create() - make the node of a deque, and its folder in sysfs
 * @deque: the deque, ready to be used
 *
 * Context: sleeps.
 * Return: 0 or an error.
 */
int deque_node_create(struct deque *deque)
{
	return deque_node_add(deque->minor, deque->name, deque);
}

/**
 * deque_node_destroy() - remove what deque_node_create() made
 * @deque: the deque
 *
 * Waits for those who are just reading an attribute.
 *
 * Context: sleeps.
 */
void deque_node_destroy(const struct deque *deque)
{
	device_destroy(deque_class, deque_number(deque->minor));
}

/**
 * deque_nodes_init() - get device numbers and a class
 * @behind: what stands behind the nodes
 *
 * Return: 0 or an error.
 */
int deque_nodes_init(const struct deque_nodes *behind)
{
	int ret;

	nodes = behind;
	ret = alloc_chrdev_region(&first_number, 0, DEQUE_DEQUES_LIMIT + 1,
				  "deque");
	if (ret)
		return ret;
	deque_class = compat_class_create("deque");
	if (IS_ERR(deque_class)) {
		ret = PTR_ERR(deque_class);
		goto err_unregister_region;
	}
	deque_class->devnode = deque_devnode;
	return 0;

err_unregister_region:
	unregister_chrdev_region(first_number, DEQUE_DEQUES_LIMIT + 1);
	return ret;
}

/**
 * deque_nodes_publish() - let users in
 *
 * The last step of loading: until the character device is there, nodes that
 * exist already cannot be opened, so nobody is inside if loading fails.
 *
 * Return: 0 or an error.
 */
int deque_nodes_publish(void)
{
	int ret;

	ret = deque_node_add(DEQUE_MINOR_CONTROL, "control", NULL);
	if (ret)
		return ret;
	deque_cdev = cdev_alloc();
	if (!deque_cdev) {
		ret = -ENOMEM;
		goto err_destroy_control;
	}
	deque_cdev->owner = THIS_MODULE;
	deque_cdev->ops = &deque_node_fops;
	ret = cdev_add(deque_cdev, first_number, DEQUE_DEQUES_LIMIT + 1);
	if (ret)
		goto err_put_cdev;
	return 0;

err_put_cdev:
	kobject_put(&deque_cdev->kobj);
err_destroy_control:
	device_destroy(deque_class, deque_number(DEQUE_MINOR_CONTROL));
	return ret;
}

/**
 * deque_nodes_unpublish() - undo deque_nodes_publish()
 */
void deque_nodes_unpublish(void)
{
	cdev_del(deque_cdev);
	device_destroy(deque_class, deque_number(DEQUE_MINOR_CONTROL));
}

/**
 * deque_nodes_exit() - undo deque_nodes_init()
 */
void deque_nodes_exit(void)
{
	class_destroy(deque_class);
	unregister_chrdev_region(first_number, DEQUE_DEQUES_LIMIT + 1);
}
