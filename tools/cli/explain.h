/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Failures, explained in one line that says what to do; each returns the exit status.
 */
#ifndef DEQUE_CLI_EXPLAIN_H
#define DEQUE_CLI_EXPLAIN_H

#include <stdint.h>

int fail_deque(const char *name, int error);
int fail_empty(const char *name, int error); /* to take or claim */
int fail_lost(const char *name, uint64_t token);
int fail_control(const char *name, int error); /* to make or remove */
/* Its node is gone, or something else stands there. */
int fail_node(const char *name, int status);
int fail_absent(const char *verb); /* there are deques, but none in this /dev */

#endif /* DEQUE_CLI_EXPLAIN_H */
