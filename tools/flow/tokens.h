/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ends or extends leases, through an open file that was inherited.
 */
#ifndef DEQUE_FLOW_TOKENS_H
#define DEQUE_FLOW_TOKENS_H

#include "cli/verb.h"

#include <deque.h>
#include <stdint.h>

#define FD_UNSET (-1)
struct lease {
	int fd;
	unsigned int end; /* DEQUE_FRONT, DEQUE_BACK, or 0: where it was */
	uint64_t time_ns;
	int (*act)(struct deque *deque, const uint64_t *tokens,
		   unsigned int count, const struct lease *lease);
};
void lease_check_fd(const struct verb *verb, int fd);
/* Acts on the leases that the operands name; returns a status. */
int lease_run(const struct verb *verb, int argc, char **argv,
	      const struct lease *lease);

/* For a verb that has no option but --fd. */
extern const struct option lease_options[];
int lease_run_plain(const struct verb *verb, int argc, char **argv,
		    struct lease *lease);

#endif /* DEQUE_FLOW_TOKENS_H */
