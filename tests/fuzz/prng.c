// SPDX-License-Identifier: GPL-2.0-only
/*
 * See prng.h.  The generator is SplitMix64 (Steele, Lea and Flood, 2014): any
 * seed will do, and neighbouring ones have nothing in common.
 */
#include "prng.h"

#include <string.h>

uint64_t prng_next(struct prng *prng)
{
	uint64_t z = prng->state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

uint32_t prng_below(struct prng *prng, uint32_t n)
{
	return (prng_next(prng) >> 32) * n >> 32;
}

bool prng_one_in(struct prng *prng, uint32_t n)
{
	return !prng_below(prng, n);
}

uint32_t prng_size(struct prng *prng, uint32_t max)
{
	unsigned int bits = max ? 32 - __builtin_clz(max) : 0;
	uint32_t size = prng_next(prng) >> 32 &
			((2ULL << prng_below(prng, bits + 1)) - 1);

	return size <= max ? size : max;
}

void prng_fill(struct prng *prng, void *memory, size_t size)
{
	unsigned char *to = memory;

	for (size_t n; size; to += n, size -= n) {
		uint64_t word = prng_next(prng);

		n = size < sizeof(word) ? size : sizeof(word);
		memcpy(to, &word, n);
	}
}

void prng_fill_text(struct prng *prng, void *memory, size_t size)
{
	prng_fill(prng, memory, size);
	if (size && prng_one_in(prng, 4))
		((unsigned char *)memory)[size - 1] = '\n';
}
