// SPDX-License-Identifier: GPL-2.0-only
/*
 * See world.h.
 */
#include "world.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* For the arguments and messages of one step. */
#define MEMORY_SIZE (16 << 20)

struct world world;

void world_setup(void)
{
	static const int modes[] = { O_RDONLY, O_WRONLY, O_RDWR };

	memory_map(&world.memory, MEMORY_SIZE);
	for (unsigned int n = 0; n < 3; n++) {
		world.control[n] = open("/dev/deque/control", modes[n]);
		if (world.control[n] < 0)
			err(2, "/dev/deque/control");
	}
}

void world_begin(uint64_t seed)
{
	world.prng.state = seed;
	world.seed = seed;
	world.step = 0;
	world.epoll = epoll_create1(EPOLL_CLOEXEC);
	if (world.epoll < 0)
		err(2, "epoll_create1");
}

void description_close(struct description *file)
{
	if (model_leases_return(file->deque, file))
		world_owe(file->deque, O_RDONLY, POLLIN);
	model_put(file->deque);
	free(file);
}

void world_end(void)
{
	while (world.handle_count) {
		struct handle *handle = &world.handles[--world.handle_count];

		close(handle->fd);
		if (!--handle->description->fds)
			description_close(handle->description);
	}
	close(world.epoll);
	for (unsigned int n = 0; n < NAMES; n++) {
		struct deque_destroy destroy = { .size = sizeof(destroy),
						 .flags = DEQUE_FORCE };

		strcpy(destroy.name, world_name(n));
		if (!world.deques[n])
			continue;
		expect(ioctl(world.control[2], DEQUE_DESTROY, &destroy), 0,
		       &(struct errors){ 0 });
		world_destroy(n);
	}
}

const char *world_name(unsigned int n)
{
	static const char *const names[NAMES] = {
		"fz0",
		"fz1",
		"fz2",
		"fz3",
		"fz4",
		"fz5",
		"fz6",
		"fz7",
		"0",
		"A.b-c_d",
		"controls",
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_",
	};

	return names[n];
}

struct handle *world_handle(void)
{
	if (!world.handle_count)
		return NULL;
	return &world.handles[prng_below(&world.prng, world.handle_count)];
}

struct handle *world_handle_of(const struct model_deque *deque, int mode)
{
	for (unsigned int n = 0; n < world.handle_count; n++) {
		const struct description *file = world.handles[n].description;

		if (file->deque == deque && !file->nonblock && !file->policy &&
		    (mode == O_RDONLY ? file->readable : file->writable))
			return &world.handles[n];
	}
	return NULL;
}

void world_destroy(unsigned int n)
{
	struct model_deque *deque = world.deques[n];

	world_owe(deque, O_RDWR, POLLHUP);
	world.deques[n] = NULL;
	model_destroy(deque);
}

void world_owe(const struct model_deque *deque, int mode, short events)
{
	for (unsigned int n = 0; n < world.handle_count; n++) {
		struct description *file = world.handles[n].description;

		if (file->deque == deque &&
		    ((mode != O_WRONLY && file->readable) ||
		     (mode != O_RDONLY && file->writable)))
			file->due |= events;
	}
}

_Noreturn void mismatch(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	printf("# seed %#lx, step %lu: ", (unsigned long)world.seed,
	       world.step);
	vprintf(format, arguments);
	printf("\n");
	va_end(arguments);
	calls_trace();
	fflush(stdout);
	_exit(1);
}

static const char *outcome(long result)
{
	static char number[24];

	if (result < 0)
		return strerrorname_np(-result);
	snprintf(number, sizeof(number), "%ld", result);
	return number;
}

bool expect(long result, long expected, const struct errors *errors)
{
	char list[160] = "";

	if (!errors->count) {
		if (result != expected)
			mismatch("%ld expected, got %s", expected,
				 outcome(result));
		return true;
	}
	if (result < 0 && errors_have(errors, -result))
		return false;
	for (unsigned int n = 0; n < errors->count; n++) {
		strcat(list, n ? " or " : "");
		strcat(list, strerrorname_np(errors->list[n]));
	}
	mismatch("%s expected, got %s", list, outcome(result));
}

struct deque_info description_info(const struct description *file)
{
	struct deque_info info = file->deque->info;

	info.file_policy = file->policy;
	return info;
}

/* The rest of a line is told to its reader alone, which is us. */
short description_events(const struct description *file)
{
	short events =
		model_events(file->deque, file->readable, file->writable);

	if (file->readable && !world.caller.child &&
	    (file->policy & DEQUE_LINES) &&
	    model_lease_find(file->deque, file, MODEL_LINES, MODEL_ERA_REST))
		events |= POLLIN | POLLRDNORM;
	return events;
}

void expect_info(const struct handle *handle)
{
	const struct model_deque *deque = handle->description->deque;
	const struct deque_info wanted = description_info(handle->description);
	const struct deque_info *should = &wanted;
	struct deque_info is;

	memset(&is, 0xa5, sizeof(is));
	is.size = sizeof(is);
	is.flags = 0;
	if (ioctl(handle->fd, DEQUE_GET, &is)) {
		if (errno != ENODEV || deque->alive)
			mismatch("get: %s", strerrorname_np(errno));
		return;
	}
	if (!deque->alive)
		mismatch("get works, but the deque was destroyed");
	if (!memcmp(&is, should, sizeof(is)))
		return;
	mismatch(
		"%s has %llu ready, %llu leased, %llu buried, %llu acked, %llu messages, %llu bytes, %llu pushed, %llu popped, %u openers, %u takers, %u senders; expected were %llu, %llu, %llu, %llu, %llu, %llu, %llu, %llu, %u, %u, %u; or limits, name, owner or policy differ",
		is.name, is.ready, is.leased, is.buried, is.acked, is.messages,
		is.bytes, is.pushed, is.popped, is.openers, is.takers,
		is.senders, should->ready, should->leased, should->buried,
		should->acked, should->messages, should->bytes, should->pushed,
		should->popped, should->openers, should->takers,
		should->senders);
}

long world_ioctl(enum call_kind kind, int fd, unsigned long command,
		 uintptr_t argument, const char *note)
{
	struct call call = {
		.kind = kind,
		.number = SYS_ioctl,
		.arguments = { fd, command, argument },
	};

	snprintf(call.note, sizeof(call.note), "%s", note);
	return call_run(&call, &world.caller);
}
