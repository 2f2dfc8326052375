// SPDX-License-Identifier: GPL-2.0-only
/*
 * Steps in which a call blocks, and is ended by another one: what it waited
 * for, the deque's destruction, or a signal.
 */
#include "cost.h"
#include "world.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/**
 * struct blocked - a call in a thread of its own
 * @call: the call
 * @thread: the thread
 * @result: what it returned
 */
struct blocked {
	struct call call;
	pthread_t thread;
	long result;
};

static void interrupt(int signal)
{
	(void)signal;
}

static void *blocked_run(void *argument)
{
	struct blocked *blocked = argument;

	blocked->result = call_run(&blocked->call, NULL);
	return NULL;
}

static struct deque_info info_of(const struct handle *handle)
{
	struct deque_info info = { .size = sizeof(info) };

	if (ioctl(handle->fd, DEQUE_GET, &info))
		mismatch("get: %s", strerrorname_np(errno));
	return info;
}

/* Returns once it blocks; should it not, the watchdog barks. */
static void blocked_start(struct blocked *blocked, const struct handle *handle)
{
	struct sigaction action = { .sa_handler = interrupt };
	struct deque_info info;

	sigaction(SIGUSR1, &action, NULL);
	if (pthread_create(&blocked->thread, NULL, blocked_run, blocked))
		errx(2, "pthread_create");
	do {
		sched_yield();
		info = info_of(handle);
	} while (!info.takers && !info.senders);
}

static void blocked_end(struct blocked *blocked, long expected, int error)
{
	struct errors errors = { .count = 0 };

	if (error)
		errors_add(&errors, error);
	pthread_join(blocked->thread, NULL);
	call_count(CALL_WAIT, 0);
	expect(blocked->result, expected, &errors);
}

static unsigned int number_of(const struct model_deque *deque)
{
	unsigned int n = 0;

	while (world.deques[n] != deque)
		n++;
	return n;
}

static void destroy_now(const struct model_deque *deque)
{
	unsigned int n = number_of(deque);
	struct deque_destroy destroy = { .size = sizeof(destroy),
					 .flags = DEQUE_FORCE };

	strcpy(destroy.name, world_name(n));
	expect(world_ioctl(CALL_DESTROY, world.control[2], DEQUE_DESTROY,
			   (uintptr_t)&destroy, world_name(n)),
	       0, &(struct errors){ 0 });
	world_destroy(n);
}

/* Returns the error that it gets, 0 if it has to be helped. */
static int end_badly(const struct blocked *blocked,
		     const struct model_deque *deque)
{
	switch (prng_below(&world.prng, 4)) {
	case 0:
		destroy_now(deque);
		return ENODEV;
	case 1:
		pthread_kill(blocked->thread, SIGUSR1);
		return EINTR;
	default:
		return 0;
	}
}

static void push_now(const struct handle *handle, const void *data,
		     uint32_t size)
{
	struct deque_descriptor descriptor = {
		.data = (uintptr_t)data,
		.size = size,
	};
	struct deque_batch batch = {
		.size = sizeof(batch),
		.flags = prng_below(&world.prng, 2) ? DEQUE_FRONT : DEQUE_BACK,
		.descriptors = (uintptr_t)&descriptor,
		.count = 1,
	};

	expect(world_ioctl(CALL_PUSH, handle->fd, DEQUE_PUSH, (uintptr_t)&batch,
			   "for who waits"),
	       1, &(struct errors){ 0 });
}

/* A deque where we can wait in one thread and help in another. */
static struct model_deque *deque_to_wait_in(struct handle **reader,
					    struct handle **writer)
{
	const struct handle *handle = world_handle();
	struct model_deque *deque;

	if (!handle || !handle->description->deque->alive)
		return NULL;
	deque = handle->description->deque;
	world.caller = (struct caller){ .child = false };
	*reader = world_handle_of(deque, O_RDONLY);
	*writer = world_handle_of(deque, O_WRONLY);
	return *reader && *writer ? deque : NULL;
}

void step_wait_for_message(void)
{
	unsigned char sent[64], got[64];
	struct handle *reader, *writer;
	struct model_deque *deque = deque_to_wait_in(&reader, &writer);
	struct blocked blocked = { .call = { .kind = CALL_READ,
					     .number = SYS_read } };
	uint32_t size = 1 + prng_below(&world.prng, sizeof(sent));
	int error;

	if (!deque || deque->info.ready || !model_fits(deque, size))
		return;
	prng_fill(&world.prng, sent, size);
	blocked.call.arguments[0] = reader->fd;
	blocked.call.arguments[1] = (long)got;
	blocked.call.arguments[2] = sizeof(got);
	blocked_start(&blocked, reader);
	error = end_badly(&blocked, deque);
	if (!error)
		push_now(writer, sent, size);
	blocked_end(&blocked, size, error);
	if (error)
		return;
	if (memcmp(got, sent, size))
		mismatch("the message has other bytes than were sent");
	model_push(deque, false, &(struct model_message){ .size = size });
	model_pop(deque, false);
	world_owe(deque, O_WRONLY, POLLOUT);
}

/* Takes from the front until the sender's message fits. */
static void make_room(struct model_deque *deque, const struct handle *handle,
		      uint32_t size)
{
	struct place place;
	struct deque_descriptor descriptor = { .size = 0 };
	struct deque_batch batch = {
		.size = sizeof(batch),
		.descriptors = (uintptr_t)&descriptor,
		.count = 1,
	};

	while (!model_fits(deque, size)) {
		descriptor.size = model_at(deque, false, 0)->size;
		place = memory_good(&world.memory, &world.prng,
				    descriptor.size);
		descriptor.data = place.address;
		expect(world_ioctl(CALL_POP, handle->fd, DEQUE_POP,
				   (uintptr_t)&batch, "for who waits"),
		       1, &(struct errors){ 0 });
		model_pop(deque, false);
		if (descriptor.size > memory_left(&world.memory) / 2)
			memory_reset(&world.memory);
	}
}

void step_wait_for_room(void)
{
	static unsigned char data[4096];
	struct handle *reader, *writer;
	struct model_deque *deque = deque_to_wait_in(&reader, &writer);
	struct blocked blocked = { .call = { .kind = CALL_WRITE,
					     .number = SYS_write } };
	struct model_message message = { .caller = { .pid = getpid() },
					 .latest = UINT64_MAX };
	uint64_t others;
	int error;

	/* Nothing that is leased or buried can be taken to make room. */
	if (!deque || deque->info.leased || deque->info.buried)
		return;
	message.size = 1 + prng_below(&world.prng, sizeof(data));
	others = model_bounds.bytes - deque->info.memory;
	/* Taking all there is in this deque has to be enough. */
	if (message.size > model_max_size(deque) ||
	    model_fits(deque, message.size) ||
	    others + message_cost(message.size) > model_messages_most())
		return;
	prng_fill(&world.prng, data, message.size);
	blocked.call.arguments[0] = writer->fd;
	blocked.call.arguments[1] = (long)data;
	blocked.call.arguments[2] = message.size;
	blocked_start(&blocked, writer);
	error = end_badly(&blocked, deque);
	if (!error)
		make_room(deque, reader, message.size);
	blocked_end(&blocked, message.size, error);
	if (error)
		return;
	message.data = malloc(message.size);
	memcpy(message.data, data, message.size);
	model_push(deque, false, &message);
	world_owe(deque, O_RDWR, POLLIN | POLLOUT);
}
