/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Deques by their names, by patterns, or all there are.
 */
#ifndef DEQUE_CLI_MATCH_H
#define DEQUE_CLI_MATCH_H

#include "cli/verb.h"

#include <stdbool.h>

bool is_pattern(const char *operand);
/* As verb_each_name(), for patterns as well, and without operands for all deques. */
int verb_each_match(const struct verb *verb, int argc, char **argv,
		    int (*act)(const char *name, void *context), void *context);

#endif /* DEQUE_CLI_MATCH_H */
