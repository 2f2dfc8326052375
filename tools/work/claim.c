// SPDX-License-Identifier: GPL-2.0-only
/*
 * Takes messages for `deque work`: at once, or in the deque's line of takers, which is
 * first come, first served.
 *
 * Nothing but a signal ends the waiting in that line.  So a signal tells of the end of a
 * child (SIGCHLD), and of something to read from a handler (SIGIO).  A signal that comes
 * after we have looked, and before the kernel waits, sets O_NONBLOCK (interrupt.c).
 */
#include "work/claim.h"
#include "cli/clock.h"
#include "flow/interrupt.h"
#include "work/state.h"

#include <deque.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/types.h>
#include <time.h>

/* It is let in only while we wait.  A child whose end is ignored would be reaped. */
void claim_catch(void)
{
	const struct sigaction wake = { .sa_handler = interrupt_wake,
					.sa_flags = SA_NOCLDSTOP };
	sigset_t child;

	sigaction(SIGCHLD, &wake, NULL);
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	sigprocmask(SIG_BLOCK, &child, NULL);
}

/* The signals that are to be blocked while we wait. */
sigset_t claim_mask(const struct work *work)
{
	sigset_t mask = work->mask;

	sigdelset(&mask, SIGCHLD);
	sigdelset(&mask, SIGIO);
	return mask;
}

bool claim_grow(struct work *work, size_t room)
{
	char *data = realloc(work->data, room);

	if (!data)
		return false;
	work->data = data;
	work->room = room;
	return true;
}

static ssize_t claim_message(struct work *work,
			     struct deque_descriptor *message,
			     unsigned int flags,
			     const struct timespec *deadline)
{
	uint64_t timeout = 0;
	ssize_t result;

	if (work->timeout_ns)
		timeout =
			(uint64_t)work->timeout_ns + GRACE_NS + LEASE_MARGIN_NS;
	do
		result = deque_claim(work->deque, work->data, work->room,
				     flags | DEQUE_PROCESS, deadline, timeout,
				     message);
	while (result == -EMSGSIZE && claim_grow(work, message->size));
	return result;
}

/* Returns the size of the message; -EAGAIN if there is none, or another -errno. */
ssize_t claim_now(struct work *work, struct deque_descriptor *message)
{
	return claim_message(work, message, DEQUE_NOWAIT, NULL);
}

/*
 * The same, but waits for a message, until then or until anything else happens after
 * interrupt_arm() (-EAGAIN).
 */
ssize_t claim_wait(struct work *work, struct deque_descriptor *message,
		   int64_t until_ns)
{
	const struct timespec deadline = ns_timespec(until_ns);
	sigset_t mask = claim_mask(work), blocked;
	ssize_t result;

	sigprocmask(SIG_SETMASK, &mask, &blocked);
	result = claim_message(work, message, 0,
			       until_ns == NEVER ? NULL : &deadline);
	sigprocmask(SIG_SETMASK, &blocked, NULL);
	return result == -EINTR || result == -ETIMEDOUT ? -EAGAIN : result;
}

/* We have been asked to end while it came.  If that fails, its lease ends with us. */
void claim_undo(struct work *work, const struct deque_descriptor *message)
{
	deque_return(work->deque, message->token, DEQUE_UNCOUNTED, 0);
}
