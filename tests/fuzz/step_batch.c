// SPDX-License-Identifier: GPL-2.0-only
/*
 * Steps that push and pop batches: DEQUE_PUSH and DEQUE_POP with anything that
 * can be right or wrong in them.
 */
#include "clock.h"
#include "cost.h"
#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of a push; a pop knows DEQUE_PEEK as well. */
#define KNOWN_FLAGS (DEQUE_FRONT | DEQUE_BACK | DEQUE_NOWAIT | DEQUE_DEADLINE)
/* So many descriptors are looked at before the first message goes in. */
#define PUSH_WINDOW 64

/**
 * struct transfer - a batch, and what it should do
 * @handle: on which file
 * @deque: of that
 * @batch: the argument
 * @back: which end
 * @given: descriptors that are in memory, at most DEQUE_BATCH_MAX
 * @descriptors: as they were stored
 * @data: the places of the payloads
 * @table: the place of the descriptors
 * @argument: the place of the argument
 * @errors: why it has to fail, if it has to
 */
struct transfer {
	struct handle *handle;
	struct model_deque *deque;
	struct deque_batch batch;
	bool back;
	unsigned int given;
	struct deque_descriptor descriptors[DEQUE_BATCH_MAX];
	struct place data[DEQUE_BATCH_MAX];
	struct place table;
	struct place argument;
	struct errors errors;
};

static unsigned int least(unsigned int a, unsigned int b)
{
	return a < b ? a : b;
}

/* Whether the call waits for ever if it waits: then it must not have to. */
static bool transfer_choose_patience(struct transfer *transfer)
{
	struct deque_batch *batch = &transfer->batch;
	uint64_t now = clock_ns(CLOCK_MONOTONIC);
	const uint64_t deadlines[] = {
		0,
		1,
		now - 1000000000,
		now + 1000000,
		now + 3600000000000,
		INT64_MAX,
	};
	unsigned int n = prng_below(&world.prng, 6);

	if (prng_below(&world.prng, 3) == 0)
		batch->flags |= DEQUE_NOWAIT;
	if (prng_below(&world.prng, 3) == 0) {
		batch->flags |= DEQUE_DEADLINE;
		batch->deadline_ns = deadlines[n];
	}
	if (prng_one_in(&world.prng, 100)) {
		batch->deadline_ns = (1ULL << 63) + prng_next(&world.prng) / 2;
		errors_add(&transfer->errors, EINVAL);
	} else if (!(batch->flags & DEQUE_DEADLINE) &&
		   prng_one_in(&world.prng, 100)) {
		batch->deadline_ns = 1 + n;
		errors_add(&transfer->errors, EINVAL);
	}
	return !(batch->flags & DEQUE_NOWAIT) &&
	       !transfer->handle->description->nonblock &&
	       (!(batch->flags & DEQUE_DEADLINE) || n >= 4);
}

static int transfer_would_block(const struct transfer *transfer)
{
	if ((transfer->batch.flags & DEQUE_NOWAIT) ||
	    transfer->handle->description->nonblock)
		return EAGAIN;
	return ETIMEDOUT;
}

static void transfer_choose_end(struct transfer *transfer, bool push)
{
	struct deque_batch *batch = &transfer->batch;

	transfer->back = push;
	switch (prng_below(&world.prng, 6)) {
	case 0:
	case 1:
		transfer->back = !push;
		batch->flags |= push ? DEQUE_FRONT : DEQUE_BACK;
		break;
	case 2:
		batch->flags |= push ? DEQUE_BACK : DEQUE_FRONT;
		break;
	}
	if (prng_one_in(&world.prng, 100)) {
		batch->flags |= DEQUE_FRONT | DEQUE_BACK;
		errors_add(&transfer->errors, EINVAL);
	}
}

static void transfer_choose_count(struct transfer *transfer)
{
	static const uint32_t wrong[] = { 0, DEQUE_BATCH_MAX + 1, 65536,
					  0x05555556, UINT32_MAX };
	struct deque_batch *batch = &transfer->batch;
	bool many = prng_one_in(&world.prng, 16);

	batch->count = 1 + prng_below(&world.prng, many ? DEQUE_BATCH_MAX : 8);
	transfer->given = batch->count;
	if (prng_one_in(&world.prng, 50)) {
		batch->count = PRNG_PICK(&world.prng, wrong);
		errors_add(&transfer->errors, EINVAL);
	}
	if (prng_one_in(&world.prng, 100)) {
		batch->reserved = prng_next(&world.prng) | 1;
		errors_add(&transfer->errors, EINVAL);
	}
}

static bool transfer_begin(struct transfer *transfer, bool push)
{
	struct description *file;

	memset(transfer, 0, sizeof(*transfer));
	transfer->handle = world_handle();
	if (!transfer->handle)
		return false;
	file = transfer->handle->description;
	transfer->deque = file->deque;
	transfer->batch.size = sizeof(transfer->batch);
	transfer_choose_end(transfer, push);
	transfer_choose_count(transfer);
	if (!(push ? file->writable : file->readable))
		errors_add(&transfer->errors, EBADF);
	return true;
}

/* An error in the first @seen descriptors fails the call as a whole. */
static void transfer_store(struct transfer *transfer, uint32_t known_flags,
			   unsigned int seen, bool push)
{
	size_t size = transfer->given * sizeof(transfer->descriptors[0]);
	size_t needed = seen * sizeof(transfer->descriptors[0]);
	unsigned int n = prng_below(&world.prng, seen);

	if (prng_one_in(&world.prng, 60)) {
		transfer->descriptors[n].reserved =
			1U << prng_below(&world.prng, 32);
		errors_add(&transfer->errors, EINVAL);
	}
	transfer->table = memory_any(&world.memory, &world.prng, size, 30);
	/* A push may come to the rest of them, or not. */
	if (push && transfer->table.readable >= needed &&
	    transfer->table.readable < size)
		transfer->table = memory_good(&world.memory, &world.prng, size);
	if (transfer->table.readable < needed)
		errors_add(&transfer->errors, EFAULT);
	place_store(&transfer->table, transfer->descriptors, size);
	transfer->batch.descriptors = transfer->table.address;
	transfer->argument = argument_make(&world.memory, &world.prng,
					   &transfer->batch,
					   sizeof(transfer->batch), known_flags,
					   false, 30, &transfer->errors);
}

/* The descriptors in memory are what they should be. */
static void transfer_expect_table(const struct transfer *transfer)
{
	const struct deque_descriptor *is = (void *)transfer->table.alias;

	for (unsigned int n = 0; n < transfer->given; n++, is++) {
		if ((n + 1) * sizeof(*is) > transfer->table.readable)
			return;
		if (memcmp(is, &transfer->descriptors[n], sizeof(*is)))
			mismatch(
				"descriptor %u: size %u id %llu pid %u uid %u gid %u deliveries %u; expected were %u, %llu, %u, %u, %u, %u; or the rest differs",
				n, is->size, is->id, is->pid, is->uid, is->gid,
				is->deliveries, transfer->descriptors[n].size,
				transfer->descriptors[n].id,
				transfer->descriptors[n].pid,
				transfer->descriptors[n].uid,
				transfer->descriptors[n].gid,
				transfer->descriptors[n].deliveries);
	}
}

static long transfer_run(struct transfer *transfer, enum call_kind kind,
			 unsigned long command)
{
	char note[160];

	snprintf(note, sizeof(note), "count %u flags %#x size %u of %s",
		 transfer->batch.count, transfer->batch.flags,
		 transfer->descriptors[0].size, transfer->deque->info.name);
	return world_ioctl(kind, transfer->handle->fd, command,
			   transfer->argument.address, note);
}

/* For a message, with some left for the others and the descriptors. */
static bool has_memory(uint32_t size)
{
	return size + (16 << 10) < memory_left(&world.memory) / 4;
}

static uint32_t push_choose_size(const struct model_deque *deque)
{
	uint32_t most = model_max_size(deque);
	const uint32_t sizes[] = { 0, most, most + 1, (16 << 20) + 1,
				   UINT32_MAX };

	if (prng_one_in(&world.prng, 40))
		return PRNG_PICK(&world.prng, sizes);
	return 1 + prng_size(&world.prng, most - 1);
}

static void push_choose_message(struct transfer *transfer, unsigned int n)
{
	struct deque_descriptor *descriptor = &transfer->descriptors[n];
	uint32_t size = push_choose_size(transfer->deque);
	struct place *place = &transfer->data[n];
	bool fits = size <= model_max_size(transfer->deque);

	if (fits && !has_memory(size))
		size = 1;
	/* The data of a message that is too long should not be looked at. */
	*place = memory_any(&world.memory, &world.prng, fits ? size : 1, 40);
	if (place->alias)
		prng_fill_text(&world.prng, place->alias, place->readable);
	prng_fill(&world.prng, descriptor, sizeof(*descriptor));
	descriptor->data = place->address;
	descriptor->size = size;
	descriptor->reserved = 0;
}

/* Why a message cannot go in; 0 if it can.  Nothing is copied without room for it. */
static int push_error(const struct transfer *transfer, unsigned int n)
{
	uint32_t size = transfer->descriptors[n].size;
	bool alive = transfer->deque->alive;

	if (!size)
		return EINVAL;
	if (size > model_max_size(transfer->deque))
		return EMSGSIZE;
	if (!model_fits(transfer->deque, size))
		return alive ? transfer_would_block(transfer) : ENODEV;
	if (transfer->data[n].readable < size)
		return EFAULT;
	return alive ? 0 : ENODEV;
}

/* How many go in; the error says why not all. */
static unsigned int push_predict(struct transfer *transfer, int *error)
{
	struct deque_info info = transfer->deque->info;
	uint64_t total = model_bounds.bytes;
	unsigned int n;

	*error = 0;
	for (n = 0; n < transfer->given; n++) {
		uint32_t size = transfer->descriptors[n].size;

		*error = push_error(transfer, n);
		if (*error)
			break;
		transfer->deque->info.messages++;
		transfer->deque->info.bytes += size;
		model_bounds.bytes += message_cost(size);
	}
	transfer->deque->info = info;
	model_bounds.bytes = total;
	return n;
}

static void push_commit(struct transfer *transfer, unsigned int count,
			uint64_t earliest, uint64_t latest)
{
	for (unsigned int n = 0; n < count; n++) {
		struct deque_descriptor *descriptor = &transfer->descriptors[n];
		struct model_message message = {
			.data = malloc(descriptor->size),
			.size = descriptor->size,
			.caller = world.caller,
			.earliest = earliest,
			.latest = latest,
		};

		memcpy(message.data, transfer->data[n].alias, message.size);
		model_push(transfer->deque, !transfer->back, &message);
		/* Where they cannot be told, it makes no difference. */
		if (transfer->table.writable >= count * sizeof(*descriptor))
			descriptor->id = transfer->deque->info.pushed;
	}
	if (count)
		world_owe(transfer->deque, O_RDONLY, POLLIN);
}

void step_push(void)
{
	struct transfer transfer;
	bool patient;
	unsigned int count;
	uint64_t earliest;
	long result;
	int error;

	if (!transfer_begin(&transfer, true))
		return;
	for (unsigned int n = 0; n < transfer.given; n++)
		push_choose_message(&transfer, n);
	patient = transfer_choose_patience(&transfer);
	count = push_predict(&transfer, &error);
	if (patient && error == ETIMEDOUT) {
		transfer.batch.flags |= DEQUE_NOWAIT;
		error = EAGAIN;
	}
	if (prng_one_in(&world.prng, 100))
		transfer.batch.flags |= DEQUE_PEEK;
	transfer_store(&transfer, KNOWN_FLAGS,
		       least(transfer.given, PUSH_WINDOW), true);
	if (!count)
		errors_add(&transfer.errors, error);
	if (!count && !transfer.deque->alive)
		errors_add(&transfer.errors, ENODEV);
	earliest = clock_ns(CLOCK_REALTIME);
	result = transfer_run(&transfer, CALL_PUSH, DEQUE_PUSH);
	if (expect(result, count, &transfer.errors))
		push_commit(&transfer, count, earliest,
			    clock_ns(CLOCK_REALTIME));
	transfer_expect_table(&transfer);
}

/* A buffer for the message that is there, or for any. */
static void pop_choose_buffer(struct transfer *transfer, unsigned int n)
{
	struct deque_descriptor *descriptor = &transfer->descriptors[n];
	const struct model_message *message =
		model_at(transfer->deque, transfer->back, n);
	uint32_t size = message ? message->size : prng_size(&world.prng, 256);
	uint32_t capacity = size;

	switch (prng_below(&world.prng, 16)) {
	case 0:
		capacity = prng_below(&world.prng, size);
		size = capacity;
		break;
	case 1:
		capacity = UINT32_MAX - prng_below(&world.prng, 2);
		break;
	case 2:
	case 3:
		capacity += prng_size(&world.prng, 1 << 20);
		break;
	}
	if (!has_memory(size)) {
		capacity = 0;
		size = 0;
	}
	transfer->data[n] = memory_any(&world.memory, &world.prng, size, 60);
	prng_fill(&world.prng, descriptor, sizeof(*descriptor));
	descriptor->data = transfer->data[n].address;
	descriptor->size = capacity;
	descriptor->reserved = 0;
}

/*
 * How many are taken; the error says why none is.  A buffer that is too short
 * ends the batch, and one that cannot be written does: what comes after it
 * stays.
 */
static unsigned int pop_predict(const struct transfer *transfer, int *error)
{
	size_t descriptor = sizeof(transfer->descriptors[0]);
	const struct model_message *message;
	unsigned int n;

	*error = EFAULT;
	if (!transfer->deque->alive)
		*error = ENODEV;
	else if (!transfer->deque->info.ready)
		*error = transfer_would_block(transfer);
	for (n = 0; n < transfer->given; n++) {
		message = model_at(transfer->deque, transfer->back, n);
		if (!message)
			break;
		if (message->size > transfer->descriptors[n].size) {
			/* The size that it needs has to be told. */
			if (transfer->table.writable >= descriptor)
				*error = EMSGSIZE;
			break;
		}
		if (message->size > transfer->data[n].writable)
			break;
	}
	/* Taken without being told of is as good as lost. */
	if (n && transfer->table.writable < n * descriptor) {
		*error = EFAULT;
		n = 0;
	}
	return n;
}

static void expect_payload(const struct place *place,
			   const struct model_message *message)
{
	size_t rest = MEMORY_GAP;

	if (memcmp(place->alias, message->data, message->size))
		mismatch("message %lu has other bytes than were sent",
			 (unsigned long)message->id);
	/* Behind a good place that ends at a hole there is nothing to see. */
	if (place->alias + message->size + rest >
	    world.memory.good + world.memory.size)
		return;
	while (rest--) {
		if (place->alias[message->size + rest] != MEMORY_POISON)
			mismatch("more than message %lu was written",
				 (unsigned long)message->id);
	}
}

static void pop_expect_message(struct transfer *transfer, unsigned int n)
{
	struct deque_descriptor *descriptor = &transfer->descriptors[n];
	const struct deque_descriptor *is = (void *)transfer->table.alias;
	const struct model_message *message =
		model_at(transfer->deque, transfer->back, n);

	expect_payload(&transfer->data[n], message);
	descriptor->size = message->size;
	descriptor->id = message->id;
	descriptor->pid = message->caller.pid;
	descriptor->uid = message->caller.uid;
	descriptor->gid = message->caller.gid;
	descriptor->deliveries = message->deliveries;
	descriptor->token = 0;
	descriptor->arrival_ns = is[n].arrival_ns;
	if (is[n].arrival_ns < message->earliest ||
	    is[n].arrival_ns > message->latest)
		mismatch("message %lu came in at another time",
			 (unsigned long)message->id);
}

static void pop_commit(struct transfer *transfer, unsigned int count)
{
	for (unsigned int n = 0; n < count; n++)
		pop_expect_message(transfer, n);
	if (transfer->batch.flags & DEQUE_PEEK)
		return;
	while (count--)
		model_pop(transfer->deque, transfer->back);
	world_owe(transfer->deque, O_WRONLY, POLLOUT);
}

void step_pop(void)
{
	struct transfer transfer;
	enum call_kind kind = CALL_POP;
	unsigned int count, seen;
	long result;
	int error;

	if (!transfer_begin(&transfer, false))
		return;
	if (prng_one_in(&world.prng, 4)) {
		transfer.batch.flags |= DEQUE_PEEK;
		kind = CALL_PEEK;
	}
	for (unsigned int n = 0; n < transfer.given; n++)
		pop_choose_buffer(&transfer, n);
	if (transfer_choose_patience(&transfer) && !transfer.deque->info.ready)
		transfer.batch.flags |= DEQUE_NOWAIT;
	/* No more than there are messages, and one that may come. */
	seen = transfer.deque->alive ? transfer.deque->info.ready : 0;
	transfer_store(&transfer, KNOWN_FLAGS | DEQUE_PEEK,
		       least(transfer.given, seen ? seen : 1), false);
	count = pop_predict(&transfer, &error);
	if (!count)
		errors_add(&transfer.errors, error);
	result = transfer_run(&transfer, kind, DEQUE_POP);
	if (expect(result, count, &transfer.errors))
		pop_commit(&transfer, count);
	else if (result == -EMSGSIZE)
		transfer.descriptors[0].size =
			model_at(transfer.deque, transfer.back, 0)->size;
	transfer_expect_table(&transfer);
}
