// SPDX-License-Identifier: GPL-2.0-only
/*
 * deque set: changes a deque's limits and policy.
 */
#include "cli/explain.h"
#include "cli/open.h"
#include "cli/say.h"
#include "cli/setting.h"
#include "cli/status.h"
#include "cli/verb.h"
#include "verbs/verbs.h"

#include <deque.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* KEY=VALUE is cut in two. */
static void assign(struct settings *settings, char *assignment)
{
	char *value = strchr(assignment, '=');
	int setting = -1;

	if (value) {
		*value++ = '\0';
		setting = setting_find(assignment);
	}
	if (setting < 0)
		exit(fail(EX_USAGE,
			  "set: '%s' is not KEY=VALUE with a KEY of "
			  "max_messages, max_bytes, max_message_size, "
			  "max_deliveries, ack_on_read, lines",
			  assignment));
	setting_parse(settings, setting, value);
}

static int set_deque(const char *name, const struct settings *settings)
{
	struct deque *deque;
	int error = open_deque(name, O_WRONLY, O_WRONLY, &deque);

	if (error)
		return error;
	error = deque_set(deque, &settings->limits, settings->policy_on,
			  settings->policy_off);
	deque_close(deque);
	return error ? fail_deque(name, -error) : 0;
}

static int run(int argc, char **argv)
{
	struct settings settings = { 0 };
	char **operands, **assignment;
	const char *name;

	verb_refuse_options(&verb_set, argc, argv);
	operands = verb_operands(&verb_set, argc, argv, 2, INT_MAX);
	name = verb_deque(operands[0]);
	for (assignment = operands + 1; *assignment; assignment++)
		assign(&settings, *assignment);
	return set_deque(name, &settings);
}

const struct verb verb_set = {
	.name = "set",
	.run = run,
	.summary = "Change a deque's limits and policy",
	.operands = "NAME KEY=VALUE...",
	.help = "  max_messages=N             most messages at a time\n"
		"  max_bytes=SIZE             most bytes in all of them\n"
		"  max_message_size=SIZE      most bytes in one\n"
		"  max_deliveries=N|never     bury what was claimed so often in "
		"vain\n"
		"  ack_on_read=yes|no         read(2) leases until the next "
		"read(2)\n"
		"  lines=yes|no               read(2) gets a message as a line, "
		"in parts if need be\n\n",
	.short_options = ":h",
	.long_options = verb_no_options,
};
