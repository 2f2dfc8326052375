// SPDX-License-Identifier: GPL-2.0-only
/*
 * See cost.h.
 */
#include "cost.h"

#include <stddef.h>

/* The sizes that kmalloc() has on machines with 64 bits, and what each takes. */
static const struct {
	uint32_t size, cost;
} pieces[] = {
	{ 32, 40 },	  { 64, 72 },	  { 96, 106 },	  { 128, 136 },
	{ 192, 204 },	  { 256, 264 },	  { 512, 520 },	  { 1024, 1032 },
	{ 2048, 2056 },	  { 4096, 4104 }, { 8192, 8200 }, { 16384, 16392 },
	{ 32768, 32776 },
};

#define COUNT (sizeof(pieces) / sizeof(*pieces))
#define HEAD 88
#define LINK 16
#define CHUNK 16
/* At most; the piece is that of 192 bytes. */
#define LEASE 192

/* The smallest piece that holds @bytes, or COUNT. */
static size_t piece_for(uint32_t bytes)
{
	size_t n = 0;

	while (n < COUNT && pieces[n].size < bytes)
		n++;
	return n;
}

/* One piece if it is cheap enough; else the largest that is filled, and the rest. */
static size_t piece_next(uint32_t bytes, uint32_t budget)
{
	size_t n = piece_for(bytes);

	if (n < COUNT && pieces[n].cost <= budget)
		return n;
	return n < COUNT && pieces[n].size == bytes ? n : n - 1;
}

uint32_t message_cost(uint32_t size)
{
	uint32_t most = message_cost_most(size), cost;
	size_t n = piece_for(HEAD + size);
	int64_t left = size;

	if (n < COUNT && pieces[n].cost <= most)
		return pieces[n].cost;
	n = piece_next(HEAD + LINK + size, most);
	cost = pieces[n].cost;
	left -= pieces[n].size - HEAD - LINK;
	while (left > 0) {
		n = piece_next(left + CHUNK < 32 ? 32 : left + CHUNK,
			       most - cost);
		cost += pieces[n].cost;
		left -= pieces[n].size - CHUNK;
	}
	return cost;
}

uint32_t lease_cost(void)
{
	return pieces[piece_for(LEASE)].cost;
}
