// SPDX-License-Identifier: GPL-2.0-only
/*
 * See module.h.
 */
#include "module.h"
#include "harness.h"

#include <sys/syscall.h>

static int image;

void module_find(void)
{
	FILE *modinfo = popen("modinfo -n deque", "re");
	char path[256];

	assert_non_null(modinfo);
	assert_int_equal(fscanf(modinfo, "%255s", path), 1);
	pclose(modinfo);
	image = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(image >= 0);
}

int module_load(const char *parameters)
{
	return syscall(SYS_finit_module, image, parameters, 0);
}

int module_unload(void)
{
	return syscall(SYS_delete_module, "deque", O_NONBLOCK);
}

void module_ensure_unloaded(void)
{
	if (module_unload())
		assert_int_equal(errno, ENOENT);
}

int module_restore(void **state)
{
	(void)state;
	return module_load("");
}
