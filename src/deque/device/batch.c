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
 * struct deque_batch_call - a batch in progress, or a part of it
 * @user: the descriptors, where they came from
 * @count: how many there are
 * @descriptors: a copy of them
 * @slots: one for each
 * @room: how many the two arrays have room for
 * @descriptor: the array of descriptors, if @room is 1
 * @slot: and that of slots
 * @end: which end of the deque
 * @timeout: how long to wait
 * @time_ns: push: a delay; claim: how long the leases last; 0: none, for ever
 */
struct deque_batch_call {
	struct deque_descriptor __user *user;
	unsigned int count;
	struct deque_descriptor *descriptors;
	struct deque_slot *slots;
	unsigned int room;
	struct deque_descriptor descriptor;
	struct deque_slot slot;
	enum deque_end end;
	struct deque_timeout timeout;
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
static int deque_descriptors_load(struct deque_batch_call *call)
{
	unsigned int i;

	call->count = min(call->count, call->room);
	if (copy_from_user(call->descriptors, call->user,
			   call->count * sizeof(*call->descriptors)))
		return -EFAULT;
	for (i = 0; i < call->count; i++) {
		if (call->descriptors[i].reserved)
			return -EINVAL;
	}
	return 0;
}

static void deque_batch_call_end(struct deque_batch_call *call)
{
	if (call->room == 1)
		return;
	deque_call_free(call->slots, call->room, sizeof(*call->slots));
	deque_call_free(call->descriptors, call->room,
			sizeof(*call->descriptors));
}

/* One at a time is always possible. */
static void deque_batch_call_alloc(struct deque_batch_call *call, unsigned int room)
{
	call->room = room;
	if (room > 1) {
		call->descriptors = deque_call_alloc(room,
						     sizeof(*call->descriptors));
		call->slots = deque_call_alloc(room, sizeof(*call->slots));
		if (call->descriptors && call->slots)
			return;
		deque_batch_call_end(call);
	}
	call->room = 1;
	call->descriptors = &call->descriptor;
	call->slot = (struct deque_slot){};
	call->slots = &call->slot;
}

static int deque_batch_call_begin(struct file *file, const struct deque_batch *batch,
				  enum deque_end usual_end, struct deque_batch_call *call)
{
	int ret = deque_batch_check(batch);

	if (ret)
		return ret;
	call->user = u64_to_user_ptr(batch->descriptors);
	call->count = batch->count;
	call->end = usual_end;
	if (batch->flags & DEQUE_FRONT)
		call->end = DEQUE_AT_FRONT;
	if (batch->flags & DEQUE_BACK)
		call->end = DEQUE_AT_BACK;
	call->timeout.nowait = (batch->flags & DEQUE_NOWAIT) ||
				(file->f_flags & O_NONBLOCK);
	call->timeout.bounded = batch->flags & DEQUE_DEADLINE;
	call->timeout.deadline = deque_deadline(batch->deadline_ns);
	call->time_ns = batch->time_ns;
	return 0;
}

/* Tells the caller about the first @count messages. */
static int deque_batch_call_tell(const struct deque_batch_call *call, unsigned int count)
{
	if (copy_to_user(call->user, call->descriptors,
			 count * sizeof(*call->descriptors)))
		return -EFAULT;
	return 0;
}

static void deque_batch_call_source(const struct deque_batch_call *call,
				    struct deque_source *sources)
{
	unsigned int i;

	for (i = 0; i < call->count; i++)
		sources[i] = (struct deque_source){
			.data = u64_to_user_ptr(call->descriptors[i].data),
			.size = call->descriptors[i].size,
		};
}

/* Pushes what is loaded; returns how many went in, or an error if none did. */
static int deque_batch_call_push(struct deque_batch_call *call, struct deque_send *send,
				 const struct deque_source *sources)
{
	unsigned int done = 0;
	int ret = 0;
	int i;

	while (done < call->count && ret >= 0) {
		ret = deque_send_some(send, call->slots + done, sources + done,
				      call->count - done);
		for (i = 0; i < ret; i++, done++)
			call->descriptors[done].id = call->slots[done].id;
	}
	/* They are in, and have to count as such even if this fails. */
	if (done)
		deque_batch_call_tell(call, done);
	return done ? (int)done : ret;
}

/* Goes through the descriptors, as many at a time as there is room for. */
static long deque_batch_call_push_all(struct deque_batch_call *call,
				      struct deque_send *send,
				      struct deque_source *sources)
{
	unsigned int total = call->count;
	unsigned int done = 0;
	int ret;

	do {
		call->count = total - done;
		ret = deque_descriptors_load(call);
		if (ret)
			break;
		deque_batch_call_source(call, sources);
		ret = deque_batch_call_push(call, send, sources);
		if (ret < 0)
			break;
		done += ret;
		call->user += ret;
		cond_resched();
	} while (ret == call->count && done < total);
	return done ? (long)done : ret;
}

static long deque_batch_call_push_sources(struct deque_batch_call *call,
					  struct deque_send *send)
{
	struct deque_source source;
	struct deque_source *sources = NULL;
	long ret;

	if (call->room > 1) {
		sources = deque_call_alloc(call->room, sizeof(*sources));
		if (!sources) {
			deque_batch_call_end(call);
			deque_batch_call_alloc(call, 1);
		}
	}
	ret = deque_batch_call_push_all(call, send, sources ?: &source);
	deque_call_free(sources, call->room, sizeof(*sources));
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
	struct deque_batch_call call;
	long ret;

	ret = deque_batch_call_begin(file, argument, DEQUE_AT_BACK, &call) ?:
	      deque_send_begin(&send, file->private_data);
	if (ret)
		return ret;
	send.end = call.end;
	send.delay_ns = call.time_ns;
	send.timeout = call.timeout;
	deque_batch_call_alloc(&call, min(call.count, DEQUE_PUSH_WINDOW + 0U));
	ret = deque_batch_call_push_sources(&call, &send);
	deque_batch_call_end(&call);
	deque_send_end(&send);
	return ret;
}

static void deque_batch_call_describe(const struct deque_slot *slot,
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
static int deque_batch_call_deliver(struct deque_batch_call *call, unsigned int count)
{
	unsigned int n;
	int ret = 0;

	for (n = 0; n < count && (!n || !fatal_signal_pending(current)); n++) {
		struct deque_descriptor *descriptor = &call->descriptors[n];
		struct deque_message *message = call->slots[n].message;

		ret = deque_payload_write_user(message,
					       u64_to_user_ptr(descriptor->data),
					       message->size);
		if (ret)
			break;
		deque_batch_call_describe(&call->slots[n], descriptor);
		cond_resched();
	}
	if (n && deque_batch_call_tell(call, n))
		return -EFAULT;
	return n ? (int)n : ret;
}

/* None was taken; if the first was too long, tells how long it is. */
static long deque_batch_call_fail(const struct deque_batch_call *call, int error)
{
	if (error == -EMSGSIZE &&
	    put_user(call->slots[0].capacity, &call->user[0].size))
		return -EFAULT;
	return error;
}

static long deque_batch_call_pop(struct deque *deque, struct deque_batch_call *call,
				 bool peek)
{
	const struct deque_take take = {
		.slots = call->slots,
		.count = call->count,
		.end = call->end,
		.peek = peek,
	};
	int n, ret;

	n = deque_transfer_take(deque, &take, &call->timeout);
	if (n < 0)
		return deque_batch_call_fail(call, n);
	ret = deque_batch_call_deliver(call, n);
	deque_transfer_finish(deque, &take, n, max(ret, 0));
	return ret;
}

/*
 * The arrays are for no more than there is now.  Who has to wait gets one message,
 * and holds nothing meanwhile.
 */
static int deque_batch_call_begin_take(struct file *file,
				       const struct deque_batch *batch,
				       struct deque_batch_call *call)
{
	const struct deque_file *opened = file->private_data;
	int ret = deque_batch_call_begin(file, batch, DEQUE_AT_FRONT, call);
	unsigned int i;
	u32 ready;

	if (ret)
		return ret;
	/* A hint, so that it does not matter if it is about to change. */
	ready = data_race(opened->deque->queue.count);
	deque_batch_call_alloc(call, clamp(ready, 1U, call->count));
	ret = deque_descriptors_load(call);
	for (i = 0; !ret && i < call->count; i++)
		call->slots[i].capacity = call->descriptors[i].size;
	if (ret)
		deque_batch_call_end(call);
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
	struct deque_batch_call call;
	long ret;

	if (batch->time_ns)
		return -EINVAL;
	ret = deque_batch_call_begin_take(file, batch, &call);
	if (ret)
		return ret;
	ret = deque_batch_call_pop(opened->deque, &call, batch->flags & DEQUE_PEEK);
	deque_batch_call_end(&call);
	return ret;
}

static long deque_batch_call_claim(struct deque_file *opened,
				   struct deque_batch_call *call,
				   fl_owner_t table)
{
	const struct deque_lease_options options = {
		.time_ns = call->time_ns,
		.table = table,
	};
	struct deque_take take = {
		.slots = call->slots,
		.count = call->count,
		.end = call->end,
	};
	int n, ret, dead;

	n = deque_claim_take(opened, &take, &call->timeout);
	if (n < 0)
		return deque_batch_call_fail(call, n);
	ret = deque_batch_call_deliver(call, n);
	dead = deque_claim_finish(opened, &take, n, max(ret, 0), &options);
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
	struct deque_batch_call call;
	long ret;

	if (batch->flags & DEQUE_PROCESS)
		table = current->files;
	ret = deque_batch_call_begin_take(file, batch, &call);
	if (ret)
		return ret;
	ret = deque_batch_call_claim(opened, &call, table);
	deque_batch_call_end(&call);
	/* Another thread may have closed the last descriptor meanwhile. */
	if (ret > 0 && table && !deque_file_in_table(file))
		deque_leases_return(opened, table);
	return ret;
}
