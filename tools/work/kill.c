// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kills handlers: with SIGTERM when their time is over, with SIGKILL when their grace is
 * over, too, or when `deque work` is not to wait for them.  reap.c kills the processes
 * that they leave behind, and guard.c does when we have died.
 */
#include "work/kill.h"
#include "cli/clock.h"
#include "work/state.h"

#include <deque.h>
#include <signal.h>
#include <stdint.h>

/* A stopped process could not obey. */
static void handler_signal(const struct handler *handler, int number)
{
	kill(-handler->pid, number);
	kill(-handler->pid, SIGCONT);
}

/* Even if we are late: nobody else gets the message while the handler has grace. */
static void handler_time_out(struct work *work, struct handler *handler,
			     int64_t now)
{
	handler->timed_out = true;
	handler->deadline_ns = now + GRACE_NS;
	handler_signal(handler, SIGTERM);
	/* The end of the lease will tell if it is lost. */
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

void work_check_deadlines(struct work *work)
{
	int64_t now = now_ns();
	unsigned int i;

	for (i = 0; i < work->slots; i++)
		handler_check_deadline(work, &work->handlers[i], now);
}

void work_kill_all(struct work *work)
{
	unsigned int i;

	for (i = 0; i < work->slots; i++)
		if (work->handlers[i].state == HANDLER_RUNNING)
			handler_signal(&work->handlers[i], SIGKILL);
}
