// SPDX-License-Identifier: GPL-2.0-only
/*
 * Batches: messages that are taken together.  All the memory is there before
 * the first of them leaves the deque.
 */
#include "tool.h"

#include <errno.h>
#include <stdlib.h>

static struct batch *batch_alloc(unsigned int count, size_t slot)
{
	struct batch *batch = malloc(sizeof(*batch) + count * slot);
	unsigned int i;

	if (!batch)
		return NULL;
	for (i = 0; i < count; i++)
		batch->messages[i] = (struct deque_descriptor){
			.data = (uintptr_t)(batch->data + i * slot),
			.size = (uint32_t)slot,
		};
	return batch;
}

int batch_pop(struct batch **batch, struct deque *deque, unsigned int count,
	      size_t *slot, unsigned int flags, const struct timespec *deadline)
{
	struct batch *popped = batch_alloc(count, *slot);
	int result;

	if (!popped)
		return -ENOMEM;
	result = deque_pop_batch(deque, popped->messages, count, flags,
				 deadline);
	if (result > 0) {
		popped->count = (unsigned int)result;
		*batch = popped;
		return result;
	}
	if (result == -EMSGSIZE)
		while (*slot < popped->messages[0].size)
			*slot *= 2;
	free(popped);
	return result;
}
