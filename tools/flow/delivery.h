/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages on their way out, or back.
 */
#ifndef DEQUE_FLOW_DELIVERY_H
#define DEQUE_FLOW_DELIVERY_H

#include "flow/batch.h"
#include "show/record.h"

#include <deque.h>
#include <stdbool.h>
#include <stddef.h>

struct delivery {
	struct deque *deque;
	const char *name;
	unsigned int end; /* DEQUE_FRONT or DEQUE_BACK */
	int error; /* of standard output, an errno value */
	size_t written;
	struct batch *newest; /* of those that may not have arrived */
	unsigned long long put_back;
	unsigned long long lost;
};
bool delivery_ready(struct delivery *delivery);
bool delivery_has_reader(void);
bool delivery_watch(void);
int delivery_arm(struct delivery *delivery);
int delivery_wait(struct delivery *delivery, const struct timespec *deadline);
void delivery_write(struct delivery *delivery, struct batch *batch,
		    enum format format);
int delivery_end(struct delivery *delivery);

#endif /* DEQUE_FLOW_DELIVERY_H */
