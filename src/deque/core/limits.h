/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The rules for names and limits.
 */
#ifndef DEQUE_CORE_LIMITS_H
#define DEQUE_CORE_LIMITS_H

#include <linux/deque.h>

int deque_name_check(const char *name);
int deque_limits_check(const struct deque_limits *limits);
void deque_limits_fill(struct deque_limits *limits,
		       const struct deque_limits *others);

#endif /* DEQUE_CORE_LIMITS_H */
