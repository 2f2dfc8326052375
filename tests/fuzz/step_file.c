// SPDX-License-Identifier: GPL-2.0-only
/*
 * Steps that use a deque as a file: open, close, dup, read, write, poll, and
 * what does not work on it.
 */
#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define PIECES 4

static struct handle *handle_add(int fd, struct description *file)
{
	struct handle *handle = &world.handles[world.handle_count++];

	file->fds++;
	handle->fd = fd;
	handle->description = file;
	return handle;
}

static void handle_open(int fd, struct model_deque *deque, int flags)
{
	struct description *file = calloc(1, sizeof(*file));
	struct epoll_event event = {
		.events = EPOLLIN | EPOLLOUT | EPOLLET,
		.data.ptr = file,
	};

	file->deque = deque;
	file->readable = (flags & O_ACCMODE) != O_WRONLY;
	file->writable = (flags & O_ACCMODE) != O_RDONLY;
	file->nonblock = flags & O_NONBLOCK;
	file->policy = deque->info.policy;
	file->era = MODEL_ERA_FIRST;
	model_get(deque);
	handle_add(fd, file);
	if (epoll_ctl(world.epoll, EPOLL_CTL_ADD, fd, &event))
		mismatch("epoll_ctl: %s", strerrorname_np(errno));
	/* Events that are there already are told as well. */
	file->due = POLLIN | POLLOUT;
}

void step_open(void)
{
	static const int modes[] = { O_RDONLY, O_WRONLY, O_RDWR, O_RDWR,
				     O_RDWR };
	unsigned int n = prng_below(&world.prng, NAMES);
	int flags = PRNG_PICK(&world.prng, modes) | O_CLOEXEC;
	struct errors errors = { 0 };
	struct call call = { .kind = CALL_OPEN, .number = SYS_openat };
	char path[96];
	long fd;

	if (world.handle_count == HANDLES) {
		step_close();
		return;
	}
	if (prng_one_in(&world.prng, 3))
		flags |= O_NONBLOCK;
	snprintf(path, sizeof(path), "/dev/deque/%s", world_name(n));
	call.arguments[0] = AT_FDCWD;
	call.arguments[1] = (long)path;
	call.arguments[2] = flags;
	strcpy(call.note, world_name(n));
	if (!world.deques[n])
		errors_add(&errors, ENOENT);
	/* By root: others may not even see the node. */
	fd = call_run(&call, NULL);
	if (expect(fd < 0 ? fd : 0, 0, &errors))
		handle_open(fd, world.deques[n], flags);
}

void step_close(void)
{
	struct handle *handle = world_handle();
	struct call call = { .kind = CALL_CLOSE, .number = SYS_close };

	if (!handle)
		return;
	call.arguments[0] = handle->fd;
	expect(call_run(&call, NULL), 0, &(struct errors){ 0 });
	if (!--handle->description->fds)
		description_close(handle->description);
	*handle = world.handles[--world.handle_count];
}

void step_dup(void)
{
	struct handle *handle = world_handle();
	struct call call = { .kind = CALL_DUP, .number = SYS_dup };
	long fd;

	if (!handle || world.handle_count == HANDLES)
		return;
	call.arguments[0] = handle->fd;
	fd = call_run(&call, NULL);
	if (fd < 0)
		mismatch("dup: %s", strerrorname_np(-fd));
	handle_add(fd, handle->description);
}

static long pass_on(int fd)
{
	union {
		struct cmsghdr head;
		char bytes[CMSG_SPACE(sizeof(int))];
	} control = { .head = { .cmsg_len = CMSG_LEN(sizeof(int)),
				.cmsg_level = SOL_SOCKET,
				.cmsg_type = SCM_RIGHTS } };
	char byte = 0;
	struct iovec data = { &byte, 1 };
	struct msghdr message = {
		.msg_iov = &data,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control),
	};
	int pair[2];
	long result = -EIO;

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair))
		return -errno;
	memcpy(CMSG_DATA(&control.head), &fd, sizeof(fd));
	if (sendmsg(pair[0], &message, 0) == 1) {
		message.msg_controllen = sizeof(control);
		if (recvmsg(pair[1], &message, 0) == 1)
			memcpy(&fd, CMSG_DATA(&control.head), sizeof(fd));
		result = fd;
	}
	close(pair[0]);
	close(pair[1]);
	return result;
}

/* The file goes through a socket and comes back under another number. */
void step_pass(void)
{
	struct handle *handle = world_handle();
	long fd;

	if (!handle)
		return;
	fd = call_count(CALL_PASS, pass_on(handle->fd));
	if (fd < 0)
		mismatch("pass: %s", strerrorname_np(-fd));
	close(handle->fd);
	handle->fd = fd;
}

/**
 * struct scatter - a message in pieces
 * @number: the system call that takes them
 * @vector: the pieces
 * @places: where they are
 * @count: how many
 * @size: bytes in all of them
 * @usable: of these, up to the first that is not there
 */
struct scatter {
	long number;
	struct iovec vector[PIECES];
	struct place places[PIECES];
	unsigned int count;
	uint32_t size;
	uint32_t usable;
};

static void scatter_make(struct scatter *scatter, uint32_t size, bool write,
			 struct errors *errors)
{
	uint32_t rest = size;
	bool broken = false;

	memset(scatter, 0, sizeof(*scatter));
	scatter->size = size;
	scatter->count = 1 + prng_below(&world.prng, PIECES);
	for (unsigned int n = 0; n < scatter->count; n++) {
		bool last = n == scatter->count - 1;
		uint32_t part = last ? rest : prng_below(&world.prng, rest + 1);
		struct place *place = &scatter->places[n];
		size_t usable;

		*place = memory_any(&world.memory, &world.prng, part,
				    part ? 40 : UINT32_MAX);
		scatter->vector[n].iov_base = (void *)place->address;
		scatter->vector[n].iov_len = part;
		rest -= part;
		usable = write ? place->readable : place->writable;
		if (place->foreign)
			errors_add(errors, EFAULT);
		if (write && place->alias)
			prng_fill_text(&world.prng, place->alias,
				       place->readable);
		if (!broken)
			scatter->usable += usable < part ? usable : part;
		broken |= usable < part;
	}
}

static void scatter_collect(const struct scatter *scatter, unsigned char *to,
			    uint32_t size)
{
	for (unsigned int n = 0; n < scatter->count && size; n++) {
		uint32_t part = scatter->vector[n].iov_len;

		part = part < size ? part : size;
		memcpy(to, scatter->places[n].alias, part);
		to += part;
		size -= part;
	}
}

static long scatter_run(const struct scatter *scatter,
			const struct handle *handle, bool write)
{
	struct call call = {
		.kind = write ? CALL_WRITE : CALL_READ,
		.number = scatter->number,
		.arguments = { handle->fd, (long)scatter->vector,
			       scatter->count, -1, -1, RWF_NOWAIT },
	};

	snprintf(call.note, sizeof(call.note), "%u bytes, %s", scatter->size,
		 handle->description->deque->info.name);
	if (scatter->number == SYS_read || scatter->number == SYS_write) {
		call.arguments[1] = scatter->places[0].address;
		call.arguments[2] = scatter->size;
	}
	return call_run(&call, &world.caller);
}

/* With RWF_NOWAIT if the call would wait for ever otherwise. */
static void scatter_choose_call(struct scatter *scatter,
				const struct handle *handle, bool write,
				bool would_block)
{
	bool hangs = would_block && !handle->description->nonblock;

	if (hangs || prng_one_in(&world.prng, 4))
		scatter->number = write ? SYS_pwritev2 : SYS_preadv2;
	else if (scatter->count == 1)
		scatter->number = write ? SYS_write : SYS_read;
	else
		scatter->number = write ? SYS_writev : SYS_readv;
}

static void write_commit(struct model_deque *deque,
			 const struct scatter *scatter)
{
	struct model_message message = {
		.data = malloc(scatter->size),
		.size = scatter->size,
		.caller = world.caller,
		.latest = UINT64_MAX,
	};

	scatter_collect(scatter, message.data, message.size);
	model_push(deque, false, &message);
	world_owe(deque, O_RDONLY, POLLIN);
}

void step_write(void)
{
	struct handle *handle = world_handle();
	struct model_deque *deque;
	struct errors errors = { 0 };
	struct scatter scatter;
	uint32_t size, most;
	bool full;
	long result;

	if (!handle)
		return;
	deque = handle->description->deque;
	most = model_max_size(deque);
	size = 1 + prng_size(&world.prng, most - 1);
	if (prng_one_in(&world.prng, 30))
		size = prng_below(&world.prng, 2) ? 0 : most + 1;
	scatter_make(&scatter, size, true, &errors);
	full = deque->alive && !model_fits(deque, size);
	scatter_choose_call(&scatter, handle, true, full);
	if (!handle->description->writable)
		errors_add(&errors, EBADF);
	/* Of nothing in a vector, the kernel proper makes nothing. */
	if (!size && scatter.number == SYS_write)
		errors_add(&errors, EINVAL);
	else if (size > most)
		errors_add(&errors, EMSGSIZE);
	else if (size && !deque->alive)
		errors_add(&errors, ENODEV);
	else if (size && full)
		errors_add(&errors, EAGAIN);
	if (scatter.usable < size)
		errors_add(&errors, EFAULT);
	result = scatter_run(&scatter, handle, true);
	if (expect(result, size, &errors) && size)
		write_commit(deque, &scatter);
}

/**
 * struct reading - what a read is to get
 * @file: from where
 * @deque: of that
 * @lines: DEQUE_LINES
 * @keeps: DEQUE_ACK_ON_READ
 * @reader: the process that reads
 * @rest: the message of which we have read a part already, or NULL
 * @message: that, or the next one, or NULL
 * @available: bytes of it, with a newline where one is added
 * @size: of those that the read gets
 */
struct reading {
	struct description *file;
	struct model_deque *deque;
	bool lines;
	bool keeps;
	enum model_reader reader;
	struct model_lease *rest;
	const struct model_message *message;
	uint32_t available;
	uint32_t size;
};

static void reading_plan(struct reading *reading, struct description *file)
{
	*reading = (struct reading){ .file = file, .deque = file->deque };
	reading->lines = file->policy & DEQUE_LINES;
	reading->keeps = file->policy & DEQUE_ACK_ON_READ;
	reading->reader = reading->lines ? MODEL_LINES : MODEL_THREAD;
	/* A line that we have begun is not another process's. */
	if (reading->lines && !world.caller.child)
		reading->rest = model_lease_find(file->deque, file, MODEL_LINES,
						 MODEL_ERA_REST);
	if (reading->rest) {
		reading->message = &reading->rest->message;
		reading->available = reading->rest->left;
		return;
	}
	reading->message = model_at(file->deque, false, 0);
	if (reading->message)
		reading->available = reading->lines
					     ? model_line_size(reading->message)
					     : reading->message->size;
}

/* The read came as far as to the deque: the previous messages are done with. */
static void reading_begin(const struct reading *reading)
{
	struct model_lease *lease;

	if (!reading->keeps || reading->rest)
		return;
	while ((lease = model_lease_find(reading->deque, reading->file,
					 reading->reader,
					 reading->file->era))) {
		model_ack(reading->deque, lease);
		world_owe(reading->deque, O_WRONLY, POLLOUT);
	}
}

static void reading_expect(const struct reading *reading,
			   const struct scatter *scatter)
{
	const struct model_message *message = reading->message;
	uint32_t whole = reading->lines ? model_line_size(message)
					: message->size;
	unsigned char *line = malloc(whole), *data = malloc(reading->size);

	memcpy(line, message->data, message->size);
	if (whole > message->size)
		line[message->size] = '\n';
	scatter_collect(scatter, data, reading->size);
	if (memcmp(data, line + whole - reading->available, reading->size))
		mismatch("message %lu has other bytes than were sent",
			 (unsigned long)message->id);
	free(data);
	free(line);
}

static void reading_commit(const struct reading *reading)
{
	const struct model_lease lease = {
		.file = reading->file,
		.reader = reading->reader,
		.left = reading->lines ? reading->available - reading->size : 0,
		.era = reading->lines && reading->size < reading->available
			       ? MODEL_ERA_REST
			       : reading->file->era,
	};

	if (!reading->rest && (reading->keeps || lease.left)) {
		model_claim(reading->deque, &lease);
		return;
	}
	if (reading->rest && (reading->keeps || lease.left)) {
		reading->rest->left = lease.left;
		reading->rest->era = lease.era;
		return;
	}
	if (reading->rest)
		model_ack(reading->deque, reading->rest);
	else
		model_pop(reading->deque, false);
	world_owe(reading->deque, O_WRONLY, POLLOUT);
}

static uint32_t reading_choose_size(const struct reading *reading)
{
	/* Most lines are read in parts. */
	if (prng_one_in(&world.prng, reading->lines ? 2 : 8))
		return prng_below(&world.prng, reading->available + 1);
	return reading->available + prng_size(&world.prng, 1 << 20);
}

void step_read(void)
{
	struct handle *handle = world_handle();
	struct reading reading;
	struct errors errors = { 0 };
	struct scatter scatter;
	uint32_t size;
	bool arrives, empty;
	long result;

	if (!handle)
		return;
	/* A message that another process was given comes back when it ends. */
	if (handle->description->policy)
		world.caller = (struct caller){ .child = false };
	reading_plan(&reading, handle->description);
	size = reading_choose_size(&reading);
	reading.size = size < reading.available ? size : reading.available;
	scatter_make(&scatter, size, false, &errors);
	if (!handle->description->readable)
		errors_add(&errors, EBADF);
	arrives = size && !errors.count && reading.deque->alive;
	empty = reading.deque->alive && !reading.message;
	if (size && !reading.deque->alive)
		errors_add(&errors, ENODEV);
	else if (size && empty)
		errors_add(&errors, EAGAIN);
	else if (size && !reading.lines && reading.available > size)
		errors_add(&errors, EMSGSIZE);
	else if (size && scatter.usable < reading.size)
		errors_add(&errors, EFAULT);
	scatter_choose_call(&scatter, handle, false, empty);
	result = scatter_run(&scatter, handle, false);
	if (arrives)
		reading_begin(&reading);
	if (!expect(result, reading.size, &errors) || !size)
		return;
	/* The acknowledgement has moved it. */
	size = reading.size;
	reading_plan(&reading, handle->description);
	reading.size = size;
	reading_expect(&reading, &scatter);
	reading_commit(&reading);
}

void step_poll(void)
{
	struct handle *handle = world_handle();
	struct pollfd poll = { .events = POLLIN | POLLOUT | POLLRDNORM |
					 POLLWRNORM };
	struct call call = {
		.kind = CALL_POLL,
		.number = SYS_poll,
		.arguments = { (long)&poll, 1, 0 },
	};
	short events;
	long result;

	if (!handle)
		return;
	poll.fd = handle->fd;
	events = description_events(handle->description);
	result = call_run(&call, &world.caller);
	if (result < 0 || poll.revents != events)
		mismatch("poll tells %#x, expected was %#x", poll.revents,
			 events);
}

/* Whether some file is owed an event that is still true, so has to come. */
static bool epoll_owed(void)
{
	for (unsigned int n = 0; n < world.handle_count; n++) {
		const struct description *file = world.handles[n].description;

		if (file->due & description_events(file))
			return true;
	}
	return false;
}

/*
 * Edge triggered: an event that comes was told when it happened, by a wake-up.
 * How memory that came back in one deque reaches another is decided later, so
 * there is some time for it.
 */
void step_epoll(void)
{
	struct epoll_event events[HANDLES];
	struct call call = {
		.kind = CALL_EPOLL,
		.number = SYS_epoll_wait,
		.arguments = { world.epoll, (long)events, HANDLES, 0 },
	};
	long count;

	do {
		call.arguments[3] = epoll_owed() ? 20000 : 0;
		count = call_run(&call, NULL);
		if (count < 0 || (!count && call.arguments[3]))
			mismatch("a wake-up was missed");
		while (count--) {
			struct description *file = events[count].data.ptr;

			file->due &= ~events[count].events;
		}
	} while (epoll_owed());
	for (unsigned int n = 0; n < world.handle_count; n++)
		world.handles[n].description->due = 0;
}

void step_next_size(void)
{
	struct handle *handle = world_handle();
	struct place place =
		memory_any(&world.memory, &world.prng, sizeof(int), 8);
	struct errors errors = { 0 };
	struct reading reading;
	int size;
	long result;

	if (!handle)
		return;
	reading_plan(&reading, handle->description);
	if (!handle->description->readable)
		errors_add(&errors, EBADF);
	if (!handle->description->deque->alive)
		errors_add(&errors, ENODEV);
	if (place.writable < sizeof(int))
		errors_add(&errors, EFAULT);
	result = world_ioctl(CALL_NEXT_SIZE, handle->fd, FIONREAD,
			     place.address, "");
	if (!expect(result, 0, &errors))
		return;
	memcpy(&size, place.alias, sizeof(size));
	if (size != (int)reading.available)
		mismatch("FIONREAD tells %d", size);
}

static void wrong_ioctl(int fd)
{
	struct errors errors = { 1, { ENOTTY } };
	struct place place = memory_any(&world.memory, &world.prng, 256, 2);

	expect(world_ioctl(CALL_WRONG, fd, argument_command(&world.prng),
			   place.address, ""),
	       0, &errors);
}

/* Commands of deques on the control node, and the other way round. */
static void wrong_node(int fd)
{
	static const unsigned long managing[] = { DEQUE_CREATE, DEQUE_DESTROY };
	static const unsigned long using[] = {
		DEQUE_PUSH, DEQUE_POP,	  DEQUE_CLAIM,	DEQUE_ACK,
		DEQUE_BURY, DEQUE_RETURN, DEQUE_EXTEND, DEQUE_KICK,
		DEQUE_GET,  DEQUE_SET,	  DEQUE_BROWSE, FIONREAD,
	};
	struct errors errors = { 1, { ENOTTY } };
	struct place place = memory_good(&world.memory, &world.prng, 4096);

	expect(world_ioctl(CALL_WRONG, fd, PRNG_PICK(&world.prng, managing),
			   place.address, ""),
	       0, &errors);
	expect(world_ioctl(CALL_WRONG, world.control[2],
			   PRNG_PICK(&world.prng, using), place.address, ""),
	       0, &errors);
}

static void wrong_system_call(const struct handle *handle)
{
	static const struct {
		long number;
		long arguments[6];
		int error;
	} wrong[] = {
		{ SYS_lseek, { 0, 0, SEEK_SET }, ESPIPE },
		{ SYS_pread64, { 0, 0, 16, 0 }, ESPIPE },
		{ SYS_pwrite64, { 0, 0, 16, 0 }, ESPIPE },
		{ SYS_fsync, { 0 }, EINVAL },
		{ SYS_ftruncate, { 0, 0 }, EINVAL },
	};
	unsigned int n = prng_below(&world.prng, 5);
	struct call call = { .kind = CALL_WRONG, .number = wrong[n].number };
	struct errors errors = { 1, { wrong[n].error } };

	memcpy(call.arguments, wrong[n].arguments, sizeof(call.arguments));
	call.arguments[0] = handle->fd;
	expect(call_run(&call, &world.caller), 0, &errors);
}

static void wrong_map(const struct handle *handle)
{
	struct errors errors = { 2, { ENODEV, EACCES } };
	struct call call = {
		.kind = CALL_WRONG,
		.number = SYS_mmap,
		.arguments = { 0, 4096, PROT_READ, MAP_SHARED, handle->fd, 0 },
	};

	expect(call_run(&call, &world.caller), 0, &errors);
}

void step_wrong(void)
{
	struct handle *handle = world_handle();

	if (!handle)
		return;
	switch (prng_below(&world.prng, 5)) {
	case 0:
		wrong_ioctl(world.control[2]);
		break;
	case 1:
		wrong_ioctl(handle->fd);
		break;
	case 2:
		wrong_node(handle->fd);
		break;
	case 3:
		wrong_system_call(handle);
		break;
	case 4:
		wrong_map(handle);
		break;
	}
}
