// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/deque/control: deques are made and destroyed here.
 */
#include <linux/fs.h>
#include <linux/module.h>

#include "device/device.h"
#include "registry.h"

static long deque_control_create(struct file *file, void *argument)
{
	const struct deque_create *create = argument;

	if (create->reserved || create->policy & ~DEQUE_POLICIES)
		return -EINVAL;
	return deque_registry_create(create->name, &create->limits, create->policy);
}

static long deque_control_destroy(struct file *file, void *argument)
{
	const struct deque_destroy *destroy = argument;

	return deque_registry_destroy(destroy->name, destroy->flags);
}

static const struct deque_command deque_control_commands[] = {
	{
		.number = DEQUE_CREATE,
		.mode = FMODE_WRITE,
		.size = sizeof(struct deque_create),
		.min_size = sizeof(struct deque_create),
		.run = deque_control_create,
	},
	{
		.number = DEQUE_DESTROY,
		.mode = FMODE_WRITE,
		.size = sizeof(struct deque_destroy),
		.min_size = sizeof(struct deque_destroy),
		.flags = DEQUE_FORCE,
		.run = deque_control_destroy,
	},
};

static long deque_control_ioctl(struct file *file, unsigned int number,
				unsigned long argument)
{
	return deque_dispatch(file, number, argument, deque_control_commands,
			      ARRAY_SIZE(deque_control_commands));
}

const struct file_operations deque_control_fops = {
	.owner = THIS_MODULE,
	.open = stream_open,
	.unlocked_ioctl = deque_control_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};
