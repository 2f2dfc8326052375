// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * Leases: what becomes of the messages that were claimed, singly and in batches.
 */
#include "internal.h"

static int lease_call(struct deque *deque, unsigned long command,
		      const uint64_t *tokens, unsigned int count,
		      unsigned int flags, uint64_t time_ns)
{
	struct deque_leases leases = {
		.size = sizeof(leases),
		.flags = flags,
		.tokens = (uintptr_t)tokens,
		.count = count,
		.time_ns = time_ns,
	};

	return deque_ioctl(deque->fd, command, &leases);
}

DEQUE_EXPORT int deque_ack_batch(struct deque *deque, const uint64_t *tokens,
				 unsigned int count)
{
	return lease_call(deque, DEQUE_ACK, tokens, count, 0, 0);
}

DEQUE_EXPORT int deque_return_batch(struct deque *deque, const uint64_t *tokens,
				    unsigned int count, unsigned int flags,
				    uint64_t delay_ns)
{
	return lease_call(deque, DEQUE_RETURN, tokens, count, flags, delay_ns);
}

DEQUE_EXPORT int deque_bury_batch(struct deque *deque, const uint64_t *tokens,
				  unsigned int count)
{
	return lease_call(deque, DEQUE_BURY, tokens, count, 0, 0);
}

DEQUE_EXPORT int deque_extend_batch(struct deque *deque, const uint64_t *tokens,
				    unsigned int count, uint64_t timeout_ns)
{
	return lease_call(deque, DEQUE_EXTEND, tokens, count, 0, timeout_ns);
}

/* Of one lease, it was either ended or there was an error. */
static int single(int result)
{
	return result < 0 ? result : 0;
}

DEQUE_EXPORT int deque_ack(struct deque *deque, uint64_t token)
{
	return single(deque_ack_batch(deque, &token, 1));
}

DEQUE_EXPORT int deque_return(struct deque *deque, uint64_t token,
			      unsigned int flags, uint64_t delay_ns)
{
	return single(deque_return_batch(deque, &token, 1, flags, delay_ns));
}

DEQUE_EXPORT int deque_bury(struct deque *deque, uint64_t token)
{
	return single(deque_bury_batch(deque, &token, 1));
}

DEQUE_EXPORT int deque_extend(struct deque *deque, uint64_t token,
			      uint64_t timeout_ns)
{
	return single(deque_extend_batch(deque, &token, 1, timeout_ns));
}
