/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exit statuses.
 *
 * A function that returns a status returns 0, or has said on stderr what is wrong and
 * returns the exit status.
 */
#ifndef DEQUE_CLI_STATUS_H
#define DEQUE_CLI_STATUS_H

#include <sysexits.h>

#define EX_TIMEDOUT 124 /* as timeout(1) has it */
#define EX_LOST EX_PROTOCOL /* a lease that somebody believed to hold */
#define EX_NOT_EXECUTABLE 126 /* as xargs(1) and timeout(1) have it */
#define EX_NOT_FOUND 127

/* Returns words for an errno value that say what to do; *@status is the exit status. */
const char *fail_reason(int error, int *status);

#endif /* DEQUE_CLI_STATUS_H */
