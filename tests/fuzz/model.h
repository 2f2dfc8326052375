/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Deques as they should be, without a kernel: the simplest thing that keeps
 * the promises, one call after the other.
 */
#ifndef MODEL_H
#define MODEL_H

#include <linux/deque.h>
#include <poll.h>

#include "call.h"

/**
 * struct model_message - a message
 * @data: the payload
 * @size: bytes of it
 * @id: its number
 * @caller: who sent it
 * @earliest: when it may have come in, ns since the epoch
 * @latest: and when at last
 * @position: where in the deque it belongs, growing towards the back
 * @deliveries: how often it was leased
 */
struct model_message {
	unsigned char *data;
	uint32_t size;
	uint64_t id;
	struct caller caller;
	uint64_t earliest;
	uint64_t latest;
	int64_t position;
	uint32_t deliveries;
};

/* The kinds of leases. */
enum model_reader {
	MODEL_LINES, /* all our threads, which read lines */
	MODEL_THREAD, /* the one that reads messages */
};

#define MODEL_ERA_REST 0
#define MODEL_ERA_FIRST 1

/**
 * struct model_lease - a message that a read has returned, or a part of it
 * @message: the message
 * @file: the open file
 * @reader: who read it
 * @era: MODEL_ERA_REST: there is more to read; else when, as the next read of the
 *	same era acknowledges it
 * @left: bytes of its line that are still to be read
 */
struct model_lease {
	struct model_message message;
	const void *file;
	enum model_reader reader;
	unsigned int era;
	uint32_t left;
};

/**
 * struct model_deque - a deque
 * @info: all that DEQUE_GET tells
 * @alive: not destroyed
 * @line: its messages, the first is at the front
 * @room: how long @line can get as it is
 * @files: that are open; with none, and dead, it is gone
 * @first: the position of the message that was put in at the front last
 * @last: and of that at the back
 * @leases: in the order in which they began
 * @lease_room: how many of them there can be as it is
 */
struct model_deque {
	struct deque_info info;
	bool alive;
	struct model_message *line;
	unsigned int room;
	unsigned int files;
	int64_t first;
	int64_t last;
	struct model_lease *leases;
	unsigned int lease_room;
};

/**
 * struct model_bounds - what holds for all deques together
 * @max_total_bytes: the module's parameter
 * @max_deques: likewise
 * @defaults: for limits that are 0
 * @bytes: what counts against the first
 * @deques: and the second
 */
struct model_bounds {
	uint64_t max_total_bytes;
	uint32_t max_deques;
	struct deque_limits defaults;
	uint64_t bytes;
	uint32_t deques;
};

extern struct model_bounds model_bounds;

struct model_deque *
model_create(const char *name, const struct deque_limits *limits, uid_t owner);
void model_destroy(struct model_deque *deque);
void model_get(struct model_deque *deque);
void model_put(struct model_deque *deque);

void model_limits_set(struct model_deque *deque,
		      const struct deque_limits *limits);
/* The most that messages may cost together. */
uint64_t model_messages_most(void);
uint32_t model_max_size(const struct model_deque *deque);
bool model_fits(const struct model_deque *deque, uint32_t size);
/* There has to be room.  Takes the message's data over. */
void model_push(struct model_deque *deque, bool front,
		const struct model_message *message);
/* The message with @n others between it and the end, or NULL. */
struct model_message *model_at(const struct model_deque *deque, bool back,
			       unsigned int n);
void model_pop(struct model_deque *deque, bool back);
/* The first message, as a line. */
uint32_t model_line_size(const struct model_message *message);
/* Leases the first message. */
void model_claim(struct model_deque *deque, const struct model_lease *terms);
/* A lease, or NULL. */
struct model_lease *model_lease_find(const struct model_deque *deque,
				     const void *file, enum model_reader reader,
				     unsigned int era);
void model_ack(struct model_deque *deque, struct model_lease *lease);
/* The file is closed.  Returns whether messages are ready again. */
bool model_leases_return(struct model_deque *deque, const void *file);
/* The events that poll() reports of a file that is open for that. */
short model_events(const struct model_deque *deque, bool readable,
		   bool writable);

#endif /* MODEL_H */
