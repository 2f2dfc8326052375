// SPDX-License-Identifier: GPL-2.0-only
/*
 * More time for a handler that asks for it: each has a socket of its own to `work`, so it
 * can do nothing to another's message, and nothing but that to its own.
 */
#include "work/extension.h"
#include "cli/clock.h"
#include "flow/interrupt.h"
#include "work/state.h"

#include <deque.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

/* More is for ever. */
#define EXTENSION_MOST (INT64_MAX / 4)

int extension_open(struct handler *handler, int *theirs)
{
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
		return errno;
	handler->extension = ends[0];
	*theirs = ends[1];
	return interrupt_watch(ends[0]) ? 0 : errno;
}

void extension_close(struct handler *handler)
{
	if (handler->extension >= 0)
		close(handler->extension);
	handler->extension = -1;
}

/* Returns 0 or an errno value. */
static int extension_grant(struct work *work, struct handler *handler,
			   uint64_t time_ns)
{
	bool forever;
	int error;

	if (handler->timed_out)
		return ETIMEDOUT;
	if (time_ns == EXTENSION_DEFAULT)
		time_ns = (uint64_t)work->timeout_ns;
	forever = time_ns > EXTENSION_MOST;
	error = deque_extend(work->deque, handler->message.token,
			     forever ? 0
				     : time_ns + GRACE_NS + LEASE_MARGIN_NS);
	/* A handler that has lost its message keeps its deadline, and is to end. */
	if (!error)
		handler->deadline_ns = forever ? NEVER
					       : now_ns() + (int64_t)time_ns;
	return -error;
}

void extension_serve(struct work *work, struct handler *handler)
{
	uint64_t time_ns;
	ssize_t size = recv(handler->extension, &time_ns, sizeof(time_ns),
			    MSG_DONTWAIT);
	int error;

	if (size < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (size != sizeof(time_ns)) {
		extension_close(handler);
		return;
	}
	error = extension_grant(work, handler, time_ns);
	/* A handler that does not listen has no use for it. */
	if (send(handler->extension, &error, sizeof(error),
		 MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
		extension_close(handler);
}

int extension_ask(int fd, uint64_t time_ns)
{
	int error;

	if (send(fd, &time_ns, sizeof(time_ns), MSG_NOSIGNAL) < 0)
		return errno;
	if (recv(fd, &error, sizeof(error), 0) != sizeof(error))
		return EPIPE;
	return error;
}
