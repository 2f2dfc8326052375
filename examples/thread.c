// SPDX-License-Identifier: GPL-2.0-only
/*
 * A thread of the kernel's own, that does something every interval_ms, and that is
 * surely gone before the module is: kthread_stop() wakes it, and waits until its
 * function has returned.
 *
 * The old texts set a flag and go.  The thread then wakes up in memory that is no
 * longer its code.  Or it sleeps with msleep(), and rmmod hangs until that is over.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/wait.h>

#define INTERVAL_MAX_MS (24 * 60 * 60 * 1000)

static unsigned int interval_ms = 1000;
module_param(interval_ms, uint, 0444);
MODULE_PARM_DESC(interval_ms, "Time between two rounds, 1 ms to a day");

/* Only the thread writes it. */
static unsigned int rounds;
module_param(rounds, uint, 0444);
MODULE_PARM_DESC(rounds, "How often it has been round, from where it starts");

static struct task_struct *thread;
static DECLARE_WAIT_QUEUE_HEAD(never);

static int thread_function(void *unused)
{
	unsigned long interval = msecs_to_jiffies(interval_ms);

	pr_info("The thread is here.\n");
	/*
	 * To ask, and then to sleep, would be a race: the wakeup may come in between.
	 * wait_event says that it sleeps before it asks.  An idle sleep is no load and
	 * nothing hung, however long it is; signals do not reach a kernel thread.
	 */
	while (!wait_event_idle_timeout(never, kthread_should_stop(), interval))
		WRITE_ONCE(rounds, rounds + 1);
	pr_info("The thread goes.\n");
	return 0;
}

static int __init thread_init(void)
{
	if (!interval_ms || interval_ms > INTERVAL_MAX_MS) {
		pr_err("interval_ms=%u is not in 1 to %d\n", interval_ms, INTERVAL_MAX_MS);
		return -EINVAL;
	}
	thread = kthread_run(thread_function, NULL, KBUILD_MODNAME);
	return PTR_ERR_OR_ZERO(thread);
}
module_init(thread_init);

static void __exit thread_exit(void)
{
	/* -EINTR if there was no time yet to begin: then it never will. */
	if (kthread_stop(thread) == -EINTR)
		pr_info("The thread was never here.\n");
	pr_info("Nobody is left.\n");
}
module_exit(thread_exit);

MODULE_DESCRIPTION("A kernel thread that does not outlive its module");
MODULE_LICENSE("GPL");
