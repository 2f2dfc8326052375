/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds the process that holds a lease; apart from entry.h, as <search.h> has a struct entry, too.
 */
#ifndef DEQUE_SHOW_HOLDER_H
#define DEQUE_SHOW_HOLDER_H

#include <linux/deque.h>

/* The process that has the open file that the lease belongs to; 0: it is not known. */
unsigned int holder_find(const struct deque_entry *lease);

/* Returns what keeps a process from its work, or NULL. */
const char *holder_state(unsigned int pid);

#endif /* DEQUE_SHOW_HOLDER_H */
