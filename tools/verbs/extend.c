// SPDX-License-Identifier: GPL-2.0-only
/*
 * deque extend: sets anew when leases end by themselves.
 */
#include "cli/number.h"
#include "cli/say.h"
#include "cli/status.h"
#include "cli/verb.h"
#include "flow/tokens.h"
#include "verbs/verbs.h"
#include "work/extension.h"

#include <deque.h>
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

static int extend(struct deque *deque, const uint64_t *tokens,
		  unsigned int count, const struct lease *lease)
{
	return deque_extend_batch(deque, tokens, count, lease->time_ns);
}

static int fail_extension(int error)
{
	if (error == EBADF || error == ENOTSOCK)
		return fail(EX_USAGE,
			    "extend: what 'deque work --extendable' gave is "
			    "not open any more");
	return fail(EX_LOST, "extend: too late: %s",
		    error == ESTALE   ? "the lease is lost"
		    : error == ENODEV ? "somebody has removed the deque"
		    : error == ETIMEDOUT
			    ? "it has timed out"
			    : "work has ended, or taken the message "
			      "back");
}

/* In a handler, of `work`, which knows the lease. */
static int extend_handler(const char *fd, bool timeout, uint64_t time_ns)
{
	int error;

	if (timeout && !time_ns)
		time_ns = EXTENSION_FOREVER;
	error = extension_ask(parse_fd(fd), time_ns);
	return error ? fail_extension(error) : 0;
}

static int run(int argc, char **argv)
{
	struct lease args = { .fd = FD_UNSET, .act = extend };
	const char *handler = getenv(EXTENSION_VARIABLE);
	bool timeout = false;
	int option;

	while ((option = verb_option(&verb_extend, argc, argv)) != -1) {
		if (option == OPTION_FD) {
			args.fd = parse_fd(optarg);
			continue;
		}
		args.time_ns = parse_timeout("--timeout", optarg);
		timeout = true;
	}
	if (args.fd == FD_UNSET && handler && !argv[optind])
		return extend_handler(handler, timeout, args.time_ns);
	if (!timeout)
		return fail(EX_USAGE, "extend: until when? --timeout TIME says "
				      "how long from now");
	return lease_run(&verb_extend, argc, argv, &args);
}

static const struct option long_options[] = {
	{ "fd", required_argument, NULL, OPTION_FD },
	{ "timeout", required_argument, NULL, OPTION_TIMEOUT },
	LONG_OPTIONS_END,
};

const struct verb verb_extend = {
	.name = "extend",
	.run = run,
	.summary = "Set anew when leases end by themselves",
	.operands = "--fd N --timeout TIME TOKEN... | [--timeout TIME]",
	.help = "Without --fd: a handler of 'deque work --extendable' gets more "
		"time.\n\n" HELP_FD
		"      --timeout TIME|forever  so long from now\n",
	.short_options = ":h",
	.long_options = long_options,
};
