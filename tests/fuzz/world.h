/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The sequential fuzzer's world: deques and open files, and what is known of
 * them.  Each call is compared with that at once, and the first difference
 * ends the process.
 */
#ifndef WORLD_H
#define WORLD_H

#include "argument.h"
#include "call.h"
#include "model.h"

/* Names that deques may have; more than the module allows deques. */
#define NAMES 12
#define HANDLES 16

/**
 * struct description - an open file
 * @fds: file descriptors for it
 * @deque: the deque, maybe dead
 * @readable: open for reading
 * @writable: and writing
 * @nonblock: with O_NONBLOCK
 * @due: poll events that epoll owes us, if they are still true
 * @policy: as DEQUE_SET has it
 * @era: rises when DEQUE_ACK_ON_READ is switched off
 */
struct description {
	unsigned int fds;
	struct model_deque *deque;
	bool readable;
	bool writable;
	bool nonblock;
	short due;
	uint32_t policy;
	unsigned int era;
};

struct handle {
	int fd;
	struct description *description;
};

/**
 * struct world - all of it
 * @prng: where decisions come from
 * @memory: for arguments and messages, emptied at each step
 * @caller: who makes the calls of this step
 * @deques: by the number of their names; NULL if there is none
 * @handles: our file descriptors
 * @handle_count: how many
 * @control: of /dev/deque/control, by access mode
 * @epoll: watches each description, edge triggered
 * @seed: of this round
 * @step: in this round
 */
struct world {
	struct prng prng;
	struct memory memory;
	struct caller caller;
	struct model_deque *deques[NAMES];
	struct handle handles[HANDLES];
	unsigned int handle_count;
	int control[3];
	int epoll;
	uint64_t seed;
	unsigned long step;
};

extern struct world world;

void world_setup(void);
/* From nothing; and back to it. */
void world_begin(uint64_t seed);
void world_end(void);

const char *world_name(unsigned int n);
/* One of the open files, or NULL. */
struct handle *world_handle(void);
/* One that is open for @mode, without a policy, and may block, or NULL. */
struct handle *world_handle_of(const struct model_deque *deque, int mode);
void world_destroy(unsigned int n);
/* The last descriptor is closed. */
void description_close(struct description *file);
/* Epoll has to tell these events to files that are open for @mode. */
void world_owe(const struct model_deque *deque, int mode, short events);

_Noreturn void mismatch(const char *format, ...)
	__attribute__((format(printf, 1, 2)));
/*
 * Returns whether the call worked, as it had to; if there are errors to
 * expect, it has to fail with one of them.
 */
bool expect(long result, long expected, const struct errors *errors);
/* Checks what DEQUE_GET and poll(2) tell of a file. */
struct deque_info description_info(const struct description *file);
short description_events(const struct description *file);
/* All that the kernel knows of the deque is as it should be. */
void expect_info(const struct handle *handle);

/* An ioctl on one of our files, by the caller of this step. */
long world_ioctl(enum call_kind kind, int fd, unsigned long command,
		 uintptr_t argument, const char *note);

/* The steps: each picks and makes one call, or a few that belong together. */
void step_open(void);
void step_close(void);
void step_dup(void);
void step_pass(void);
void step_create(void);
void step_destroy(void);
void step_get(void);
void step_set(void);
void step_push(void);
void step_pop(void);
void step_write(void);
void step_read(void);
void step_poll(void);
void step_epoll(void);
void step_next_size(void);
void step_wrong(void);
void step_wait_for_message(void);
void step_wait_for_room(void);

#endif /* WORLD_H */
