// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Messages: putting them in and taking them out, singly and in batches.
 */
#include "internal.h"

#define NS_PER_S 1000000000ULL

/* A deadline before the clock's zero is as past as zero itself. */
static uint64_t deadline_ns(const struct timespec *deadline)
{
	if (deadline->tv_sec < 0)
		return 0;
	return (uint64_t)deadline->tv_sec * NS_PER_S +
	       (uint64_t)deadline->tv_nsec;
}

static int batch_call(struct deque *deque, unsigned long command,
		      struct deque_descriptor *messages, unsigned int count,
		      unsigned int flags, const struct timespec *deadline)
{
	struct deque_batch batch = {
		.size = sizeof(batch),
		.flags = flags,
		.descriptors = (uintptr_t)messages,
		.count = count,
	};

	if (deadline) {
		batch.flags |= DEQUE_DEADLINE;
		batch.deadline_ns = deadline_ns(deadline);
	}
	return deque_ioctl(deque->fd, command, &batch);
}

DEQUE_EXPORT int deque_push_batch(struct deque *deque,
				  struct deque_descriptor *messages,
				  unsigned int count, unsigned int flags,
				  const struct timespec *deadline)
{
	return batch_call(deque, DEQUE_PUSH, messages, count, flags, deadline);
}

DEQUE_EXPORT int deque_pop_batch(struct deque *deque,
				 struct deque_descriptor *messages,
				 unsigned int count, unsigned int flags,
				 const struct timespec *deadline)
{
	return batch_call(deque, DEQUE_POP, messages, count, flags, deadline);
}

/* A message may not be longer than a descriptor can say. */
DEQUE_EXPORT int deque_push(struct deque *deque, const void *data, size_t size,
			    unsigned int flags, const struct timespec *deadline,
			    uint64_t *id)
{
	struct deque_descriptor message = {
		.data = (uintptr_t)data,
		.size = (uint32_t)size,
	};
	int result;

	if (size > UINT32_MAX)
		return -EMSGSIZE;
	result = deque_push_batch(deque, &message, 1, flags, deadline);
	if (result < 0)
		return result;
	if (id)
		*id = message.id;
	return 0;
}

DEQUE_EXPORT ssize_t deque_pop(struct deque *deque, void *data, size_t size,
			       unsigned int flags,
			       const struct timespec *deadline,
			       struct deque_descriptor *info)
{
	struct deque_descriptor message = {
		.data = (uintptr_t)data,
		.size = size < UINT32_MAX ? (uint32_t)size : UINT32_MAX,
	};
	int result = deque_pop_batch(deque, &message, 1, flags, deadline);

	if (info)
		*info = message;
	return result < 0 ? result : (ssize_t)message.size;
}
