// SPDX-License-Identifier: GPL-2.0-only
/*
 * deque claim: leases messages and prints them, each with the token that names
 * its lease.  They belong to the open file, which has to outlive us.
 */
#include "cli/clock.h"
#include "cli/explain.h"
#include "cli/number.h"
#include "cli/open.h"
#include "cli/say.h"
#include "cli/status.h"
#include "cli/verb.h"
#include "flow/batch.h"
#include "flow/interrupt.h"
#include "flow/tokens.h"
#include "show/record.h"
#include "verbs/verbs.h"

#include <deque.h>
#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct claim_args {
	int fd;
	enum format format;
	unsigned int count;
	unsigned int end;
	int64_t wait_ns;
	uint64_t timeout_ns;
	struct deque *deque;
	char name[DEQUE_NAME_MAX + 1];
};

static int claim_batch(const struct claim_args *args, struct batch **batch)
{
	size_t slot = BATCH_ROOM / args->count;
	struct waiting waiting;
	int result;

	do {
		waiting_start(&waiting, args->wait_ns);
		result = batch_claim(batch, args->deque, args->count, &slot,
				     args->end | waiting.flags,
				     waiting.deadline, args->timeout_ns);
	} while (result == -EMSGSIZE ||
		 (result == -EINTR && !interrupt_caught()));
	return result;
}

/* Nobody would know the tokens of leases that did not arrive. */
static int claim_give_back(const struct claim_args *args,
			   const struct batch *batch, int error)
{
	unsigned int i, returned = 0;

	for (i = 0; i < batch->count; i++)
		if (!deque_return(args->deque, batch->messages[i].token,
				  DEQUE_UNCOUNTED, 0))
			returned++;
	/* stdio would complain of the same again at exit. */
	_exit(fail(EX_IOERR,
		   "%s: cannot write to standard output: %s; messages "
		   "returned: %u",
		   args->name, strerror(error), returned));
}

static int claim_print(const struct claim_args *args, const struct batch *batch)
{
	unsigned int i;

	errno = 0;
	for (i = 0; i < batch->count; i++)
		record_print(stdout, args->format, &batch->messages[i]);
	if (fflush(stdout) || ferror(stdout))
		return claim_give_back(args, batch, errno ? errno : EIO);
	return 0;
}

static int claim_run(struct claim_args *args)
{
	struct batch *batch;
	int result = open_inherited(args->fd, &args->deque, args->name);

	if (result)
		return result;
	signal(SIGPIPE, SIG_IGN);
	interrupt_catch(args->deque);
	result = claim_batch(args, &batch);
	interrupt_hold();
	if (result > 0) {
		result = claim_print(args, batch);
		free(batch);
	}
	interrupt_obey();
	return result < 0 ? fail_empty(args->name, -result) : 0;
}

static int run(int argc, char **argv)
{
	struct claim_args args = { .fd = FD_UNSET, .count = 1 };
	int option;

	while ((option = verb_option(&verb_claim, argc, argv)) != -1) {
		if (verb_option_end(option, &args.end))
			continue;
		switch (option) {
		case OPTION_FD:
			args.fd = parse_fd(optarg);
			break;
		case 'c':
			args.count =
				(unsigned int)parse_number("--count", optarg,
							   UNIT_COUNT,
							   DEQUE_BATCH_MAX);
			break;
		case 'w':
			args.wait_ns = parse_time("--wait", optarg);
			break;
		case OPTION_TIMEOUT:
			args.timeout_ns = parse_timeout("--timeout", optarg);
			break;
		default:
			args.format = (enum format)option;
		}
	}
	verb_operands(&verb_claim, argc, argv, 0, 0);
	lease_check_fd(&verb_claim, args.fd);
	return claim_run(&args);
}

static const struct option long_options[] = {
	{ "fd", required_argument, NULL, OPTION_FD },
	{ "count", required_argument, NULL, 'c' },
	{ "wait", required_argument, NULL, 'w' },
	{ "timeout", required_argument, NULL, OPTION_TIMEOUT },
	LONG_OPTIONS_ENDS,
	LONG_OPTIONS_FORMAT,
	LONG_OPTIONS_END,
};

static const int contradictions[] = { CONTRADICTIONS_ENDS,
				      CONTRADICTIONS_FORMAT, 0 };

const struct verb verb_claim = {
	.name = "claim",
	.run = run,
	.summary =
		"Lease messages, for ack, return or bury; print TOKEN MESSAGE",
	.operands = "--fd N [OPTION...]",
	.help = HELP_FD
	"  -c, --count N              that many at most (1); up to 256\n"
	"  -w, --wait TIME|forever    wait so long for the first (0)\n"
	"      --timeout TIME         the leases end by themselves then\n"
	"      --front, --back        from that end (front)\n" HELP_FORMAT,
	.short_options = ":0c:hrw:",
	.long_options = long_options,
	.contradictions = contradictions,
};
