// SPDX-License-Identifier: GPL-2.0-only
/*
 * Deliberate bugs, one for each thing that the debug kernels look for: loaded
 * with bug=NAME, the module runs the function of that name.  For tests/bugs/run;
 * never installed.
 *
 * Here nothing is to be fixed.
 */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/kobject.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/timer.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

#define SIZE 64

static char *bug;
module_param(bug, charp, 0400);
MODULE_PARM_DESC(bug, "the function to run (default: none)");

static DEFINE_MUTEX(mutex_a);
static DEFINE_MUTEX(mutex_b);
static DEFINE_SPINLOCK(spinlock);
static DEFINE_RAW_SPINLOCK(raw_spinlock);

/*
 * A known bug has to be hidden from the compiler: it would warn, or
 * drop the code, as it is undefined.
 */
static noinline char *allocate(size_t size)
{
	char *p = kmalloc(size, GFP_KERNEL | __GFP_NOFAIL);

	OPTIMIZER_HIDE_VAR(p);
	return p;
}

/* Memory: KASAN, hardened usercopy */

static noinline void use_after_free(void)
{
	char *p = allocate(SIZE);

	kfree(p);
	OPTIMIZER_HIDE_VAR(p);
	WRITE_ONCE(p[0], 1);
}

static noinline void double_free(void)
{
	char *p = allocate(SIZE);

	kfree(p);
	OPTIMIZER_HIDE_VAR(p);
	kfree(p);
}

static noinline void slab_out_of_bounds(void)
{
	char *p = allocate(SIZE);

	WRITE_ONCE(p[SIZE], 1);
	kfree(p);
}

static noinline void vmalloc_out_of_bounds(void)
{
	char *p = vmalloc(SIZE);

	if (!p)
		return;
	OPTIMIZER_HIDE_VAR(p);
	WRITE_ONCE(p[SIZE], 1);
	vfree(p);
}

static noinline void stack_out_of_bounds(void)
{
	char array[SIZE] = {};
	char *p = array;

	OPTIMIZER_HIDE_VAR(p);
	WRITE_ONCE(p[SIZE], 1);
}

static noinline void usercopy(void)
{
	char *p = allocate(SIZE);
	size_t size = SIZE + 1;

	OPTIMIZER_HIDE_VAR(size);
	if (copy_to_user(NULL, p, size))
		pr_info("not copied\n");
	kfree(p);
}

/* Ten, as a stale pointer somewhere may make one of them seem used. */
static noinline void leak(void)
{
	int i;

	for (i = 0; i < 10; i++)
		allocate(SIZE);
}

/* Arithmetic: UBSAN */

static noinline void shift_out_of_bounds(void)
{
	int bits = 32;

	OPTIMIZER_HIDE_VAR(bits);
	WRITE_ONCE(bits, 1 << bits);
}

static noinline void index_out_of_bounds(void)
{
	static int array[4];
	int index = ARRAY_SIZE(array) + 1; /* the end may be pointed to */

	OPTIMIZER_HIDE_VAR(index);
	WRITE_ONCE(array[index], 1);
}

/* Objects: checks of reference counts, lists and timers */

static noinline void refcount_overflow(void)
{
	refcount_t references = REFCOUNT_INIT(INT_MAX);

	refcount_inc(&references);
}

static noinline void list_corruption(void)
{
	LIST_HEAD(list);
	struct list_head link;

	list_add(&link, &list);
	list_del(&link);
	list_del(&link);
}

static void nothing(struct timer_list *timer)
{
}

static noinline void free_of_armed_timer(void)
{
	struct timer_list *timer = (void *)allocate(sizeof(*timer));

	timer_setup(timer, nothing, 0);
	mod_timer(timer, jiffies + HZ * 3600);
	kfree(timer);
}

static void no_release(struct kobject *kobject)
{
}

/* The release function is empty, and the memory freed without waiting for it. */
static noinline void free_of_used_kobject(void)
{
	static const struct kobj_type type = { .release = no_release };
	struct kobject *kobject = (void *)allocate(sizeof(*kobject));

	memset(kobject, 0, sizeof(*kobject));
	kobject_init(kobject, &type);
	kobject_put(kobject);
	kfree(kobject);
}

/* Locks and contexts: lockdep */

static noinline void lock_inversion(void)
{
	mutex_lock(&mutex_a);
	mutex_lock(&mutex_b);
	mutex_unlock(&mutex_b);
	mutex_unlock(&mutex_a);

	mutex_lock(&mutex_b);
	mutex_lock(&mutex_a);
	mutex_unlock(&mutex_a);
	mutex_unlock(&mutex_b);
}

static DECLARE_COMPLETION(timer_ran);

static void lock_in_timer(struct timer_list *timer)
{
	spin_lock(&spinlock);
	spin_unlock(&spinlock);
	complete(&timer_ran);
}

static DEFINE_TIMER(locking_timer, lock_in_timer);

/* A timer takes the lock, so it must not be held with timers going off. */
static noinline void softirq_unsafe_lock(void)
{
	mod_timer(&locking_timer, jiffies);
	wait_for_completion(&timer_ran);
	timer_delete_sync(&locking_timer);
	spin_lock(&spinlock);
	spin_unlock(&spinlock);
}

static noinline void lock_kept(void)
{
	mutex_lock(&mutex_a);
}

static noinline void invalid_wait_context(void)
{
	raw_spin_lock(&raw_spinlock);
	spin_lock(&spinlock);
	spin_unlock(&spinlock);
	raw_spin_unlock(&raw_spinlock);
}

static noinline void sleep_in_atomic(void)
{
	preempt_disable();
	kfree(allocate(SIZE));
	preempt_enable();
}

/* RCU: PROVE_RCU */

static noinline void rcu_without_lock(void)
{
	static void __rcu *pointer;

	(void)rcu_dereference(pointer);
}

static noinline void sleep_in_rcu(void)
{
	rcu_read_lock();
	kfree(allocate(SIZE));
	rcu_read_unlock();
}

/* Two at once: KCSAN */

static noinline void racing_writes(struct work_struct *work)
{
	static int shared;
	unsigned long end = jiffies + 5 * HZ;

	while (time_before(jiffies, end)) {
		shared++;
		cond_resched();
	}
}

static DECLARE_WORK(race_work, racing_writes);

static noinline void data_race_of_writes(void)
{
	queue_work(system_unbound_wq, &race_work);
	racing_writes(NULL);
	flush_work(&race_work);
}

/* Time: the watchdogs, told before to bark within seconds */

static noinline void soft_lockup(void)
{
	preempt_disable();
	mdelay(10 * MSEC_PER_SEC);
	preempt_enable();
}

static noinline void hung_task(void)
{
	schedule_timeout_uninterruptible(10 * HZ);
}

#define NAMED(function) .name = #function, .commit = function
static const struct {
	const char *name;
	void (*commit)(void);
} bugs[] = {
	{ NAMED(use_after_free) },
	{ NAMED(double_free) },
	{ NAMED(slab_out_of_bounds) },
	{ NAMED(vmalloc_out_of_bounds) },
	{ NAMED(stack_out_of_bounds) },
	{ NAMED(usercopy) },
	{ NAMED(leak) },
	{ NAMED(shift_out_of_bounds) },
	{ NAMED(index_out_of_bounds) },
	{ NAMED(refcount_overflow) },
	{ NAMED(list_corruption) },
	{ NAMED(free_of_armed_timer) },
	{ NAMED(free_of_used_kobject) },
	{ NAMED(lock_inversion) },
	{ NAMED(softirq_unsafe_lock) },
	{ NAMED(lock_kept) },
	{ NAMED(invalid_wait_context) },
	{ NAMED(sleep_in_atomic) },
	{ NAMED(rcu_without_lock) },
	{ NAMED(sleep_in_rcu) },
	{ NAMED(data_race_of_writes) },
	{ NAMED(soft_lockup) },
	{ NAMED(hung_task) },
};

static int __init bugs_init(void)
{
	int i;

	if (!bug)
		return 0;
	for (i = 0; i < ARRAY_SIZE(bugs); i++) {
		if (!strcmp(bug, bugs[i].name)) {
			bugs[i].commit();
			return 0;
		}
	}
	return -EINVAL;
}
module_init(bugs_init);

static void __exit bugs_exit(void)
{
}
module_exit(bugs_exit);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("deliberate bugs, to see that each is reported");
