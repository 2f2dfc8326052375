// SPDX-License-Identifier: GPL-2.0-only
/*
 * What stands in /dev where the node of a deque should be: the kernel's devtmpfs makes
 * nodes, but not where something else stands, and anybody who is root can remove them.
 */
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
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

static struct node_path shown_path(const char *name, const char *file)
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
	FILE *file = fopen(shown_path(name, "dev").path, "re");
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

const char *node_obstacle(const char *name)
{
	struct stat node;
	dev_t number;

	if (lstat(node_path(name).path, &node))
		return NULL;
	if (!S_ISCHR(node.st_mode))
		return kind(node.st_mode);
	if (node_number(name, &number))
		return node.st_rdev == number ? NULL : kind(node.st_mode);
	/* Both may have been removed meanwhile. */
	return lstat(node_path(name).path, &node) ? NULL : kind(node.st_mode);
}

const char *node_remover(const char *name)
{
	struct stat node;

	if (!lstat(node_path(name).path, &node) && S_ISDIR(node.st_mode))
		return "rmdir";
	return "rm";
}

/* One moment for all of them: many deques without a node cost no more than one. */
bool node_is_gone(const char *name)
{
	const struct timespec pause = { .tv_nsec = SETTLE_PAUSE_MS * 1000000 };
	const struct node_path at = node_path(name);
	static int left = SETTLE_TRIES;
	struct stat node;
	dev_t number;

	while (lstat(at.path, &node) && node_number(name, &number)) {
		if (!left)
			return true;
		left--;
		nanosleep(&pause, NULL);
	}
	return false;
}

/* udev's rules, an administrator's too, are for what is added. */
static void node_announce(const char *name)
{
	FILE *file = fopen(shown_path(name, "uevent").path, "we");

	if (!file)
		return;
	fputs("add", file);
	fclose(file);
}

static int node_make(const char *name, dev_t number)
{
	const struct node_path at = node_path(name);
	struct stat like;

	if (stat(CONTROL, &like) ||
	    mknod(at.path, S_IFCHR | S_IRUSR | S_IWUSR, number))
		return errno;
	if (lchown(at.path, like.st_uid, like.st_gid) ||
	    chmod(at.path, like.st_mode & 0777))
		return errno;
	node_announce(name);
	return 0;
}

int node_mend(const char *name)
{
	dev_t number;
	int error;

	if (node_obstacle(name))
		return fail_node(name, EX_CANTCREAT);
	if (!node_is_gone(name) || !node_number(name, &number))
		return 0;
	error = node_make(name, number);
	if (error == EPERM || error == EACCES)
		return fail_node(name, EX_NOPERM);
	if (error && error != EEXIST)
		return fail(EX_OSERR, "%s: cannot make its node again: %s",
			    name, strerror(error));
	fail(0, "%s: its node was gone; it is there again", name);
	return 0;
}

void node_forget(const char *name, dev_t number)
{
	const struct node_path at = node_path(name);
	struct stat node;
	dev_t another;

	if (lstat(at.path, &node) || !S_ISCHR(node.st_mode) ||
	    node.st_rdev != number || node_number(name, &another))
		return;
	if (unlink(at.path) && errno != ENOENT)
		fail(0,
		     "%s: its node, which was made by hand, stays: 'sudo rm %s' "
		     "removes it",
		     name, at.path);
}
