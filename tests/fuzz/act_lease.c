// SPDX-License-Identifier: GPL-2.0-only
/*
 * Workers that claim messages, settle their leases, and kick.
 */
#include "act.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>

/* A lease, and a delay, at the longest. */
#define LEASE_NS 20000000

/* The messages of one claim, until they are settled. */
struct claimed {
	struct entry *entries[BATCH];
	uint64_t tokens[BATCH];
	uint64_t ids[BATCH];
	unsigned char buffers[BATCH][SIZE_MOST];
};

/* If we are killed meanwhile, nobody knows which were acknowledged. */
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
	result = act_call(CALL_ACK, SYS_ioctl, handle->fd, DEQUE_ACK,
			  (long)&leases);
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
	      act_call(CALL_RETURN, SYS_ioctl, handle->fd, command,
		       (long)&leases),
	      ESTALE, handle->deque < STABLE ? 0 : ENODEV);
}

/* A message that is not settled goes back when its time is over, or its file closed. */
void act_claim(void)
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
	result = act_call(CALL_CLAIM, SYS_ioctl, handle->fd, DEQUE_CLAIM,
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

void act_kick(void)
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
	      act_call(CALL_KICK, SYS_ioctl, handle->fd, DEQUE_KICK,
		       (long)&kick),
	      handle->deque < STABLE ? 0 : ENODEV);
}
