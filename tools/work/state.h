/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of `deque work` share, and what they are for.
 *
 * verbs/work.c has the command line, command.c looks for the command, loop.c has the
 * loop, claim.c takes messages, handler.c starts and kills handlers, verdict.c ends
 * their leases, guard.c kills what would outlive us, output.c collects what handlers
 * print, progress.c tells a person, extension.c gives handlers more time.
 */
#ifndef DEQUE_WORK_H
#define DEQUE_WORK_H

#include "tool.h"

#include <signal.h>
#include <sys/resource.h>
#include <sys/types.h>

#define NS_PER_S 1000000000LL
#define NEVER INT64_MAX
#define PLACEHOLDER "{}"
#define EX_NOT_EXECUTABLE 126 /* as xargs(1) and timeout(1) have it */
#define EX_NOT_FOUND 127
#define SLOTS_MAX 1024

/* What a handler that is to end because of its timeout gets to do so. */
#define GRACE_NS (5 * NS_PER_S)

/* Beyond the handler's timeout and grace: for a `work` that has been stopped. */
#define LEASE_MARGIN_NS (5 * NS_PER_S)

int64_t now_ns(void); /* CLOCK_MONOTONIC */

/* guard.c: a process that kills the handlers' groups when we have died */
struct guard {
	pid_t pid;
	int fd; /* what we write, and it reads */
	unsigned int capacity; /* most groups at a time */
};
bool guard_start(struct guard *guard);
void guard_add(const struct guard *guard, pid_t group);
void guard_remove(const struct guard *guard, pid_t group);
void guard_stop(struct guard *guard);

/* output.c: what a handler has printed, to be printed as a whole */
struct output {
	int fd; /* -1: none, or no more */
	char *data;
	size_t size;
	size_t room;
	size_t written;
};
bool output_read(struct output *output);
int output_write(struct output *output); /* 0 or an errno value */
void output_close(struct output *output);
bool output_is_written(const struct output *output);
void output_free(struct output *output);

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
	unsigned long long ended; /* the how manieth to end */
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

/* command.c: whether a command could be executed */
int command_check(const char *name);

/* loop.c: the loop; returns the exit status */
int work_run(struct work *work);
void work_stop(struct work *work, int status);

/* claim.c: messages, at once or in the line of takers */
void taking_catch(void);
sigset_t taking_mask(const struct work *work);
bool taking_grow(struct work *work, size_t room);
ssize_t taking_now(struct work *work, struct deque_descriptor *message);
ssize_t taking_wait(struct work *work, struct deque_descriptor *message,
		    int64_t until_ns);
void taking_undo(struct work *work, const struct deque_descriptor *message);

/* handler.c: handlers as processes */
bool handler_start(struct work *work, struct handler *handler);
void handler_signal(const struct handler *handler, int number);
bool handler_succeeded(const struct handler *handler);

/* extension.c: more time for handlers; each returns 0 or an errno value */
int extension_open(struct handler *handler, int *theirs);
void extension_serve(struct work *work, struct handler *handler);
void extension_close(struct handler *handler);

/* verdict.c: what becomes of a message */
void verdict_settle(struct work *work, struct handler *handler);
void verdict_bury(struct work *work, const struct deque_descriptor *message,
		  const char *reason);
void verdict_return(struct work *work, const struct deque_descriptor *message,
		    unsigned int flags, uint64_t delay_ns, const char *reason);

/* progress.c: for a person */
void progress_show(struct work *work);
void progress_hide(struct work *work);
void progress_summary(struct work *work);

#endif /* DEQUE_WORK_H */
