// SPDX-License-Identifier: GPL-2.0-only
/*
 * deque bury: lays leased messages aside, until somebody kicks them.
 */
#include "cli/verb.h"
#include "flow/tokens.h"
#include "verbs/verbs.h"

#include <deque.h>
#include <stdint.h>

static int bury(struct deque *deque, const uint64_t *tokens, unsigned int count,
		const struct lease *lease)
{
	(void)lease;
	return deque_bury_batch(deque, tokens, count);
}

static int run(int argc, char **argv)
{
	struct lease args = { .fd = FD_UNSET, .act = bury };

	return lease_run_plain(&verb_bury, argc, argv, &args);
}

const struct verb verb_bury = {
	.name = "bury",
	.run = run,
	.summary = "Lay claimed messages aside, until they are kicked",
	.operands = "--fd N TOKEN...",
	.help = HELP_FD,
	.short_options = ":h",
	.long_options = lease_options,
};
