/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Arguments of ioctls, as they should be and not quite, and which errors they
 * deserve.
 */
#ifndef ARGUMENT_H
#define ARGUMENT_H

#include <linux/deque.h>

#include "memory.h"

/* A set of errors, any of which would be right; none: it has to work. */
struct errors {
	unsigned int count;
	int list[16];
};

void errors_add(struct errors *errors, int error);
bool errors_have(const struct errors *errors, int error);

/*
 * Puts a struct of @size bytes, which begins with its size and flags, into
 * memory; once in @odds something is wrong with those or with the address.
 * @written: the kernel writes it back.
 */
struct place argument_make(struct memory *memory, struct prng *prng,
			   const void *valid, size_t size, uint32_t known_flags,
			   bool written, uint32_t odds, struct errors *errors);

/* A name, good or bad, in all of its 64 bytes; @good is one that is good. */
void argument_name(struct prng *prng, char name[DEQUE_NAME_MAX + 1],
		   const char *good, uint32_t odds, struct errors *errors);
/* Limits up to @most, some of them 0; once in @odds not acceptable. */
void argument_limits(struct prng *prng, struct deque_limits *limits,
		     const struct deque_limits *most, uint32_t odds,
		     struct errors *errors);
/* A command that there is not. */
unsigned long argument_command(struct prng *prng);

#endif /* ARGUMENT_H */
