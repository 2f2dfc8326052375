// SPDX-License-Identifier: GPL-2.0-only
/*
 * Logs the files that one user opens: uid=N.  A kprobe on vfs_open(), which an open by
 * name reaches once the file's mode allows it, sees which file that is: there is no
 * user's memory to copy a path from, and nobody can change it in between.  A security
 * module, or the driver, may still refuse.
 *
 * The old texts replace an entry of sys_call_table, which today is neither exported nor
 * writable, nor where system calls are looked up.  And of two such modules the first to
 * go put back what it had found, and so unhooked the other, or left a pointer to
 * it: opens_spy_2 is this one again, and they come and go in any order.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cred.h>
#include <linux/dcache.h>
#include <linux/kprobes.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/path.h>
#include <linux/printk.h>
#include <linux/ptrace.h>
#include <linux/ratelimit.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/uidgid.h>

static unsigned int uid = -1;
module_param(uid, uint, 0444);
MODULE_PARM_DESC(uid, "The user whose opens are logged");

static kuid_t whose;

/* A hundred lines a second, of programs that open more. */
static DEFINE_RATELIMIT_STATE(lines, HZ, 100);

/*
 * Both names are the user's own: with %*pE a newline or an escape in them cannot pass
 * for another line.  Here nothing may sleep, which is why there are only the last four
 * parts of the path in the file's own file system: for all of it d_path() would take
 * locks.
 */
static void log_open(const struct path *path)
{
	char name[128];
	int length = scnprintf(name, sizeof(name), "%pd4", path->dentry);

	pr_info("%*pE opens %*pE\n", (int)strnlen(current->comm, TASK_COMM_LEN), current->comm,
		length, name);
}

static int file_open(struct kprobe *probe, struct pt_regs *regs)
{
	if (uid_eq(current_uid(), whose) && __ratelimit(&lines))
		log_open((const struct path *)regs_get_kernel_argument(regs, 0));
	return 0;
}

static struct kprobe probe = {
	.symbol_name = "vfs_open",
	.pre_handler = file_open,
};

static int __init spy_init(void)
{
	int ret;

	whose = make_kuid(&init_user_ns, uid);
	if (!uid_valid(whose)) {
		pr_err("whose? Say uid=N\n");
		return -EINVAL;
	}
	ret = register_kprobe(&probe);
	if (ret)
		pr_err("no probe on %s: %d\n", probe.symbol_name, ret);
	return ret;
}
module_init(spy_init);

static void __exit spy_exit(void)
{
	/* Waits until no handler runs, and none will. */
	unregister_kprobe(&probe);
}
module_exit(spy_exit);

MODULE_DESCRIPTION("Logs the files that one user opens");
MODULE_LICENSE("GPL");
