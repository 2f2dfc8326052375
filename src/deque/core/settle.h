/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What becomes of leased messages.
 */
#ifndef DEQUE_CORE_SETTLE_H
#define DEQUE_CORE_SETTLE_H

#include <linux/types.h>

#include "core/state.h"

void deque_settle_ack(struct deque *deque, struct deque_parked *parked,
		      struct deque_release *release);
void deque_settle_return(struct deque *deque, struct deque_parked *parked,
			 struct deque_release *release);
void deque_settle_bury(struct deque *deque, struct deque_parked *parked,
		       struct deque_release *release);
void deque_settle_extend(struct deque *deque, struct deque_parked *parked,
			 struct deque_release *release);
int deque_settle(struct deque_file *file, const u64 *tokens,
		 unsigned int count, struct deque_release *release);
void deque_leases_return(struct deque_file *file, fl_owner_t table);

#endif /* DEQUE_CORE_SETTLE_H */
