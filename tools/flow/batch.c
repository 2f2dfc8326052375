// SPDX-License-Identifier: GPL-2.0-only
/*
 * Batches: messages that are taken together.  All the memory is there before
 * the first of them leaves the deque.
 */
#include "flow/batch.h"

#include <deque.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

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

/* @filled becomes *@batch, or is freed: then the next has longer slots. */
static int batch_finish(struct batch **batch, struct batch *filled,
			size_t *slot, int result)
{
	if (result > 0) {
		filled->count = (unsigned int)result;
		*batch = filled;
		return result;
	}
	if (result == -EMSGSIZE)
		while (*slot < filled->messages[0].size)
			*slot *= 2;
	free(filled);
	return result;
}

int batch_pop(struct batch **batch, struct deque *deque, unsigned int count,
	      size_t *slot, unsigned int flags, const struct timespec *deadline)
{
	struct batch *popped = batch_alloc(count, *slot);

	if (!popped)
		return -ENOMEM;
	return batch_finish(batch, popped, slot,
			    deque_pop_batch(deque, popped->messages, count,
					    flags, deadline));
}

int batch_claim(struct batch **batch, struct deque *deque, unsigned int count,
		size_t *slot, unsigned int flags,
		const struct timespec *deadline, uint64_t timeout_ns)
{
	struct batch *claimed = batch_alloc(count, *slot);

	if (!claimed)
		return -ENOMEM;
	return batch_finish(batch, claimed, slot,
			    deque_claim_batch(deque, claimed->messages, count,
					      flags, deadline, timeout_ns));
}
