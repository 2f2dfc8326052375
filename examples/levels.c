// SPDX-License-Identifier: GPL-2.0-only
/*
 * The eight levels of the log, from the worst to the least.
 *
 * All lines get to the log, which dmesg shows.  To the console go only those whose
 * number is less than the first in /proc/sys/kernel/printk (also: dmesg -n).  So what
 * you do not see on the screen is not lost, and pr_emerg() is for emergencies.
 */
/* Without this the compiler leaves pr_debug() out, or it waits to be turned on. */
#define DEBUG
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/printk.h>

static int __init levels_init(void)
{
	pr_emerg("0, emerg: the system is unusable\n");
	pr_alert("1, alert: act at once\n");
	pr_crit("2, crit: a critical condition\n");
	pr_err("3, err: something failed\n");
	pr_warn("4, warning: something may be wrong\n");
	pr_notice("5, notice: normal, but worth to know\n");
	pr_info("6, info: for information\n");
	pr_debug("7, debug: for who looks for bugs\n");
	return 0;
}
module_init(levels_init);

static void __exit levels_exit(void)
{
}
module_exit(levels_exit);

MODULE_DESCRIPTION("A line at each level of the log");
MODULE_LICENSE("GPL");
