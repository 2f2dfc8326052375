/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How much memory the kernel holds: whether it comes back after a load.
 */
#ifndef MEMORY_H
#define MEMORY_H

/*
 * In KiB, all that was allocated with kmalloc, vmalloc or per processor and that
 * the kernel cannot reclaim.  Freed memory that is kept for the next allocation is
 * given back first.  Waits until it does not become less: what came before has its
 * share of it for a while, such as what RCU frees, and udev's processes.
 */
long long kernel_memory(void);

/*
 * Fails the test if the kernel does not come to hold as little as @before again.
 * Memory that is freed later, after an RCU grace period or by a work, has a minute.
 */
void assert_memory_returns(long long before);

#endif /* MEMORY_H */
