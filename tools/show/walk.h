/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Looks at all messages in some states; returns 0 or -errno.
 */
#ifndef DEQUE_SHOW_WALK_H
#define DEQUE_SHOW_WALK_H

#include "show/entry.h"

#include <deque.h>
#include <stdbool.h>
#include <stddef.h>

#define PREVIEW_SLOT 64
struct walk {
	const char *name;
	unsigned int states;
	size_t slot; /* bytes wanted of each payload */
	bool whole; /* all bytes are wanted */
	void (*visit)(const struct entry *entry, void *context);
	void *context;
};
int walk_deque(const struct walk *walk, struct deque *deque);

#endif /* DEQUE_SHOW_WALK_H */
