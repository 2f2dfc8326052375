// SPDX-License-Identifier: GPL-2.0-only
/*
 * A function that other modules may call: only what is exported can be, and with _GPL
 * only by modules whose licence allows it.  A namespace keeps others from calling it by
 * accident: who wants to has to say so.  See export_b.
 *
 * In the oldest texts every function that was not static was there for all, and two
 * modules with the same names got in each other's way.
 */
#include <linux/atomic.h>
#include <linux/export.h>
#include <linux/module.h>
#include <linux/version.h>

#include "export_a.h"

static atomic_t tickets = ATOMIC_INIT(0);

/* The next number, from 1: no two callers get the same.  Callable from anywhere. */
unsigned int export_a_ticket(void)
{
	return atomic_inc_return(&tickets);
}

/* The namespace was written without quotes until 6.12. */
#if KERNEL_VERSION(6, 13, 0) > LINUX_VERSION_CODE
EXPORT_SYMBOL_NS_GPL(export_a_ticket, EXPORT_A);
#else
EXPORT_SYMBOL_NS_GPL(export_a_ticket, "EXPORT_A");
#endif

/* It has nothing to do at loading, nor at unloading: so it has no function for either. */
MODULE_DESCRIPTION("A function for other modules");
MODULE_LICENSE("GPL");
