/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages that were taken together.
 */
#ifndef DEQUE_FLOW_BATCH_H
#define DEQUE_FLOW_BATCH_H

#include <deque.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#define BATCH_ROOM 65536
struct batch {
	struct batch *older;
	unsigned int count;
	struct deque_descriptor messages[DEQUE_BATCH_MAX];
	size_t ends[DEQUE_BATCH_MAX]; /* where each ends in the output */
	char data[];
};
int batch_pop(struct batch **batch, struct deque *deque, unsigned int count,
	      size_t *slot, unsigned int flags,
	      const struct timespec *deadline);
int batch_claim(struct batch **batch, struct deque *deque, unsigned int count,
		size_t *slot, unsigned int flags,
		const struct timespec *deadline, uint64_t timeout_ns);

#endif /* DEQUE_FLOW_BATCH_H */
