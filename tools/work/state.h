/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The state that the parts of `deque work` share, and the jobs of these parts.
 *
 * verbs/work.c has the command line, command.c looks for the command, loop.c has the
 * loop, watch.c waits, claim.c takes messages, start.c starts handlers, kill.c kills
 * them, reap.c sees to those that have ended, verdict.c ends their leases, guard.c
 * kills what would outlive us, output.c collects what handlers print, progress.c tells
 * a person, extension.c gives handlers more time.
 */
#ifndef DEQUE_WORK_STATE_H
#define DEQUE_WORK_STATE_H

#include "cli/clock.h"
#include "work/guard.h"
#include "work/output.h"

#include <deque.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/types.h>

#define NEVER INT64_MAX
#define PLACEHOLDER "{}"
#define SLOTS_MAX 1024

/* The time that a handler has to end after its timeout. */
#define GRACE_NS (5 * NS_PER_S)

/* Beyond the handler's timeout and grace: for a `work` that has been stopped. */
#define LEASE_MARGIN_NS (5 * NS_PER_S)

enum handler_state {
	HANDLER_NONE,
	HANDLER_RUNNING,
	HANDLER_ENDED, /* but its output is still to be printed */
};

struct handler {
	enum handler_state state;
	pid_t pid; /* of its process group, too */
	struct deque_descriptor message;
	int64_t deadline_ns; /* when to signal it, or NEVER */
	bool timed_out;
	bool unprinted;
	int code; /* how it ended, as waitid(2) tells */
	int status;
	unsigned long long ended; /* its number among those that have ended */
	struct output output;
	int extension; /* where it asks for more time; -1: nowhere */
};

struct progress {
	bool wanted;
	bool shown;
	bool stale;
	int64_t next_ns;
};

struct work {
	const char *name;
	char **command;
	unsigned int slots;
	int64_t timeout_ns; /* 0: none */
	int64_t retry_ns;
	uint64_t max;
	int64_t idle_ns; /* NEVER: idle or not, go on */
	bool group;
	bool core; /* handlers may dump it */
	bool extendable; /* handlers may ask for more time */

	struct deque *deque;
	struct guard guard;
	struct handler *handlers;
	unsigned int busy; /* handlers that run, or whose output waits */
	bool stopping; /* no message is taken any more */
	bool killing; /* nor is any handler let finish */
	int status; /* why we stop, unless all is well */
	bool take_again; /* before waiting: the deque was not seen empty */
	int64_t idle_since_ns;
	char *data;
	size_t room;
	sigset_t mask; /* as it was when we were started */
	void (*sigpipe)(int); /* likewise */
	struct rlimit files; /* likewise */
	struct progress progress;

	unsigned long long claimed;
	unsigned long long ended;
	unsigned long long acked;
	unsigned long long returned;
	unsigned long long buried;
	unsigned long long lost;
};

/* The first reason is the one that counts. */
void work_stop(struct work *work, int status);
int work_status(const struct work *work); /* the exit status */
/* One in that state; if @pid is not 0, of that process. */
struct handler *handler_find(struct work *work, enum handler_state state,
			     pid_t pid);

#endif /* DEQUE_WORK_STATE_H */
