// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages from user space into a deque: charged, allocated, copied, put in.
 */
#include <linux/cred.h>
#include <linux/fs.h>
#include <linux/minmax.h>
#include <linux/sizes.h>
#include <linux/uidgid.h>
#include <linux/uio.h>

#include "core/cgroup.h"
#include "core/deque.h"
#include "core/memory.h"
#include "core/message.h"
#include "core/room.h"
#include "core/state.h"
#include "core/transfer.h"
#include "device/device.h"

/*
 * Payload that is copied before it is known whether it fits; a single message may be
 * longer.  What does not fit was copied in vain.
 */
#define DEQUE_SEND_BYTES	SZ_1M

/**
 * deque_send_begin() - before a call puts messages in
 * @send: what is known of the call; gets its sender
 * @file: where it was opened
 *
 * The user who opened the file is known already, and is the sender nearly always.
 *
 * Context: may sleep.
 * Return: 0, -ENOMEM.
 */
int deque_send_begin(struct deque_send *send, const struct deque_file *file)
{
	send->deque = file->deque;
	send->opener = file->user;
	send->sender = (struct deque_sender){ .user = file->user };
	if (likely(uid_eq(deque_user_uid(file->user), current_euid())))
		return 0;
	send->sender.user = deque_user_get();
	return send->sender.user ? 0 : -ENOMEM;
}

/**
 * deque_send_end() - undo deque_send_begin()
 * @send: the call
 *
 * Context: any.
 */
void deque_send_end(const struct deque_send *send)
{
	if (send->sender.user != send->opener)
		deque_user_put(send->sender.user);
}

static int deque_send_charge(struct deque_send *send, u64 cost)
{
	int ret = deque_memory_charge(send->sender.user, send->sender.exempt,
				      cost);

	if (ret != -EDQUOT || !deque_user_is_exempt())
		return ret;
	send->sender.exempt = true;
	return deque_memory_charge(send->sender.user, true, cost);
}

static int deque_source_copy(const struct deque_source *source,
			     struct deque_message *message)
{
	return source->iter ? deque_payload_read_iter(message, source->iter) :
			      deque_payload_read_user(message, source->data);
}

/* A message whose memory is charged. */
static int deque_send_load(const struct deque_send *send,
			   struct deque_slot *slot,
			   const struct deque_source *source, u64 cost)
{
	int ret;

	if (!deque_cgroup_has_room(cost)) {
		deque_memory_release(send->sender.user, cost);
		return -ENOMEM;
	}
	ret = deque_slot_load(slot, &send->sender, source->size,
			      send->delay_ns);
	if (ret)
		return ret;
	ret = deque_source_copy(source, slot->message);
	if (ret)
		deque_slot_unload(slot);
	return ret;
}

static int deque_send_one(struct deque_send *send, struct deque_slot *slot,
			  const struct deque_source *source)
{
	u64 cost = deque_sender_cost(source->size, send->delay_ns);

	return deque_send_charge(send, cost) ?:
	       deque_send_load(send, slot, source, cost);
}

/* Fills slots as long as there seems to be room; returns how many, or an error. */
static int deque_send_load_some(struct deque_send *send,
				struct deque_slot *slots,
				const struct deque_source *sources,
				unsigned int count)
{
	unsigned int n;
	u64 bytes = 0;
	int ret = 0;

	for (n = 0; n < count && bytes < DEQUE_SEND_BYTES; n++) {
		bytes += sources[n].size;
		ret = deque_size_check(send->deque, sources[n].size);
		if (!ret && !deque_may_have_room(send->deque, n + 1, bytes))
			ret = -EAGAIN;
		if (!ret)
			ret = deque_send_one(send, &slots[n], &sources[n]);
		if (ret)
			break;
	}
	return n ? (int)n : ret;
}

/* Puts in what there is room for now: how many, or -EAGAIN if there is none. */
static int deque_send_now(struct deque_send *send, struct deque_slot *slots,
			  const struct deque_source *sources,
			  unsigned int count)
{
	int loaded, done, i;

	loaded = deque_send_load_some(send, slots, sources, count);
	if (loaded < 0)
		return loaded;
	done = deque_transfer_push(send->deque, slots, loaded, send->end);
	for (i = max(done, 0); i < loaded; i++) {
		deque_slot_unload(&slots[i]);
		if (sources[i].iter)
			iov_iter_revert(sources[i].iter, sources[i].size);
	}
	return done;
}

/* Puts one in as soon as there is room. */
static int deque_send_later(struct deque_send *send, struct deque_slot *slot,
			    const struct deque_source *source)
{
	struct deque_grant grant = {
		.sender = &send->sender,
		.size = source->size,
		.cost = deque_sender_cost(source->size, send->delay_ns),
		.end = send->end,
	};
	int ret;

	send->sender.exempt = deque_user_is_exempt();
	ret = deque_transfer_reserve(send->deque, &grant, &send->timeout);
	if (ret)
		return ret;
	ret = deque_send_load(send, slot, source, grant.cost);
	if (ret) {
		deque_grant_return(send->deque, &grant);
		return ret;
	}
	ret = deque_transfer_granted(send->deque, slot, &grant);
	if (ret)
		deque_slot_unload(slot);
	return ret ?: 1;
}

/**
 * deque_send_some() - put messages in, as many as there is room for, or wait for one
 * @send: the call, begun
 * @slots: one for each message; get the ids
 * @sources: the messages
 * @count: how many, at least 1
 *
 * Context: sleeps as the call allows.
 * Return: how many went in, from the first, if any did; else -EAGAIN, -ETIMEDOUT,
 * -ERESTARTSYS, -EINVAL, -EMSGSIZE, -EDQUOT, -ENOMEM, -EFAULT, -EINTR, -ENODEV.
 */
int deque_send_some(struct deque_send *send, struct deque_slot *slots,
		    const struct deque_source *sources, unsigned int count)
{
	int ret = deque_send_now(send, slots, sources, count);

	return ret != -EAGAIN ? ret : deque_send_later(send, slots, sources);
}
