/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sees to handlers that have ended.
 */
#ifndef DEQUE_WORK_REAP_H
#define DEQUE_WORK_REAP_H

#include "work/state.h"

void work_reap(struct work *work);
void work_read_output(struct work *work, struct handler *handler);
/* The handler whose output is printed now, or NULL. */
struct handler *work_printing(struct work *work);
void work_print(struct work *work, struct handler *handler);
void work_drop_output(struct work *work);

#endif /* DEQUE_WORK_REAP_H */
