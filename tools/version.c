// SPDX-License-Identifier: GPL-2.0-only
/*
 * deque version: the command's, the loaded module's, and whether that is the one
 * that is installed.  After an upgrade it may not be: nobody unloads it meanwhile.
 */
#include "tool.h"

#include <libkmod.h>
#include <string.h>

#define VERSION_SIZE 64

/**
 * struct identity - which module it is
 * @version: MODULE_VERSION(); empty if there is none
 * @sources: a checksum of the sources
 */
struct identity {
	char version[VERSION_SIZE];
	char sources[VERSION_SIZE];
};

static void identity_add(struct identity *identity, const char *key,
			 const char *value)
{
	if (!strcmp(key, "version"))
		snprintf(identity->version, VERSION_SIZE, "%s", value);
	if (!strcmp(key, "srcversion"))
		snprintf(identity->sources, VERSION_SIZE, "%s", value);
}

static void identity_read(struct kmod_module *module, struct identity *identity)
{
	struct kmod_list *info = NULL, *item;

	if (kmod_module_get_info(module, &info) < 0)
		return;
	kmod_list_foreach(item, info)
		identity_add(identity, kmod_module_info_get_key(item),
			     kmod_module_info_get_value(item));
	kmod_module_info_free_list(info);
}

/* What modprobe would load: the running kernel's, as depmod has it. */
static void identity_of_installed(struct identity *identity)
{
	struct kmod_ctx *kmod = kmod_new(NULL, NULL);
	struct kmod_list *found = NULL;
	struct kmod_module *module;

	if (!kmod)
		return;
	if (!kmod_module_new_from_lookup(kmod, "deque", &found) && found) {
		module = kmod_module_get_module(found);
		identity_read(module, identity);
		kmod_module_unref(module);
	}
	kmod_module_unref_list(found);
	kmod_unref(kmod);
}

static void identity_of_loaded(struct identity *identity)
{
	FILE *file;

	if (deque_module_version(identity->version, VERSION_SIZE))
		return;
	file = fopen("/sys/module/deque/srcversion", "re");
	if (!file)
		return;
	if (fscanf(file, "%63s", identity->sources) != 1)
		identity->sources[0] = '\0';
	fclose(file);
}

static void print_difference(const struct identity *loaded,
			     const struct identity *installed)
{
	int order = strverscmp(loaded->version, installed->version);

	if (!order && !strcmp(loaded->sources, installed->sources))
		return;
	fail(0,
	     "the module that is loaded %s (%s); that comes with the next boot, "
	     "or with 'modprobe -r deque && modprobe deque' as soon as no "
	     "deque is open or holds messages",
	     order < 0	 ? "is older than the installed one"
	     : order > 0 ? "is newer than the installed one"
			 : "is another build than the installed one",
	     installed->version);
}

static void version_print(void)
{
	struct identity loaded = { .version = "" }, installed = loaded;

	identity_of_loaded(&loaded);
	identity_of_installed(&installed);
	printf("deque %s\n", DEQUE_TOOL_VERSION);
	if (loaded.version[0])
		printf("deque.ko %s\n", loaded.version);
	else if (installed.version[0])
		printf("deque.ko %s (not loaded)\n", installed.version);
	else
		printf("deque.ko (not installed for this kernel)\n");
	if (loaded.version[0] && installed.version[0])
		print_difference(&loaded, &installed);
}

static int run(int argc, char **argv)
{
	while (verb_option(&verb_version, argc, argv) != -1)
		;
	verb_operands(&verb_version, argc, argv, 0, 0);
	version_print();
	return 0;
}

static const struct option long_options[] = {
	LONG_OPTIONS_END,
};

const struct verb verb_version = {
	.name = "version",
	.run = run,
	.summary = "Print the versions of the command and of the module",
	.operands = "[-h]",
	.help = "",
	.short_options = ":h",
	.long_options = long_options,
};
