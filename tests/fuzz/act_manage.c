// SPDX-License-Identifier: GPL-2.0-only
/*
 * Workers that make and destroy deques, look at them and change their limits.
 */
#include "act.h"
#include "argument.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>

void act_create(void)
{
	unsigned int deque = below(DEQUES);
	struct deque_create create = {
		.size = sizeof(create),
		.limits = { .max_messages = 1 + below(32),
			    .max_message_size = SIZE_MOST,
			    .max_bytes = 1 << 16 },
	};
	long result;

	strcpy(create.name, deque_name(deque));
	result = act_call(CALL_CREATE, SYS_ioctl, worker.control, DEQUE_CREATE,
			  (long)&create);
	ALLOW("create", result, EEXIST);
	if (deque < STABLE && !result)
		broken("%s was made twice", create.name);
}

void act_destroy(void)
{
	unsigned int deque = below(DEQUES);
	struct deque_destroy destroy = { .size = sizeof(destroy) };
	long result;

	if (deque >= STABLE && one_in(2)) {
		destroy.flags = DEQUE_FORCE;
		ledger->forcing[deque]++;
	}
	strcpy(destroy.name, deque_name(deque));
	result = act_call(CALL_DESTROY, SYS_ioctl, worker.control,
			  DEQUE_DESTROY, (long)&destroy);
	if (destroy.flags)
		ledger->forced[deque]++;
	ALLOW("destroy", result, EBUSY, ENOENT);
	if (deque < STABLE && result != -EBUSY)
		broken("%s is open, and was destroyed", destroy.name);
}

void snapshot_check(unsigned int deque, int fd)
{
	struct deque_info info = { .size = sizeof(info) };
	const struct deque_limits *limits = &info.limits;
	long result = act_call(CALL_GET, SYS_ioctl, fd, DEQUE_GET, (long)&info);

	if (deque >= STABLE)
		ALLOW("get", result, ENODEV);
	else
		ALLOW("get", result, 0);
	if (result)
		return;
	/* Lowered limits leave what is there. */
	if (deque == LIMITS_CHANGE)
		limits = &stable_limits[deque];
	if (strcmp(info.name, deque_name(deque)) ||
	    info.messages > limits->max_messages ||
	    info.bytes > limits->max_bytes || info.ready > info.messages ||
	    info.pushed > info.popped + info.acked + info.messages ||
	    info.claimed != info.acked + info.returned + info.crash_returned +
				    info.timed_out + info.lease_buried +
				    info.leased ||
	    info.ready + info.leased + info.delayed + info.buried >
		    info.messages ||
	    info.bytes > info.messages * SIZE_MOST ||
	    info.bytes < info.messages * sizeof(struct head))
		broken("%s: %llu ready, %llu messages, %llu bytes, %llu pushed, %llu popped",
		       info.name, info.ready, info.messages, info.bytes,
		       info.pushed, info.popped);
	/* Few enough wait for all of them to be served in one go. */
	if (info.takers && info.ready)
		broken("%s: %u takers wait, and %llu messages are ready",
		       info.name, info.takers, info.ready);
	if (info.senders && !info.messages)
		broken("%s: %u senders wait, and it is empty", info.name,
		       info.senders);
}

void act_get(void)
{
	struct handle *handle = handle_any();

	if (handle)
		snapshot_check(handle->deque, handle->fd);
}

static struct handle *handle_with_limits(void)
{
	for (unsigned int n = 0; n < worker.handle_count; n++) {
		struct handle *handle = &worker.handles[n];

		if (handle->deque == LIMITS_CHANGE &&
		    (handle->flags & O_ACCMODE) != O_RDONLY)
			return handle;
	}
	return NULL;
}

void act_set(void)
{
	struct handle *handle = handle_with_limits();
	struct deque_set set = {
		.size = sizeof(set),
		.limits = { .max_messages = 1 + below(64),
			    .max_message_size =
				    one_in(8) ? 256 + below(SIZE_MOST - 256)
					      : SIZE_MOST,
			    .max_bytes = SIZE_MOST + below(62 << 10) },
	};

	if (handle)
		ALLOW("set",
		      act_call(CALL_SET, SYS_ioctl, handle->fd, DEQUE_SET,
			       (long)&set),
		      0);
}

/* Changes nothing, so it may be right, and wrong in any way. */
void act_browse(void)
{
	static const struct deque_entry none[4];
	struct deque_browse browse = { .size = sizeof(browse),
				       .count = 4,
				       .states = 1 + below(0xf) };
	struct handle *handle = handle_any();
	struct errors errors = { .count = 0 };
	bool good = !one_in(4);
	struct place place;
	long result;

	if (!handle)
		return;
	memory_reset(&worker.memory);
	place = good ? memory_good(&worker.memory, &worker.prng, sizeof(none))
		     : memory_any(&worker.memory, &worker.prng, sizeof(none),
				  2);
	place_store(&place, none, sizeof(none));
	browse.entries = place.address;
	if (!good && one_in(4))
		browse.count = prng_next(&worker.prng);
	if (!good && one_in(4))
		browse.states = prng_next(&worker.prng);
	if (one_in(2))
		browse.cursor = prng_next(&worker.prng);
	place = argument_make(&worker.memory, &worker.prng, &browse,
			      sizeof(browse), 0, true, good ? UINT32_MAX : 2,
			      &errors);
	result = act_call(CALL_BROWSE, SYS_ioctl, handle->fd, DEQUE_BROWSE,
			  place.address);
	ALLOW("browse", result, EBADF, EINVAL, good ? EBADF : EFAULT,
	      good ? EBADF : E2BIG, good ? EBADF : EOPNOTSUPP,
	      handle->deque < STABLE ? 0 : ENODEV);
	if (good && result > (long)browse.count)
		broken("more entries than there is room for");
}
