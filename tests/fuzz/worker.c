// SPDX-License-Identifier: GPL-2.0-only
/*
 * See worker.h.
 */
#include "worker.h"
#include "argument.h"
#include "call.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define HANDLES 8
#define MEMORY_SIZE (64 << 10)
/* How often a blocked call is interrupted; more often keeps KASAN busy. */
#define TICK_NS 200000000
/* What a forked child does before it ends. */
#define CHILD_STEPS 30
/* A lease, and a delay, at the longest. */
#define LEASE_NS 20000000

const struct deque_limits stable_limits[STABLE] = {
	{ .max_messages = 16,
	  .max_message_size = SIZE_MOST,
	  .max_bytes = 16 << 10 },
	{ .max_messages = 64,
	  .max_message_size = SIZE_MOST,
	  .max_bytes = 32 << 10 },
	{ .max_messages = 64,
	  .max_message_size = SIZE_MOST,
	  .max_bytes = 64 << 10 },
};

int exchange[2];

/* Of that many senders a taker remembers what came last. */
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

/* What was claimed, until it is settled. */
struct claimed {
	struct entry *entries[BATCH];
	uint64_t tokens[BATCH];
	uint64_t ids[BATCH];
	unsigned char buffers[BATCH][SIZE_MOST];
};

static _Thread_local struct worker worker;

static long run(enum call_kind kind, long number, long a, long b, long c)
{
	struct call call = {
		.kind = kind,
		.number = number,
		.arguments = { a, b, c },
	};

	return call_run(&call, NULL);
}

/* The call has to work, or fail with one of these. */
static void allow(const char *what, long result, const int *errors)
{
	while (*errors && *errors != -result)
		errors++;
	if (result < 0 && !*errors)
		broken("%s: %s", what, strerrorname_np(-result));
}

#define ALLOW(what, result, ...) \
	allow(what, result, (const int[]){ __VA_ARGS__, 0 })

static bool one_in(uint32_t n)
{
	return prng_one_in(&worker.prng, n);
}

static uint32_t below(uint32_t n)
{
	return prng_below(&worker.prng, n);
}

static struct handle *handle_any(void)
{
	return worker.handle_count ? &worker.handles[below(worker.handle_count)]
				   : NULL;
}

static struct handle *handle_for(int mode)
{
	struct handle *handle = handle_any();

	if (!handle || (handle->flags & O_ACCMODE) == (mode ^ 1))
		return NULL;
	return handle;
}

static void handle_add(int fd, unsigned int deque, int flags)
{
	worker.handles[worker.handle_count++] =
		(struct handle){ .fd = fd, .deque = deque, .flags = flags };
}

static void do_close(void)
{
	struct handle *handle = handle_any();

	if (!handle)
		return;
	if (run(CALL_CLOSE, SYS_close, handle->fd, 0, 0))
		broken("close fails");
	*handle = worker.handles[--worker.handle_count];
}

static void do_open(void)
{
	static const int modes[] = { O_RDONLY, O_WRONLY, O_RDWR, O_RDWR };
	unsigned int deque = below(DEQUES);
	int flags = PRNG_PICK(&worker.prng, modes);
	char path[64];
	long fd;

	if (worker.handle_count == HANDLES) {
		do_close();
		return;
	}
	if (one_in(2))
		flags |= O_NONBLOCK;
	snprintf(path, sizeof(path), "/dev/deque/%s", deque_name(deque));
	fd = run(CALL_OPEN, SYS_open, (long)path, flags, 0);
	if (deque < STABLE)
		ALLOW("open", fd, 0);
	else
		ALLOW("open", fd, ENOENT, ENODEV, ENXIO);
	if (fd >= 0)
		handle_add(fd, deque, flags);
}

static void do_dup(void)
{
	struct handle *handle = handle_any();
	long fd;

	if (!handle || worker.handle_count == HANDLES)
		return;
	fd = run(CALL_DUP, SYS_dup, handle->fd, 0, 0);
	ALLOW("dup", fd, 0);
	handle_add(fd, handle->deque, handle->flags);
}

struct passed {
	unsigned int deque;
	int flags;
};

union passed_fd {
	struct cmsghdr head;
	char bytes[CMSG_SPACE(sizeof(int))];
};

static void do_pass(void)
{
	struct handle *handle = handle_any();
	union passed_fd control = { .head = {
					    .cmsg_len = CMSG_LEN(sizeof(int)),
					    .cmsg_level = SOL_SOCKET,
					    .cmsg_type = SCM_RIGHTS,
				    } };
	struct passed passed;
	struct iovec data = { &passed, sizeof(passed) };
	struct msghdr message = { .msg_iov = &data,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };

	if (!handle)
		return;
	passed = (struct passed){ handle->deque, handle->flags };
	memcpy(CMSG_DATA(&control.head), &handle->fd, sizeof(int));
	sendmsg(exchange[0], &message, MSG_DONTWAIT);
}

static void do_receive(void)
{
	union passed_fd control;
	struct passed passed;
	struct iovec data = { &passed, sizeof(passed) };
	struct msghdr message = { .msg_iov = &data,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	int fd;

	if (worker.handle_count == HANDLES ||
	    recvmsg(exchange[1], &message, MSG_DONTWAIT) != sizeof(passed) ||
	    message.msg_controllen < CMSG_LEN(sizeof(int)))
		return;
	memcpy(&fd, CMSG_DATA(&control.head), sizeof(fd));
	handle_add(fd, passed.deque, passed.flags);
	call_count(CALL_PASS, 0);
}

static void do_create(void)
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
	result = run(CALL_CREATE, SYS_ioctl, worker.control, DEQUE_CREATE,
		     (long)&create);
	ALLOW("create", result, EEXIST);
	if (deque < STABLE && !result)
		broken("%s was made twice", create.name);
}

static void do_destroy(void)
{
	unsigned int deque = below(DEQUES);
	struct deque_destroy destroy = { .size = sizeof(destroy) };
	long result;

	if (deque >= STABLE && one_in(2)) {
		destroy.flags = DEQUE_FORCE;
		ledger->forcing[deque]++;
	}
	strcpy(destroy.name, deque_name(deque));
	result = run(CALL_DESTROY, SYS_ioctl, worker.control, DEQUE_DESTROY,
		     (long)&destroy);
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
	long result = run(CALL_GET, SYS_ioctl, fd, DEQUE_GET, (long)&info);

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

static void do_get(void)
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

static void do_set(void)
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
		      run(CALL_SET, SYS_ioctl, handle->fd, DEQUE_SET,
			  (long)&set),
		      0);
}

static void do_poll(void)
{
	struct handle *handle = handle_any();
	struct pollfd poll = { .events = POLLIN | POLLOUT };

	if (!handle)
		return;
	poll.fd = handle->fd;
	ALLOW("poll", run(CALL_POLL, SYS_poll, (long)&poll, 1, below(5)),
	      EINTR);
	if ((poll.revents & (POLLHUP | POLLERR)) && handle->deque < STABLE)
		broken("%s hangs up", deque_name(handle->deque));
}

static void do_next_size(void)
{
	struct handle *handle = handle_for(O_RDONLY);
	int size = 0;
	long result;

	if (!handle)
		return;
	result = run(CALL_NEXT_SIZE, SYS_ioctl, handle->fd, FIONREAD,
		     (long)&size);
	if (handle->deque < STABLE)
		ALLOW("FIONREAD", result, 0);
	else
		ALLOW("FIONREAD", result, ENODEV);
	if (size < 0 || size > SIZE_MOST)
		broken("FIONREAD tells %d", size);
}

static void choose_patience(struct deque_batch *batch)
{
	struct timespec now;

	switch (below(4)) {
	case 0:
		batch->flags |= DEQUE_NOWAIT;
		break;
	case 1:
		clock_gettime(CLOCK_MONOTONIC, &now);
		batch->flags |= DEQUE_DEADLINE;
		batch->deadline_ns = now.tv_sec * 1000000000ULL + now.tv_nsec +
				     below(3000000);
		break;
	}
}

static void allow_transfer(const char *what, const struct handle *handle,
			   long result, int error)
{
	if (handle->deque >= STABLE && result == -ENODEV)
		return;
	if (handle->deque == LIMITS_CHANGE && result == -EMSGSIZE)
		return;
	ALLOW(what, result, EAGAIN, ETIMEDOUT, EINTR, error);
}

/* The first @count are in; the others are not, and must never be seen. */
static void push_account(struct handle *handle, struct entry **entries,
			 const struct deque_descriptor *descriptors,
			 unsigned int count, long result)
{
	for (unsigned int n = 0; n < count; n++) {
		if ((long)n >= result) {
			entries[n]->state = ENTRY_REFUSED;
			continue;
		}
		entries[n]->id = descriptors[n].id;
		entries[n]->state = ENTRY_IN;
		if (descriptors[n].id <= handle->last_pushed)
			broken("number %llu was given out after %lu",
			       descriptors[n].id,
			       (unsigned long)handle->last_pushed);
		handle->last_pushed = descriptors[n].id;
	}
}

static uint32_t choose_size(void)
{
	return sizeof(struct head) +
	       prng_size(&worker.prng, SIZE_MOST - sizeof(struct head));
}

/* Spoils one message; from it on nothing can go in. */
static void push_spoil(struct deque_descriptor *descriptor, int *error)
{
	switch (below(3)) {
	case 0:
		descriptor->size = 0;
		*error = EINVAL;
		break;
	case 1:
		descriptor->size = SIZE_MOST + 1 + below(1 << 30);
		*error = EMSGSIZE;
		break;
	case 2:
		descriptor->data = (uintptr_t)worker.memory.edge +
				   MEMORY_SMALL - below(descriptor->size);
		*error = EFAULT;
		break;
	}
}

static void do_push(void)
{
	struct handle *handle = handle_for(O_WRONLY);
	struct deque_descriptor descriptors[BATCH] = { { .id = 0 } };
	struct entry *entries[BATCH];
	struct deque_batch batch = {
		.size = sizeof(batch),
		.descriptors = (uintptr_t)descriptors,
		.count = 1 + below(BATCH),
	};
	int error = 0;
	unsigned int bad = BATCH;
	long result;

	if (!handle)
		return;
	if (handle->deque != ORDERLY && one_in(3))
		batch.flags = DEQUE_FRONT;
	choose_patience(&batch);
	for (unsigned int n = 0; n < batch.count; n++) {
		descriptors[n].data = (uintptr_t)worker.sent[n];
		descriptors[n].size = choose_size();
		entries[n] = message_write(worker.sent[n], descriptors[n].size,
					   handle->deque,
					   batch.flags & DEQUE_FRONT);
		if (!entries[n])
			return;
	}
	if (one_in(8)) {
		bad = below(batch.count);
		push_spoil(&descriptors[bad], &error);
	}
	result =
		run(CALL_PUSH, SYS_ioctl, handle->fd, DEQUE_PUSH, (long)&batch);
	if (result > (long)bad)
		broken("message %u could not be sent, but %ld were", bad,
		       result);
	allow_transfer("push", handle, result, bad ? 0 : error);
	push_account(handle, entries, descriptors, batch.count, result);
}

static void do_write(void)
{
	struct handle *handle = handle_for(O_WRONLY);
	uint32_t size = choose_size();
	struct entry *entry;
	long result;

	if (!handle)
		return;
	entry = message_write(worker.sent[0], size, handle->deque, false);
	if (!entry)
		return;
	result = run(CALL_WRITE, SYS_write, handle->fd, (long)worker.sent[0],
		     size);
	allow_transfer("write", handle, result, 0);
	entry->state = result > 0 ? ENTRY_IN : ENTRY_REFUSED;
	if (result > 0 && result != size)
		broken("%ld bytes of %u were written", result, size);
}

/* From now on, whatever is in the buffers may be taken. */
static void take_begin(void)
{
	struct slot *slot = worker.slot;

	for (unsigned int n = 0; n < BATCH; n++)
		memset(slot->buffers[n], 0, sizeof(struct head));
	slot->call += BATCH;
	slot->in_call = true;
}

static void take_end(void)
{
	worker.slot->in_call = false;
}

static struct entry *take_message(unsigned int n, uint32_t size)
{
	struct entry *entry = message_read(worker.slot->buffers[n]);

	if (!entry)
		broken("a message is damaged, or was never sent");
	if (entry->size != size)
		broken("a message of %u bytes came as one of %u", entry->size,
		       size);
	return entry;
}

/*
 * What comes to one taker from the front, of what one sender put in at the back.  Of
 * two senders the one that had to wait may still be copying when the message behind
 * its own is taken.
 */
static void order_check(struct handle *handle, const struct entry *entry,
			uint64_t id)
{
	unsigned int n = entry->sender % SENDERS;

	if (handle->deque != ORDERLY || !ledger->orderly)
		return;
	if (handle->last_popped[n].sender == entry->sender &&
	    id <= handle->last_popped[n].id)
		broken("number %lu came after %lu", (unsigned long)id,
		       (unsigned long)handle->last_popped[n].id);
	handle->last_popped[n].sender = entry->sender;
	handle->last_popped[n].id = id;
}

/* Spoils the place of one message, or of what is told of all of them. */
static void pop_spoil(struct deque_batch *batch,
		      struct deque_descriptor *descriptors)
{
	size_t size = batch->count * sizeof(*descriptors);
	struct place place;

	memory_reset(&worker.memory);
	if (one_in(4)) {
		place = memory_bad(&worker.memory, &worker.prng, size);
		place_store(&place, descriptors, size);
		batch->descriptors = place.address;
	} else {
		place = memory_bad(&worker.memory, &worker.prng,
				   sizeof(struct head));
		descriptors[below(batch->count)].data = place.address;
	}
}

static void pop_account(struct handle *handle, bool peek,
			const struct deque_descriptor *descriptors, long count)
{
	struct slot *slot = worker.slot;
	struct entry *entry;

	for (long n = 0; n < count; n++) {
		entry = take_message(n, descriptors[n].size);
		if (peek) {
			entry->seen = true;
			continue;
		}
		order_check(handle, entry, descriptors[n].id);
		message_taken(entry, handle->deque, slot->call + n,
			      descriptors[n].id);
	}
}

static void do_pop(void)
{
	struct handle *handle = handle_for(O_RDONLY);
	struct deque_descriptor descriptors[BATCH] = { { .id = 0 } };
	struct deque_batch batch = {
		.size = sizeof(batch),
		.descriptors = (uintptr_t)descriptors,
		.count = 1 + below(BATCH),
	};
	bool peek = one_in(4), good = true;
	long result;

	if (!handle)
		return;
	choose_patience(&batch);
	batch.flags |= peek ? DEQUE_PEEK : 0;
	for (unsigned int n = 0; n < batch.count; n++) {
		descriptors[n].data = (uintptr_t)worker.slot->buffers[n];
		descriptors[n].size = one_in(64) ? below(256) : SIZE_MOST;
	}
	if (handle->deque != ORDERLY) {
		batch.flags |= one_in(3) ? DEQUE_BACK : 0;
		good = !one_in(6);
	}
	if (!good)
		pop_spoil(&batch, descriptors);
	if (!peek)
		take_begin();
	result = run(peek ? CALL_PEEK : CALL_POP, SYS_ioctl, handle->fd,
		     DEQUE_POP, (long)&batch);
	/* A buffer that is too short is a common mishap. */
	if (result != -EMSGSIZE)
		allow_transfer("pop", handle, result, good ? 0 : EFAULT);
	/* A place that was spoilt may have been good for so many. */
	if (result > 0)
		memmove(descriptors, (void *)(uintptr_t)batch.descriptors,
			result * sizeof(*descriptors));
	pop_account(handle, peek, descriptors, result);
	take_end();
}

static void do_read(void)
{
	struct handle *handle = handle_for(O_RDONLY);
	uint32_t size = SIZE_MOST;
	long result;

	if (!handle)
		return;
	if (one_in(16))
		size = 1 + below(SIZE_MOST);
	take_begin();
	result = run(CALL_READ, SYS_read, handle->fd,
		     (long)worker.slot->buffers[0], size);
	allow_transfer("read", handle, result, size < SIZE_MOST ? EMSGSIZE : 0);
	if (result > 0)
		message_taken(take_message(0, result), handle->deque,
			      worker.slot->call, 0);
	take_end();
}

/* Those to acknowledge: if we are killed meanwhile, nobody knows. */
static void ack_claimed(struct handle *handle, struct claimed *claimed,
			unsigned int count)
{
	struct slot *slot = worker.slot;
	struct deque_leases leases = {
		.size = sizeof(leases),
		.tokens = (uintptr_t)claimed->tokens,
		.count = count,
	};
	long result;

	take_begin();
	for (unsigned int n = 0; n < count; n++)
		memcpy(slot->buffers[n], claimed->buffers[n], SIZE_MOST);
	result = run(CALL_ACK, SYS_ioctl, handle->fd, DEQUE_ACK, (long)&leases);
	ALLOW("ack", result, ESTALE, handle->deque < STABLE ? 0 : ENODEV);
	for (long n = 0; n < result; n++)
		message_taken(claimed->entries[n], handle->deque,
			      slot->call + n, claimed->ids[n]);
	take_end();
}

static void return_claimed(struct handle *handle, struct claimed *claimed,
			   unsigned int count)
{
	static const unsigned long commands[] = { DEQUE_RETURN, DEQUE_RETURN,
						  DEQUE_RETURN, DEQUE_BURY,
						  DEQUE_EXTEND };
	unsigned long command = PRNG_PICK(&worker.prng, commands);
	struct deque_leases leases = {
		.size = sizeof(leases),
		.tokens = (uintptr_t)claimed->tokens,
		.count = count,
	};

	if (command == DEQUE_RETURN && one_in(2))
		leases.flags = one_in(2) ? DEQUE_FRONT : DEQUE_BACK;
	if (command != DEQUE_BURY && one_in(2))
		leases.time_ns = 1 + below(LEASE_NS);
	ALLOW("return",
	      run(CALL_RETURN, SYS_ioctl, handle->fd, command, (long)&leases),
	      ESTALE, handle->deque < STABLE ? 0 : ENODEV);
}

/* What nobody settles goes back when its time is over, or its file closed. */
static void do_claim(void)
{
	static _Thread_local struct claimed claimed;
	struct handle *handle = handle_for(O_RDONLY);
	struct deque_descriptor descriptors[BATCH] = { { .id = 0 } };
	struct deque_batch batch = {
		.size = sizeof(batch),
		.descriptors = (uintptr_t)descriptors,
		.count = 1 + below(BATCH),
		.time_ns = 1 + below(LEASE_NS),
	};
	bool good = !one_in(6);
	long result;

	if (!handle || handle->deque < LEASED)
		return;
	choose_patience(&batch);
	batch.flags |= one_in(3) ? DEQUE_BACK : 0;
	batch.flags |= one_in(2) ? DEQUE_PROCESS : 0;
	for (unsigned int n = 0; n < batch.count; n++) {
		descriptors[n].data = (uintptr_t)claimed.buffers[n];
		descriptors[n].size = one_in(64) ? below(256) : SIZE_MOST;
	}
	if (!good)
		pop_spoil(&batch, descriptors);
	result = run(CALL_CLAIM, SYS_ioctl, handle->fd, DEQUE_CLAIM,
		     (long)&batch);
	if (result != -EMSGSIZE)
		allow_transfer("claim", handle, result, good ? 0 : EFAULT);
	/* Where the tokens are is not known if that was spoilt. */
	if (result <= 0 || batch.descriptors != (uintptr_t)descriptors)
		return;
	for (long n = 0; n < result; n++) {
		claimed.entries[n] = message_read(claimed.buffers[n]);
		claimed.tokens[n] = descriptors[n].token;
		claimed.ids[n] = descriptors[n].id;
		if (!claimed.entries[n] || !descriptors[n].token ||
		    !descriptors[n].deliveries)
			broken("a message is damaged, or was never sent");
	}
	if (one_in(4))
		return_claimed(handle, &claimed, result);
	else if (!one_in(8))
		ack_claimed(handle, &claimed, result);
}

static void do_kick(void)
{
	struct handle *handle = handle_for(O_WRONLY);
	struct deque_kick kick = {
		.size = sizeof(kick),
		.states = one_in(2) ? DEQUE_BURIED
				    : DEQUE_BURIED | DEQUE_DELAYED,
		.count = 1 + below(64),
	};

	if (!handle || handle->deque < LEASED)
		return;
	if (one_in(2))
		kick.flags = one_in(2) ? DEQUE_FRONT : DEQUE_BACK;
	ALLOW("kick",
	      run(CALL_KICK, SYS_ioctl, handle->fd, DEQUE_KICK, (long)&kick),
	      handle->deque < STABLE ? 0 : ENODEV);
}

/*
 * Arguments that are wrong somewhere.  Should they be accepted after all, they
 * do nothing: no message goes in or out by these.
 */
static void do_wrong(void)
{
	struct handle *handle = handle_any();
	struct deque_descriptor descriptor = { .size = 0 };
	struct deque_batch batch = { .size = sizeof(batch), .count = 1 };
	struct errors errors = { .count = 0 };
	struct place place;
	bool push = one_in(2);
	long result;

	if (!handle)
		return;
	memory_reset(&worker.memory);
	place = memory_any(&worker.memory, &worker.prng, sizeof(descriptor), 2);
	place_store(&place, &descriptor, sizeof(descriptor));
	batch.descriptors = place.address;
	batch.flags = DEQUE_NOWAIT | (push ? 0 : DEQUE_PEEK);
	if (one_in(4))
		batch.count = prng_next(&worker.prng);
	place = argument_make(&worker.memory, &worker.prng, &batch,
			      sizeof(batch), batch.flags, false, 2, &errors);
	result = run(CALL_WRONG, SYS_ioctl, handle->fd,
		     one_in(8) ? argument_command(&worker.prng)
		     : push    ? DEQUE_PUSH
			       : DEQUE_POP,
		     place.address);
	ALLOW("a wrong call", result, EFAULT, EINVAL, E2BIG, EOPNOTSUPP, ENOTTY,
	      EBADF, EAGAIN, EMSGSIZE, handle->deque < STABLE ? 0 : ENODEV);
	if (result > 0)
		broken("a wrong call works");
}

/* Changes nothing, so it may be right, and wrong in any way. */
static void do_browse(void)
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
	result = run(CALL_BROWSE, SYS_ioctl, handle->fd, DEQUE_BROWSE,
		     place.address);
	ALLOW("browse", result, EBADF, EINVAL, good ? EBADF : EFAULT,
	      good ? EBADF : E2BIG, good ? EBADF : EOPNOTSUPP,
	      handle->deque < STABLE ? 0 : ENODEV);
	if (good && result > (long)browse.count)
		broken("more entries than there is room for");
}

/* A token that nobody has, in an argument that may be wrong in other ways. */
static void do_wrong_leases(void)
{
	static const unsigned long commands[] = { DEQUE_ACK, DEQUE_RETURN,
						  DEQUE_BURY, DEQUE_EXTEND };
	unsigned long command = PRNG_PICK(&worker.prng, commands);
	uint64_t token = UINT64_MAX - prng_below(&worker.prng, 1 << 16);
	struct deque_leases leases = { .size = sizeof(leases), .count = 1 };
	struct handle *handle = handle_any();
	struct errors errors = { .count = 0 };
	struct place place;
	long result;

	if (!handle)
		return;
	memory_reset(&worker.memory);
	place = memory_any(&worker.memory, &worker.prng, sizeof(token), 4);
	place_store(&place, &token, sizeof(token));
	leases.tokens = place.address;
	if (one_in(4))
		leases.count = prng_next(&worker.prng);
	if (one_in(4))
		leases.time_ns = prng_next(&worker.prng);
	if (one_in(8))
		leases.reserved = prng_next(&worker.prng);
	if (command == DEQUE_RETURN && one_in(2))
		leases.flags = DEQUE_FRONT;
	place = argument_make(&worker.memory, &worker.prng, &leases,
			      sizeof(leases), leases.flags, false, 2, &errors);
	result = run(CALL_WRONG, SYS_ioctl, handle->fd, command, place.address);
	ALLOW("a wrong lease", result, EFAULT, EINVAL, E2BIG, EOPNOTSUPP, EBADF,
	      ESTALE, handle->deque < STABLE ? 0 : ENODEV);
	if (result > 0)
		broken("a token works that nobody has");
}

/* There is no room for what is claimed, and nothing that could be kicked. */
static void do_wrong_claim_or_kick(void)
{
	struct deque_descriptor descriptor = { .size = 0 };
	struct deque_batch batch = { .size = sizeof(batch),
				     .flags = DEQUE_NOWAIT,
				     .count = 1 };
	struct deque_kick kick = { .size = sizeof(kick), .count = 1 };
	struct handle *handle = handle_any();
	struct errors errors = { .count = 0 };
	bool claim = one_in(2);
	struct place place;
	long result;

	if (!handle)
		return;
	memory_reset(&worker.memory);
	if (claim) {
		place = memory_any(&worker.memory, &worker.prng,
				   sizeof(descriptor), 2);
		place_store(&place, &descriptor, sizeof(descriptor));
		batch.descriptors = place.address;
		if (one_in(4))
			batch.time_ns = prng_next(&worker.prng);
		place = argument_make(&worker.memory, &worker.prng, &batch,
				      sizeof(batch), batch.flags, false, 2,
				      &errors);
	} else {
		/* None of the states that can be kicked. */
		kick.states = prng_next(&worker.prng) & ~0xfU;
		place = argument_make(&worker.memory, &worker.prng, &kick,
				      sizeof(kick), 0, true, 2, &errors);
	}
	result = run(CALL_WRONG, SYS_ioctl, handle->fd,
		     claim ? DEQUE_CLAIM : DEQUE_KICK, place.address);
	ALLOW("a wrong claim or kick", result, EFAULT, EINVAL, E2BIG,
	      EOPNOTSUPP, EBADF, EAGAIN, EMSGSIZE,
	      handle->deque < STABLE ? 0 : ENODEV);
	if (result > 0)
		broken("a wrong claim or kick works");
}

static void do_fork(void);

static const struct {
	void (*run)(void);
	unsigned int weight;
} actions[] = {
	{ do_push, 24 },	{ do_write, 12 },
	{ do_pop, 24 },		{ do_read, 16 },
	{ do_get, 10 },		{ do_poll, 5 },
	{ do_open, 6 },		{ do_close, 3 },
	{ do_dup, 2 },		{ do_pass, 2 },
	{ do_receive, 2 },	{ do_create, 3 },
	{ do_destroy, 2 },	{ do_next_size, 2 },
	{ do_wrong, 6 },	{ do_set, 4 },
	{ do_fork, 1 },		{ do_claim, 24 },
	{ do_kick, 3 },		{ do_browse, 6 },
	{ do_wrong_leases, 3 }, { do_wrong_claim_or_kick, 3 },
};

static void act(void)
{
	unsigned int total = 0, n;

	for (n = 0; n < sizeof(actions) / sizeof(actions[0]); n++)
		total += actions[n].weight;
	total = below(total);
	for (n = 0; total >= actions[n].weight; n++)
		total -= actions[n].weight;
	actions[n].run();
}

static void tick(int signal)
{
	(void)signal;
}

/* For this thread alone: no call stays blocked if nobody helps. */
static void start_ticking(void)
{
	struct sigaction action = { .sa_handler = tick };
	struct sigevent event = {
		.sigev_notify = SIGEV_THREAD_ID,
		.sigev_signo = SIGUSR1,
	};
	struct itimerspec interval = {
		.it_interval.tv_nsec = TICK_NS,
		.it_value.tv_nsec = TICK_NS,
	};
	timer_t timer;

	event._sigev_un._tid = gettid();
	sigaction(SIGUSR1, &action, NULL);
	if (timer_create(CLOCK_MONOTONIC, &event, &timer) ||
	    timer_settime(timer, 0, &interval, NULL))
		err(2, "timer");
}

static bool worker_begin(uint64_t seed)
{
	unsigned int slot = ledger->slots_used++;

	if (slot >= SLOTS) {
		ledger->stop = true;
		return false;
	}
	worker.prng.state = seed;
	worker.slot = &ledger->slots[slot];
	worker.slot->call = (uint64_t)(slot + 1) << 32;
	start_ticking();
	return true;
}

static void do_fork(void)
{
	uint64_t seed = prng_next(&worker.prng);
	pid_t pid = fork();

	if (pid < 0)
		return;
	if (pid) {
		call_count(CALL_FORK, 0);
		return;
	}
	if (!worker_begin(seed))
		_exit(0);
	/* Part of it is shared, and the parent goes on writing there. */
	memory_unmap(&worker.memory);
	memory_map(&worker.memory, MEMORY_SIZE);
	for (unsigned int n = 0; n < CHILD_STEPS && !ledger->stop; n++)
		act();
	_exit(0);
}

static void *worker_loop(void *argument)
{
	uint64_t seed = *(uint64_t *)argument;

	if (!worker_begin(seed))
		return NULL;
	memory_map(&worker.memory, MEMORY_SIZE);
	worker.control = open("/dev/deque/control", O_RDWR | O_CLOEXEC);
	while (!ledger->stop)
		act();
	return NULL;
}

_Noreturn void worker_run(uint64_t seed)
{
	uint64_t seeds[] = { seed, ~seed };
	pthread_t thread;

	signal(SIGCHLD, SIG_IGN);
	if (pthread_create(&thread, NULL, worker_loop, &seeds[1]))
		errx(2, "pthread_create");
	worker_loop(&seeds[0]);
	pthread_join(thread, NULL);
	_exit(0);
}
