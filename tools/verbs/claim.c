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

struct claim {
	int fd;
	enum format format;
	unsigned int count;
	unsigned int end;
	int64_t patience;
	uint64_t timeout_ns;
	struct deque *deque;
	char name[DEQUE_NAME_MAX + 1];
};

static int claim_batch(const struct claim *claim, struct batch **batch)
{
	size_t slot = BATCH_ROOM / claim->count;
	struct waiting waiting;
	int result;

	do {
		waiting_start(&waiting, claim->patience);
		result = batch_claim(batch, claim->deque, claim->count, &slot,
				     claim->end | waiting.flags,
				     waiting.deadline, claim->timeout_ns);
	} while (result == -EMSGSIZE ||
		 (result == -EINTR && !interrupt_caught()));
	return result;
}

/* Nobody would know the tokens of leases that did not arrive. */
static int claim_undo(const struct claim *claim, const struct batch *batch,
		      int error)
{
	unsigned int i, returned = 0;

	for (i = 0; i < batch->count; i++)
		if (!deque_return(claim->deque, batch->messages[i].token,
				  DEQUE_UNCOUNTED, 0))
			returned++;
	/* stdio would complain of the same again at exit. */
	fail(0,
	     "%s: cannot write to standard output: %s; messages returned: %u",
	     claim->name, strerror(error), returned);
	_exit(EX_IOERR);
}

static int claim_print(const struct claim *claim, const struct batch *batch)
{
	unsigned int i;

	errno = 0;
	for (i = 0; i < batch->count; i++)
		record_print(stdout, claim->format, &batch->messages[i]);
	if (fflush(stdout) || ferror(stdout))
		return claim_undo(claim, batch, errno ? errno : EIO);
	return 0;
}

static int claim(struct claim *claim)
{
	struct batch *batch;
	int result = open_inherited(claim->fd, &claim->deque, claim->name);

	if (result)
		return result;
	signal(SIGPIPE, SIG_IGN);
	interrupt_catch(claim->deque);
	result = claim_batch(claim, &batch);
	interrupt_hold();
	if (result > 0) {
		result = claim_print(claim, batch);
		free(batch);
	}
	interrupt_obey();
	return result < 0 ? fail_empty(claim->name, -result) : 0;
}

static int run(int argc, char **argv)
{
	struct claim args = { .fd = FD_UNSET, .count = 1 };
	int option;

	while ((option = verb_option(&verb_claim, argc, argv)) != -1) {
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
			args.patience = parse_time("--wait", optarg);
			break;
		case OPTION_TIMEOUT:
			args.timeout_ns = parse_timeout("--timeout", optarg);
			break;
		case OPTION_FRONT:
			args.end = DEQUE_FRONT;
			break;
		case OPTION_BACK:
			args.end = DEQUE_BACK;
			break;
		default:
			args.format = (enum format)option;
		}
	}
	verb_operands(&verb_claim, argc, argv, 0, 0);
	lease_check_fd(&verb_claim, args.fd);
	return claim(&args);
}

static const struct option long_options[] = {
	{ "fd", required_argument, NULL, OPTION_FD },
	{ "count", required_argument, NULL, 'c' },
	{ "wait", required_argument, NULL, 'w' },
	{ "timeout", required_argument, NULL, OPTION_TIMEOUT },
	{ "front", no_argument, NULL, OPTION_FRONT },
	{ "back", no_argument, NULL, OPTION_BACK },
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
