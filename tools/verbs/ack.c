// SPDX-License-Identifier: GPL-2.0-only
/*
 * deque ack: tells that the work on leased messages is done.
 */
#include "cli/verb.h"
#include "flow/tokens.h"
#include "verbs/verbs.h"

#include <deque.h>
#include <stdint.h>

static int ack(struct deque *deque, const uint64_t *tokens, unsigned int count,
	       const struct lease *lease)
{
	(void)lease;
	return deque_ack_batch(deque, tokens, count);
}

static int run(int argc, char **argv)
{
	struct lease args = { .fd = FD_UNSET, .act = ack };

	return lease_run_plain(&verb_ack, argc, argv, &args);
}

const struct verb verb_ack = {
	.name = "ack",
	.run = run,
	.summary = "Say that claimed messages are done: they are gone",
	.operands = "--fd N TOKEN...",
	.help = HELP_FD,
	.short_options = ":h",
	.long_options = lease_options,
};
