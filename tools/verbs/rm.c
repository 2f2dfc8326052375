// SPDX-License-Identifier: GPL-2.0-only
/*
 * deque rm: removes deques.
 */
#include "cli/explain.h"
#include "cli/info.h"
#include "cli/mend.h"
#include "cli/node.h"
#include "cli/say.h"
#include "cli/status.h"
#include "cli/verb.h"
#include "show/field.h"
#include "verbs/verbs.h"

#include <deque.h>
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include <unistd.h>

#define BUSY_TRIES 10
#define BUSY_PAUSE_US 50000

static const char *plural(uint64_t count)
{
	return count == 1 ? "" : "s";
}

static int fail_busy(const char *name)
{
	struct deque_info info;

	if ((info_get(name, &info) && fields_read(name, &info)) ||
	    !info.messages)
		return fail(EX_TEMPFAIL,
			    "%s: is open somewhere; wait, or cut it off with "
			    "--force",
			    name);
	if (info.leased)
		return fail(EX_TEMPFAIL,
			    "%s: holds %llu message%s, %llu of them claimed; "
			    "'deque leases %s' tells by whom; --force loses "
			    "them",
			    name, (unsigned long long)info.messages,
			    plural(info.messages),
			    (unsigned long long)info.leased, name);
	return fail(EX_TEMPFAIL,
		    "%s: holds %llu message%s; take them first, or lose them "
		    "with --force",
		    name, (unsigned long long)info.messages,
		    plural(info.messages));
}

/* Another process may have it open just to look, as ls does. */
static int destroy_patiently(const char *name, unsigned int flags)
{
	int error, tries = BUSY_TRIES;

	while ((error = deque_destroy(name, flags)) == -EBUSY && --tries)
		usleep(BUSY_PAUSE_US);
	return error;
}

static int destroy(const char *name, void *context)
{
	const unsigned int *flags = context;
	dev_t number;
	bool known = node_number(name, &number);
	int error = destroy_patiently(name, *flags);

	if (error == -EBUSY)
		return fail_busy(name);
	if (error)
		return fail_control(name, -error);
	if (known)
		node_forget(name, number);
	return 0;
}

static int run(int argc, char **argv)
{
	unsigned int flags = 0;

	while (verb_option(&verb_rm, argc, argv) != -1)
		flags = DEQUE_FORCE;
	return verb_each_name(&verb_rm, argc, argv, destroy, &flags);
}

static const struct option long_options[] = {
	{ "force", no_argument, NULL, 'f' },
	LONG_OPTIONS_END,
};

const struct verb verb_rm = {
	.name = "rm",
	.run = run,
	.summary = "Remove deques",
	.operands = "[OPTION...] NAME...",
	.help = "  -f, --force                even when open, or not empty: its "
		"messages are lost\n",
	.short_options = ":fh",
	.long_options = long_options,
};
