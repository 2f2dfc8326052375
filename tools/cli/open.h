/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Opens deques, or says why not; @name has room for DEQUE_NAME_MAX and NUL.
 */
#ifndef DEQUE_CLI_OPEN_H
#define DEQUE_CLI_OPEN_H

#include <deque.h>

int open_deque(const char *name, int wanted, int fallback,
	       struct deque **deque);
int open_inherited(int fd, struct deque **deque, char *name);

#endif /* DEQUE_CLI_OPEN_H */
