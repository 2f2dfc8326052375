// SPDX-License-Identifier: GPL-2.0-only
/*
 * `deque work` waits: it watches the deque, its standard output, and what its handlers
 * print and ask for.
 */
#include "work/watch.h"
#include "cli/clock.h"
#include "work/extension.h"
#include "work/reap.h"
#include "work/state.h"

#include <deque.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

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
void watch_fill(struct watch *watch, struct work *work, bool deque)
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

void watch_serve(const struct watch *watch, struct work *work)
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

int watch_poll(struct watch *watch, int64_t until_ns, const sigset_t *mask)
{
	int64_t left = until_ns - now_ns();
	struct timespec time;

	if (until_ns == NEVER)
		return ppoll(watch->polls, watch->count, NULL, mask);
	time = ns_timespec(left < 0 ? 0 : left);
	return ppoll(watch->polls, watch->count, &time, mask);
}
