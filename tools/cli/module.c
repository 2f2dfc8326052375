// SPDX-License-Identifier: GPL-2.0-only
/*
 * The kernel module as it is installed: whether modprobe finds one for the running
 * kernel, and the reason if it does not.
 */
#include "cli/module.h"

#include <fcntl.h>
#include <glob.h>
#include <libkmod.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define MODULES "/lib/modules"
#define REASON_SIZE 512

struct folder {
	char path[sizeof(MODULES "/") + sizeof(((struct utsname *)0)->release)];
};

/* It is the name of its folder of modules. */
const char *module_kernel(void)
{
	static struct utsname name;

	return uname(&name) ? "?" : name.release;
}

static struct folder folder_of_running(void)
{
	struct folder folder;

	snprintf(folder.path, sizeof(folder.path), MODULES "/%s",
		 module_kernel());
	return folder;
}

static void identity_add(struct module_identity *identity, const char *key,
			 const char *value)
{
	if (!strcmp(key, "version"))
		snprintf(identity->version, MODULE_VERSION_SIZE, "%s", value);
	if (!strcmp(key, "srcversion"))
		snprintf(identity->sources, MODULE_VERSION_SIZE, "%s", value);
}

static void identity_read(struct kmod_module *module,
			  struct module_identity *identity)
{
	struct kmod_list *info = NULL, *item;

	if (kmod_module_get_info(module, &info) < 0)
		return;
	kmod_list_foreach(item, info)
		identity_add(identity, kmod_module_info_get_key(item),
			     kmod_module_info_get_value(item));
	kmod_module_info_free_list(info);
}

/* depmod's list may name a file that has been removed since. */
static bool module_read(struct kmod_module *module,
			struct module_identity *identity)
{
	const char *path = kmod_module_get_path(module);

	if (!path || access(path, F_OK))
		return false;
	identity_read(module, identity);
	return true;
}

/* Looks for the module that modprobe would load from @folder, by depmod's list. */
static bool folder_find(const char *folder, struct module_identity *identity)
{
	struct kmod_ctx *kmod = kmod_new(folder, NULL);
	struct kmod_list *found = NULL;
	struct kmod_module *module;
	bool is_there = false;

	if (!kmod)
		return false;
	if (!kmod_module_new_from_lookup(kmod, "deque", &found) && found) {
		module = kmod_module_get_module(found);
		is_there = module_read(module, identity);
		kmod_module_unref(module);
	}
	kmod_module_unref_list(found);
	kmod_unref(kmod);
	return is_there;
}

static bool is_there(const char *pattern)
{
	glob_t found;
	bool is = !glob(pattern, GLOB_NOSORT, NULL, &found);

	globfree(&found);
	return is;
}

static bool other_kernel_has_it(void)
{
	struct module_identity identity;
	bool has = false;
	glob_t folders;
	size_t i;

	if (glob(MODULES "/*", 0, NULL, &folders))
		folders.gl_pathc = 0;
	for (i = 0; i < folders.gl_pathc && !has; i++)
		has = folder_find(folders.gl_pathv[i], &identity);
	globfree(&folders);
	return has;
}

enum module_state module_look(struct module_identity *identity)
{
	const struct folder folder = folder_of_running();

	*identity = (struct module_identity){ .version = "" };
	if (access(folder.path, R_OK | X_OK))
		return MODULE_HIDDEN;
	if (folder_find(folder.path, identity))
		return MODULE_INSTALLED;
	if (is_there("/var/lib/dkms/mod/*/source"))
		return MODULE_UNBUILT;
	return other_kernel_has_it() ? MODULE_FOREIGN : MODULE_ABSENT;
}

const char *module_missing(void)
{
	static const char *const reasons[] = {
		[MODULE_INSTALLED] = "the kernel module is not loaded; "
				     "'sudo modprobe deque' loads it",
		[MODULE_UNBUILT] =
			"the kernel module is not built for this kernel, %s; "
			"with the headers of this kernel installed, 'sudo dkms "
			"autoinstall' builds it",
		[MODULE_FOREIGN] =
			"the kernel module is installed for another kernel, "
			"not for this one, %s; build and install it for this "
			"one, too",
		[MODULE_ABSENT] = "the kernel module is not installed; the "
				  "package mod-dkms has it",
		[MODULE_HIDDEN] =
			"the kernel module is not loaded, and " MODULES
			"/%s cannot be read here; outside of a container or "
			"unit, 'sudo modprobe deque' loads it, or says why not",
	};
	static char reason[REASON_SIZE];
	struct module_identity identity;

	snprintf(reason, sizeof(reason), reasons[module_look(&identity)],
		 module_kernel());
	return reason;
}
