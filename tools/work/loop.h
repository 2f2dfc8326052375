/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The loop of `deque work`.
 */
#ifndef DEQUE_WORK_LOOP_H
#define DEQUE_WORK_LOOP_H

#include "work/state.h"

int work_run(struct work *work); /* returns the exit status */

#endif /* DEQUE_WORK_LOOP_H */
