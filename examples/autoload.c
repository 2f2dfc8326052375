// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loads another module when it is needed: who opens /proc/autoload asks for a service,
 * and if nobody offers it, request_module() has modprobe look for the module with that
 * alias.  See autoload_service.
 *
 * The old texts relied on kerneld or kmod to load by name alone.  An ordinary user can
 * open the file, and so have root's modprobe run: what is asked for must never be the
 * user's choice, but come from the code, or at least begin with it.
 */
#include <linux/fs.h>
#include <linux/kmod.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/proc_fs.h>
#include <linux/string.h>

#include "autoload.h"

static DEFINE_MUTEX(lock);
static const struct autoload_service *offered;	/* with lock held */

int autoload_register(const struct autoload_service *service)
{
	int err = 0;

	mutex_lock(&lock);
	if (offered)
		err = -EBUSY;
	else
		offered = service;
	mutex_unlock(&lock);
	return err;
}
EXPORT_SYMBOL_GPL(autoload_register);

void autoload_unregister(const struct autoload_service *service)
{
	mutex_lock(&lock);
	if (offered == service)
		offered = NULL;
	mutex_unlock(&lock);
}
EXPORT_SYMBOL_GPL(autoload_unregister);

/* It may be on its way out: only when we have its module can it be used. */
static const struct autoload_service *service_get(void)
{
	const struct autoload_service *service;

	mutex_lock(&lock);
	service = offered;
	if (service && !try_module_get(service->owner))
		service = NULL;
	mutex_unlock(&lock);
	return service;
}

static int autoload_open(struct inode *inode, struct file *file)
{
	const struct autoload_service *service = service_get();

	if (!service) {
		/*
		 * Waits until modprobe has ended, so not with the lock held, which the
		 * other module needs; and rmmod shall say that we are in use, instead of
		 * waiting for us.  That modprobe ended well says little: look again.
		 */
		if (!try_module_get(THIS_MODULE))
			return -ENODEV;
		request_module("autoload-answer");
		service = service_get();
		module_put(THIS_MODULE);
	}
	if (!service)
		return -ENODEV;
	file->private_data = (void *)service;
	return 0;
}

static ssize_t autoload_read(struct file *file, char __user *buffer, size_t size, loff_t *offset)
{
	const struct autoload_service *service = file->private_data;

	return simple_read_from_buffer(buffer, size, offset, service->answer,
				       strlen(service->answer));
}

static int autoload_release(struct inode *inode, struct file *file)
{
	const struct autoload_service *service = file->private_data;

	module_put(service->owner);
	return 0;
}

static const struct proc_ops autoload_ops = {
	.proc_open = autoload_open,
	.proc_read = autoload_read,
	.proc_lseek = default_llseek,
	.proc_release = autoload_release,
};

static int __init autoload_init(void)
{
	return proc_create("autoload", 0444, NULL, &autoload_ops) ? 0 : -ENOMEM;
}
module_init(autoload_init);

static void __exit autoload_exit(void)
{
	remove_proc_entry("autoload", NULL);
}
module_exit(autoload_exit);

MODULE_DESCRIPTION("Has another module loaded when it is needed");
MODULE_LICENSE("GPL");
