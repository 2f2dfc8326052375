// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes a deque's node again, as it was made before, and removes the node of one that
 * has gone.
 */
#include "cli/mend.h"
#include "cli/explain.h"
#include "cli/node.h"
#include "cli/say.h"
#include "cli/status.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define MEND_TRIES 3

/* udev's rules, an administrator's too, are for what is added. */
static void node_announce(const char *name)
{
	FILE *file = fopen(node_shown_path(name, "uevent").path, "we");

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
	/* A process that removed the deque meanwhile may have looked for a node before. */
	return node_number(name, &now) && now == number ? 0 : ENODEV;
}

/* Returns 0 or an errno value, and then leaves nothing. */
static int node_make(const char *name, dev_t number)
{
	const struct node_path at = node_path(name);
	struct stat like;
	int error;

	if (stat(node_path("control").path, &like) ||
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

/* Looks anew when others have made or removed something meanwhile. */
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
	say("%s: its node was gone; it is there again", name);
	return 0;
}

static void fail_stays(const char *name, int error)
{
	const struct node_path at = node_path(name);

	if (error == EPERM || error == EACCES)
		say("%s: its node, which was made by hand, stays: 'sudo rm %s' "
		    "removes it",
		    name, at.path);
	else
		say("%s: its node %s, which was made by hand, stays: %s", name,
		    at.path, strerror(error));
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
