/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages in, messages out.
 */
#ifndef DEQUE_CORE_TRANSFER_H
#define DEQUE_CORE_TRANSFER_H

#include <linux/types.h>

#include "core/state.h"
#include "core/wait.h"

u64 deque_sender_cost(u32 size, u64 delay_ns);
int deque_slot_load(struct deque_slot *slot, const struct deque_sender *sender,
		    u32 size, u64 delay_ns);
void deque_slot_unload(struct deque_slot *slot);
int deque_transfer_push(struct deque *deque, struct deque_slot *slots,
			unsigned int count, enum deque_end end);
int deque_transfer_reserve(struct deque *deque, struct deque_grant *grant,
			   const struct deque_timeout *timeout);
int deque_transfer_granted(struct deque *deque, struct deque_slot *slot,
			   const struct deque_grant *grant);
void deque_grant_return(struct deque *deque, const struct deque_grant *grant);
void deque_transfer_finish(struct deque *deque, const struct deque_take *take,
			   unsigned int taken, unsigned int delivered);
int deque_transfer_take(struct deque *deque, const struct deque_take *take,
			const struct deque_timeout *timeout);

#endif /* DEQUE_CORE_TRANSFER_H */
