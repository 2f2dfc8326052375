// SPDX-License-Identifier: GPL-2.0-only
/*
 * DEQUE_PUSH, DEQUE_POP and DEQUE_CLAIM: many messages in one call.
 */
#include <linux/fs.h>
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/time_namespace.h>
#include <linux/uaccess.h>

#include "internal.h"

/*
 * Payload that a sender may hold in kernel memory before it has room in the
 * deque; a single message may be longer.  Without that a batch could ask for
 * 256 times the longest message, out of all bounds.
 */
#define DEQUE_BATCH_BYTES	SZ_1M

/**
 * struct deque_work - a batch in progress
 * @user: the descriptors, where they came from
 * @descriptors: a copy of them
 * @slots: one for each
 * @count: how many there are
 * @end: which end of the deque
 * @patience: how long to wait
 * @time_ns: push: a delay; claim: how long the leases last; 0: none, for ever
 */
struct deque_work {
	struct deque_descriptor __user *user;
	struct deque_descriptor *descriptors;
	struct deque_slot *slots;
	unsigned int count;
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

static int deque_descriptors_load(struct deque_work *work)
{
	unsigned int i;

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
	kvfree(work->slots);
	kvfree(work->descriptors);
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

	/* As for messages: charged to the caller, and no warning. */
	work->descriptors = kvmalloc_array(work->count,
					   sizeof(*work->descriptors),
					   GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	work->slots = kvcalloc(work->count, sizeof(*work->slots),
			       GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	ret = -ENOMEM;
	if (work->descriptors && work->slots)
		ret = deque_descriptors_load(work);
	if (ret)
		deque_work_end(work);
	return ret;
}

/* Tells the caller about the first @count messages. */
static int deque_work_tell(const struct deque_work *work, unsigned int count)
{
	if (copy_to_user(work->user, work->descriptors,
			 count * sizeof(*work->descriptors)))
		return -EFAULT;
	return 0;
}

static void deque_slot_unload(struct deque_slot *slot)
{
	deque_message_put(slot->message);
	deque_parked_free(slot->parked);
	slot->parked = NULL;
}

static int deque_slot_load(struct deque_slot *slot, u64 delay_ns,
			   const struct deque_descriptor *descriptor)
{
	int ret = 0;

	slot->message = deque_message_alloc(descriptor->size);
	if (!slot->message)
		return -ENOMEM;
	slot->delay_ns = delay_ns;
	if (delay_ns) {
		slot->parked = deque_parked_alloc();
		ret = slot->parked ? 0 : -ENOMEM;
	}
	if (!ret && copy_from_user(slot->message->data,
				   u64_to_user_ptr(descriptor->data),
				   descriptor->size))
		ret = -EFAULT;
	if (ret)
		deque_slot_unload(slot);
	return ret;
}

/* Fills slots from descriptor @done on; returns how many, or an error. */
static int deque_work_load(const struct deque *deque, struct deque_work *work,
			   unsigned int done)
{
	unsigned int n = 0;
	u64 bytes = 0;
	int ret = 0;

	while (done + n < work->count && bytes < DEQUE_BATCH_BYTES) {
		struct deque_descriptor *descriptor =
			&work->descriptors[done + n];

		ret = deque_size_check(deque, descriptor->size) ?:
		      deque_slot_load(&work->slots[n], work->time_ns,
				      descriptor);
		if (ret)
			break;
		bytes += descriptor->size;
		n++;
	}
	return n ? (int)n : ret;
}

/* Pushes what is loaded; true if all of it went in. */
static bool deque_work_push(struct deque *deque, struct deque_work *work,
			    int loaded, unsigned int *done, int *ret)
{
	int n, i;

	n = deque_push(deque, work->slots, loaded, work->end, &work->patience);
	for (i = 0; i < n; i++)
		work->descriptors[(*done)++].id = work->slots[i].id;
	for (i = max(n, 0); i < loaded; i++)
		deque_slot_unload(&work->slots[i]);
	*ret = n;
	return n == loaded;
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
	const struct deque_file *opened = file->private_data;
	struct deque *deque = opened->deque;
	struct deque_work work;
	unsigned int done = 0;
	int ret;

	ret = deque_work_begin(file, argument, DEQUE_AT_BACK, &work);
	if (ret)
		return ret;
	while (done < work.count) {
		ret = deque_work_load(deque, &work, done);
		if (ret < 0 || !deque_work_push(deque, &work, ret, &done, &ret))
			break;
	}
	/* They are in, and have to count as such even if this fails. */
	if (done)
		deque_work_tell(&work, done);
	deque_work_end(&work);
	return done ? (long)done : ret;
}

/* Copies messages out until one fails; returns how many arrived. */
static unsigned int deque_work_deliver(struct deque_work *work,
				       unsigned int count)
{
	unsigned int n;

	for (n = 0; n < count; n++) {
		const struct deque_message *message = work->slots[n].message;

		if (copy_to_user(u64_to_user_ptr(work->descriptors[n].data),
				 message->data, message->size))
			break;
		deque_message_describe(message, &work->descriptors[n]);
		if (work->slots[n].parked) {
			work->descriptors[n].deliveries++;
			work->descriptors[n].token =
				work->slots[n].parked->token;
		}
	}
	return n && deque_work_tell(work, n) ? 0 : n;
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
	unsigned int delivered;
	int n;

	n = deque_take(deque, &take, &work->patience);
	if (n < 0)
		return deque_work_fail(work, n);
	delivered = deque_work_deliver(work, n);
	deque_take_finish(deque, &take, n, delivered);
	return delivered ? (long)delivered : -EFAULT;
}

static int deque_work_begin_take(struct file *file,
				 const struct deque_batch *batch,
				 struct deque_work *work)
{
	int ret = deque_work_begin(file, batch, DEQUE_AT_FRONT, work);
	unsigned int i;

	for (i = 0; !ret && i < work->count; i++)
		work->slots[i].capacity = work->descriptors[i].size;
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
	unsigned int delivered;
	int n, ret;

	n = deque_claim(opened, &take, &work->patience);
	if (n < 0)
		return deque_work_fail(work, n);
	delivered = deque_work_deliver(work, n);
	ret = deque_claim_finish(opened, &take, n, delivered, &terms);
	if (ret)
		return ret;
	return delivered ? (long)delivered : -EFAULT;
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
