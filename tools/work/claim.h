/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Takes messages for `deque work`: at once, or in the deque's line of takers.
 */
#ifndef DEQUE_WORK_CLAIM_H
#define DEQUE_WORK_CLAIM_H

#include "work/state.h"

#include <signal.h>

void claim_catch(void);
sigset_t claim_mask(const struct work *work);
bool claim_grow(struct work *work, size_t room);
ssize_t claim_now(struct work *work, struct deque_descriptor *message);
ssize_t claim_wait(struct work *work, struct deque_descriptor *message,
		   int64_t until_ns);
void claim_undo(struct work *work, const struct deque_descriptor *message);

#endif /* DEQUE_WORK_CLAIM_H */
