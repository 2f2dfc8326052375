/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * More time for handlers; functions that return an int return 0 or an errno value.
 */
#ifndef DEQUE_WORK_EXTENSION_H
#define DEQUE_WORK_EXTENSION_H

#include "work/state.h"

#define EXTENSION_VARIABLE "DEQUE_EXTEND_FD"
#define EXTENSION_DEFAULT 0 /* what --timeout says to `work` */
#define EXTENSION_FOREVER UINT64_MAX

int extension_open(struct handler *handler, int *theirs);
void extension_serve(struct work *work, struct handler *handler);
void extension_close(struct handler *handler);

/* A handler asks for more time. */
int extension_ask(int fd, uint64_t time_ns);

#endif /* DEQUE_WORK_EXTENSION_H */
