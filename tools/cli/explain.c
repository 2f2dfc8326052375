// SPDX-License-Identifier: GPL-2.0-only
/*
 * Explains failures: one line on stderr that says what to do, and the exit
 * status that belongs to it.
 */
#include "cli/explain.h"
#include "cli/info.h"
#include "cli/node.h"
#include "cli/say.h"
#include "cli/status.h"
#include "cli/user.h"

#include <deque.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/types.h>
#include <unistd.h>

/* The node says who may use it; one that is yet to be made, the control node. */
static bool node_group(const char *name, gid_t *group)
{
	struct stat node;

	if (stat(node_path(name).path, &node) &&
	    stat(node_path("control").path, &node))
		return false;
	*group = node.st_gid;
	return true;
}

static bool is_mounted_nodev(const char *name)
{
	struct statvfs mount;

	return (!statvfs(node_path(name).path, &mount) ||
		!statvfs(node_path("control").path, &mount)) &&
	       mount.f_flag & ST_NODEV;
}

static int fail_denied(const char *name)
{
	const struct passwd *user = getpwuid(geteuid());
	const struct group *group;
	gid_t gid;

	if (is_mounted_nodev(name))
		return fail(EX_NOPERM,
			    "%s: its node is on a file system that is mounted "
			    "nodev, where nobody can open devices",
			    name);
	if (!geteuid())
		return fail(EX_NOPERM,
			    "%s: denied to root as well: by a security module, "
			    "or as this is root of a user namespace only",
			    name);
	if (!node_group(name, &gid) || !gid)
		return fail(EX_NOPERM,
			    "%s: only root may; is deque's udev rule there?",
			    name);
	if (gid == getegid() || group_member(gid))
		return fail(EX_NOPERM,
			    "%s: its mode does not let you; look at it with "
			    "'ls -l /dev/deque'",
			    name);
	group = getgrgid(gid);
	if (!group || !user)
		return fail(EX_NOPERM, "%s: you need to be in group %u", name,
			    gid);
	return fail(EX_NOPERM,
		    "%s: you need to be in group %s: 'sudo usermod -aG %s %s' "
		    "and log in again",
		    name, group->gr_name, group->gr_name, user->pw_name);
}

static int fail_foreign(const char *name)
{
	struct deque_info info;
	char owner[USER_TEXT_MAX];

	if (info_get(name, &info))
		return fail(EX_NOPERM, "%s: only its owner or root may", name);
	user_text(info.owner, owner);
	return fail(EX_NOPERM, "%s: only its owner, %s (uid %u), or root may",
		    name, owner, info.owner);
}

/* open(2) says that only where a cgroup denies the device; an ioctl(2), to others. */
static bool is_denied_by_cgroup(const char *name, int mode)
{
	int fd = open(node_path(name).path, mode | O_NONBLOCK | O_CLOEXEC);

	if (fd >= 0)
		close(fd);
	return fd < 0 && errno == EPERM;
}

static int fail_cgroup(const char *name, const char *node)
{
	return fail(EX_NOPERM,
		    "%s: the device cgroup denies /dev/deque/%s, to root as "
		    "well; a unit needs DeviceAllow=char-deque, a container "
		    "that device",
		    name, node);
}

int fail_node(const char *name, int status)
{
	const char *obstacle = node_obstacle(name);
	dev_t number;

	if (!obstacle)
		return fail(status,
			    "%s: its node /dev/deque/%s is gone; 'sudo deque "
			    "create --exist-ok %s' makes it again",
			    name, name, name);
	if (!node_number(name, &number))
		return fail(status,
			    "%s: no such deque; /dev/deque/%s is %s, which "
			    "'sudo %s /dev/deque/%s' removes",
			    name, name, obstacle, node_remover(name), name);
	return fail(
		status,
		"%s: /dev/deque/%s is %s, not its node; 'sudo %s "
		"/dev/deque/%s && sudo deque create --exist-ok %s' mends it",
		name, name, obstacle, node_remover(name), name, name);
}

/* A container has what was brought into its /dev, a unit may have no devices. */
static int fail_not_here(const char *name, const char *node)
{
	return fail(EX_UNAVAILABLE,
		    "%s: the module is loaded, but /dev/deque/%s is not in "
		    "this /dev; a container needs that device, a unit "
		    "PrivateDevices=no",
		    name, node);
}

int fail_absent(const char *verb)
{
	return fail_not_here(verb, "control");
}

/* It was not to be opened, or is no deque. */
static int fail_place(const char *name, int error)
{
	const char *reason;
	int status;

	if (node_module_loaded()) {
		if (node_obstacle(name))
			return fail_node(name, EX_NOINPUT);
		if (!node_control_here())
			return fail_not_here(name,
					     error == ENXIO ? "control" : name);
		if (node_is_gone(name))
			return fail_node(name, EX_NOINPUT);
	}
	reason = fail_reason(node_module_loaded() ? error : ENXIO, &status);
	return fail(status, "%s: %s", name, reason);
}

int fail_control(const char *name, int error)
{
	if (error == EPERM && is_denied_by_cgroup("control", O_WRONLY))
		return fail_cgroup(name, "control");
	return fail_deque(name, error);
}

int fail_deque(const char *name, int error)
{
	const char *reason;
	int status;

	if (error == EACCES)
		return fail_denied(name);
	if (error == EPERM)
		return is_denied_by_cgroup(name, O_RDONLY)
			       ? fail_cgroup(name, name)
			       : fail_foreign(name);
	if (error == ENXIO || error == ENOENT || error == ENOTTY)
		return fail_place(name, error);
	reason = fail_reason(error, &status);
	return fail(status, "%s: %s", name, reason);
}

int fail_empty(const char *name, int error)
{
	if (error == EAGAIN)
		return fail(EX_TEMPFAIL,
			    "%s: empty; '-w TIME' waits for a message", name);
	if (error == ETIMEDOUT)
		return fail(EX_TIMEDOUT,
			    "%s: timed out: it was empty all that time", name);
	return fail_deque(name, error);
}

int fail_lost(const char *name, uint64_t token)
{
	return fail(EX_LOST,
		    "%s: lease %llu is lost: it has timed out, or was ended "
		    "before; leave the message to who has it now",
		    name, (unsigned long long)token);
}
