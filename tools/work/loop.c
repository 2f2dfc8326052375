// SPDX-License-Identifier: GPL-2.0-only
/*
 * The loop of `deque work`: takes a message when a handler could be started, and
 * waits for what happens next.  Signals come only while it waits.
 */
#include "work/loop.h"
#include "cli/clock.h"
#include "cli/explain.h"
#include "flow/interrupt.h"
#include "work/claim.h"
#include "work/guard.h"
#include "work/kill.h"
#include "work/progress.h"
#include "work/reap.h"
#include "work/start.h"
#include "work/state.h"
#include "work/verdict.h"
#include "work/watch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>
#include <time.h>

#define FIRST_ROOM 65536
#define FILES_MOST (2 * SLOTS_MAX + 256)

/* After an attempt to take a message, with its result.  False: there is none. */
static bool work_begin(struct work *work, struct handler *handler,
		       ssize_t result)
{
	struct refusal refusal;

	if (result == -EAGAIN)
		return false;
	if (result < 0) {
		progress_hide(work);
		work_stop(work, fail_deque(work->name, (int)-result));
		return false;
	}
	if (handler_start(work, handler, &refusal))
		work->busy++;
	else
		verdict_refuse(work, handler, &refusal);
	if (++work->claimed == work->max)
		work_stop(work, 0);
	work->idle_since_ns = 0;
	return true;
}

/* One that may be given a message, if any. */
static struct handler *work_free_handler(struct work *work)
{
	return work->stopping ? NULL : handler_find(work, HANDLER_NONE, 0);
}

/* False: there is no message, or none shall be taken. */
static bool work_take(struct work *work)
{
	struct handler *handler = work_free_handler(work);

	return handler &&
	       work_begin(work, handler, claim_now(work, &handler->message));
}

/*
 * Takes at most one message for each handler.  Any number of messages may start none,
 * and meanwhile nobody would see to the handlers that run.  False: there is no other to
 * take.
 */
static bool work_take_some(struct work *work)
{
	unsigned int i;

	for (i = 0; i < work->slots; i++)
		if (!work_take(work))
			return false;
	return true;
}

/* We are idle with no handler running and no message found. */
static void work_check_idle(struct work *work)
{
	if (work->busy || work->idle_ns == NEVER) {
		work->idle_since_ns = 0;
		return;
	}
	if (!work->idle_since_ns)
		work->idle_since_ns = now_ns();
	if (now_ns() - work->idle_since_ns >= work->idle_ns)
		work_stop(work, 0);
}

/*
 * The first signal asks us to take no more, the second one not to wait either.  Signals
 * that came while we were busy are let in here, without waiting: work_wait() does it only
 * if nothing else has happened by then.
 */
static void work_check_signals(struct work *work)
{
	const struct timespec none = { 0 };
	sigset_t mask = work->mask;

	/* Not the end of a child: work_wait() is to be told of that. */
	sigaddset(&mask, SIGCHLD);
	ppoll(NULL, 0, &none, &mask);
	if (interrupt_count() >= 1)
		work_stop(work, 0);
	if (interrupt_count() >= 2 && !work->killing) {
		work->killing = true;
		work_kill_all(work);
	}
}

static int64_t work_next_ns(const struct work *work)
{
	int64_t next = NEVER;
	unsigned int i;

	/* Messages that started no handler have left every slot free. */
	if (work->take_again)
		return 0;
	for (i = 0; i < work->slots; i++)
		if (work->handlers[i].state == HANDLER_RUNNING &&
		    work->handlers[i].deadline_ns < next)
			next = work->handlers[i].deadline_ns;
	if (work->idle_since_ns && work->idle_since_ns + work->idle_ns < next)
		next = work->idle_since_ns + work->idle_ns;
	if (work->progress.stale && work->progress.next_ns < next)
		next = work->progress.next_ns;
	return next;
}

/* Waits in the deque's line of takers, and starts a handler for what it is given. */
static void work_wait_in_line(struct work *work, struct handler *handler)
{
	struct watch watch;
	ssize_t result;

	watch_fill(&watch, work, false);
	interrupt_arm(NULL);
	if (poll(watch.polls, watch.count, 0) > 0) {
		watch_serve(&watch, work);
		return;
	}
	result = claim_wait(work, &handler->message, work_next_ns(work));
	if (result >= 0 && interrupt_caught())
		claim_undo(work, &handler->message);
	else
		work_begin(work, handler, result);
}

/* No signal tells that our standard output can be written again: then we poll. */
static void work_wait(struct work *work)
{
	struct handler *handler = work_free_handler(work);
	sigset_t mask = claim_mask(work);
	struct watch watch;

	if (handler && !work->take_again && !work_printing(work)) {
		work_wait_in_line(work, handler);
		return;
	}
	watch_fill(&watch, work, handler);
	if (watch_poll(&watch, work_next_ns(work), &mask) > 0)
		watch_serve(&watch, work);
}

static void work_loop(struct work *work)
{
	for (;;) {
		work_check_signals(work);
		if (work->killing)
			work_drop_output(work);
		work->take_again = work_take_some(work) && !work->busy;
		if (!work->take_again)
			work_check_idle(work);
		if (work->stopping && !work->busy)
			break;
		progress_show(work);
		work_wait(work);
		work_reap(work);
		work_check_deadlines(work);
	}
}

static void work_catch(struct work *work)
{
	sigprocmask(SIG_BLOCK, NULL, &work->mask);
	work->sigpipe = signal(SIGPIPE, SIG_IGN);
	interrupt_catch(work->deque);
	interrupt_hold();
	claim_catch();
}

/* A pipe for each handler's output, and some for ourselves; if root lets us. */
static void work_raise_files(struct work *work)
{
	struct rlimit files;

	if (getrlimit(RLIMIT_NOFILE, &work->files))
		return;
	files = work->files;
	if (files.rlim_cur < FILES_MOST)
		files.rlim_cur = files.rlim_max < FILES_MOST ? files.rlim_max
							     : FILES_MOST;
	setrlimit(RLIMIT_NOFILE, &files);
}

static bool work_prepare(struct work *work)
{
	unsigned int i;

	work_raise_files(work);
	work->guard.capacity = work->slots;
	work->handlers = calloc(work->slots, sizeof(*work->handlers));
	if (!work->handlers || !claim_grow(work, FIRST_ROOM))
		return false;
	for (i = 0; i < work->slots; i++)
		work->handlers[i].output.fd = work->handlers[i].extension = -1;
	return guard_start(&work->guard);
}

int work_run(struct work *work)
{
	work_catch(work);
	if (!work_prepare(work))
		return fail_deque(work->name, errno);
	work_loop(work);
	guard_stop(&work->guard);
	progress_summary(work);
	interrupt_obey();
	return work_status(work);
}
