// SPDX-License-Identifier: GPL-2.0-only
/*
 * The loop of `deque work`: takes a message when a handler could be started, and
 * waits for what happens next.  Signals come only while it waits.
 */
#include "work/state.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define FIRST_ROOM 65536
#define FILES_MOST (2 * SLOTS_MAX + 256)
#define POLLS_MAX (2 + 2 * SLOTS_MAX)

int64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * NS_PER_S + now.tv_nsec;
}

/* The first reason is the one that counts. */
void work_stop(struct work *work, int status)
{
	work->stopping = true;
	if (!work->status)
		work->status = status;
}

static struct handler *handler_find(struct work *work, enum handler_state state,
				    pid_t pid)
{
	unsigned int i;

	for (i = 0; i < work->slots; i++)
		if (work->handlers[i].state == state &&
		    (!pid || work->handlers[i].pid == pid))
			return &work->handlers[i];
	return NULL;
}

/* After an attempt to take a message, with its result.  False: there is none. */
static bool work_begin(struct work *work, struct handler *handler,
		       ssize_t result)
{
	if (result == -EAGAIN)
		return false;
	if (result < 0) {
		progress_hide(work);
		work_stop(work, fail_deque(work->name, (int)-result));
		return false;
	}
	if (handler_start(work, handler))
		work->busy++;
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
	       work_begin(work, handler, taking_now(work, &handler->message));
}

/*
 * So many that every handler may have one: of messages that start none there may be
 * any number, and meanwhile nobody would see to those that run.  False: there is no
 * other to take.
 */
static bool work_take_some(struct work *work)
{
	unsigned int i;

	for (i = 0; i < work->slots; i++)
		if (!work_take(work))
			return false;
	return true;
}

/* Idle is who has no handler, and found no message either. */
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

static void work_signal_all(struct work *work, int number)
{
	unsigned int i;

	for (i = 0; i < work->slots; i++)
		if (work->handlers[i].state == HANDLER_RUNNING)
			handler_signal(&work->handlers[i], number);
}

/*
 * The first one asks us to take no more, the second one not to wait either.  Those
 * that came while we were busy are let in here, without waiting: work_wait() does it
 * only if nothing else has happened by then.
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
		work_signal_all(work, SIGKILL);
	}
}

/* However late we are: nobody else gets the message while the handler has grace. */
static void handler_time_out(struct work *work, struct handler *handler,
			     int64_t now)
{
	handler->timed_out = true;
	handler->deadline_ns = now + GRACE_NS;
	handler_signal(handler, SIGTERM);
	/* If the lease is lost, that is told when it is to be ended. */
	deque_extend(work->deque, handler->message.token,
		     GRACE_NS + LEASE_MARGIN_NS);
}

static void handler_check_deadline(struct work *work, struct handler *handler,
				   int64_t now)
{
	if (handler->state != HANDLER_RUNNING || now < handler->deadline_ns)
		return;
	if (handler->timed_out) {
		handler->deadline_ns = NEVER;
		handler_signal(handler, SIGKILL);
		return;
	}
	handler_time_out(work, handler, now);
}

static void work_check_deadlines(struct work *work)
{
	int64_t now = now_ns();
	unsigned int i;

	for (i = 0; i < work->slots; i++)
		handler_check_deadline(work, &work->handlers[i], now);
}

static void work_settle(struct work *work, struct handler *handler)
{
	verdict_settle(work, handler);
	output_free(&handler->output);
	handler->state = HANDLER_NONE;
	work->busy--;
}

/* Without memory we end, and all our leases with us. */
static void work_read_output(struct work *work, struct handler *handler)
{
	if (!output_read(&handler->output))
		exit(fail_deque(work->name, ENOMEM));
}

/* The number of the handler's group is its own until it is reaped. */
static void handler_ended(struct work *work, struct handler *handler,
			  const siginfo_t *info)
{
	handler->code = info->si_code;
	handler->status = info->si_status;
	if (!handler_succeeded(handler))
		kill(-handler->pid, SIGKILL);
	guard_remove(&work->guard, handler->pid);
	work_read_output(work, handler);
	output_close(&handler->output);
	extension_close(handler);
	handler->state = HANDLER_ENDED;
	handler->ended = ++work->ended;
	if (output_is_written(&handler->output)) {
		work_settle(work, handler);
		return;
	}
	/* Who reads what we print may take longer than the handler may. */
	if (work->timeout_ns)
		deque_extend(work->deque, handler->message.token, 0);
}

/* Somebody has killed it: there has to be another, and it has to know all. */
static void guard_ended(struct work *work)
{
	unsigned int i;

	close(work->guard.fd);
	if (!guard_start(&work->guard))
		exit(fail_deque(work->name, errno));
	for (i = 0; i < work->slots; i++)
		if (work->handlers[i].state == HANDLER_RUNNING)
			guard_add(&work->guard, work->handlers[i].pid);
}

/* There may be children that are not ours, of what we were executed from. */
static void work_reap(struct work *work)
{
	siginfo_t info = { .si_pid = 0 };
	struct handler *handler;

	while (!waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) &&
	       info.si_pid) {
		handler = handler_find(work, HANDLER_RUNNING, info.si_pid);
		if (handler)
			handler_ended(work, handler, &info);
		waitpid(info.si_pid, NULL, 0);
		if (info.si_pid == work->guard.pid)
			guard_ended(work);
		info.si_pid = 0;
	}
}

/* The one whose output is printed: of those that have ended, the first. */
static struct handler *work_printing(struct work *work)
{
	struct handler *first = NULL, *handler;
	unsigned int i;

	for (i = 0; i < work->slots; i++) {
		handler = &work->handlers[i];
		if (handler->state == HANDLER_ENDED &&
		    (!first || handler->ended < first->ended))
			first = handler;
	}
	return first;
}

static void work_print(struct work *work, struct handler *handler)
{
	int error;

	progress_hide(work);
	error = output_write(&handler->output);
	if (error) {
		handler->unprinted = true;
		work_stop(work, fail(EX_IOERR,
				     "%s: cannot write to standard output: %s",
				     work->name, strerror(error)));
	}
	if (error || output_is_written(&handler->output))
		work_settle(work, handler);
}

/* Who is not to wait for a handler does not wait for a reader either. */
static void work_drop_output(struct work *work)
{
	struct handler *handler;

	while ((handler = work_printing(work))) {
		handler->unprinted = true;
		work_settle(work, handler);
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

/* What is looked at while we wait. */
struct watch {
	unsigned int count;
	unsigned int outputs; /* where those of the handlers begin */
	unsigned int extensions; /* and their requests for more time */
	struct handler *printing; /* if it is, the entry before that is its */
	struct pollfd polls[POLLS_MAX];
	struct handler *handlers[POLLS_MAX];
};

static void watch_add(struct watch *watch, int fd, short events,
		      struct handler *handler)
{
	/* poll(2) refuses more entries than we may have files, even if they are -1. */
	if (fd < 0)
		return;
	watch->handlers[watch->count] = handler;
	watch->polls[watch->count++] =
		(struct pollfd){ .fd = fd, .events = events };
}

/* The deque, the standard output, and what each handler prints and asks for. */
static void watch_fill(struct watch *watch, struct work *work, bool deque)
{
	unsigned int i;

	watch->count = 0;
	watch->printing = work_printing(work);
	if (deque)
		watch_add(watch, deque_fd(work->deque), POLLIN, NULL);
	if (watch->printing)
		watch_add(watch, STDOUT_FILENO, POLLOUT, NULL);
	watch->outputs = watch->count;
	for (i = 0; i < work->slots; i++)
		watch_add(watch, work->handlers[i].output.fd, POLLIN,
			  &work->handlers[i]);
	watch->extensions = watch->count;
	for (i = 0; i < work->slots; i++)
		watch_add(watch, work->handlers[i].extension, POLLIN,
			  &work->handlers[i]);
}

static void watch_serve(const struct watch *watch, struct work *work)
{
	unsigned int i;

	for (i = watch->outputs; i < watch->extensions; i++)
		if (watch->polls[i].revents)
			work_read_output(work, watch->handlers[i]);
	for (; i < watch->count; i++)
		if (watch->polls[i].revents)
			extension_serve(work, watch->handlers[i]);
	if (watch->printing && watch->polls[watch->outputs - 1].revents)
		work_print(work, watch->printing);
}

static int watch_poll(struct watch *watch, int64_t until_ns,
		      const sigset_t *mask)
{
	int64_t left = until_ns - now_ns();
	struct timespec time;

	if (until_ns == NEVER)
		return ppoll(watch->polls, watch->count, NULL, mask);
	if (left < 0)
		left = 0;
	time.tv_sec = left / NS_PER_S;
	time.tv_nsec = left % NS_PER_S;
	return ppoll(watch->polls, watch->count, &time, mask);
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
	result = taking_wait(work, &handler->message, work_next_ns(work));
	if (result >= 0 && interrupt_caught())
		taking_undo(work, &handler->message);
	else
		work_begin(work, handler, result);
}

/* Somebody may not read what we print, of which no signal would tell. */
static void work_wait(struct work *work)
{
	struct handler *handler = work_free_handler(work);
	sigset_t mask = taking_mask(work);
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
	taking_catch();
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
	if (!work->handlers || !taking_grow(work, FIRST_ROOM))
		return false;
	for (i = 0; i < work->slots; i++)
		work->handlers[i].output.fd = work->handlers[i].extension = -1;
	return guard_start(&work->guard);
}

/* The worst comes first. */
static int work_status(const struct work *work)
{
	if (work->status)
		return work->status;
	if (work->lost)
		return EX_LOST;
	if (work->buried)
		return EX_DATAERR;
	return work->returned ? EX_TEMPFAIL : 0;
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
