// SPDX-License-Identifier: GPL-2.0-only
/*
 * Output of handlers, collected so that it can be printed as a whole.
 */
#include "work/output.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/types.h>
#include <unistd.h>

#define CHUNK 65536

void output_close(struct output *output)
{
	if (output->fd >= 0)
		close(output->fd);
	output->fd = -1;
}

/* Makes room for so many bytes more. */
static bool output_grow(struct output *output, size_t more)
{
	size_t room = output->room ? output->room : CHUNK;
	char *data;

	while (room - output->size < more)
		room *= 2;
	if (room == output->room)
		return true;
	data = realloc(output->data, room);
	if (!data)
		return false;
	output->data = data;
	output->room = room;
	return true;
}

/*
 * Reads what there is now, and not what is written meanwhile: others have to be seen
 * to.  False: there is no memory for it.
 */
bool output_read(struct output *output)
{
	ssize_t result;
	int there = 0;

	if (output->fd < 0)
		return true;
	ioctl(output->fd, FIONREAD, &there);
	if (!output_grow(output, there > 0 ? (size_t)there : 1))
		return false;
	result = read(output->fd, output->data + output->size,
		      output->room - output->size);
	if (result < 0)
		return errno == EAGAIN;
	output->size += (size_t)result;
	if (!result)
		output_close(output);
	return true;
}

/* After POLLOUT, so much does not block: other handlers have to be seen to. */
int output_write(struct output *output)
{
	size_t left = output->size - output->written;
	ssize_t result;

	if (left > PIPE_BUF)
		left = PIPE_BUF;
	result = write(STDOUT_FILENO, output->data + output->written, left);
	if (result < 0)
		return errno == EAGAIN ? 0 : errno;
	output->written += (size_t)result;
	return 0;
}

bool output_is_written(const struct output *output)
{
	return output->written == output->size;
}

void output_free(struct output *output)
{
	output_close(output);
	free(output->data);
	*output = (struct output){ .fd = -1 };
}
