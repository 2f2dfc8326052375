// SPDX-License-Identifier: GPL-2.0-only
/*
 * Workers that push and pop, write and read: what they put in and took out goes into
 * the ledger.
 */
#include "act.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>

/* The first @count are in; the others are not, and must never be seen. */
static void push_account(struct handle *handle, struct entry **entries,
			 const struct deque_descriptor *descriptors,
			 unsigned int count, long result)
{
	for (unsigned int n = 0; n < count; n++) {
		if ((long)n >= result) {
			entries[n]->state = ENTRY_REFUSED;
			continue;
		}
		entries[n]->id = descriptors[n].id;
		entries[n]->state = ENTRY_IN;
		if (descriptors[n].id <= handle->last_pushed)
			broken("number %llu was given out after %lu",
			       descriptors[n].id,
			       (unsigned long)handle->last_pushed);
		handle->last_pushed = descriptors[n].id;
	}
}

static uint32_t choose_size(void)
{
	return sizeof(struct head) +
	       prng_size(&worker.prng, SIZE_MOST - sizeof(struct head));
}

/* Spoils one message; from it on nothing can go in. */
static void push_spoil(struct deque_descriptor *descriptor, int *error)
{
	switch (below(3)) {
	case 0:
		descriptor->size = 0;
		*error = EINVAL;
		break;
	case 1:
		descriptor->size = SIZE_MOST + 1 + below(1 << 30);
		*error = EMSGSIZE;
		break;
	case 2:
		descriptor->data = (uintptr_t)worker.memory.edge +
				   MEMORY_SMALL - below(descriptor->size);
		*error = EFAULT;
		break;
	}
}

void act_push(void)
{
	struct handle *handle = handle_for(O_WRONLY);
	struct deque_descriptor descriptors[BATCH] = { { .id = 0 } };
	struct entry *entries[BATCH];
	struct deque_batch batch = {
		.size = sizeof(batch),
		.descriptors = (uintptr_t)descriptors,
		.count = 1 + below(BATCH),
	};
	int error = 0;
	unsigned int bad = BATCH;
	long result;

	if (!handle)
		return;
	if (handle->deque != ORDERLY && one_in(3))
		batch.flags = DEQUE_FRONT;
	choose_patience(&batch);
	for (unsigned int n = 0; n < batch.count; n++) {
		descriptors[n].data = (uintptr_t)worker.sent[n];
		descriptors[n].size = choose_size();
		entries[n] = message_write(worker.sent[n], descriptors[n].size,
					   handle->deque,
					   batch.flags & DEQUE_FRONT);
		if (!entries[n])
			return;
	}
	if (one_in(8)) {
		bad = below(batch.count);
		push_spoil(&descriptors[bad], &error);
	}
	result = act_call(CALL_PUSH, SYS_ioctl, handle->fd, DEQUE_PUSH,
			  (long)&batch);
	if (result > (long)bad)
		broken("message %u could not be sent, but %ld were", bad,
		       result);
	allow_transfer("push", handle, result, bad ? 0 : error);
	push_account(handle, entries, descriptors, batch.count, result);
}

void act_write(void)
{
	struct handle *handle = handle_for(O_WRONLY);
	uint32_t size = choose_size();
	struct entry *entry;
	long result;

	if (!handle)
		return;
	entry = message_write(worker.sent[0], size, handle->deque, false);
	if (!entry)
		return;
	result = act_call(CALL_WRITE, SYS_write, handle->fd,
			  (long)worker.sent[0], size);
	allow_transfer("write", handle, result, 0);
	entry->state = result > 0 ? ENTRY_IN : ENTRY_REFUSED;
	if (result > 0 && result != size)
		broken("%ld bytes of %u were written", result, size);
}

/*
 * Checks the order of messages that one sender put in at the back and one taker gets from
 * the front.  The messages of two senders may change places: one that had to wait may still
 * be copying when the message behind its own is taken.
 */
static void order_check(struct handle *handle, const struct entry *entry,
			uint64_t id)
{
	unsigned int n = entry->sender % SENDERS;

	if (handle->deque != ORDERLY || !ledger->orderly)
		return;
	if (handle->last_popped[n].sender == entry->sender &&
	    id <= handle->last_popped[n].id)
		broken("number %lu came after %lu", (unsigned long)id,
		       (unsigned long)handle->last_popped[n].id);
	handle->last_popped[n].sender = entry->sender;
	handle->last_popped[n].id = id;
}

static void pop_account(struct handle *handle, bool peek,
			const struct deque_descriptor *descriptors, long count)
{
	struct slot *slot = worker.slot;
	struct entry *entry;

	for (long n = 0; n < count; n++) {
		entry = take_message(n, descriptors[n].size);
		if (peek) {
			entry->seen = true;
			continue;
		}
		order_check(handle, entry, descriptors[n].id);
		message_taken(entry, handle->deque, slot->call + n,
			      descriptors[n].id);
	}
}

void act_pop(void)
{
	struct handle *handle = handle_for(O_RDONLY);
	struct deque_descriptor descriptors[BATCH] = { { .id = 0 } };
	struct deque_batch batch = {
		.size = sizeof(batch),
		.descriptors = (uintptr_t)descriptors,
		.count = 1 + below(BATCH),
	};
	bool peek = one_in(4), good = true;
	long result;

	if (!handle)
		return;
	choose_patience(&batch);
	batch.flags |= peek ? DEQUE_PEEK : 0;
	for (unsigned int n = 0; n < batch.count; n++) {
		descriptors[n].data = (uintptr_t)worker.slot->buffers[n];
		descriptors[n].size = one_in(64) ? below(256) : SIZE_MOST;
	}
	if (handle->deque != ORDERLY) {
		batch.flags |= one_in(3) ? DEQUE_BACK : 0;
		good = !one_in(6);
	}
	if (!good)
		pop_spoil(&batch, descriptors);
	if (!peek)
		take_begin();
	result = act_call(peek ? CALL_PEEK : CALL_POP, SYS_ioctl, handle->fd,
			  DEQUE_POP, (long)&batch);
	/* A buffer that is too short is a common mishap. */
	if (result != -EMSGSIZE)
		allow_transfer("pop", handle, result, good ? 0 : EFAULT);
	/* A place that was spoilt may have been good for so many. */
	if (result > 0)
		memmove(descriptors, (void *)(uintptr_t)batch.descriptors,
			result * sizeof(*descriptors));
	pop_account(handle, peek, descriptors, result);
	take_end();
}

void act_read(void)
{
	struct handle *handle = handle_for(O_RDONLY);
	uint32_t size = SIZE_MOST;
	long result;

	if (!handle)
		return;
	if (one_in(16))
		size = 1 + below(SIZE_MOST);
	take_begin();
	result = act_call(CALL_READ, SYS_read, handle->fd,
			  (long)worker.slot->buffers[0], size);
	allow_transfer("read", handle, result, size < SIZE_MOST ? EMSGSIZE : 0);
	if (result > 0)
		message_taken(take_message(0, result), handle->deque,
			      worker.slot->call, 0);
	take_end();
}
