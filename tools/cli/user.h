/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Users by their names.
 */
#ifndef DEQUE_CLI_USER_H
#define DEQUE_CLI_USER_H

#include <linux/deque.h>
#include <stdint.h>

#define USER_TEXT_MAX (DEQUE_NAME_MAX + 1)
/* @text has room for USER_TEXT_MAX. */
void user_text(uint32_t uid, char *text);

#endif /* DEQUE_CLI_USER_H */
