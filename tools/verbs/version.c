// SPDX-License-Identifier: GPL-2.0-only
/*
 * deque version: the command's, the loaded module's, and whether that is the one
 * that is installed.  After an upgrade it may not be: nobody unloads it meanwhile.
 */
#include "cli/module.h"
#include "cli/say.h"
#include "cli/verb.h"
#include "verbs/verbs.h"

#include <deque.h>
#include <stdio.h>
#include <string.h>

static void identity_of_loaded(struct module_identity *identity)
{
	FILE *file;

	if (deque_module_version(identity->version, MODULE_VERSION_SIZE))
		return;
	file = fopen("/sys/module/deque/srcversion", "re");
	if (!file)
		return;
	if (fscanf(file, "%63s", identity->sources) != 1)
		identity->sources[0] = '\0';
	fclose(file);
}

static void print_difference(const struct module_identity *loaded,
			     const struct module_identity *installed)
{
	int order = strverscmp(loaded->version, installed->version);

	if (!order && !strcmp(loaded->sources, installed->sources))
		return;
	say("the module that is loaded %s (%s); that comes with the next boot, "
	    "or with 'modprobe -r deque && modprobe deque' as soon as no "
	    "deque is open or holds messages",
	    order < 0	? "is older than the installed one"
	    : order > 0 ? "is newer than the installed one"
			: "is another build than the installed one",
	    installed->version);
}

/* The module is not loaded. */
static void print_installed(enum module_state state,
			    const struct module_identity *installed)
{
	if (state == MODULE_INSTALLED)
		printf("deque.ko %s (not loaded)\n", installed->version);
	else if (state == MODULE_ABSENT)
		printf("deque.ko (not installed)\n");
	else if (state == MODULE_HIDDEN)
		printf("deque.ko (not loaded)\n");
	else
		printf("deque.ko (not built for this kernel, %s)\n",
		       module_kernel());
}

static void version_print(void)
{
	struct module_identity loaded = { .version = "" }, installed;
	enum module_state state = module_look(&installed);

	identity_of_loaded(&loaded);
	printf("deque %s\n", DEQUE_TOOL_VERSION);
	if (!loaded.version[0]) {
		print_installed(state, &installed);
		return;
	}
	printf("deque.ko %s\n", loaded.version);
	if (installed.version[0])
		print_difference(&loaded, &installed);
}

static int run(int argc, char **argv)
{
	verb_refuse_options(&verb_version, argc, argv);
	verb_operands(&verb_version, argc, argv, 0, 0);
	version_print();
	return 0;
}

const struct verb verb_version = {
	.name = "version",
	.run = run,
	.summary = "Print the versions of the command and of the module",
	.operands = "[-h]",
	.help = "",
	.short_options = ":h",
	.long_options = verb_no_options,
};
