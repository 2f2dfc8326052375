/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The two fuzzers, and what they are told.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdbool.h>
#include <stdint.h>

/**
 * struct options - from the command line
 * @seed: all decisions follow from it
 * @seconds: how long each fuzzer may go on
 * @steps: sequential: stop after so many; 0: when the time is over
 * @processes: concurrent: how many at a time
 */
struct options {
	uint64_t seed;
	unsigned int seconds;
	unsigned long steps;
	unsigned int processes;
};

/* Each in a process of its own; returns whether all was well. */
bool sequential_run(const struct options *options);
bool concurrent_run(const struct options *options);

/* The parameters that the module was loaded with. */
uint64_t parameter(const char *name);

#endif /* FUZZ_H */
