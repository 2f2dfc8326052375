/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random numbers that a seed determines, on every machine.
 */
#ifndef PRNG_H
#define PRNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct prng {
	uint64_t state;
};

uint64_t prng_next(struct prng *prng);
/* 0 to @n - 1. */
uint32_t prng_below(struct prng *prng, uint32_t n);
bool prng_one_in(struct prng *prng, uint32_t n);
/* A size up to @max: each order of magnitude is as likely as the next. */
uint32_t prng_size(struct prng *prng, uint32_t max);
void prng_fill(struct prng *prng, void *memory, size_t size);
/* The same, but often with a newline at the end. */
void prng_fill_text(struct prng *prng, void *memory, size_t size);

#define PRNG_PICK(prng, array) \
	((array)[prng_below(prng, sizeof(array) / sizeof((array)[0]))])

#endif /* PRNG_H */
