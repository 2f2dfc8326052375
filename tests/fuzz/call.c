// SPDX-License-Identifier: GPL-2.0-only
/*
 * See call.h.
 */
#include "call.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const names[CALL_KINDS] = {
	[CALL_OPEN] = "open",	  [CALL_CLOSE] = "close",
	[CALL_DUP] = "dup",	  [CALL_PASS] = "pass",
	[CALL_FORK] = "fork",	  [CALL_WRITE] = "write",
	[CALL_READ] = "read",	  [CALL_PUSH] = "push",
	[CALL_POP] = "pop",	  [CALL_PEEK] = "peek",
	[CALL_CLAIM] = "claim",	  [CALL_ACK] = "ack",
	[CALL_RETURN] = "return", [CALL_KICK] = "kick",
	[CALL_BROWSE] = "browse", [CALL_GET] = "get",
	[CALL_SET] = "set",	  [CALL_POLL] = "poll",
	[CALL_EPOLL] = "epoll",	  [CALL_NEXT_SIZE] = "fionread",
	[CALL_CREATE] = "create", [CALL_DESTROY] = "destroy",
	[CALL_WAIT] = "wait",	  [CALL_KILL] = "kill",
	[CALL_WRONG] = "wrong",
};

/* The last calls; each thread has its own. */
#define TRACE 16

static _Thread_local struct {
	struct call call;
	long result;
} trace[TRACE];
static _Thread_local unsigned int traced;

static struct call_tally *tallies;

void calls_setup(void)
{
	tallies = mmap(NULL, CALL_KINDS * sizeof(*tallies),
		       PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		       0);
	if (tallies == MAP_FAILED)
		err(2, "mmap");
}

long call_count(enum call_kind kind, long result)
{
	if (result >= 0)
		tallies[kind].succeeded++;
	else
		tallies[kind].failed[-result < CALL_ERRORS ? -result : 0]++;
	return result;
}

static long call_make(const struct call *call)
{
	const long *a = call->arguments;
	long result = syscall(call->number, a[0], a[1], a[2], a[3], a[4], a[5]);

	return result < 0 ? -errno : result;
}

/*
 * A child that shares our memory, so that addresses and results need no
 * copying, and that has nobody else's credentials but its own: the raw system
 * calls change those of one task, the C library's of all.
 */
static long call_make_in_child(const struct call *call, struct caller *caller)
{
	static volatile long result;
	int status;
	pid_t pid = vfork();

	if (!pid) {
		result = -EPERM;
		if (!syscall(SYS_setresgid, -1, caller->gid, -1) &&
		    !syscall(SYS_setresuid, -1, caller->uid, -1))
			result = call_make(call);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		err(2, "child");
	caller->pid = pid;
	return result;
}

long call_run(const struct call *call, struct caller *caller)
{
	unsigned int n = traced++ % TRACE;
	long result;

	trace[n].call = *call;
	trace[n].result = -EINPROGRESS;
	if (caller && caller->child) {
		result = call_make_in_child(call, caller);
	} else {
		if (caller)
			caller->pid = getpid();
		result = call_make(call);
	}
	trace[n].result = result;
	return call_count(call->kind, result);
}

void calls_trace(void)
{
	unsigned int n = traced > TRACE ? traced - TRACE : 0;

	printf("# the last calls:\n");
	for (; n < traced; n++) {
		const struct call *call = &trace[n % TRACE].call;
		const long *a = call->arguments;
		long result = trace[n % TRACE].result;

		printf("#   %s(%#lx, %#lx, %#lx, %#lx, %#lx, %#lx)%s%s = %ld%s%s\n",
		       names[call->kind], a[0], a[1], a[2], a[3], a[4], a[5],
		       *call->note ? " " : "", call->note, result,
		       result < 0 ? " " : "",
		       result < 0 ? strerrorname_np(-result) : "");
	}
}

unsigned long calls_succeeded(void)
{
	unsigned long sum = 0;

	for (unsigned int kind = 0; kind < CALL_KINDS; kind++)
		sum += tallies[kind].succeeded;
	return sum;
}

void calls_summary(void)
{
	for (unsigned int kind = 0; kind < CALL_KINDS; kind++) {
		const struct call_tally *tally = &tallies[kind];
		unsigned long failed = 0;

		for (unsigned int n = 0; n < CALL_ERRORS; n++)
			failed += tally->failed[n];
		if (!tally->succeeded && !failed)
			continue;
		printf("#   %-8s %8lu, succeeded %lu", names[kind],
		       tally->succeeded + failed, tally->succeeded);
		for (unsigned int n = 0; n < CALL_ERRORS; n++) {
			if (tally->failed[n])
				printf(", %s %lu", strerrorname_np(n),
				       tally->failed[n]);
		}
		printf("\n");
	}
}

const char *calls_never_worked(const enum call_kind *except, unsigned int count)
{
	for (unsigned int kind = 0; kind < CALL_KINDS; kind++) {
		bool excepted = kind == CALL_WRONG;

		for (unsigned int n = 0; n < count; n++)
			excepted |= kind == except[n];
		if (!excepted && !tallies[kind].succeeded)
			return names[kind];
	}
	return NULL;
}

void calls_forget(void)
{
	memset(tallies, 0, CALL_KINDS * sizeof(*tallies));
}
