// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every call that moves messages, with each allocation and each copy in it
 * failing: the error is right, each message is in one place, nothing is left
 * behind, and the deque works on.
 */
#include "harness.h"
#include "inject.h"

#include <liburing.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/uio.h>

#define PARTS 9 /* one more than the kernel has room for without memory */
#define PARTNER_MAX 64
#define PARTNER_SIZE 1024

/**
 * struct row - a call
 * @sweep: how it is made to fail
 * @prepare: what it needs beyond what the numbers below say
 * @settle: compares what it returned with the model, and tells the model
 * @partner: what another thread does again and again, for a call that waits
 * @flags: of the ioctl
 * @size: of each message, a multiple of 8
 * @count: messages that it moves
 * @before: messages that are there already
 * @room: messages that are let in; 0: all
 */
struct row {
	struct sweep sweep;
	void (*prepare)(void);
	void (*settle)(const struct outcome *outcome);
	void (*partner)(void);
	uint32_t flags;
	size_t size;
	unsigned int count;
	unsigned int before;
	unsigned int room;
};

static const struct row *row;
static struct deque_descriptor descriptors[DEQUE_BATCH_MAX];
static uint64_t in[TOTAL / 8], out[TOTAL / 8];
static unsigned int next; /* number of the next message */

/* Message @i in one of the buffers. */
static void *slot(uint64_t *buffer, unsigned int i)
{
	return buffer + i * (row->size / 8);
}

/* A message has a number, which says what is in it. */
static void fill(uint64_t *message, unsigned int number)
{
	for (size_t i = 0; i < row->size / 8; i++)
		message[i] = (uint64_t)number << 32 | i;
}

static bool has_number(const uint64_t *message, unsigned int number)
{
	for (size_t i = 0; i < row->size / 8; i++) {
		if (message[i] != ((uint64_t)number << 32 | i))
			return false;
	}
	return true;
}

/* Has the batch of descriptors stand for the first @count messages of a buffer. */
static void describe_slots(uint64_t *buffer, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		descriptors[i] = describe(slot(buffer, i), row->size);
}

/* The model: the numbers of the messages that have to be there, in order. */

static struct {
	unsigned int numbers[4 * DEQUE_BATCH_MAX];
	unsigned int front, back;
	uint64_t pushed, popped;
} model;

static void model_clear(void)
{
	model.front = model.back = 2 * DEQUE_BATCH_MAX;
}

static void model_push(unsigned int number, uint32_t end)
{
	if (end & DEQUE_FRONT)
		model.numbers[--model.front] = number;
	else
		model.numbers[model.back++] = number;
	model.pushed++;
}

static unsigned int model_pop(uint32_t end)
{
	assert_true(model.front < model.back);
	model.popped++;
	return end & DEQUE_BACK ? model.numbers[--model.back]
				: model.numbers[model.front++];
}

static void assert_model(void)
{
	unsigned int count = model.back - model.front;
	struct deque_info info = get(deque_fd);

	assert_int_equal(info.ready, count);
	assert_int_equal(info.messages, count);
	assert_int_equal(info.bytes, count * row->size);
	assert_int_equal(info.pushed, model.pushed);
	assert_int_equal(info.popped, model.popped);
	assert_int_equal(info.openers, 1);
	assert_int_equal(info.takers, 0);
	assert_int_equal(info.senders, 0);
}

/* The next messages, in the buffer; put_more() also puts them in. */
static void fill_more(unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		fill(slot(in, i), next + i);
}

static void put_more(unsigned int count)
{
	fill_more(count);
	describe_slots(in, count);
	assert_int_equal(batch(deque_fd, DEQUE_PUSH, descriptors, count, 0),
			 count);
	while (count--)
		model_push(next++, DEQUE_BACK);
}

static void drain(void)
{
	while (model.front < model.back) {
		int count;

		describe_slots(out, DEQUE_BATCH_MAX);
		count = batch(deque_fd, DEQUE_POP, descriptors, DEQUE_BATCH_MAX,
			      DEQUE_NOWAIT);
		assert_true(count > 0);
		for (int i = 0; i < count; i++) {
			assert_int_equal(descriptors[i].size, row->size);
			assert_true(has_number(slot(out, i),
					       model_pop(DEQUE_FRONT)));
		}
	}
	model_clear();
}

/*
 * The partner: the other side of a call that waits.  It looks for somebody in
 * the line, as the call may fail before it comes there.
 */
static struct {
	pthread_t thread;
	atomic_bool over;
	unsigned int served;
	unsigned int numbers[PARTNER_MAX];
	uint64_t message[PARTNER_SIZE / 8];
} partner;

static void partner_put(void)
{
	if (!get(deque_fd).takers)
		return;
	partner.numbers[partner.served] = next + row->count + partner.served;
	fill(partner.message, partner.numbers[partner.served]);
	if (write(deque_fd, partner.message, row->size) > 0)
		partner.served++;
}

static void partner_take(void)
{
	if (get(deque_fd).senders &&
	    read(deque_fd, partner.message, PARTNER_SIZE) > 0)
		partner.numbers[partner.served++] = partner.message[0] >> 32;
}

static void *partner_run(void *unused)
{
	while (!partner.over && partner.served < PARTNER_MAX) {
		row->partner();
		sched_yield();
	}
	return unused;
}

static void partner_start(void)
{
	partner.over = false;
	partner.served = 0;
	if (row->partner)
		assert_int_equal(pthread_create(&partner.thread, NULL,
						partner_run, NULL),
				 0);
}

static void partner_stop(void)
{
	partner.over = true;
	if (row->partner)
		assert_int_equal(pthread_join(partner.thread, NULL), 0);
}

/* Around each call. */

static void prepare(void)
{
	if (row->before)
		put_more(row->before);
	if (row->room)
		assert_int_equal(set(deque_fd, row->room, 0, 0), 0);
	fill_more(row->count);
	memset(out, 0xa5, row->count * row->size);
	if (row->prepare)
		row->prepare();
	partner_start();
}

static void check(const struct outcome *outcome)
{
	partner_stop();
	row->settle(outcome);
	if (row->room)
		assert_int_equal(set(deque_fd, MAX_MESSAGES, 0, 0), 0);
	assert_model();
	put_more(1);
	drain();
	assert_model();
	/* Leaks add up: it is enough, and quicker, to look at the end. */
	if (!outcome->struck) {
		assert_all_room();
		model.pushed++;
		model.popped++;
	}
	next += row->count + PARTNER_MAX;
}

static void assert_moved(const struct outcome *outcome)
{
	assert_error_fits(outcome);
	assert_true(outcome->result <= (long)row->count);
	if (!outcome->struck)
		assert_int_equal(outcome->result, row->count);
}

static void settle_push(const struct outcome *outcome)
{
	assert_moved(outcome);
	for (long i = 0; i < outcome->result; i++)
		model_push(next + i, row->flags);
	for (unsigned int i = 0; i < partner.served; i++)
		assert_int_equal(partner.numbers[i], model_pop(DEQUE_FRONT));
}

static void settle_pop(const struct outcome *outcome)
{
	assert_moved(outcome);
	for (unsigned int i = 0; i < partner.served; i++)
		model_push(partner.numbers[i], DEQUE_BACK);
	for (long i = 0; i < outcome->result; i++)
		assert_true(has_number(slot(out, i), model_pop(row->flags)));
}

static void settle_peek(const struct outcome *outcome)
{
	assert_moved(outcome);
	for (long i = 0; i < outcome->result; i++)
		assert_true(has_number(slot(out, i),
				       model.numbers[model.front + i]));
}

/* A message that does not fit its buffer stays, and its size is told. */
static void settle_short(const struct outcome *outcome)
{
	assert_error_fits(outcome);
	if (!outcome->result)
		assert_int_equal(descriptors[0].size, row->size);
}

/* The calls: each returns how many messages it moved. */

static long moved(long result)
{
	return result == (long)row->size ? 1 : result;
}

static long call_write(void)
{
	return moved(write(deque_fd, in, row->size));
}

static long call_read(void)
{
	return moved(read(deque_fd, out, row->size));
}

static void scatter(uint64_t *buffer, struct iovec *parts)
{
	size_t words = row->size / PARTS / 8;

	for (int i = 0; i < PARTS; i++)
		parts[i] = (struct iovec){ buffer + i * words, words * 8 };
}

static long call_writev(void)
{
	struct iovec parts[PARTS];

	scatter(in, parts);
	return moved(writev(deque_fd, parts, PARTS));
}

static long call_readv(void)
{
	struct iovec parts[PARTS];

	scatter(out, parts);
	return moved(readv(deque_fd, parts, PARTS));
}

static long call_pwritev2(void)
{
	struct iovec part = { in, row->size };

	return moved(pwritev2(deque_fd, &part, 1, -1, RWF_NOWAIT));
}

static long call_preadv2(void)
{
	struct iovec part = { out, row->size };

	return moved(preadv2(deque_fd, &part, 1, -1, RWF_NOWAIT));
}

static void prepare_push(void)
{
	describe_slots(in, row->count);
}

static long call_push(void)
{
	return batch(deque_fd, DEQUE_PUSH, descriptors, row->count, row->flags);
}

static void prepare_pop(void)
{
	describe_slots(out, row->count);
}

static long call_pop(void)
{
	return batch(deque_fd, DEQUE_POP, descriptors, row->count, row->flags);
}

static void prepare_short(void)
{
	descriptors[0] = describe(out, row->size - 1);
}

static long call_short(void)
{
	long result = batch(deque_fd, DEQUE_POP, descriptors, 1, 0);

	return result < 0 && errno == EMSGSIZE ? 0 : result;
}

/* io_uring: the call submits, and what came of it is in the completion. */

static struct io_uring ring;

static struct io_uring_sqe *ring_begin(void)
{
	assert_int_equal(io_uring_queue_init(1, &ring, 0), 0);
	return io_uring_get_sqe(&ring);
}

static void prepare_ring_write(void)
{
	io_uring_prep_write(ring_begin(), deque_fd, in, row->size, -1);
}

static void prepare_ring_read(void)
{
	io_uring_prep_read(ring_begin(), deque_fd, out, row->size, -1);
}

static long call_submit(void)
{
	int ret = io_uring_submit(&ring);

	if (ret >= 0)
		return ret;
	errno = -ret;
	return -1;
}

/* The outcome that read or write would have had. */
static struct outcome ring_end(const struct outcome *submitted)
{
	struct outcome outcome = *submitted;
	struct io_uring_cqe *cqe;

	if (outcome.result == 1) {
		assert_int_equal(io_uring_wait_cqe(&ring, &cqe), 0);
		outcome.result = cqe->res < 0 ? -1 : moved(cqe->res);
		outcome.error = -cqe->res;
	}
	/* How io_uring says that it has no memory: for a request, for a worker. */
	if (outcome.result < 0 &&
	    (outcome.error == EAGAIN || outcome.error == ECANCELED))
		outcome.error = ENOMEM;
	io_uring_queue_exit(&ring);
	return outcome;
}

static void settle_ring_write(const struct outcome *submitted)
{
	struct outcome outcome = ring_end(submitted);

	settle_push(&outcome);
}

static void settle_ring_read(const struct outcome *submitted)
{
	struct outcome outcome;

	/* If it waits, now there is something. */
	if (!row->before)
		put_more(1);
	outcome = ring_end(submitted);
	settle_pop(&outcome);
}

/* The table. */

#define SENDS(_count, _size) \
	.settle = settle_push, .count = _count, .size = _size
#define TAKES(_count, _size) \
	.settle = settle_pop, .count = _count, .size = _size
#define PUSHES(_count, _size) .prepare = prepare_push, SENDS(_count, _size)
#define POPS(_count, _size) .prepare = prepare_pop, TAKES(_count, _size)
/* One message of it is like the other, and batches of 64 go through each. */
#define FULL_BATCH .sweep.stride = 17
#define PARTED (PARTS * 16)
#define LONG (128 << 10)

static const struct row rows[] = {
	{ ROW("write", call_write, SLAB | USERCOPY | MEMORY), SENDS(1, 64) },
	{ ROW("write, long", call_write, PAGE | USERCOPY), SENDS(1, LONG) },
	{ ROW("write, waiting", call_write, SLAB | USERCOPY), SENDS(1, 64),
	  .before = 4, .room = 4, .partner = partner_take },
	{ ROW("writev", call_writev, SLAB | USERCOPY), SENDS(1, PARTED) },
	{ ROW("pwritev2, RWF_NOWAIT", call_pwritev2, SLAB | USERCOPY),
	  SENDS(1, 64) },
	{ ROW("io_uring, write", call_submit, SLAB | USERCOPY),
	  .prepare = prepare_ring_write, .settle = settle_ring_write,
	  .count = 1, .size = 64 },

	{ ROW("read", call_read, USERCOPY), TAKES(1, 64), .before = 3 },
	{ ROW("read, long", call_read, USERCOPY), TAKES(1, LONG), .before = 3 },
	{ ROW("read, waiting", call_read, USERCOPY), TAKES(1, 64),
	  .partner = partner_put },
	{ ROW("readv", call_readv, SLAB | USERCOPY), TAKES(1, PARTED),
	  .before = 3 },
	{ ROW("preadv2, RWF_NOWAIT", call_preadv2, USERCOPY), TAKES(1, 64),
	  .before = 3 },
	{ ROW("io_uring, read", call_submit, SLAB | USERCOPY),
	  .prepare = prepare_ring_read, .settle = settle_ring_read, .count = 1,
	  .size = 64, .before = 3 },
	{ ROW("io_uring, read, waiting", call_submit, SLAB),
	  .prepare = prepare_ring_read, .settle = settle_ring_read, .count = 1,
	  .size = 64 },

	{ ROW("push", call_push, SLAB | USERCOPY), PUSHES(1, 64), .before = 2 },
	{ ROW("push at the front", call_push, SLAB | USERCOPY), PUSHES(1, 64),
	  .before = 2, .flags = DEQUE_FRONT },
	{ ROW("push 64", call_push, SLAB | USERCOPY), PUSHES(64, 64),
	  .before = 2 },
	{ ROW("push 64, waiting", call_push, SLAB | USERCOPY), PUSHES(64, 64),
	  .before = 4, .room = 40, .partner = partner_take },
	{ ROW("push 64 at the front", call_push, SLAB | USERCOPY),
	  PUSHES(64, 16), .before = 2, .flags = DEQUE_FRONT },
	{ ROW("push 256", call_push, SLAB | PAGE | USERCOPY), FULL_BATCH,
	  PUSHES(256, 16), .before = 2 },
	{ ROW("push 12 long", call_push, SLAB | PAGE | USERCOPY),
	  PUSHES(12, LONG) },

	{ ROW("pop", call_pop, USERCOPY), POPS(1, 64), .before = 3 },
	{ ROW("pop at the back", call_pop, USERCOPY), POPS(1, 64), .before = 3,
	  .flags = DEQUE_BACK },
	{ ROW("pop, waiting", call_pop, USERCOPY), POPS(1, 64),
	  .partner = partner_put },
	{ ROW("pop 64", call_pop, SLAB | USERCOPY), POPS(64, 64),
	  .before = 66 },
	{ ROW("pop 64 at the back", call_pop, SLAB | USERCOPY), POPS(64, 16),
	  .before = 66, .flags = DEQUE_BACK },
	{ ROW("pop 256", call_pop, PAGE | USERCOPY), FULL_BATCH, POPS(256, 16),
	  .before = 256 },
	{ ROW("pop 12 long", call_pop, SLAB | USERCOPY), POPS(12, LONG),
	  .before = 12 },
	{ ROW("pop, too short", call_short, USERCOPY), .size = 64, .before = 2,
	  .prepare = prepare_short, .settle = settle_short },
	{ ROW("peek", call_pop, USERCOPY), .prepare = prepare_pop,
	  .settle = settle_peek, .count = 1, .size = 64, .before = 2,
	  .flags = DEQUE_PEEK },
	{ ROW("peek 256", call_pop, PAGE | USERCOPY), FULL_BATCH,
	  .prepare = prepare_pop, .settle = settle_peek, .count = 256,
	  .size = 16, .before = 256, .flags = DEQUE_PEEK },
};

static void run(void **state)
{
	row = *state;
	model_clear();
	model.pushed = model.popped = 0;
	next = 1;
	sweep_run(&row->sweep);
}

int main(int argc, char **argv)
{
	return sweep_table(argc, argv, rows, sizeof(rows) / sizeof(rows[0]),
			   sizeof(rows[0]), run, end_full);
}
