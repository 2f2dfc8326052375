// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sees to handlers that have ended: prints their output, and settles their messages.
 */
#include "work/reap.h"
#include "cli/explain.h"
#include "cli/say.h"
#include "cli/status.h"
#include "work/extension.h"
#include "work/guard.h"
#include "work/output.h"
#include "work/progress.h"
#include "work/state.h"
#include "work/verdict.h"

#include <deque.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void work_settle(struct work *work, struct handler *handler)
{
	verdict_settle(work, handler);
	output_free(&handler->output);
	handler->state = HANDLER_NONE;
	work->busy--;
}

/* Without memory we end, and all our leases with us. */
void work_read_output(struct work *work, struct handler *handler)
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
	/* The reader of our output may take longer than the handler may. */
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
void work_reap(struct work *work)
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
struct handler *work_printing(struct work *work)
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

void work_print(struct work *work, struct handler *handler)
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

/* We do not wait for a reader when we do not wait for handlers. */
void work_drop_output(struct work *work)
{
	struct handler *handler;

	while ((handler = work_printing(work))) {
		handler->unprinted = true;
		work_settle(work, handler);
	}
}
