// SPDX-License-Identifier: GPL-2.0-only
/* The other half of startstop: see startstop_start.c. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/printk.h>

#include "startstop.h"

static void __exit startstop_exit(void)
{
	pr_info("Short is the life of a kernel module: %lld ms\n",
		ktime_ms_delta(ktime_get(), startstop_started));
}
module_exit(startstop_exit);
