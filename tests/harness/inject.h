/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Fault injection: a system call is made again and again, and each time another
 * one of the allocations and copies fails that the kernel does for it.
 */
#ifndef INJECT_H
#define INJECT_H

#include "harness.h"

#include <stdbool.h>
#include <sys/types.h>

/* The operation that fails: once, or with the last one from there on. */
enum fault { FAULT_SLAB, FAULT_PAGE, FAULT_USERCOPY, FAULT_MEMORY };
#define FAULT_COUNT 4

/* For the sets of them below. */
#define SLAB (1U << FAULT_SLAB)
#define PAGE (1U << FAULT_PAGE)
#define USERCOPY (1U << FAULT_USERCOPY)
#define MEMORY (1U << FAULT_MEMORY)

/**
 * struct outcome - how one call went
 * @fault: what was made to fail
 * @struck: whether it got as far as to be made to fail
 * @result: of the call
 * @error: errno, if @result is -1
 */
struct outcome {
	enum fault fault;
	bool struck;
	long result;
	int error;
};

/**
 * struct sweep - an entry point
 * @name: for the diagnostics
 * @strikes: the faults that have to strike at least once, or this tests nothing
 * @skips: faults not to make
 * @stride: of the occasions, each so many-th is tried; 0: all
 * @within: a function of the kernel; only what fails in its course counts.  NULL:
 *	all that the call does
 * @without: a function; what fails in its course does not count
 * @prepare: makes the state that the call needs
 * @call: one system call, and nothing that may fault in a page
 * @check: whether the outcome is as it should be; cleans up
 */
struct sweep {
	const char *name;
	unsigned int strikes;
	unsigned int skips;
	unsigned int stride;
	const char *within;
	const char *without;
	void (*prepare)(void);
	long (*call)(void);
	void (*check)(const struct outcome *outcome);
};

/*
 * For each fault: has the first, second, third... occasion fail, until the call
 * passes without one.
 */
void sweep_run(const struct sweep *sweep);

/* The errors that a call may fail with after such a fault. */
void assert_error_fits(const struct outcome *outcome);

/* Group setup: sees to it that the kernel can do it. */
int inject_begin(void **state);

/*
 * Group setup: loads the module anew, so that all messages together may cost
 * TOTAL; FULL is the size of the longest one then.
 */
int inject_begin_full(void **state);
#define TOTAL (2 << 20)
#define FULL ((TOTAL - TOTAL / 16 - 160) * 8 / 9)

/*
 * For each test: the deque takes that, and is open as deque_fd.  One that failed
 * says with which fault.
 */
int begin_full(void **state);
int end_full(void **state);
extern int deque_fd;

/*
 * The body of main() for a table: a test for each of the @count rows of @size bytes,
 * which @run and @finish get as *state.  A row begins with its struct sweep.  With an
 * argument: only those whose name is like that, * and ? as in a shell.
 */
int sweep_table(int argc, char **argv, const void *rows, size_t count,
		size_t size, CMUnitTestFunction run, CMFixtureFunction finish);

/* All that was charged has been given back.  The deque has to be empty. */
void assert_all_room(void);

/* The sweep of a row in a table; prepare() and check() are the file's own. */
#define ROW(_name, _call, _strikes)    \
	.sweep = { .name = _name,      \
		   .prepare = prepare, \
		   .call = _call,      \
		   .check = check,     \
		   .strikes = _strikes }

#endif /* INJECT_H */
