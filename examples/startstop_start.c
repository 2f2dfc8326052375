// SPDX-License-Identifier: GPL-2.0-only
/*
 * One module of two source files: Kbuild links the objects in startstop-y to
 * startstop.ko.  None of them may be called startstop.c, as its object would be
 * overwritten by the whole.
 *
 * What is not static is seen by both; nobody outside sees it, unless it is exported.
 * In 2.2 all files but one had to define __NO_VERSION__; today there is no such thing,
 * and KBUILD_MODNAME is startstop in both.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/printk.h>

#include "startstop.h"

ktime_t startstop_started;

static int __init startstop_init(void)
{
	startstop_started = ktime_get();
	pr_info("Hello, world - this is the kernel speaking\n");
	return 0;
}
module_init(startstop_init);

/* Once for the whole module. */
MODULE_DESCRIPTION("One module of two source files");
MODULE_LICENSE("GPL");
