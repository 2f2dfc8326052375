/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Counts, sizes, times; a wrong one ends the program.
 */
#ifndef DEQUE_CLI_NUMBER_H
#define DEQUE_CLI_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

#define UNIT_COUNT 1000
#define UNIT_SIZE 1024
#define FOREVER (-1)
uint64_t parse_number(const char *what, const char *text, unsigned int unit,
		      uint64_t most);
bool is_time(const char *text);
int64_t parse_time(const char *what, const char *text);
uint64_t parse_delay(const char *what, const char *text);
uint64_t parse_timeout(const char *what, const char *text); /* never: 0 */
uint64_t parse_token(const char *text);
int parse_fd(const char *text);

#endif /* DEQUE_CLI_NUMBER_H */
