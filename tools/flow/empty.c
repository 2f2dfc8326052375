// SPDX-License-Identifier: GPL-2.0-only
/*
 * Empty lines, files and operands of `deque put`: no message can be empty, so the first of
 * them ends the sending, unless --skip-empty passes over them.
 */
#include "flow/empty.h"
#include "cli/status.h"
#include "flow/sender.h"

#include <stdint.h>

/* The messages before it are put in. */
static int sender_refuse_empty(struct sender *sender, uint64_t place)
{
	int status = sender_flush(sender);

	if (status)
		return status;
	return sender_fail(
		sender, EX_DATAERR, place,
		"a message cannot be empty; --skip-empty passes over "
		"such");
}

int sender_add_or_skip(struct sender *sender, const char *data, size_t size,
		       uint64_t place)
{
	if (size)
		return sender_add(sender, data, size, place);
	return sender->skip_empty ? 0 : sender_refuse_empty(sender, place);
}
