/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The calls of a worker of the concurrent fuzzer: a function act_*() for each, chosen
 * at random.  Each allows the errors that any interleaving with the others may lead to.
 */
#ifndef ACT_H
#define ACT_H

#include "call.h"
#include "memory.h"
#include "worker.h"

#define HANDLES 8
/* A taker remembers what came last of that many senders. */
#define SENDERS 16

struct handle {
	int fd;
	unsigned int deque;
	int flags;
	uint64_t last_pushed;
	struct {
		pid_t sender;
		uint64_t id;
	} last_popped[SENDERS];
};

/**
 * struct worker - a thread
 * @prng: where its decisions come from
 * @memory: good and bad addresses
 * @slot: what it is just taking
 * @handles: its files; inherited ones count
 * @handle_count: how many
 * @control: /dev/deque/control
 * @calls: that took something
 * @sent: what it is just sending
 */
struct worker {
	struct prng prng;
	struct memory memory;
	struct slot *slot;
	struct handle handles[HANDLES];
	unsigned int handle_count;
	int control;
	uint64_t calls;
	unsigned char sent[BATCH][SIZE_MOST];
};

extern _Thread_local struct worker worker;

/* act_file.c */
void act_open(void);
void act_close(void);
void act_dup(void);
void act_pass(void);
void act_receive(void);
void act_poll(void);
void act_next_size(void);

/* act_manage.c */
void act_create(void);
void act_destroy(void);
void act_get(void);
void act_set(void);
void act_browse(void);

/* act_message.c */
void act_push(void);
void act_write(void);
void act_pop(void);
void act_read(void);

/* act_lease.c */
void act_claim(void);
void act_kick(void);

/* act_wrong.c */
void act_wrong(void);
void act_wrong_leases(void);
void act_wrong_claim_or_kick(void);

/* act.c, for the others */

static inline bool one_in(uint32_t n)
{
	return prng_one_in(&worker.prng, n);
}

static inline uint32_t below(uint32_t n)
{
	return prng_below(&worker.prng, n);
}

/* A system call: its result, or -errno. */
long act_call(enum call_kind kind, long number, long a, long b, long c);

/* The call has to work, or fail with one of @errors, of which the last is 0. */
void allow(const char *what, long result, const int *errors);

#define ALLOW(what, result, ...) \
	allow(what, result, (const int[]){ __VA_ARGS__, 0 })

/* The same for a call that moves messages: @error may come of its arguments. */
void allow_transfer(const char *what, const struct handle *handle, long result,
		    int error);

/* One of the worker's files, which can be used for @mode; NULL if it has none. */
struct handle *handle_any(void);
struct handle *handle_for(int mode);
void handle_add(int fd, unsigned int deque, int flags);

/* How long the call may block. */
void choose_patience(struct deque_batch *batch);

/* Spoils the place of one message, or of what is told of all of them. */
void pop_spoil(struct deque_batch *batch, struct deque_descriptor *descriptors);

/* From now on, until take_end(), what is in the slot's buffers may be taken. */
void take_begin(void);
void take_end(void);
/* The message in buffer @n, which has to be a whole one. */
struct entry *take_message(unsigned int n, uint32_t size);

#endif /* ACT_H */
