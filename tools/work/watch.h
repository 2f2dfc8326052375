/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The files that `deque work` watches while it waits.
 */
#ifndef DEQUE_WORK_WATCH_H
#define DEQUE_WORK_WATCH_H

#include "work/state.h"

#include <poll.h>
#include <signal.h>

#define POLLS_MAX (2 + 2 * SLOTS_MAX)

struct watch {
	unsigned int count;
	unsigned int outputs; /* where those of the handlers begin */
	unsigned int extensions; /* and their requests for more time */
	struct handler *printing; /* if it is, the entry before that is its */
	struct pollfd polls[POLLS_MAX];
	struct handler *handlers[POLLS_MAX];
};

void watch_fill(struct watch *watch, struct work *work, bool deque);
void watch_serve(const struct watch *watch, struct work *work);
/* As poll(2); signals that are not in @mask are let in. */
int watch_poll(struct watch *watch, int64_t until_ns, const sigset_t *mask);

#endif /* DEQUE_WORK_WATCH_H */
