/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kills handlers.
 */
#ifndef DEQUE_WORK_KILL_H
#define DEQUE_WORK_KILL_H

#include "work/state.h"

/* Those whose time is over, or whose grace is. */
void work_check_deadlines(struct work *work);
void work_kill_all(struct work *work);

#endif /* DEQUE_WORK_KILL_H */
