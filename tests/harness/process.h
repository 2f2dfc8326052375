/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Processes of a test: how they begin, stop and end.
 */
#ifndef PROCESS_H
#define PROCESS_H

#include "harness.h"

/* fork(); the child does not outlive a test that fails. */
pid_t forked(void);

/* In a child: opens NODE, or ends the child. */
int open_own(int flags);

/* Waits until the process has stopped itself with SIGSTOP. */
void await_stop(pid_t pid);
/* Waits until the process sleeps, whatever it waits for. */
void await_sleep(pid_t pid);
/* Waits for the end of the process, which has to exit with @expected. */
void await_exit(pid_t pid, int expected);
/* The process must not have ended by itself before. */
void kill_and_reap(pid_t pid);

/*
 * For the children of this process from now on, CLOCK_MONOTONIC is a day ahead.
 * Returns 0, or an exit status that tells what failed.
 */
int set_clock_a_day_ahead(void);

#endif /* PROCESS_H */
