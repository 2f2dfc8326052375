// SPDX-License-Identifier: GPL-2.0-only
/*
 * The guard of `deque work`: a process that outlives it by a moment, to kill the
 * process groups of its handlers.  Each handler dies with us by itself, but what
 * it has started would go on.
 *
 * We write a group's number when it begins and its negative when it is over.
 * When nobody can write any more, we are dead.
 */
#include "work/guard.h"

#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

/* A group that has ended makes room for the next. */
static void groups_update(pid_t *groups, unsigned int capacity, pid_t record)
{
	pid_t wanted = record < 0 ? -record : 0;
	unsigned int i;

	for (i = 0; i < capacity && groups[i] != wanted; i++)
		;
	if (i < capacity)
		groups[i] = record < 0 ? 0 : record;
}

/* All records are read before any group is killed, so that none is too old. */
static void guard_watch(pid_t *groups, unsigned int capacity)
{
	unsigned int i;
	pid_t record;

	while (read(STDIN_FILENO, &record, sizeof(record)) == sizeof(record))
		groups_update(groups, capacity, record);
	for (i = 0; i < capacity; i++)
		if (groups[i])
			kill(-groups[i], SIGKILL);
}

/* It must not hold the deque open, nor go when a terminal's processes go. */
static void guard_main(int fd, pid_t *groups, unsigned int capacity)
{
	sigset_t all;

	sigfillset(&all);
	sigprocmask(SIG_BLOCK, &all, NULL);
	setsid();
	dup2(fd, STDIN_FILENO);
	close_range(STDIN_FILENO + 1, ~0U, 0);
	guard_watch(groups, capacity);
	_exit(0);
}

bool guard_start(struct guard *guard)
{
	pid_t *groups = calloc(guard->capacity, sizeof(*groups));
	int ends[2];

	if (!groups)
		return false;
	if (pipe2(ends, O_CLOEXEC)) {
		free(groups);
		return false;
	}
	guard->pid = fork();
	if (!guard->pid)
		guard_main(ends[0], groups, guard->capacity);
	free(groups);
	close(ends[0]);
	guard->fd = ends[1];
	if (guard->pid < 0)
		close(guard->fd);
	return guard->pid > 0;
}

static void guard_write(const struct guard *guard, pid_t record)
{
	/* Without a guard there is nobody to be told. */
	if (write(guard->fd, &record, sizeof(record)) < 0)
		return;
}

/* Called by the handler, before it can have started anything. */
void guard_add(const struct guard *guard, pid_t group)
{
	guard_write(guard, group);
}

/* Called before the handler is reaped, and its number given to another. */
void guard_remove(const struct guard *guard, pid_t group)
{
	guard_write(guard, -group);
}

void guard_stop(struct guard *guard)
{
	close(guard->fd);
	waitpid(guard->pid, NULL, 0);
}
