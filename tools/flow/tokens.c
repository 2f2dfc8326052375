// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ends or extends leases, through an open file that was inherited: leases belong to
 * the open file that they were claimed through.
 */
#include "flow/tokens.h"
#include "cli/explain.h"
#include "cli/number.h"
#include "cli/open.h"
#include "cli/say.h"
#include "cli/status.h"
#include "cli/verb.h"

#include <deque.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <stdint.h>
#include <stdlib.h>

struct leases {
	const struct lease *lease;
	struct deque *deque;
	char name[DEQUE_NAME_MAX + 1];
};

void lease_check_fd(const struct verb *verb, int fd)
{
	if (fd == FD_UNSET)
		exit(fail(
			EX_USAGE,
			"%s: on which open file? 'exec "
			"{q}<>/dev/deque/NAME' opens one, --fd \"$q\" names it",
			verb->name));
}

/* A lease that is lost does not keep us from the others. */
static int leases_end(struct leases *leases, const uint64_t *tokens,
		      unsigned int count)
{
	unsigned int done, most;
	int result, status = 0;

	for (done = 0; done < count; done += (unsigned int)result) {
		most = count - done;
		if (most > DEQUE_BATCH_MAX)
			most = DEQUE_BATCH_MAX;
		result = leases->lease->act(leases->deque, tokens + done, most,
					    leases->lease);
		if (result < 0 && result != -ESTALE)
			return fail_deque(leases->name, -result);
		if (result == -ESTALE) {
			status = fail_lost(leases->name, tokens[done]);
			result = 1;
		}
	}
	return status;
}

static uint64_t *tokens_parse(char **operands, unsigned int count)
{
	uint64_t *tokens = calloc(count, sizeof(*tokens));
	unsigned int i;

	if (!tokens)
		exit(fail_deque("tokens", ENOMEM));
	for (i = 0; i < count; i++)
		tokens[i] = parse_token(operands[i]);
	return tokens;
}

int lease_run(const struct verb *verb, int argc, char **argv,
	      const struct lease *lease)
{
	char **operands = verb_operands(verb, argc, argv, 1, INT_MAX);
	struct leases leases = { .lease = lease };
	unsigned int count = (unsigned int)(argc - optind);
	uint64_t *tokens;
	int status;

	lease_check_fd(verb, lease->fd);
	tokens = tokens_parse(operands, count);
	status = open_inherited(lease->fd, &leases.deque, leases.name);
	if (!status)
		status = leases_end(&leases, tokens, count);
	free(tokens);
	return status;
}

const struct option lease_options[] = {
	{ "fd", required_argument, NULL, OPTION_FD },
	LONG_OPTIONS_END,
};

int lease_run_plain(const struct verb *verb, int argc, char **argv,
		    struct lease *lease)
{
	while (verb_option(verb, argc, argv) != -1)
		lease->fd = parse_fd(optarg);
	return lease_run(verb, argc, argv, lease);
}
