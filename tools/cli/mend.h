/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Makes the node of a deque again, or removes what is left of it.
 */
#ifndef DEQUE_CLI_MEND_H
#define DEQUE_CLI_MEND_H

#include <sys/types.h>

int node_mend(const char *name); /* returns a status */
/* For a deque that was removed: devtmpfs leaves what it has not made. */
void node_forget(const char *name, dev_t number);

#endif /* DEQUE_CLI_MEND_H */
