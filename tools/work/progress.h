/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shows a person how `deque work` gets on.
 */
#ifndef DEQUE_WORK_PROGRESS_H
#define DEQUE_WORK_PROGRESS_H

#include "work/state.h"

void progress_show(struct work *work);
void progress_hide(struct work *work);
void progress_summary(struct work *work);

#endif /* DEQUE_WORK_PROGRESS_H */
