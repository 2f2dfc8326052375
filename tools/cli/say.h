/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Prints messages for people, on stderr.
 */
#ifndef DEQUE_CLI_SAY_H
#define DEQUE_CLI_SAY_H

/* A remark or a warning. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* A failure; returns @status, for the caller to return it. */
int fail(int status, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* At exit: ends with another status if standard output did not arrive. */
void stdout_check(void);

#endif /* DEQUE_CLI_SAY_H */
