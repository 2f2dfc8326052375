// SPDX-License-Identifier: GPL-2.0-only
/*
 * What autoload asks for.  MODULE_ALIAS() is the name by which it is found: depmod
 * collects these in modules.alias, where modprobe looks.  That way nobody needs to know
 * which module offers a service, only what it is called.  (A module's own name needs no
 * alias, and for modprobe - and _ are the same there.)
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/printk.h>

#include "autoload.h"

static const struct autoload_service service = {
	.owner = THIS_MODULE,
	.answer = "At your service.\n",
};

static int __init service_init(void)
{
	int err = autoload_register(&service);

	if (!err)
		pr_info("somebody asked for me\n");
	return err;
}
module_init(service_init);

static void __exit service_exit(void)
{
	autoload_unregister(&service);
}
module_exit(service_exit);

MODULE_ALIAS("autoload-answer");
MODULE_DESCRIPTION("A service that is loaded when it is asked for");
MODULE_LICENSE("GPL");
