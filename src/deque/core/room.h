/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Room for messages in one deque.
 */
#ifndef DEQUE_CORE_ROOM_H
#define DEQUE_CORE_ROOM_H

#include <linux/types.h>

#include "core/deque.h"

u32 deque_max_size(const struct deque *deque);
bool deque_has_room_locked(struct deque *deque, u32 size);
bool deque_may_have_room(const struct deque *deque, u32 count, u64 bytes);
bool deque_reserve_locked(struct deque *deque, u32 size);
void deque_unreserve_locked(struct deque *deque, u32 size);
void deque_leave_locked(struct deque *deque,
			const struct deque_message *message);
int deque_size_check(const struct deque *deque, size_t size);

#endif /* DEQUE_CORE_ROOM_H */
