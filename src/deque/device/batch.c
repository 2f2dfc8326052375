// SPDX-License-Identifier: GPL-2.0-only
/*
 * DEQUE_PUSH, DEQUE_POP and DEQUE_CLAIM: many messages in one call.
 */
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/minmax.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/time_namespace.h>
#include <linux/uaccess.h>

#include "core/claim.h"
#include "core/deque.h"
#include "core/memory.h"
#include "core/message.h"
#include "core/queue.h"
#include "core/settle.h"
#include "core/state.h"
#include "core/transfer.h"
#include "core/wait.h"
#include "device/device.h"

/* How many messages are pushed at a time. */
#define DEQUE_PUSH_WINDOW	64

/**
 * struct deque_work - a batch in progress, or a part of it
 * @user: the descriptors, where they came from
 * @count: how many there are
 * @descriptors: a copy of them
 * @slots: one for each
 * @room: how many the two arrays have room for
 * @descriptor: the array of descriptors, if @room is 1
 * @slot: and that of slots
 * @end: which end of the deque
 * @patience: how long to wait
 * @time_ns: push: a delay; claim: how long the leases last; 0: none, for ever
 */
struct deque_work {
	struct deque_descriptor __user *user;
	unsigned int count;
	struct deque_descriptor *descriptors;
	struct deque_slot *slots;
	unsigned int room;
	struct deque_descriptor descriptor;
	struct deque_slot slot;
	enum deque_end end;
	struct deque_patience patience;
	u64 time_ns;
};

static int deque_batch_check(const struct deque_batch *batch)
{
	bool bounded = batch->flags & DEQUE_DEADLINE;

	if (!batch->count || batch->count > DEQUE_BATCH_MAX || batch->reserved)
		return -EINVAL;
	if ((batch->flags & DEQUE_FRONT) && (batch->flags & DEQUE_BACK))
		return -EINVAL;
	if (batch->deadline_ns > (bounded ? KTIME_MAX : 0) ||
	    batch->time_ns > DEQUE_TIME_LIMIT)
		return -EINVAL;
	return 0;
}

/* In a time namespace the caller's clock has an offset. */
static ktime_t deque_deadline(u64 ns)
{
	struct timespec64 clock = {};
	s64 offset;

	timens_add_monotonic(&clock);
	offset = timespec64_to_ns(&clock);
	if (offset < 0 && ns > KTIME_MAX + offset)
		return KTIME_MAX;
	return (s64)ns < offset ? 0 : ns - offset;
}

/* Copies as many of the descriptors as there is room for. */
static int deque_descriptors_load(struct deque_work *work)
{
	unsigned int i;

	work->count = min(work->count, work->room);
	if (copy_from_user(work->descriptors, work->user,
			   work->count * sizeof(*work->descriptors)))
		return -EFAULT;
	for (i = 0; i < work->count; i++) {
		if (work->descriptors[i].reserved)
			return -EINVAL;
	}
	return 0;
}

static void deque_work_end(struct deque_work *work)
{
	if (work->room == 1)
		return;
	deque_call_free(work->slots, work->room, sizeof(*work->slots));
	deque_call_free(work->descriptors, work->room,
			sizeof(*work->descriptors));
}

/* One at a time is always possible. */
static void deque_work_alloc(struct deque_work *work, unsigned int room)
{
	work->room = room;
	if (room > 1) {
		work->descriptors = deque_call_alloc(room,
						     sizeof(*work->descriptors));
		work->slots = deque_call_alloc(room, sizeof(*work->slots));
		if (work->descriptors && work->slots)
			return;
		deque_work_end(work);
	}
	work->room = 1;
	work->descriptors = &work->descriptor;
	work->slot = (struct deque_slot){};
	work->slots = &work->slot;
}

static int deque_work_begin(struct file *file, const struct deque_batch *batch,
			    enum deque_end usual_end, struct deque_work *work)
{
	int ret = deque_batch_check(batch);

	if (ret)
		return ret;
	work->user = u64_to_user_ptr(batch->descriptors);
	work->count = batch->count;
	work->end = usual_end;
	if (batch->flags & DEQUE_FRONT)
		work->end = DEQUE_AT_FRONT;
	if (batch->flags & DEQUE_BACK)
		work->end = DEQUE_AT_BACK;
	work->patience.nowait = (batch->flags & DEQUE_NOWAIT) ||
				(file->f_flags & O_NONBLOCK);
	work->patience.bounded = batch->flags & DEQUE_DEADLINE;
	work->patience.deadline = deque_deadline(batch->deadline_ns);
	work->time_ns = batch->time_ns;
	return 0;
}

/* Tells the caller about the first @count messages. */
static int deque_work_tell(const struct deque_work *work, unsigned int count)
{
	if (copy_to_user(work->user, work->descriptors,
			 count * sizeof(*work->descriptors)))
		return -EFAULT;
	return 0;
}

static void deque_work_source(const struct deque_work *work,
			      struct deque_source *sources)
{
	unsigned int i;

	for (i = 0; i < work->count; i++)
		sources[i] = (struct deque_source){
			.data = u64_to_user_ptr(work->descriptors[i].data),
			.size = work->descriptors[i].size,
		};
}

/* Pushes what is loaded; returns how many went in, or an error if none did. */
static int deque_work_push(struct deque_work *work, struct deque_send *send,
			   const struct deque_source *sources)
{
	unsigned int done = 0;
	int ret = 0;
	int i;

	while (done < work->count && ret >= 0) {
		ret = deque_send_some(send, work->slots + done, sources + done,
				      work->count - done);
		for (i = 0; i < ret; i++, done++)
			work->descriptors[done].id = work->slots[done].id;
	}
	/* They are in, and have to count as such even if this fails. */
	if (done)
		deque_work_tell(work, done);
	return done ? (int)done : ret;
}

/* Goes through the descriptors, as many at a time as there is room for. */
static long deque_work_push_all(struct deque_work *work,
				struct deque_send *send,
				struct deque_source *sources)
{
	unsigned int total = work->count;
	unsigned int done = 0;
	int ret;

	do {
		work->count = total - done;
		ret = deque_descriptors_load(work);
		if (ret)
			break;
		deque_work_source(work, sources);
		ret = deque_work_push(work, send, sources);
		if (ret < 0)
			break;
		done += ret;
		work->user += ret;
		cond_resched();
	} while (ret == work->count && done < total);
	return done ? (long)done : ret;
}

static long deque_work_push_sources(struct deque_work *work,
				    struct deque_send *send)
{
	struct deque_source source;
	struct deque_source *sources = NULL;
	long ret;

	if (work->room > 1) {
		sources = deque_call_alloc(work->room, sizeof(*sources));
		if (!sources) {
			deque_work_end(work);
			deque_work_alloc(work, 1);
		}
	}
	ret = deque_work_push_all(work, send, sources ?: &source);
	deque_call_free(sources, work->room, sizeof(*sources));
	return ret;
}

/**
 * deque_batch_push() - DEQUE_PUSH
 * @file: of a deque
 * @argument: a struct deque_batch
 *
 * Context: sleeps.
 * Return: how many messages went in, or an error if none did.
 */
long deque_batch_push(struct file *file, void *argument)
{
	struct deque_send send = {};
	struct deque_work work;
	long ret;

	ret = deque_work_begin(file, argument, DEQUE_AT_BACK, &work) ?:
	      deque_send_begin(&send, file->private_data);
	if (ret)
		return ret;
	send.end = work.end;
	send.delay_ns = work.time_ns;
	send.patience = work.patience;
	deque_work_alloc(&work, min(work.count, DEQUE_PUSH_WINDOW + 0U));
	ret = deque_work_push_sources(&work, &send);
	deque_work_end(&work);
	deque_send_end(&send);
	return ret;
}

static void deque_work_describe(const struct deque_slot *slot,
				struct deque_descriptor *descriptor)
{
	deque_message_describe(slot->message, descriptor);
	if (slot->parked) {
		descriptor->deliveries++;
		descriptor->token = slot->parked->token;
	}
}

/*
 * Copies messages out until one fails, or the caller is killed; returns how many
 * arrived, or an error if none did.
 */
static int deque_work_deliver(struct deque_work *work, unsigned int count)
{
	unsigned int n;
	int ret = 0;

	for (n = 0; n < count && (!n || !fatal_signal_pending(current)); n++) {
		struct deque_descriptor *descriptor = &work->descriptors[n];
		struct deque_message *message = work->slots[n].message;

		ret = deque_payload_write_user(message,
					       u64_to_user_ptr(descriptor->data),
					       message->size);
		if (ret)
			break;
		deque_work_describe(&work->slots[n], descriptor);
		cond_resched();
	}
	if (n && deque_work_tell(work, n))
		return -EFAULT;
	return n ? (int)n : ret;
}

/* None was taken; if the first was too long, tells how long it is. */
static long deque_work_fail(const struct deque_work *work, int error)
{
	if (error == -EMSGSIZE &&
	    put_user(work->slots[0].capacity, &work->user[0].size))
		return -EFAULT;
	return error;
}

static long deque_work_pop(struct deque *deque, struct deque_work *work,
			   bool peek)
{
	const struct deque_take take = {
		.slots = work->slots,
		.count = work->count,
		.end = work->end,
		.peek = peek,
	};
	int n, ret;

	n = deque_transfer_take(deque, &take, &work->patience);
	if (n < 0)
		return deque_work_fail(work, n);
	ret = deque_work_deliver(work, n);
	deque_transfer_finish(deque, &take, n, max(ret, 0));
	return ret;
}

/*
 * The arrays are for no more than there is now.  Who has to wait gets one message,
 * and holds nothing meanwhile.
 */
static int deque_work_begin_take(struct file *file,
				 const struct deque_batch *batch,
				 struct deque_work *work)
{
	const struct deque_file *opened = file->private_data;
	int ret = deque_work_begin(file, batch, DEQUE_AT_FRONT, work);
	unsigned int i;
	u32 ready;

	if (ret)
		return ret;
	/* A hint, so that it does not matter if it is about to change. */
	ready = data_race(opened->deque->queue.count);
	deque_work_alloc(work, clamp(ready, 1U, work->count));
	ret = deque_descriptors_load(work);
	for (i = 0; !ret && i < work->count; i++)
		work->slots[i].capacity = work->descriptors[i].size;
	if (ret)
		deque_work_end(work);
	return ret;
}

/**
 * deque_batch_pop() - DEQUE_POP
 * @file: of a deque
 * @argument: a struct deque_batch
 *
 * Context: sleeps.
 * Return: how many messages were taken, or an error if none was.
 */
long deque_batch_pop(struct file *file, void *argument)
{
	const struct deque_file *opened = file->private_data;
	const struct deque_batch *batch = argument;
	struct deque_work work;
	long ret;

	if (batch->time_ns)
		return -EINVAL;
	ret = deque_work_begin_take(file, batch, &work);
	if (ret)
		return ret;
	ret = deque_work_pop(opened->deque, &work, batch->flags & DEQUE_PEEK);
	deque_work_end(&work);
	return ret;
}

static long deque_work_claim(struct deque_file *opened, struct deque_work *work,
			     fl_owner_t table)
{
	const struct deque_terms terms = {
		.time_ns = work->time_ns,
		.table = table,
	};
	struct deque_take take = {
		.slots = work->slots,
		.count = work->count,
		.end = work->end,
	};
	int n, ret, dead;

	n = deque_claim_take(opened, &take, &work->patience);
	if (n < 0)
		return deque_work_fail(work, n);
	ret = deque_work_deliver(work, n);
	dead = deque_claim_finish(opened, &take, n, max(ret, 0), &terms);
	return dead ?: ret;
}

/**
 * deque_batch_claim() - DEQUE_CLAIM
 * @file: of a deque
 * @argument: a struct deque_batch
 *
 * Context: sleeps.
 * Return: how many messages were leased, or an error if none was.
 */
long deque_batch_claim(struct file *file, void *argument)
{
	struct deque_file *opened = file->private_data;
	const struct deque_batch *batch = argument;
	fl_owner_t table = NULL;
	struct deque_work work;
	long ret;

	if (batch->flags & DEQUE_PROCESS)
		table = current->files;
	ret = deque_work_begin_take(file, batch, &work);
	if (ret)
		return ret;
	ret = deque_work_claim(opened, &work, table);
	deque_work_end(&work);
	/* Another thread may have closed the last descriptor meanwhile. */
	if (ret > 0 && table && !deque_file_in_table(file))
		deque_leases_return(opened, table);
	return ret;
}
