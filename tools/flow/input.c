// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads messages from a file.  Those that have come are sent at once, even if the
 * input pauses then.
 */
#include "flow/input.h"
#include "cli/status.h"
#include "flow/empty.h"
#include "flow/interrupt.h"
#include "flow/sender.h"

#include <deque.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#define CHUNK 65536

struct input {
	char *data;
	size_t size;
	size_t capacity;
	uint64_t place; /* of the record that the data begins with */
	int separator;
};

/* Reads once; returns how much, 0 at the end, or -errno. */
static ssize_t input_read(struct input *input, int fd)
{
	size_t capacity = input->capacity ? input->capacity * 2 : CHUNK;
	ssize_t result;
	char *data;

	if (interrupt_caught())
		return -EINTR;
	if (input->size > DEQUE_MESSAGE_SIZE_LIMIT)
		return -EMSGSIZE;
	if (input->size == input->capacity) {
		data = realloc(input->data, capacity);
		if (!data)
			return -ENOMEM;
		input->data = data;
		input->capacity = capacity;
	}
	result = read(fd, input->data + input->size,
		      input->capacity - input->size);
	if (result < 0)
		return -errno;
	input->size += (size_t)result;
	return result;
}

/* Sends the complete records; the rest moves to where the data begins. */
static int input_split(struct input *input, struct sender *sender, size_t fresh)
{
	char *end = input->data + input->size, *search = end - fresh;
	char *record = input->data, *mark;
	int status = 0;

	while (!status && (mark = memchr(search, input->separator,
					 (size_t)(end - search)))) {
		status = sender_add_or_skip(sender, record,
					    (size_t)(mark - record),
					    input->place++);
		record = search = mark + 1;
	}
	if (!status)
		status = sender_flush(sender);
	input->size = (size_t)(end - record);
	memmove(input->data, record, input->size);
	return status;
}

static int input_fail(const struct input *input, const struct sender *sender,
		      int error)
{
	if (error == EMSGSIZE)
		return sender_fail(sender, EX_DATAERR, input->place,
				   "longer than any message may be");
	return sender_fail(sender, EX_IOERR, input->place, strerror(error));
}

/* The rest after the last separator is a message, too. */
static int input_finish(struct input *input, struct sender *sender)
{
	int status = 0;

	if (input->size || input->separator == SEPARATOR_NONE)
		status = sender_add_or_skip(sender, input->data, input->size,
					    input->place);
	return status ? status : sender_flush(sender);
}

int input_send(int fd, int separator, struct sender *sender)
{
	struct input input = { .place = 1, .separator = separator };
	ssize_t result;
	int status = 0;

	while (!status && (result = input_read(&input, fd)) > 0)
		if (separator != SEPARATOR_NONE)
			status = input_split(&input, sender, (size_t)result);
	if (!status && result < 0)
		status = input_fail(&input, sender, (int)-result);
	if (!status)
		status = input_finish(&input, sender);
	free(input.data);
	return status;
}
