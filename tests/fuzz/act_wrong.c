// SPDX-License-Identifier: GPL-2.0-only
/*
 * Workers whose calls are wrong somewhere, and must not do anything.
 */
#include "act.h"
#include "argument.h"

#include <errno.h>
#include <sys/syscall.h>

/*
 * Arguments that are wrong somewhere.  Should they be accepted after all, they
 * do nothing: no message goes in or out by these.
 */
void act_wrong(void)
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
	result = act_call(CALL_WRONG, SYS_ioctl, handle->fd,
			  one_in(8) ? argument_command(&worker.prng)
			  : push    ? DEQUE_PUSH
				    : DEQUE_POP,
			  place.address);
	ALLOW("a wrong call", result, EFAULT, EINVAL, E2BIG, EOPNOTSUPP, ENOTTY,
	      EBADF, EAGAIN, EMSGSIZE, handle->deque < STABLE ? 0 : ENODEV);
	if (result > 0)
		broken("a wrong call works");
}

/* A token that nobody has, in an argument that may be wrong in other ways. */
void act_wrong_leases(void)
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
	result = act_call(CALL_WRONG, SYS_ioctl, handle->fd, command,
			  place.address);
	ALLOW("a wrong lease", result, EFAULT, EINVAL, E2BIG, EOPNOTSUPP, EBADF,
	      ESTALE, handle->deque < STABLE ? 0 : ENODEV);
	if (result > 0)
		broken("a token works that nobody has");
}

/* There is no room for what is claimed, and nothing that could be kicked. */
void act_wrong_claim_or_kick(void)
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
	result = act_call(CALL_WRONG, SYS_ioctl, handle->fd,
			  claim ? DEQUE_CLAIM : DEQUE_KICK, place.address);
	ALLOW("a wrong claim or kick", result, EFAULT, EINVAL, E2BIG,
	      EOPNOTSUPP, EBADF, EAGAIN, EMSGSIZE,
	      handle->deque < STABLE ? 0 : ENODEV);
	if (result > 0)
		broken("a wrong claim or kick works");
}
