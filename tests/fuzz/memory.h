/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Addresses to hand to the kernel, good and bad, of which we know exactly how
 * far they can be read and written.
 */
#ifndef MEMORY_H
#define MEMORY_H

#include "prng.h"

/**
 * struct place - an address, and what is there
 * @address: may be anything
 * @readable: bytes that can be read from there on
 * @writable: and written
 * @alias: where we may write what is to be read there, or NULL
 * @foreign: not an address that user space can have
 */
struct place {
	uintptr_t address;
	size_t readable;
	size_t writable;
	unsigned char *alias;
	bool foreign;
};

/* The value of all bytes of good memory before a call. */
#define MEMORY_POISON 0xa5
/* Poisoned bytes behind each good place, but for one that ends at a hole. */
#define MEMORY_GAP 16
/* Bytes for read-only places, and for those that reach into a hole. */
#define MEMORY_SMALL (256 << 10)

/**
 * struct memory - a stretch of address space with holes in it
 * @good: @size bytes to read and write, then a hole
 * @size: of @good
 * @edge: MEMORY_SMALL bytes likewise, for places that reach into the hole
 * @constant: MEMORY_SMALL bytes that cannot be written
 * @alias: the same bytes, where they can
 * @low: what is used of @good from the start
 * @high: and is not from the end
 * @used: what is used of @constant
 * @edge_used: @edge is: a second place that ends there would lie over the first
 */
struct memory {
	unsigned char *good;
	size_t size;
	unsigned char *edge;
	unsigned char *constant;
	unsigned char *alias;
	size_t low;
	size_t high;
	size_t used;
	bool edge_used;
};

void memory_map(struct memory *memory, size_t size);
void memory_unmap(struct memory *memory);
/* How large a good place can still be. */
size_t memory_left(const struct memory *memory);
/* Forgets all places that were given out. */
void memory_reset(struct memory *memory);

/* @size bytes, poisoned, at any alignment; sometimes right before a hole. */
struct place memory_good(struct memory *memory, struct prng *prng, size_t size);
/* An address where not all of @size bytes can be both read and written. */
struct place memory_bad(struct memory *memory, struct prng *prng, size_t size);
/* Bad once in @odds. */
struct place memory_any(struct memory *memory, struct prng *prng, size_t size,
			uint32_t odds);
/* Puts there what the kernel is to find, as far as there is memory. */
void place_store(const struct place *place, const void *data, size_t size);

#endif /* MEMORY_H */
