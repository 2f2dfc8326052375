/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Empty lines, files and operands of `deque put`.
 */
#ifndef DEQUE_FLOW_EMPTY_H
#define DEQUE_FLOW_EMPTY_H

#include "flow/sender.h"

/* As sender_add(), also for what is empty. */
int sender_add_or_skip(struct sender *sender, const char *data, size_t size,
		       uint64_t place);

#endif /* DEQUE_FLOW_EMPTY_H */
