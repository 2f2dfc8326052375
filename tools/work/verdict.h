/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ends the lease of a message, depending on how its handler went.
 */
#ifndef DEQUE_WORK_VERDICT_H
#define DEQUE_WORK_VERDICT_H

#include "work/start.h"
#include "work/state.h"

bool handler_succeeded(const struct handler *handler);
/* After the handler has ended. */
void verdict_settle(struct work *work, struct handler *handler);
/* It was not even started. */
void verdict_refuse(struct work *work, const struct handler *handler,
		    const struct refusal *refusal);

#endif /* DEQUE_WORK_VERDICT_H */
