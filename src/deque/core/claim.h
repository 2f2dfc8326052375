/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages are leased.
 */
#ifndef DEQUE_CORE_CLAIM_H
#define DEQUE_CORE_CLAIM_H

#include <linux/types.h>

#include "core/state.h"
#include "core/wait.h"

int deque_claim_take(struct deque_file *file, struct deque_take *take,
		     const struct deque_timeout *timeout);
int deque_claim_finish(struct deque_file *file, const struct deque_take *take,
		       unsigned int taken, unsigned int delivered,
		       const struct deque_lease_options *options);

#endif /* DEQUE_CORE_CLAIM_H */
