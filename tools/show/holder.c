// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which process holds a lease.  The kernel says who has claimed it; but a lease belongs
 * to the open file, which others may have, and have still when that process has ended.
 * Each process that may be looked at tells the tokens of its files' leases, in
 * /proc/PID/fdinfo.  Those of the claimer are looked at first, those of all processes
 * only if it does not hold the lease; each process once.
 */
#include "show/holder.h"

#include <ctype.h>
#include <deque.h>
#include <dirent.h>
#include <errno.h>
#include <search.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PATH_ROOM 64

struct held {
	uint64_t token;
	unsigned int pid;
};

struct process {
	unsigned int pid;
	bool may_hold; /* also leases whose tokens it did not tell when it was looked at */
};

/* Trees, see tsearch(3): by token, by token and process, and by process. */
static void *firsts, *helds, *processes;
static bool all_seen;

static int compare(uint64_t one, uint64_t other)
{
	return one < other ? -1 : one > other;
}

static int token_compare(const void *one, const void *other)
{
	return compare(((const struct held *)one)->token,
		       ((const struct held *)other)->token);
}

static int held_compare(const void *one, const void *other)
{
	int order = token_compare(one, other);

	return order ? order
		     : compare(((const struct held *)one)->pid,
			       ((const struct held *)other)->pid);
}

static int process_compare(const void *one, const void *other)
{
	return compare(((const struct process *)one)->pid,
		       ((const struct process *)other)->pid);
}

/* Visits each entry of a folder that is a number, until that says that it is enough. */
static void numbers_each(const char *path,
			 bool (*visit)(unsigned int number, void *context),
			 void *context)
{
	DIR *folder = opendir(path);
	struct dirent *entry;

	while (folder && (entry = readdir(folder)))
		if (isdigit((unsigned char)*entry->d_name) &&
		    !visit((unsigned int)strtoul(entry->d_name, NULL, 10),
			   context))
			break;
	if (folder)
		closedir(folder);
}

/* Returns what is in the tree like that, or that itself, which is in it now, or NULL. */
static void *tree_add(void **tree, const void *item, size_t size,
		      int (*order)(const void *, const void *))
{
	void *copy = malloc(size), **node;

	if (!copy)
		return NULL;
	memcpy(copy, item, size);
	node = tsearch(copy, tree, order);
	if (!node || *node != copy)
		free(copy);
	return node ? *node : NULL;
}

static void tokens_note(const char *text, unsigned int pid)
{
	struct held held = { .pid = pid };
	char *end;

	for (;; text = end) {
		held.token = strtoull(text, &end, 10);
		if (end == text)
			break;
		tree_add(&helds, &held, sizeof(held), held_compare);
		tree_add(&firsts, &held, sizeof(held), token_compare);
	}
}

/* There may be more tokens than are told, and others by now. */
static void fdinfo_note(struct process *process, unsigned int thread,
			const char *fd)
{
	char path[PATH_ROOM], *line = NULL;
	size_t room = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%u/task/%u/fdinfo/%.20s",
		 process->pid, thread, fd);
	file = fopen(path, "re");
	while (file && getline(&line, &room, file) > 0) {
		if (!strncmp(line, "leases:", 7))
			process->may_hold = true;
		if (!strncmp(line, "tokens:", 7))
			tokens_note(line + 7, process->pid);
	}
	if (file)
		fclose(file);
	free(line);
}

/* Most files are not looked at closer; in a container a deque may have another name. */
static bool is_device(const struct process *process, unsigned int thread,
		      const char *fd)
{
	char path[PATH_ROOM], target[PATH_ROOM];

	snprintf(path, sizeof(path), "/proc/%u/task/%u/fd/%.20s", process->pid,
		 thread, fd);
	return readlink(path, target, sizeof(target)) > 5 &&
	       !strncmp(target, "/dev/", 5);
}

/* Returns whether it has files; they are those of all threads but ones that have ended. */
static bool files_note(struct process *process, unsigned int thread)
{
	char path[PATH_ROOM];
	struct dirent *entry;
	bool any = false;
	DIR *files;

	snprintf(path, sizeof(path), "/proc/%u/task/%u/fd", process->pid,
		 thread);
	files = opendir(path);
	if (!files)
		process->may_hold |= errno != ENOENT;
	while (files && (entry = readdir(files))) {
		if (!isdigit((unsigned char)*entry->d_name))
			continue;
		any = true;
		if (is_device(process, thread, entry->d_name))
			fdinfo_note(process, thread, entry->d_name);
	}
	if (files)
		closedir(files);
	return any;
}

static bool thread_visit(unsigned int thread, void *process)
{
	return !files_note(process, thread);
}

/* Returns what there is to know of it, or NULL. */
static struct process *process_look(unsigned int pid)
{
	struct process new = { .pid = pid }, *process, **node;
	char path[PATH_ROOM];

	node = tfind(&new, &processes, process_compare);
	if (node)
		return *node;
	process = tree_add(&processes, &new, sizeof(new), process_compare);
	snprintf(path, sizeof(path), "/proc/%u/task", pid);
	if (process)
		numbers_each(path, thread_visit, process);
	return process;
}

static bool process_visit(unsigned int pid, void *context)
{
	(void)context;
	process_look(pid);
	return true;
}

static void all_look(void)
{
	if (!all_seen)
		numbers_each("/proc", process_visit, NULL);
	all_seen = true;
}

static unsigned int first_find(uint64_t token)
{
	const struct held wanted = { .token = token };
	struct held **node = tfind(&wanted, &firsts, token_compare);

	return node ? (*node)->pid : 0;
}

/* Returns the process, 0 if none is to be found. */
unsigned int holder_find(const struct deque_entry *lease)
{
	const struct held claimed = { .token = lease->message.token,
				      .pid = lease->holder };
	const struct process *claimer = NULL;
	unsigned int pid;

	if (lease->state != DEQUE_LEASED)
		return 0;
	if (lease->holder)
		claimer = process_look(lease->holder);
	if (claimer && tfind(&claimed, &helds, held_compare))
		return lease->holder;
	all_look();
	pid = first_find(claimed.token);
	return pid || !claimer || !claimer->may_hold ? pid : lease->holder;
}

static bool status_is(const char *line, const char *key, const char *value)
{
	size_t length = strlen(key);

	if (strncmp(line, key, length))
		return false;
	line += length;
	return !strncmp(line + strspn(line, "\t "), value, strlen(value));
}

/* Returns what keeps it from its work, or NULL; a process ends with its last thread. */
const char *holder_state(unsigned int pid)
{
	bool stopped = false, ended = false, alone = false, dumps = false;
	char path[PATH_ROOM], line[256];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%u/status", pid);
	file = fopen(path, "re");
	while (file && fgets(line, sizeof(line), file)) {
		stopped |= status_is(line, "State:", "T");
		ended |= status_is(line, "State:", "Z");
		alone |= status_is(line, "Threads:", "1\n");
		dumps |= status_is(line, "CoreDumping:", "1\n");
	}
	if (file)
		fclose(file);
	if (dumps)
		return "dumping core";
	if (ended)
		return alone ? "ended" : "ended but for other threads";
	return stopped ? "stopped" : NULL;
}
