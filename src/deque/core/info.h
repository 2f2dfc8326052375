/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What can be seen of a deque.
 */
#ifndef DEQUE_CORE_INFO_H
#define DEQUE_CORE_INFO_H

#include <linux/types.h>

#include "core/deque.h"

int deque_describe(struct deque *deque, struct deque_info *info);
int deque_limits_set(struct deque *deque, const struct deque_limits *limits,
		     u32 policy_on, u32 policy_off);
unsigned int deque_file_tokens(const struct deque_file *file, u64 *tokens,
			       unsigned int most, u64 *leases);

#endif /* DEQUE_CORE_INFO_H */
