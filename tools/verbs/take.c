// SPDX-License-Identifier: GPL-2.0-only
/*
 * deque take: takes messages out and writes them to standard output.
 */
#include "cli/clock.h"
#include "cli/explain.h"
#include "cli/number.h"
#include "cli/open.h"
#include "cli/verb.h"
#include "flow/batch.h"
#include "flow/delivery.h"
#include "flow/interrupt.h"
#include "show/record.h"
#include "verbs/verbs.h"

#include <deque.h>
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define EVERYTHING UINT64_MAX
#define UNSET INT64_MIN

struct take_args {
	const char *name;
	enum format format;
	uint64_t count;
	uint64_t taken;
	int64_t wait_ns;
	bool follow;
	bool watches; /* waits for messages, and for the end of its reader */
	bool in_line; /* of which a signal tells, so it can wait in the line */
	struct delivery delivery;
};

/* Long messages are taken in smaller batches. */
static unsigned int batch_count(uint64_t wanted, size_t slot)
{
	uint64_t fitting = slot < BATCH_ROOM ? BATCH_ROOM / slot : 1;
	uint64_t most = fitting < DEQUE_BATCH_MAX ? fitting : DEQUE_BATCH_MAX;

	return (unsigned int)(wanted < most ? wanted : most);
}

/* Another taker may have been faster while we watched: then we wait on. */
static bool take_goes_on(const struct take_args *args, int result)
{
	return result == -EMSGSIZE || (result == -EAGAIN && args->watches) ||
	       (result == -EINTR && !interrupt_caught());
}

/* Without waiting in the deque's line we poll, and get what takers in the line leave. */
static int take_once(struct take_args *args, struct batch **batch, size_t *slot,
		     const struct waiting *waiting)
{
	struct delivery *delivery = &args->delivery;
	unsigned int polled = 0;
	int result = 0;

	if (args->in_line) {
		result = delivery_arm(delivery);
	} else if (args->watches) {
		result = delivery_wait(delivery, waiting->deadline);
		polled = DEQUE_NOWAIT;
	}
	if (result)
		return result;
	return batch_pop(batch, delivery->deque,
			 batch_count(args->count - args->taken, *slot), slot,
			 delivery->end | waiting->flags | polled,
			 waiting->deadline);
}

/* Goes on after interrupts that do not ask us to end. */
static int take_batch(struct take_args *args, struct batch **batch)
{
	size_t slot = BATCH_ROOM / batch_count(args->count - args->taken, 1);
	struct waiting waiting;
	int result;

	waiting_start(&waiting, args->wait_ns);
	do
		result = take_once(args, batch, &slot, &waiting);
	while (take_goes_on(args, result));
	return result;
}

/* Only the first message is waited for, unless more are to follow. */
static int take_messages(struct take_args *args)
{
	struct batch *batch;
	int result;

	while (args->taken < args->count && delivery_ready(&args->delivery)) {
		result = take_batch(args, &batch);
		if (result < 0)
			return -result;
		args->taken += (unsigned int)result;
		delivery_write(&args->delivery, batch, args->format);
		if (!args->follow)
			args->wait_ns = 0;
	}
	return 0;
}

/* Having run empty is no failure once something was taken. */
static int take_explain(const struct take_args *args, int error)
{
	bool empty = error == EAGAIN || error == ETIMEDOUT;

	if (!error || (empty && args->taken))
		return 0;
	return fail_empty(args->name, error);
}

static int take_run(struct take_args *args)
{
	struct delivery *delivery = &args->delivery;
	int status, error;

	status = open_deque(args->name, O_RDWR, O_RDONLY, &delivery->deque);
	if (status)
		return status;
	delivery->name = args->name;
	signal(SIGPIPE, SIG_IGN);
	interrupt_catch(delivery->deque);
	args->watches = args->follow && args->wait_ns && delivery_has_reader();
	args->in_line = args->watches && delivery_watch();
	error = take_messages(args);
	status = delivery_end(delivery);
	interrupt_obey();
	return status ? status : take_explain(args, error);
}

static uint64_t parse_count(const char *text)
{
	if (!strcmp(text, "all"))
		return EVERYTHING;
	return parse_number("--count", text, UNIT_COUNT, UINT32_MAX);
}

/* One message if there is one; or when following, all, for ever. */
static void take_complete(struct take_args *args)
{
	if (!args->count)
		args->count = args->follow ? EVERYTHING : 1;
	if (args->wait_ns == UNSET)
		args->wait_ns = args->follow ? FOREVER : 0;
}

static int run(int argc, char **argv)
{
	struct take_args args = { .format = FORMAT_TEXT, .wait_ns = UNSET };
	int option;

	args.delivery.end = DEQUE_FRONT;
	while ((option = verb_option(&verb_take, argc, argv)) != -1) {
		if (verb_option_end(option, &args.delivery.end))
			continue;
		switch (option) {
		case 'c':
			args.count = parse_count(optarg);
			break;
		case 'w':
			args.wait_ns = parse_time("--wait", optarg);
			break;
		case OPTION_FOLLOW:
			args.follow = true;
			break;
		default:
			args.format = (enum format)option;
		}
	}
	args.name = verb_name(&verb_take, argc, argv);
	take_complete(&args);
	return take_run(&args);
}

static const struct option long_options[] = {
	{ "count", required_argument, NULL, 'c' },
	{ "wait", required_argument, NULL, 'w' },
	{ "follow", no_argument, NULL, OPTION_FOLLOW },
	LONG_OPTIONS_ENDS,
	LONG_OPTIONS_FORMAT,
	LONG_OPTIONS_END,
};

static const int contradictions[] = { CONTRADICTIONS_ENDS,
				      CONTRADICTIONS_FORMAT, 0 };

const struct verb verb_take = {
	.name = "take",
	.run = run,
	.summary = "Take messages out and print them",
	.operands = "[OPTION...] NAME",
	.help = "  -c, --count N|all          that many at most (1)\n"
		"  -w, --wait TIME|forever    wait so long for the first (0)\n"
		"      --follow               go on; with -w, until nothing "
		"comes for TIME\n"
		"      --front, --back        from that end (front)\n" HELP_FORMAT,
	.short_options = ":0c:hrw:",
	.long_options = long_options,
	.contradictions = contradictions,
};
