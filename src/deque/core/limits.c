// SPDX-License-Identifier: GPL-2.0-only
/*
 * The rules for names and limits of deques.
 */
#include <linux/ctype.h>
#include <linux/errno.h>
#include <linux/string.h>

#include "core/limits.h"

/**
 * deque_name_check() - whether a deque can be named so
 * @name: terminated, unless it is too long
 *
 * Return: 0 or -EINVAL.
 */
int deque_name_check(const char *name)
{
	size_t length = strnlen(name, DEQUE_NAME_MAX + 1);
	size_t i;

	if (!length || length > DEQUE_NAME_MAX || !strcmp(name, "control"))
		return -EINVAL;
	for (i = 0; i < length; i++) {
		bool word = isascii(name[i]) && isalnum(name[i]);

		if (!word && (!i || !strchr("._-", name[i])))
			return -EINVAL;
	}
	return 0;
}

/**
 * deque_limits_check() - whether these can be the limits of a deque
 * @limits: with the defaults filled in
 *
 * Return: 0 or -EINVAL.
 */
int deque_limits_check(const struct deque_limits *limits)
{
	if (limits->padding ||
	    memchr_inv(limits->reserved, 0, sizeof(limits->reserved)))
		return -EINVAL;
	if (!limits->max_messages || !limits->max_message_size ||
	    !limits->max_bytes || !limits->max_deliveries)
		return -EINVAL;
	if (limits->max_deliveries > DEQUE_DELIVERIES_LIMIT &&
	    limits->max_deliveries != DEQUE_DELIVERIES_UNLIMITED)
		return -EINVAL;
	if (limits->max_messages > DEQUE_MESSAGES_LIMIT ||
	    limits->max_message_size > DEQUE_MESSAGE_SIZE_LIMIT ||
	    limits->max_bytes > DEQUE_BYTES_LIMIT)
		return -EINVAL;
	return 0;
}

/**
 * deque_limits_fill() - replace the zeros
 * @limits: the limits that were asked for
 * @others: what a zero stands for
 */
void deque_limits_fill(struct deque_limits *limits,
		       const struct deque_limits *others)
{
	limits->max_messages = limits->max_messages ?: others->max_messages;
	limits->max_message_size =
		limits->max_message_size ?: others->max_message_size;
	limits->max_bytes = limits->max_bytes ?: others->max_bytes;
	limits->max_deliveries =
		limits->max_deliveries ?: others->max_deliveries;
}
