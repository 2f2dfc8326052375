/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages on their way in.
 */
#ifndef DEQUE_FLOW_SENDER_H
#define DEQUE_FLOW_SENDER_H

#include <deque.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sender {
	struct deque *deque;
	const char *name;
	unsigned int end; /* DEQUE_FRONT, or DEQUE_BACK, or 0: the back */
	int64_t wait_ns;
	uint64_t delay_ns;
	bool skip_empty;
	bool json;
	unsigned long long sent;
	const char *source; /* where the messages are from, */
	unsigned int count;
	struct deque_descriptor messages[DEQUE_BATCH_MAX];
	uint64_t places[DEQUE_BATCH_MAX]; /* and where in it they are */
	int64_t retry_ns; /* how long to wait for memory next; 0: not yet */
};
/* A message of at least a byte; @data has to stay until the next sender_flush(). */
int sender_add(struct sender *sender, const char *data, size_t size,
	       uint64_t place);
int sender_flush(struct sender *sender);
int sender_fail(const struct sender *sender, int status, uint64_t place,
		const char *reason);

#endif /* DEQUE_FLOW_SENDER_H */
