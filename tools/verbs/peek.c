// SPDX-License-Identifier: GPL-2.0-only
/*
 * deque peek: prints messages and leaves them where they are.
 */
#include "cli/explain.h"
#include "cli/number.h"
#include "cli/open.h"
#include "cli/say.h"
#include "cli/status.h"
#include "cli/verb.h"
#include "flow/batch.h"
#include "show/record.h"
#include "verbs/verbs.h"

#include <deque.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

struct peek_args {
	const char *name;
	enum format format;
	unsigned int count;
	unsigned int end;
};

/* As many as wanted, if there are so many now. */
static int peek_count(const struct peek_args *args, struct deque *deque)
{
	struct deque_info info;
	int result = deque_get(deque, &info);

	if (result < 0)
		return result;
	return (int)(info.ready < args->count ? info.ready : args->count);
}

/*
 * All have to come by one call, as the next would begin at the end again.  If
 * some are missing, the first of them was too long for its slot.
 */
static int peek_messages(const struct peek_args *args, struct deque *deque,
			 struct batch **batch)
{
	size_t slot = BATCH_ROOM / args->count;
	bool missing;
	int count, result;

	do {
		count = peek_count(args, deque);
		if (count <= 0)
			return count ? count : -EAGAIN;
		result = batch_pop(batch, deque, (unsigned int)count, &slot,
				   args->end | DEQUE_NOWAIT | DEQUE_PEEK, NULL);
		/* Or others have taken them meanwhile. */
		missing = result > 0 && result < count &&
			  slot < DEQUE_MESSAGE_SIZE_LIMIT;
		if (missing) {
			free(*batch);
			slot *= 2;
		}
	} while (missing || result == -EMSGSIZE);
	return result;
}

static int peek_run(const struct peek_args *args)
{
	struct deque *deque;
	struct batch *batch;
	unsigned int i;
	int result = open_deque(args->name, O_RDONLY, O_RDONLY, &deque);

	if (result)
		return result;
	result = peek_messages(args, deque, &batch);
	deque_close(deque);
	if (result == -EAGAIN)
		return fail(EX_TEMPFAIL, "%s: empty", args->name);
	if (result < 0)
		return fail_deque(args->name, -result);
	for (i = 0; i < batch->count; i++)
		record_print(stdout, args->format, &batch->messages[i]);
	free(batch);
	return 0;
}

static int run(int argc, char **argv)
{
	struct peek_args args = { .format = FORMAT_TEXT, .count = 1 };
	int option;

	while ((option = verb_option(&verb_peek, argc, argv)) != -1) {
		if (verb_option_end(option, &args.end))
			continue;
		switch (option) {
		case 'c':
			args.count = parse_number("--count", optarg, UNIT_COUNT,
						  DEQUE_BATCH_MAX);
			break;
		default:
			args.format = (enum format)option;
		}
	}
	args.name = verb_name(&verb_peek, argc, argv);
	return peek_run(&args);
}

static const struct option long_options[] = {
	{ "count", required_argument, NULL, 'c' },
	LONG_OPTIONS_ENDS,
	LONG_OPTIONS_FORMAT,
	LONG_OPTIONS_END,
};

static const int contradictions[] = { CONTRADICTIONS_ENDS,
				      CONTRADICTIONS_FORMAT, 0 };

const struct verb verb_peek = {
	.name = "peek",
	.run = run,
	.summary = "Print messages and leave them where they are",
	.operands = "[OPTION...] NAME",
	.help = "  -c, --count N              that many at most (1); up to 256\n"
		"      --front, --back        from that end (front)\n" HELP_FORMAT,
	.short_options = ":0c:hr",
	.long_options = long_options,
	.contradictions = contradictions,
};
