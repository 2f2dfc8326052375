/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Reads what is known of a deque, as far as permissions go; each returns -errno.
 */
#ifndef DEQUE_CLI_INFO_H
#define DEQUE_CLI_INFO_H

#include <deque.h>

/* @fallback if @wanted is denied. */
int open_either(const char *name, int wanted, int fallback,
		struct deque **deque);
int info_get(const char *name, struct deque_info *info);

#endif /* DEQUE_CLI_INFO_H */
