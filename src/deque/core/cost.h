/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What kmalloc() takes.
 */
#ifndef DEQUE_CORE_COST_H
#define DEQUE_CORE_COST_H

#include <linux/log2.h>
#include <linux/slab.h>
#include <linux/types.h>

/* The sizes of kmalloc()'s caches: powers of two, and two more. */
static inline u32 deque_piece_above(u32 bytes)
{
	if (bytes <= 192 && KMALLOC_MIN_SIZE <= 32) {
		if (bytes > 128)
			return 192;
		if (bytes > 64 && bytes <= 96)
			return 96;
	}
	return roundup_pow_of_two(bytes);
}

/* With the address of its cgroup, and its part of what is left over in a page. */
static inline u32 deque_piece_cost(u32 piece)
{
	u32 rest = piece == 96 || piece == 192 ? piece / 48 : 0;

	return piece + rest + sizeof(void *);
}

/**
 * deque_object_cost() - the memory that kmalloc() takes
 * @size: bytes that are asked for
 *
 * Return: bytes.
 */
static inline u32 deque_object_cost(u32 size)
{
	return deque_piece_cost(deque_piece_above(size));
}

#endif /* DEQUE_CORE_COST_H */
