// SPDX-License-Identifier: GPL-2.0-only
/*
 * Laughs when a file is deleted.  A kretprobe is there when vfs_unlink() begins and
 * when it returns: only then it is known whether the file is gone.
 *
 * The old texts put a function of theirs into the table of system calls.  That table
 * is neither exported nor writable any more, and what was in it could not be put back
 * safely.  A probe only watches: it blocks nothing, and can go at any time.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/ptrace.h>

/* Here nothing may sleep, and whoever deletes a thousand files gets a few lines. */
static int unlink_returns(struct kretprobe_instance *instance, struct pt_regs *regs)
{
	if (regs_return_value(regs) == 0)
		pr_info_ratelimited("Tee hee, that tickles!\n");
	return 0;
}

/* Directories go through vfs_rmdir(). */
static struct kretprobe probe = {
	.kp.symbol_name = "vfs_unlink",
	.handler = unlink_returns,
	.maxactive = 64,	/* so many at a time; more are not seen */
};

static int __init tickle_init(void)
{
	int ret = register_kretprobe(&probe);

	if (ret)
		pr_err("no probe on %s: %d\n", probe.kp.symbol_name, ret);
	return ret;
}
module_init(tickle_init);

static void __exit tickle_exit(void)
{
	/* Waits until no handler runs, and none will. */
	unregister_kretprobe(&probe);
	if (probe.nmissed)
		pr_info("%d were not seen\n", probe.nmissed);
}
module_exit(tickle_exit);

MODULE_DESCRIPTION("Laughs when a file is deleted");
MODULE_LICENSE("GPL");
