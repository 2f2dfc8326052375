/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whether a command could be executed.
 */
#ifndef DEQUE_WORK_COMMAND_H
#define DEQUE_WORK_COMMAND_H

int command_check(const char *name); /* returns a status */

#endif /* DEQUE_WORK_COMMAND_H */
