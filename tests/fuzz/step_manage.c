// SPDX-License-Identifier: GPL-2.0-only
/*
 * Steps that make and destroy deques, look at them, and change their limits.
 */
#include "world.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Most of what is asked for: bounds that are reached soon. */
static const struct deque_limits limits_most = {
	.max_messages = 300,
	.max_message_size = 2 << 20,
	.max_bytes = 4 << 20,
};

/* None, mostly, or some of @known; rarely one that there is not. */
static uint32_t choose_policy(uint32_t known)
{
	if (prng_one_in(&world.prng, 60))
		return 1U << (2 + prng_below(&world.prng, 30));
	return prng_one_in(&world.prng, 2) ? prng_next(&world.prng) & known : 0;
}

void step_create(void)
{
	unsigned int n = prng_below(&world.prng, NAMES);
	int control = world.control[prng_below(&world.prng, 8) ? 2 : 0];
	struct deque_create create = { .size = sizeof(create) };
	struct errors errors = { 0 };
	struct place place;
	long result;

	argument_name(&world.prng, create.name, world_name(n), 10, &errors);
	argument_limits(&world.prng, &create.limits, &limits_most, 16, &errors);
	create.policy = choose_policy(DEQUE_POLICIES);
	if (create.policy & ~DEQUE_POLICIES)
		errors_add(&errors, EINVAL);
	place = argument_make(&world.memory, &world.prng, &create,
			      sizeof(create), 0, false, 16, &errors);
	if (control == world.control[0])
		errors_add(&errors, EBADF);
	if (world.deques[n])
		errors_add(&errors, EEXIST);
	if (model_bounds.deques >= model_bounds.max_deques)
		errors_add(&errors, ENOSPC);
	result = world_ioctl(CALL_CREATE, control, DEQUE_CREATE, place.address,
			     world_name(n));
	if (!expect(result, 0, &errors))
		return;
	world.deques[n] =
		model_create(world_name(n), &create.limits, world.caller.uid);
	world.deques[n]->info.policy = create.policy;
}

void step_destroy(void)
{
	unsigned int n = prng_below(&world.prng, NAMES);
	int control = world.control[prng_below(&world.prng, 8) ? 1 : 0];
	struct deque_destroy destroy = { .size = sizeof(destroy) };
	struct model_deque *deque = world.deques[n];
	struct errors errors = { 0 };
	struct place place;
	long result;

	if (prng_one_in(&world.prng, 4))
		destroy.flags = DEQUE_FORCE;
	argument_name(&world.prng, destroy.name, world_name(n), 10, &errors);
	place = argument_make(&world.memory, &world.prng, &destroy,
			      sizeof(destroy), DEQUE_FORCE, false, 8, &errors);
	if (control == world.control[0])
		errors_add(&errors, EBADF);
	if (!deque)
		errors_add(&errors, ENOENT);
	else if (world.caller.uid && world.caller.uid != deque->info.owner)
		errors_add(&errors, EPERM);
	if (deque && (deque->info.openers || deque->info.messages) &&
	    !(destroy.flags & DEQUE_FORCE))
		errors_add(&errors, EBUSY);
	result = world_ioctl(CALL_DESTROY, control, DEQUE_DESTROY,
			     place.address, world_name(n));
	if (expect(result, 0, &errors))
		world_destroy(n);
}

void step_get(void)
{
	struct handle *handle = world_handle();
	struct errors errors = { 0 };
	struct deque_info info;
	struct place place;
	long result;

	if (!handle)
		return;
	/* But for its size and flags, nothing of it is read. */
	prng_fill(&world.prng, &info, sizeof(info));
	info.size = sizeof(info);
	info.flags = 0;
	place = argument_make(&world.memory, &world.prng, &info, sizeof(info),
			      0, true, 3, &errors);
	if (!handle->description->deque->alive)
		errors_add(&errors, ENODEV);
	result =
		world_ioctl(CALL_GET, handle->fd, DEQUE_GET, place.address, "");
	if (!expect(result, 0, &errors))
		return;
	info = description_info(handle->description);
	if (memcmp(place.alias, &info, sizeof(info)))
		mismatch("get tells something else than expected");
	expect_info(handle);
}

static void choose_policies(struct deque_set *set, struct errors *errors)
{
	set->policy_on = choose_policy(DEQUE_POLICIES);
	set->policy_off = choose_policy(DEQUE_POLICIES);
	if (!prng_one_in(&world.prng, 20))
		set->policy_off &= ~set->policy_on;
	if ((set->policy_on | set->policy_off) & ~DEQUE_POLICIES ||
	    set->policy_on & set->policy_off)
		errors_add(errors, EINVAL);
}

/* The policy of an open file, set by a reader. */
static void set_of_file(const struct handle *handle)
{
	struct description *file = handle->description;
	struct deque_set set = { .size = sizeof(set), .flags = DEQUE_FILE };
	struct errors errors = { 0 };
	struct place place;

	choose_policies(&set, &errors);
	if (prng_one_in(&world.prng, 20)) {
		set.limits.max_messages = 1;
		errors_add(&errors, EINVAL);
	}
	place = argument_make(&world.memory, &world.prng, &set, sizeof(set),
			      DEQUE_FILE, false, 6, &errors);
	if (!file->readable)
		errors_add(&errors, EBADF);
	if (!file->deque->alive)
		errors_add(&errors, ENODEV);
	if (!expect(world_ioctl(CALL_SET, handle->fd, DEQUE_SET, place.address,
				"of a file"),
		    0, &errors))
		return;
	file->policy = (file->policy | set.policy_on) & ~set.policy_off;
	file->era += !!(set.policy_off & DEQUE_ACK_ON_READ);
}

void step_set(void)
{
	struct handle *handle = world_handle();
	struct deque_set set = { .size = sizeof(set) };
	struct errors errors = { 0 };
	struct place place;
	struct model_deque *deque;
	long result;

	if (!handle)
		return;
	deque = handle->description->deque;
	if (prng_one_in(&world.prng, 2)) {
		set_of_file(handle);
		return;
	}
	argument_limits(&world.prng, &set.limits, &limits_most, 8, &errors);
	choose_policies(&set, &errors);
	place = argument_make(&world.memory, &world.prng, &set, sizeof(set),
			      DEQUE_FILE, false, 6, &errors);
	if (!handle->description->writable)
		errors_add(&errors, EBADF);
	if (world.caller.uid && world.caller.uid != deque->info.owner)
		errors_add(&errors, EPERM);
	if (!deque->alive)
		errors_add(&errors, ENODEV);
	result =
		world_ioctl(CALL_SET, handle->fd, DEQUE_SET, place.address, "");
	if (!expect(result, 0, &errors))
		return;
	model_limits_set(deque, &set.limits);
	deque->info.policy = (deque->info.policy | set.policy_on) &
			     ~set.policy_off;
	world_owe(deque, O_WRONLY, POLLOUT);
}
