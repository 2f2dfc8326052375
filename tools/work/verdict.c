// SPDX-License-Identifier: GPL-2.0-only
/*
 * Acknowledges, returns or buries a message when its handler has ended.
 */
#include "work/verdict.h"
#include "cli/clock.h"
#include "cli/explain.h"
#include "cli/say.h"
#include "cli/status.h"
#include "show/entry.h"
#include "show/walk.h"
#include "work/progress.h"
#include "work/start.h"
#include "work/state.h"

#include <deque.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RETRY_MOST_NS (3600 * NS_PER_S)
#define REASON_MAX 80
#define SEARCHED_MAX 1000 /* messages, so some 10 ms */

/* Our lease was lost, or the deque has gone: then all of them are. */
static void verdict_fail(struct work *work,
			 const struct deque_descriptor *message, int error)
{
	work->lost++;
	progress_hide(work);
	if (error == ESTALE)
		fail_lost(work->name, message->token);
	else if (!work->status)
		work_stop(work, fail_deque(work->name, error));
}

static void verdict_tell(struct work *work,
			 const struct deque_descriptor *message,
			 const char *reason, const char *consequence)
{
	if (!reason)
		return;
	progress_hide(work);
	say("%s: message %llu: %s; %s", work->name,
	    (unsigned long long)message->id, reason, consequence);
}

static void verdict_ack(struct work *work,
			const struct deque_descriptor *message)
{
	int error = deque_ack(work->deque, message->token);

	if (error)
		verdict_fail(work, message, -error);
	else
		work->acked++;
}

static void verdict_bury(struct work *work,
			 const struct deque_descriptor *message,
			 const char *reason)
{
	int error = deque_bury(work->deque, message->token);

	if (error) {
		verdict_fail(work, message, -error);
		return;
	}
	work->buried++;
	verdict_tell(work, message, reason, "buried");
}

/*
 * Returns whether the kernel may bury the message that we return: it has been claimed
 * often enough.  Only the kernel knows which of these claims count.
 */
static bool may_be_buried(const struct work *work,
			  const struct deque_descriptor *message,
			  struct deque_info *info)
{
	return !deque_get(work->deque, info) &&
	       message->deliveries >= info->limits.max_deliveries;
}

struct search {
	uint64_t id;
	bool found;
};

static void search_visit(const struct entry *entry, void *context)
{
	struct search *search = context;

	if (entry->is->message.id == search->id)
		search->found = true;
}

/* Others may bury at the same time, so we look for the message itself. */
static bool is_buried(const struct work *work, uint64_t id)
{
	struct search search = { .id = id };
	const struct walk walk = {
		.name = work->name,
		.states = DEQUE_BURIED,
		.visit = search_visit,
		.context = &search,
	};

	return !walk_deque(&walk, work->deque) && search.found;
}

/*
 * Other handlers cannot wait for a search among very many messages.  The counter alone
 * tells then: it is wrong if not all deliveries of the message count, and another one is
 * buried at that moment.
 */
static bool was_buried(const struct work *work,
		       const struct deque_descriptor *message,
		       const struct deque_info *before)
{
	struct deque_info info;

	return !deque_get(work->deque, &info) &&
	       info.buried_ever > before->buried_ever &&
	       (info.buried > SEARCHED_MAX || is_buried(work, message->id));
}

static void verdict_return(struct work *work,
			   const struct deque_descriptor *message,
			   unsigned int flags, uint64_t delay_ns,
			   const char *reason)
{
	struct deque_info info;
	bool last = may_be_buried(work, message, &info);
	char consequence[REASON_MAX];
	int error = deque_return(work->deque, message->token, flags, delay_ns);

	if (error) {
		verdict_fail(work, message, -error);
		return;
	}
	if (last && was_buried(work, message, &info)) {
		work->buried++;
		verdict_tell(work, message, reason,
			     "buried, as that was its last delivery");
		return;
	}
	work->returned++;
	snprintf(consequence, sizeof(consequence), "returned, to wait %.1f s",
		 (double)delay_ns / NS_PER_S);
	verdict_tell(work, message, reason,
		     delay_ns ? consequence : "returned");
}

/* Twice as long after each delivery. */
static uint64_t backoff_ns(const struct work *work,
			   const struct deque_descriptor *message)
{
	int64_t delay = work->retry_ns;
	uint32_t i;

	for (i = 1; i < message->deliveries && delay < RETRY_MOST_NS; i++)
		delay *= 2;
	if (delay > RETRY_MOST_NS && work->retry_ns < RETRY_MOST_NS)
		delay = RETRY_MOST_NS;
	return (uint64_t)delay;
}

static void reason_text(const struct handler *handler, char *text)
{
	if (handler->unprinted)
		strcpy(text, "its output was not printed");
	else if (handler->timed_out)
		strcpy(text, "timed out");
	else if (handler->code == CLD_EXITED)
		snprintf(text, REASON_MAX, "exit status %d", handler->status);
	else
		snprintf(text, REASON_MAX, "killed by signal %d, %s",
			 handler->status, strsignal(handler->status));
}

/*
 * A handler that we have killed to end ourselves has not failed, nor has one whose
 * output nobody reads.
 */
static bool wants_backoff(const struct work *work,
			  const struct handler *handler)
{
	bool exited = handler->code == CLD_EXITED && !handler->timed_out;

	if (handler->unprinted && exited && !handler->status)
		return false;
	return exited || !work->killing;
}

bool handler_succeeded(const struct handler *handler)
{
	return !handler->timed_out && !handler->unprinted &&
	       handler->code == CLD_EXITED && !handler->status;
}

void verdict_settle(struct work *work, struct handler *handler)
{
	const struct deque_descriptor *message = &handler->message;
	bool exited = handler->code == CLD_EXITED && !handler->timed_out;
	char reason[REASON_MAX];

	reason_text(handler, reason);
	if (handler_succeeded(handler))
		verdict_ack(work, message);
	else if (exited && handler->status == EX_DATAERR)
		verdict_bury(work, message, reason);
	else if (wants_backoff(work, handler))
		verdict_return(work, message, 0, backoff_ns(work, message),
			       reason);
	else
		verdict_return(work, message,
			       handler->timed_out ? 0 : DEQUE_UNCOUNTED, 0,
			       reason);
}

static int refusal_status(const struct refusal *refusal)
{
	if (!refusal->executed)
		return EX_OSERR;
	return refusal->error == ENOENT ? EX_NOT_FOUND : EX_NOT_EXECUTABLE;
}

/* A message that can never be handled is buried; all others wait for another `work`. */
void verdict_refuse(struct work *work, const struct handler *handler,
		    const struct refusal *refusal)
{
	int status = refusal_status(refusal);

	if (refusal->objection) {
		verdict_bury(work, &handler->message, refusal->objection);
		return;
	}
	progress_hide(work);
	fail(status, "cannot %s '%s': %s", refusal->executed ? "run" : "start",
	     work->command[0], strerror(refusal->error));
	verdict_return(work, &handler->message, DEQUE_UNCOUNTED, 0, NULL);
	work_stop(work, status);
}
