/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Starts a handler, and tells how that went: the loop judges.
 */
#ifndef DEQUE_WORK_START_H
#define DEQUE_WORK_START_H

#include "work/state.h"

/**
 * struct refusal - why a handler was not started
 * @objection: why the message can never be handled, or NULL
 * @error: else an errno value
 * @executed: the process was there, and could not execute the command
 */
struct refusal {
	const char *objection;
	int error;
	bool executed;
};

/* False: see @refusal. */
bool handler_start(const struct work *work, struct handler *handler,
		   struct refusal *refusal);

#endif /* DEQUE_WORK_START_H */
