// SPDX-License-Identifier: GPL-2.0-only
/*
 * deque create: makes deques.
 */
#include "cli/explain.h"
#include "cli/info.h"
#include "cli/mend.h"
#include "cli/node.h"
#include "cli/say.h"
#include "cli/setting.h"
#include "cli/status.h"
#include "cli/verb.h"
#include "verbs/verbs.h"

#include <deque.h>
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define MADE_MAX 1024

struct create_args {
	struct settings settings;
	bool exist_ok;
	char made[MADE_MAX]; /* their names, as many as fit */
	int status;
};

static int fail_blocked(const char *name, const char *obstacle)
{
	return fail(
		EX_CANTCREAT,
		"%s: /dev/deque/%s is %s, so it cannot have its node there; "
		"'sudo %s /dev/deque/%s' removes that",
		name, name, obstacle, node_remover(name), name);
}

/* A deque that nobody can open is of no use: it goes again. */
static int create_undo(const char *name, const char *obstacle)
{
	int error = deque_destroy(name, 0);

	if (error == -EBUSY && !obstacle)
		return fail(EX_CANTCREAT,
			    "%s: was made, and stays, as somebody uses it; its "
			    "node is not in this /dev",
			    name);
	if (error && error != -ENOENT)
		return fail_node(name, EX_CANTCREAT);
	if (obstacle)
		return fail_blocked(name, obstacle);
	return fail(EX_CANTCREAT,
		    "%s: its node did not come into this /dev, so it was "
		    "removed again; a container needs the node of a deque that "
		    "was made outside",
		    name);
}

/* deque_create() has waited for the node. */
static int create_check(const char *name)
{
	const char *obstacle = node_obstacle(name);
	dev_t number;

	/* Somebody may have removed it at once. */
	if (!node_number(name, &number))
		return 0;
	if (obstacle || node_is_missing(name))
		return create_undo(name, obstacle);
	return 0;
}

static int fail_exists(const char *name)
{
	if (node_obstacle(name) || node_is_gone(name))
		return fail_node(name, EX_CANTCREAT);
	return fail_control(name, EEXIST);
}

/* An obstacle that is seen before needs no undoing. */
static int check_place(const char *name, void *context)
{
	const struct create_args *args = context;
	const char *blocker;
	dev_t number;

	if (node_number(name, &number))
		return args->exist_ok ? 0 : fail_exists(name);
	blocker = node_blocker(name);
	return blocker ? fail_blocked(name, blocker) : 0;
}

/* It stays as it is, and that may not be what is wanted. */
static void tell_difference(const char *name, const struct settings *settings)
{
	char wanted[SETTINGS_TEXT_MAX];
	struct deque_info info;

	if (info_get(name, &info))
		return;
	if (settings_differ(settings, &info, wanted))
		say("%s: exists already, with other limits, which stay; "
		    "'deque set %s%s' changes them",
		    name, name, wanted);
}

static int create_accept(const char *name, const struct create_args *args)
{
	int status = node_mend(name);

	if (!status)
		tell_difference(name, &args->settings);
	return status;
}

static void note_made(struct create_args *args, const char *name)
{
	size_t length = strlen(args->made);

	snprintf(args->made + length, MADE_MAX - length, " %s", name);
}

/* After a failure no more are made, and what was made is told. */
static int create_deque(const char *name, void *context)
{
	struct create_args *args = context;
	int error;

	if (args->status)
		return 0;
	error = deque_create(name, &args->settings.limits,
			     args->settings.policy_on);
	if (!error)
		args->status = create_check(name);
	else if (error == -EEXIST)
		args->status = args->exist_ok ? create_accept(name, args)
					      : fail_exists(name);
	else
		args->status = fail_control(name, -error);
	if (!error && !args->status)
		note_made(args, name);
	return args->status;
}

static int create_all(struct create_args *args, int argc, char **argv)
{
	int status =
		verb_each_name(&verb_create, argc, argv, check_place, args);

	if (!status)
		status = verb_each_name(&verb_create, argc, argv, create_deque,
					args);
	if (status && args->made[0])
		say("create: made before that:%s", args->made);
	return status;
}

static int run(int argc, char **argv)
{
	struct create_args args = { 0 };
	int option;

	while ((option = verb_option(&verb_create, argc, argv)) != -1) {
		if (option == OPTION_EXIST_OK)
			args.exist_ok = true;
		else
			setting_parse(&args.settings, option,
				      optarg ? optarg : "yes");
	}
	return create_all(&args, argc, argv);
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
