/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages from a file.
 */
#ifndef DEQUE_FLOW_INPUT_H
#define DEQUE_FLOW_INPUT_H

#include "flow/sender.h"

#define SEPARATOR_NONE (-1)
int input_send(int fd, int separator, struct sender *sender);

#endif /* DEQUE_FLOW_INPUT_H */
