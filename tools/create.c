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

/* A deque that nobody can open is of no use: it goes again. */
static int create_undo(const char *name, const char *obstacle)
{
	int error = deque_destroy(name, 0);

	if (error && error != -ENOENT)
		return fail_node(name, EX_CANTCREAT);
	if (obstacle)
		return fail(EX_CANTCREAT,
			    "%s: /dev/deque/%s is %s, so it cannot have its "
			    "node there; 'sudo %s /dev/deque/%s' removes that",
			    name, name, obstacle, node_remover(name), name);
	return fail(EX_CANTCREAT,
		    "%s: its node did not come into this /dev, so it was "
		    "removed again; a container needs the node of a deque that "
		    "was made outside",
		    name);
}

static int create_check(const char *name)
{
	const char *obstacle = node_obstacle(name);
	dev_t number;

	/* Who removes it at once has no node either. */
	if (!node_number(name, &number))
		return 0;
	if (obstacle || node_is_gone(name))
		return create_undo(name, obstacle);
	return 0;
}

static int create(const char *name, void *context)
{
	const struct create *args = context;
	int error = deque_create(name, &args->settings.limits,
				 args->settings.policy_on);

	if (!error)
		return create_check(name);
	if (error == -EEXIST && args->exist_ok)
		return node_mend(name);
	if (error == -EEXIST && (node_obstacle(name) || node_is_gone(name)))
		return fail_node(name, EX_CANTCREAT);
	return fail_control(name, -error);
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
