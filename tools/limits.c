// SPDX-License-Identifier: GPL-2.0-only
/*
 * The limits of a deque that can be set: their names and ranges.
 */
#include "tool.h"

#include <string.h>

static const struct kind {
	const char *key;
	unsigned int unit;
	uint64_t most;
} kinds[LIMITS] = {
	[LIMIT_MESSAGES] = { "max_messages", UNIT_COUNT, DEQUE_MESSAGES_LIMIT },
	[LIMIT_BYTES] = { "max_bytes", UNIT_SIZE, DEQUE_BYTES_LIMIT },
	[LIMIT_MESSAGE_SIZE] = { "max_message_size", UNIT_SIZE,
				 DEQUE_MESSAGE_SIZE_LIMIT },
};

int limit_find(const char *key)
{
	int limit;

	for (limit = 0; limit < LIMITS; limit++)
		if (!strcmp(kinds[limit].key, key))
			return limit;
	return -1;
}

void limit_parse(struct deque_limits *limits, int limit, const char *text)
{
	const struct kind *kind = &kinds[limit];
	uint64_t number = parse_number(kind->key, text, kind->unit, kind->most);

	switch (limit) {
	case LIMIT_MESSAGES:
		limits->max_messages = (uint32_t)number;
		break;
	case LIMIT_BYTES:
		limits->max_bytes = number;
		break;
	case LIMIT_MESSAGE_SIZE:
		limits->max_message_size = (uint32_t)number;
		break;
	}
}
