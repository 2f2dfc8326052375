/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory that a message costs the kernel, worked out as deque(4) says.
 */
#ifndef COST_H
#define COST_H

#include <stdint.h>

/* Of @size bytes of payload. */
uint32_t message_cost(uint32_t size);

/* The memory that a message takes besides while it is leased, delayed or buried. */
uint32_t lease_cost(void);

/* The most that it may be. */
static inline uint32_t message_cost_most(uint32_t size)
{
	return size + size / 8 + 160;
}

#endif /* COST_H */
