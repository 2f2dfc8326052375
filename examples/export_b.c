// SPDX-License-Identifier: GPL-2.0-only
/*
 * Calls a function of another module.  From then on export_a is in use and cannot be
 * removed: nobody has to count, as the texts of 2.2 did with MOD_INC_USE_COUNT.
 *
 * insmod loads one file, and this one alone is full of unknown symbols.  depmod finds
 * out who needs whom, and modprobe loads in that order.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/printk.h>
#include <linux/version.h>

#include "export_a.h"

static int __init export_init(void)
{
	pr_info("Hello, I have ticket %u.\n", export_a_ticket());
	return 0;
}
module_init(export_init);

static void __exit export_exit(void)
{
	pr_info("Goodbye.\n");
}
module_exit(export_exit);

MODULE_DESCRIPTION("A caller of another module");
/* Without this it would neither be built nor loaded; quotes as in export_a. */
#if KERNEL_VERSION(6, 13, 0) > LINUX_VERSION_CODE
MODULE_IMPORT_NS(EXPORT_A);
#else
MODULE_IMPORT_NS("EXPORT_A");
#endif
MODULE_LICENSE("GPL");
