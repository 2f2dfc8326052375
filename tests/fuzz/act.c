// SPDX-License-Identifier: GPL-2.0-only
/*
 * See act.h.
 */
#include "act.h"
#include "clock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

_Thread_local struct worker worker;

long act_call(enum call_kind kind, long number, long a, long b, long c)
{
	struct call call = {
		.kind = kind,
		.number = number,
		.arguments = { a, b, c },
	};

	return call_run(&call, NULL);
}

void allow(const char *what, long result, const int *errors)
{
	while (*errors && *errors != -result)
		errors++;
	if (result < 0 && !*errors)
		broken("%s: %s", what, strerrorname_np(-result));
}

struct handle *handle_any(void)
{
	return worker.handle_count ? &worker.handles[below(worker.handle_count)]
				   : NULL;
}

struct handle *handle_for(int mode)
{
	struct handle *handle = handle_any();

	if (!handle || (handle->flags & O_ACCMODE) == (mode ^ 1))
		return NULL;
	return handle;
}

void handle_add(int fd, unsigned int deque, int flags)
{
	worker.handles[worker.handle_count++] =
		(struct handle){ .fd = fd, .deque = deque, .flags = flags };
}

void choose_patience(struct deque_batch *batch)
{
	switch (below(4)) {
	case 0:
		batch->flags |= DEQUE_NOWAIT;
		break;
	case 1:
		batch->flags |= DEQUE_DEADLINE;
		batch->deadline_ns = now_ns() + below(3000000);
		break;
	}
}

void allow_transfer(const char *what, const struct handle *handle, long result,
		    int error)
{
	if (handle->deque >= STABLE && result == -ENODEV)
		return;
	if (handle->deque == LIMITS_CHANGE && result == -EMSGSIZE)
		return;
	ALLOW(what, result, EAGAIN, ETIMEDOUT, EINTR, error);
}

void take_begin(void)
{
	struct slot *slot = worker.slot;

	for (unsigned int n = 0; n < BATCH; n++)
		memset(slot->buffers[n], 0, sizeof(struct head));
	slot->call += BATCH;
	slot->in_call = true;
}

void take_end(void)
{
	worker.slot->in_call = false;
}

struct entry *take_message(unsigned int n, uint32_t size)
{
	struct entry *entry = message_read(worker.slot->buffers[n]);

	if (!entry)
		broken("a message is damaged, or was never sent");
	if (entry->size != size)
		broken("a message of %u bytes came as one of %u", entry->size,
		       size);
	return entry;
}

void pop_spoil(struct deque_batch *batch, struct deque_descriptor *descriptors)
{
	size_t size = batch->count * sizeof(*descriptors);
	struct place place;

	memory_reset(&worker.memory);
	if (one_in(4)) {
		place = memory_bad(&worker.memory, &worker.prng, size);
		place_store(&place, descriptors, size);
		batch->descriptors = place.address;
	} else {
		place = memory_bad(&worker.memory, &worker.prng,
				   sizeof(struct head));
		descriptors[below(batch->count)].data = place.address;
	}
}
