// SPDX-License-Identifier: GPL-2.0-only
/*
 * deque create: makes deques.
 */
#include "tool.h"

#include <errno.h>

struct create {
	struct settings settings;
	bool exist_ok;
};

static int create(const char *name, void *context)
{
	const struct create *args = context;
	int error = deque_create(name, &args->settings.limits,
				 args->settings.policy_on);

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
			setting_parse(&args.settings, option,
				      optarg ? optarg : "yes");
	}
	return verb_each_name(&verb_create, argc, argv, create, &args);
}

static const struct option long_options[] = {
	{ "max-messages", required_argument, NULL, SETTING_MESSAGES },
	{ "max-bytes", required_argument, NULL, SETTING_BYTES },
	{ "max-message-size", required_argument, NULL, SETTING_MESSAGE_SIZE },
	{ "max-deliveries", required_argument, NULL, SETTING_DELIVERIES },
	{ "ack-on-read", no_argument, NULL, SETTING_ACK_ON_READ },
	{ "lines", no_argument, NULL, SETTING_LINES },
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
		"      --max-deliveries N|never  bury what was claimed so "
		"often in vain\n"
		"      --ack-on-read          read(2) leases until the next "
		"read(2)\n"
		"      --lines                read(2) gets a message as a line, "
		"in parts if need be\n"
		"      --exist-ok             one that is there will do\n",
	.short_options = ":h",
	.long_options = long_options,
};
