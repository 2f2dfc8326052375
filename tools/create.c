// SPDX-License-Identifier: GPL-2.0-only
/*
 * deque create: makes deques.
 */
#include "tool.h"

#include <errno.h>

struct create {
	struct deque_limits limits;
	bool exist_ok;
};

static int create(const char *name, void *context)
{
	const struct create *args = context;
	int error = deque_create(name, &args->limits, 0);

	if (!error || (error == -EEXIST && args->exist_ok))
		return 0;
	return fail_deque(name, -error);
}

static int run(int argc, char **argv)
{
	struct create args = { 0 };
	int option;

	while ((option = verb_option(&verb_create, argc, argv)) != -1) {
		if (option == OPTION_EXIST_OK)
			args.exist_ok = true;
		else
			limit_parse(&args.limits, option, optarg);
	}
	return verb_each_name(&verb_create, argc, argv, create, &args);
}

static const struct option long_options[] = {
	{ "max-messages", required_argument, NULL, LIMIT_MESSAGES },
	{ "max-bytes", required_argument, NULL, LIMIT_BYTES },
	{ "max-message-size", required_argument, NULL, LIMIT_MESSAGE_SIZE },
	{ "exist-ok", no_argument, NULL, OPTION_EXIST_OK },
	LONG_OPTIONS_END,
};

const struct verb verb_create = {
	.name = "create",
	.run = run,
	.summary = "Make deques",
	.operands = "[OPTION...] NAME...",
	.help = "      --max-messages N       most messages at a time\n"
		"      --max-bytes SIZE       most bytes in all of them\n"
		"      --max-message-size SIZE  most bytes in one\n"
		"      --exist-ok             one that is there will do\n",
	.short_options = ":h",
	.long_options = long_options,
};
