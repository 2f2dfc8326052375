// SPDX-License-Identifier: GPL-2.0-only
/*
 * Delivers messages to standard output.  Messages that nobody has got go back to
 * where they came from: also those that a pipe still holds when its reader has gone.
 */
#include "flow/delivery.h"
#include "cli/say.h"
#include "cli/status.h"
#include "flow/batch.h"
#include "flow/interrupt.h"
#include "show/record.h"

#include <deque.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#define READER_DIES_MS 1000

/* Bytes that stand in the pipe; another writer's count too, to be safe. */
static size_t pipe_unread(void)
{
	struct stat output;
	int bytes;

	if (fstat(STDOUT_FILENO, &output) || !S_ISFIFO(output.st_mode) ||
	    ioctl(STDOUT_FILENO, FIONREAD, &bytes))
		return 0;
	return (size_t)bytes;
}

/* POLLERR and the like need not be asked for. */
static bool output_poll(short events, int timeout_ms)
{
	struct pollfd output = { .fd = STDOUT_FILENO, .events = events };

	return poll(&output, 1, timeout_ms) > 0;
}

/* Whether it makes sense to take more. */
bool delivery_ready(struct delivery *delivery)
{
	if (!delivery->error && output_poll(0, 0))
		delivery->error = EPIPE;
	return !delivery->error && !interrupt_caught();
}

/* Messages in a pipe or socket are lost unless somebody sees its reader go. */
bool delivery_has_reader(void)
{
	struct stat output;

	return !fstat(STDOUT_FILENO, &output) &&
	       (S_ISFIFO(output.st_mode) || S_ISSOCK(output.st_mode));
}

/*
 * Whether a signal tells of the reader's end from now on.  Our standard output may be an
 * open file of others, too, so that takes another one, of the same pipe.
 */
bool delivery_watch(void)
{
	int fd = open("/proc/self/fd/1", O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	sigset_t io;

	if (fd < 0)
		return false;
	/* The process that started us may have blocked it. */
	sigemptyset(&io);
	sigaddset(&io, SIGIO);
	sigprocmask(SIG_UNBLOCK, &io, NULL);
	if (interrupt_watch(fd))
		return true;
	close(fd);
	return false;
}

/*
 * Before we wait in the deque's line: 0, and the ioctl will not wait once anything has
 * happened; or the reader has gone, or else: -errno.
 */
int delivery_arm(struct delivery *delivery)
{
	sigset_t old;

	interrupt_arm(&old);
	if (output_poll(0, 0))
		delivery->error = EPIPE;
	sigprocmask(SIG_SETMASK, &old, NULL);
	return interrupt_caught() ? -EINTR : -delivery->error;
}

/* Until there may be a message: 0; or the reader has gone, or else: -errno. */
int delivery_wait(struct delivery *delivery, const struct timespec *deadline)
{
	struct pollfd polls[] = {
		{ .fd = deque_fd(delivery->deque), .events = POLLIN },
		{ .fd = STDOUT_FILENO },
	};
	int result = interrupt_poll(polls, 2, deadline);

	if (result < 0)
		return -errno;
	if (!result)
		return -ETIMEDOUT;
	if (polls[1].revents)
		delivery->error = EPIPE;
	return -delivery->error;
}

/* How far the output has arrived, in bytes since the beginning. */
static size_t delivery_arrived(const struct delivery *delivery)
{
	size_t unread = pipe_unread();

	return unread < delivery->written ? delivery->written - unread : 0;
}

/* Frees what has arrived as a whole; the newest batches come first. */
static void delivery_retire(struct delivery *delivery)
{
	size_t arrived = delivery_arrived(delivery);
	struct batch **link = &delivery->newest, *batch, *older;

	while (*link && (*link)->ends[(*link)->count - 1] > arrived)
		link = &(*link)->older;
	for (batch = *link; batch; batch = older) {
		older = batch->older;
		free(batch);
	}
	*link = NULL;
}

/* Returns the batch as it is printed, and notes where each message ends. */
static char *batch_render(struct batch *batch, size_t base, enum format format,
			  size_t *size)
{
	char *text = NULL;
	FILE *file = open_memstream(&text, size);
	unsigned int i;

	for (i = 0; i < batch->count; i++)
		batch->ends[i] = SIZE_MAX;
	if (!file)
		return NULL;
	for (i = 0; i < batch->count; i++) {
		record_print(file, format, &batch->messages[i]);
		batch->ends[i] = base + (size_t)ftell(file);
	}
	if (!fclose(file))
		return text;
	free(text);
	return NULL;
}

/* A reader that does not read must not keep us from obeying a signal. */
static int output_write(struct delivery *delivery, const char *text,
			size_t size)
{
	ssize_t result;

	while (size) {
		result = write(STDOUT_FILENO, text, size);
		if (result < 0 && errno == EAGAIN)
			result = output_poll(POLLOUT, -1) ? 0 : -1;
		if (result < 0 && errno != EINTR)
			return errno;
		if (result > 0) {
			delivery->written += (size_t)result;
			text += result;
			size -= (size_t)result;
		}
		if (size && interrupt_caught())
			return EINTR;
	}
	return 0;
}

void delivery_write(struct delivery *delivery, struct batch *batch,
		    enum format format)
{
	char *text;
	size_t size;

	batch->older = delivery->newest;
	delivery->newest = batch;
	text = batch_render(batch, delivery->written, format, &size);
	delivery->error = text ? output_write(delivery, text, size) : ENOMEM;
	free(text);
	delivery_retire(delivery);
}

/* Somebody may have filled the deque meanwhile. */
static int push_patiently(struct delivery *delivery,
			  struct deque_descriptor *messages, unsigned int count)
{
	int result = deque_push_batch(delivery->deque, messages, count,
				      delivery->end | DEQUE_NOWAIT, NULL, 0);

	if (result != -EAGAIN)
		return result;
	say("%s: full; waits for room to put messages back", delivery->name);
	return deque_push_batch(delivery->deque, messages, count, delivery->end,
				NULL, 0);
}

/* The last to be taken goes back first, so that the order is as it was. */
static void batch_put_back(struct delivery *delivery, const struct batch *batch,
			   size_t arrived)
{
	struct deque_descriptor messages[DEQUE_BATCH_MAX], *rest;
	unsigned int count = 0, i;
	int result;

	for (i = batch->count; i-- && batch->ends[i] > arrived;)
		messages[count++] = batch->messages[i];
	for (rest = messages; count; rest += result, count -= result) {
		result = push_patiently(delivery, rest, count);
		if (result < 0)
			break;
		delivery->put_back += result;
	}
	delivery->lost += count;
}

/*
 * An interrupt from the terminal goes to all of a pipeline: the reader gets a
 * moment to go as well.  A reader that stays keeps also what it has not read yet.
 */
static void delivery_put_back(struct delivery *delivery)
{
	bool dying = interrupt_caught() && pipe_unread();
	size_t arrived = delivery->written;
	const struct batch *batch;

	interrupt_hold();
	if (output_poll(0, dying ? READER_DIES_MS : 0))
		arrived = delivery_arrived(delivery);
	for (batch = delivery->newest; batch; batch = batch->older)
		batch_put_back(delivery, batch, arrived);
}

int delivery_end(struct delivery *delivery)
{
	int error;

	delivery_put_back(delivery);
	error = delivery->error;
	if (!error && (delivery->put_back || delivery->lost))
		error = EPIPE;
	if (!error)
		return 0;
	return fail(EX_IOERR,
		    "%s: cannot write to standard output: %s; messages put "
		    "back: %llu, lost: %llu",
		    delivery->name, strerror(error), delivery->put_back,
		    delivery->lost);
}
