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

#define MEND_TRIES 3

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

/* udev's rules, an administrator's too, are for what is added. */
static void node_announce(const char *name)
{
	FILE *file = fopen(shown_path(name, "uevent").path, "we");

	if (!file)
		return;
	fputs("add", file);
	fclose(file);
}

static bool is_there(const char *name, dev_t number)
{
	struct stat node;

	return !lstat(node_path(name).path, &node) && S_ISCHR(node.st_mode) &&
	       node.st_rdev == number;
}

static int node_equip(const char *name, const struct stat *like, dev_t number)
{
	const struct node_path at = node_path(name);
	dev_t now;

	if (lchown(at.path, like->st_uid, like->st_gid) ||
	    chmod(at.path, like->st_mode & 0777))
		return errno;
	/* Who has removed the deque meanwhile may have looked for a node before. */
	return node_number(name, &now) && now == number ? 0 : ENODEV;
}

/* Returns 0 or an errno value, and then leaves nothing. */
static int node_make(const char *name, dev_t number)
{
	const struct node_path at = node_path(name);
	struct stat like;
	int error;

	if (stat(CONTROL, &like) ||
	    mknod(at.path, S_IFCHR | S_IRUSR | S_IWUSR, number))
		return errno;
	error = node_equip(name, &like, number);
	if (!error)
		node_announce(name);
	else if (is_there(name, number))
		unlink(at.path);
	return error;
}

static int node_fail(const char *name, int error)
{
	if (error == EPERM || error == EACCES)
		return fail_node(name, EX_NOPERM);
	if (error == ENODEV)
		return fail_deque(name, ENODEV);
	return fail(EX_OSERR, "%s: cannot make its node again: %s", name,
		    strerror(error));
}

/* Where there is no sysfs, nobody knows. */
static bool has_gone(const char *name)
{
	dev_t number;

	return !node_number(name, &number) && node_number("control", &number);
}

/* What others have made or removed meanwhile is looked at anew. */
int node_mend(const char *name)
{
	int tries = MEND_TRIES, error;
	dev_t number;

	do {
		if (node_obstacle(name))
			return fail_node(name, EX_CANTCREAT);
		if (!node_is_gone(name))
			return has_gone(name) ? node_fail(name, ENODEV) : 0;
		error = node_number(name, &number) ? node_make(name, number)
						   : ENODEV;
	} while ((error == EEXIST || error == ENODEV) && --tries);
	if (error)
		return node_fail(name, error);
	fail(0, "%s: its node was gone; it is there again", name);
	return 0;
}

static void fail_stays(const char *name, int error)
{
	const struct node_path at = node_path(name);

	if (error == EPERM || error == EACCES)
		fail(0,
		     "%s: its node, which was made by hand, stays: 'sudo rm %s' "
		     "removes it",
		     name, at.path);
	else
		fail(0, "%s: its node %s, which was made by hand, stays: %s",
		     name, at.path, strerror(error));
}

void node_forget(const char *name, dev_t number)
{
	dev_t another;

	if (!is_there(name, number) || node_number(name, &another))
		return;
	if (unlink(node_path(name).path)) {
		if (errno != ENOENT)
			fail_stays(name, errno);
		return;
	}
	/* The next deque of that name may have come, and have taken it for its node. */
	if (node_is_missing(name))
		node_mend(name);
}
