/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * More time for handlers; functions that return an int return 0 or an errno value.
 */
#ifndef DEQUE_WORK_EXTENSION_H
#define DEQUE_WORK_EXTENSION_H

#include "work/state.h"

int extension_open(struct handler *handler, int *theirs);
void extension_serve(struct work *work, struct handler *handler);
void extension_close(struct handler *handler);

#endif /* DEQUE_WORK_EXTENSION_H */
