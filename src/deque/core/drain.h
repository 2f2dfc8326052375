/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The end of the messages of a deque.
 */
#ifndef DEQUE_CORE_DRAIN_H
#define DEQUE_CORE_DRAIN_H

#include "core/deque.h"

void deque_drain(struct deque *deque);

#endif /* DEQUE_CORE_DRAIN_H */
