/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * System calls, made by whom we like, counted and remembered.
 */
#ifndef CALL_H
#define CALL_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* The kinds are counted apart, and each has to have worked at least once. */
enum call_kind {
	CALL_OPEN,
	CALL_CLOSE,
	CALL_DUP,
	CALL_PASS,
	CALL_FORK,
	CALL_WRITE,
	CALL_READ,
	CALL_PUSH,
	CALL_POP,
	CALL_PEEK,
	CALL_CLAIM,
	CALL_ACK,
	CALL_RETURN,
	CALL_KICK,
	CALL_BROWSE,
	CALL_GET,
	CALL_SET,
	CALL_POLL,
	CALL_EPOLL,
	CALL_NEXT_SIZE,
	CALL_CREATE,
	CALL_DESTROY,
	CALL_WAIT,
	CALL_KILL,
	CALL_WRONG, /* is not meant to work */
	CALL_KINDS,
};

/**
 * struct caller - who makes a call
 * @child: a process of its own, which inherits our files
 * @uid: effective; somebody else than root only with @child
 * @gid: likewise
 * @pid: out: the process that it was
 */
struct caller {
	bool child;
	uid_t uid;
	gid_t gid;
	pid_t pid;
};

/**
 * struct call - a system call
 * @kind: what to count it as
 * @number: SYS_*
 * @arguments: in its order
 * @note: what the arguments do not say, for the trace
 */
struct call {
	enum call_kind kind;
	long number;
	long arguments[6];
	char note[160];
};

#define CALL_ERRORS 134

/* In shared memory: all processes add to it. */
struct call_tally {
	_Atomic unsigned long succeeded;
	_Atomic unsigned long failed[CALL_ERRORS];
};

void calls_setup(void);
/* Returns what the call does, or -errno. */
long call_run(const struct call *call, struct caller *caller);
/* Counts something that is not a single system call; returns @result. */
long call_count(enum call_kind kind, long result);
/* Prints the last calls of this process. */
void calls_trace(void);
/* How many succeeded, of all kinds and processes. */
unsigned long calls_succeeded(void);
/* Prints how many there were of each kind. */
void calls_summary(void);
/* The name of a kind that did not work once; NULL if there is none. */
const char *calls_never_worked(const enum call_kind *except,
			       unsigned int count);
void calls_forget(void);

#endif /* CALL_H */
