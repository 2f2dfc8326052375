// SPDX-License-Identifier: GPL-2.0-only
/*
 * The node of a deque in /dev, or the obstacle in its place: the kernel's devtmpfs makes
 * nodes, but not where something else stands, and root can remove them.
 */
#include "cli/node.h"

#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#define CONTROL "/dev/deque/control"

/* Between a deque and its node, the kernel needs a moment. */
#define SETTLE_TRIES 200
#define SETTLE_PAUSE_MS 5

struct node_path node_path(const char *name)
{
	struct node_path node;

	snprintf(node.path, sizeof(node.path), "/dev/deque/%s", name);
	return node;
}

struct node_path node_shown_path(const char *name, const char *file)
{
	struct node_path shown;

	snprintf(shown.path, sizeof(shown.path), "/sys/class/deque/%s/%s", name,
		 file);
	return shown;
}

bool node_module_loaded(void)
{
	return !access("/sys/module/deque", F_OK) ||
	       !access("/proc/deques", F_OK);
}

bool node_control_here(void)
{
	return !access(CONTROL, F_OK);
}

bool node_number(const char *name, dev_t *number)
{
	FILE *file = fopen(node_shown_path(name, "dev").path, "re");
	unsigned int major, minor;
	int found;

	if (!file)
		return false;
	found = fscanf(file, "%u:%u", &major, &minor);
	fclose(file);
	*number = makedev(major, minor);
	return found == 2;
}

static const char *kind(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return "a plain file";
	case S_IFDIR:
		return "a directory";
	case S_IFLNK:
		return "a symbolic link";
	case S_IFIFO:
		return "a FIFO";
	case S_IFSOCK:
		return "a socket";
	}
	return "another device";
}

/* A container may have been given a deque's node under the name of another. */
static bool is_node_of(const struct stat *node, dev_t number)
{
	if (!S_ISCHR(node->st_mode))
		return false;
	return node->st_rdev == number ||
	       (major(node->st_rdev) == major(number) && !node_control_here());
}

const char *node_obstacle(const char *name)
{
	struct stat node;
	dev_t number;

	if (lstat(node_path(name).path, &node))
		return NULL;
	if (!S_ISCHR(node.st_mode))
		return kind(node.st_mode);
	if (node_number(name, &number))
		return is_node_of(&node, number) ? NULL : kind(node.st_mode);
	/* Both may have been removed meanwhile. */
	return lstat(node_path(name).path, &node) ? NULL : kind(node.st_mode);
}

static bool is_in_use(dev_t number)
{
	char path[64];

	snprintf(path, sizeof(path), "/sys/dev/char/%u:%u", major(number),
		 minor(number));
	return !access(path, F_OK);
}

/* The node of a deque that has gone may serve the next one of that name. */
const char *node_blocker(const char *name)
{
	struct stat node, control;

	if (lstat(node_path(name).path, &node) || stat(CONTROL, &control))
		return NULL;
	if (S_ISCHR(node.st_mode) &&
	    major(node.st_rdev) == major(control.st_rdev) &&
	    !is_in_use(node.st_rdev))
		return NULL;
	return kind(node.st_mode);
}

bool node_is_foreign(const char *name)
{
	struct stat node;
	dev_t number;

	return !stat(node_path(name).path, &node) &&
	       node_number(name, &number) && !is_node_of(&node, number);
}

const char *node_remover(const char *name)
{
	struct stat node;

	if (!lstat(node_path(name).path, &node) && S_ISDIR(node.st_mode))
		return "rmdir";
	return "rm";
}

bool node_is_missing(const char *name)
{
	struct stat node;
	dev_t number;

	return lstat(node_path(name).path, &node) && node_number(name, &number);
}

/* One moment for all of them: many deques without a node cost no more than one. */
bool node_is_gone(const char *name)
{
	const struct timespec pause = { .tv_nsec = SETTLE_PAUSE_MS * 1000000 };
	static int left = SETTLE_TRIES;

	while (node_is_missing(name)) {
		if (!left)
			return true;
		left--;
		nanosleep(&pause, NULL);
	}
	return false;
}
