/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages are made ready.
 */
#ifndef DEQUE_CORE_KICK_H
#define DEQUE_CORE_KICK_H

#include <linux/types.h>

#include "core/state.h"

long deque_kick_parked(struct deque *deque, u32 states, u64 count,
		       struct deque_release *release);

#endif /* DEQUE_CORE_KICK_H */
