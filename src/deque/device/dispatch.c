// SPDX-License-Identifier: GPL-2.0-only
/*
 * How ioctls are called: one dispatcher, one place that copies arguments in and
 * replies out.
 */
#include <linux/build_bug.h>
#include <linux/fs.h>
#include <linux/uaccess.h>

#include "device/device.h"

/* The ABI: the same for 32-bit callers, without holes. */
static_assert(sizeof(struct deque_limits) == 48);
static_assert(sizeof(struct deque_create) == 128);
static_assert(sizeof(struct deque_destroy) == 72);
static_assert(sizeof(struct deque_descriptor) == 56);
static_assert(sizeof(struct deque_batch) == 40);
static_assert(sizeof(struct deque_leases) == 32);
static_assert(sizeof(struct deque_kick) == 24);
static_assert(sizeof(struct deque_entry) == 80);
static_assert(sizeof(struct deque_browse) == 32);
static_assert(sizeof(struct deque_info) == 272);
static_assert(sizeof(struct deque_set) == 64);

/* What every struct of a command begins with. */
struct deque_head {
	u32 size;
	u32 flags;
};

union deque_argument {
	struct deque_head head;
	struct deque_create create;
	struct deque_destroy destroy;
	struct deque_batch batch;
	struct deque_leases leases;
	struct deque_kick kick;
	struct deque_browse browse;
	struct deque_info info;
	struct deque_set set;
};

static const struct deque_command *
deque_command_find(unsigned int number, const struct deque_command *commands,
		   unsigned int count)
{
	for (; count; commands++, count--) {
		if (commands->number == number)
			return commands;
	}
	return NULL;
}

/* The size is read once: user space may change it behind our back. */
static int deque_argument_load(const struct deque_command *command,
			       union deque_argument *argument,
			       void __user *user)
{
	u32 size;
	int ret;

	if (get_user(size, (u32 __user *)user))
		return -EFAULT;
	if (size < command->min_size)
		return -EINVAL;
	if (size > PAGE_SIZE)
		return -E2BIG;
	ret = copy_struct_from_user(argument, command->size, user, size);
	if (ret)
		return ret;
	argument->head.size = size;
	return argument->head.flags & ~command->flags ? -EOPNOTSUPP : 0;
}

/* As much as the caller knows; what it knows and we do not is zero already. */
static int deque_argument_reply(const struct deque_command *command, u32 size,
				union deque_argument *argument,
				void __user *user)
{
	argument->head.size = command->size;
	size = min(size, command->size);
	return copy_to_user(user, argument, size) ? -EFAULT : 0;
}

/**
 * deque_dispatch() - run an ioctl
 * @file: that it was called on
 * @number: its number
 * @argument: its argument, the address of a struct
 * @commands: what there is
 * @count: how many
 *
 * Context: sleeps.
 * Return: what the command returns; -ENOTTY, -EBADF, -EFAULT, -EINVAL, -E2BIG,
 * -EOPNOTSUPP.
 */
long deque_dispatch(struct file *file, unsigned int number,
		    unsigned long argument,
		    const struct deque_command *commands, unsigned int count)
{
	const struct deque_command *command =
		deque_command_find(number, commands, count);
	void __user *user = (void __user *)argument;
	union deque_argument copy;
	long ret;
	u32 size;

	if (!command)
		return -ENOTTY;
	if (command->mode && !(file->f_mode & command->mode))
		return -EBADF;
	ret = deque_argument_load(command, &copy, user);
	if (ret)
		return ret;
	size = copy.head.size;
	ret = command->run(file, &copy);
	if (ret < 0 || !command->reply)
		return ret;
	return deque_argument_reply(command, size, &copy, user) ?: ret;
}
