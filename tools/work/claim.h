/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * How `deque work` takes messages: at once, or in the deque's line of takers.
 */
#ifndef DEQUE_WORK_CLAIM_H
#define DEQUE_WORK_CLAIM_H

#include "work/state.h"

#include <signal.h>

void taking_catch(void);
sigset_t taking_mask(const struct work *work);
bool taking_grow(struct work *work, size_t room);
ssize_t taking_now(struct work *work, struct deque_descriptor *message);
ssize_t taking_wait(struct work *work, struct deque_descriptor *message,
		    int64_t until_ns);
void taking_undo(struct work *work, const struct deque_descriptor *message);

#endif /* DEQUE_WORK_CLAIM_H */
