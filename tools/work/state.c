// SPDX-License-Identifier: GPL-2.0-only
/*
 * The state of `deque work`, as its parts see it: whether it stops, and which handlers
 * it has.
 */
#include "work/state.h"
#include "cli/status.h"

#include <sys/types.h>

/* The first reason is the one that counts. */
void work_stop(struct work *work, int status)
{
	work->stopping = true;
	if (!work->status)
		work->status = status;
}

struct handler *handler_find(struct work *work, enum handler_state state,
			     pid_t pid)
{
	unsigned int i;

	for (i = 0; i < work->slots; i++)
		if (work->handlers[i].state == state &&
		    (!pid || work->handlers[i].pid == pid))
			return &work->handlers[i];
	return NULL;
}

/* The worst comes first. */
int work_status(const struct work *work)
{
	if (work->status)
		return work->status;
	if (work->lost)
		return EX_LOST;
	if (work->buried)
		return EX_DATAERR;
	return work->returned ? EX_TEMPFAIL : 0;
}
