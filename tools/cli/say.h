/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Says what there is to say, on stderr.
 */
#ifndef DEQUE_CLI_SAY_H
#define DEQUE_CLI_SAY_H

/* What is no failure. */
void say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* What is one; returns @status, for the caller to return it. */
int fail(int status, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* At exit: ends with another status if standard output did not arrive. */
void stdout_check(void);

#endif /* DEQUE_CLI_SAY_H */
