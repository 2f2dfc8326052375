/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between kernels, 5.10 to today's.  No other file may ask for a
 * version; this one tests for the thing itself where it can, as stable and
 * vendor kernels take changes back.
 */
#ifndef DEQUE_COMPAT_H
#define DEQUE_COMPAT_H

#include <linux/device.h>
#include <linux/hrtimer.h>
#include <linux/module.h>
#include <linux/version.h>

#if KERNEL_VERSION(5, 10, 0) > LINUX_VERSION_CODE
#error "deque needs Linux 5.10 or later"
#endif

/* Until 6.4 class_create() was a macro that also took the module. */
static inline struct class *compat_class_create(const char *name)
{
#ifdef class_create
	return class_create(THIS_MODULE, name);
#else
	return class_create(name);
#endif
}

/*
 * What class->devnode gets: it became const in 6.2.  A cast of the function
 * would satisfy the compiler, but not CFI, which compares types at run time.
 */
#define COMPAT_DEVNODE_IS_CONST						\
	__same_type(((struct class *)0)->devnode,			\
		    (char *(*)(const struct device *, umode_t *))0)
#define compat_devnode_device						\
	typeof(*__builtin_choose_expr(COMPAT_DEVNODE_IS_CONST,		\
				      (const struct device *)0,		\
				      (struct device *)0))

/* In one step since 6.13, in two before; both were there for a while. */
static inline void
compat_hrtimer_setup(struct hrtimer *timer,
		     enum hrtimer_restart (*function)(struct hrtimer *),
		     clockid_t clock, enum hrtimer_mode mode)
{
#if KERNEL_VERSION(6, 13, 0) > LINUX_VERSION_CODE
	hrtimer_init(timer, clock, mode);
	timer->function = function;
#else
	hrtimer_setup(timer, function, clock, mode);
#endif
}

#endif /* DEQUE_COMPAT_H */
