// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Messages: putting them in, taking them out and leasing them, singly and in
 * batches.
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
		      unsigned int flags, const struct timespec *deadline,
		      uint64_t time_ns)
{
	struct deque_batch batch = {
		.size = sizeof(batch),
		.flags = flags,
		.descriptors = (uintptr_t)messages,
		.count = count,
		.time_ns = time_ns,
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
				  const struct timespec *deadline,
				  uint64_t delay_ns)
{
	return batch_call(deque, DEQUE_PUSH, messages, count, flags, deadline,
			  delay_ns);
}

DEQUE_EXPORT int deque_pop_batch(struct deque *deque,
				 struct deque_descriptor *messages,
				 unsigned int count, unsigned int flags,
				 const struct timespec *deadline)
{
	return batch_call(deque, DEQUE_POP, messages, count, flags, deadline,
			  0);
}

DEQUE_EXPORT int deque_claim_batch(struct deque *deque,
				   struct deque_descriptor *messages,
				   unsigned int count, unsigned int flags,
				   const struct timespec *deadline,
				   uint64_t timeout_ns)
{
	return batch_call(deque, DEQUE_CLAIM, messages, count, flags, deadline,
			  timeout_ns);
}

/* A message may not be longer than a descriptor can say. */
DEQUE_EXPORT int deque_push_delayed(struct deque *deque, const void *data,
				    size_t size, unsigned int flags,
				    const struct timespec *deadline,
				    uint64_t delay_ns, uint64_t *id)
{
	struct deque_descriptor message = {
		.data = (uintptr_t)data,
		.size = (uint32_t)size,
	};
	int result;

	if (size > UINT32_MAX)
		return -EMSGSIZE;
	result =
		deque_push_batch(deque, &message, 1, flags, deadline, delay_ns);
	if (result < 0)
		return result;
	if (id)
		*id = message.id;
	return 0;
}

DEQUE_EXPORT int deque_push(struct deque *deque, const void *data, size_t size,
			    unsigned int flags, const struct timespec *deadline,
			    uint64_t *id)
{
	return deque_push_delayed(deque, data, size, flags, deadline, 0, id);
}

static struct deque_descriptor buffer_describe(void *data, size_t size)
{
	return (struct deque_descriptor){
		.data = (uintptr_t)data,
		.size = size < UINT32_MAX ? (uint32_t)size : UINT32_MAX,
	};
}

DEQUE_EXPORT ssize_t deque_pop(struct deque *deque, void *data, size_t size,
			       unsigned int flags,
			       const struct timespec *deadline,
			       struct deque_descriptor *info)
{
	struct deque_descriptor message = buffer_describe(data, size);
	int result = deque_pop_batch(deque, &message, 1, flags, deadline);

	if (info)
		*info = message;
	return result < 0 ? result : (ssize_t)message.size;
}

/* A lease whose token nobody knows could not be ended. */
DEQUE_EXPORT ssize_t deque_claim(struct deque *deque, void *data, size_t size,
				 unsigned int flags,
				 const struct timespec *deadline,
				 uint64_t timeout_ns,
				 struct deque_descriptor *info)
{
	int result;

	if (!info)
		return -EINVAL;
	*info = buffer_describe(data, size);
	result = deque_claim_batch(deque, info, 1, flags, deadline, timeout_ns);
	return result < 0 ? result : (ssize_t)info->size;
}
