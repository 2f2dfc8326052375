// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Messages in every state: looking at them, and making them ready again.
 */
#include "internal.h"

DEQUE_EXPORT int64_t deque_kick(struct deque *deque, uint64_t count,
				unsigned int states, unsigned int flags)
{
	struct deque_kick kick = {
		.size = sizeof(kick),
		.flags = flags,
		.states = states,
		.count = count,
	};
	int result = deque_ioctl(deque->fd, DEQUE_KICK, &kick);

	return result < 0 ? result : (int64_t)kick.count;
}

DEQUE_EXPORT int deque_browse(struct deque *deque, struct deque_entry *entries,
			      unsigned int count, unsigned int states,
			      uint64_t *cursor)
{
	struct deque_browse browse = {
		.size = sizeof(browse),
		.entries = (uintptr_t)entries,
		.count = count,
		.states = states,
		.cursor = *cursor,
	};
	int result = deque_ioctl(deque->fd, DEQUE_BROWSE, &browse);

	if (result >= 0)
		*cursor = browse.cursor;
	return result;
}
