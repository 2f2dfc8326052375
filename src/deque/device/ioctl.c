// SPDX-License-Identifier: GPL-2.0-only
/*
 * How ioctls are called: one dispatcher, one place that copies arguments in
 * and replies out.  And the commands of a deque, but for the batches.
 */
#include <linux/build_bug.h>
#include <linux/fs.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <asm/ioctls.h>

#include "core/deque.h"

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

static long deque_command_get(struct file *file, void *argument)
{
	const struct deque_file *opened = file->private_data;
	struct deque_info *info = argument;
	int ret = deque_describe(opened->deque, info);

	/* Pairs with WRITE_ONCE() in deque_file_set(). */
	info->file_policy = READ_ONCE(opened->policy);
	return ret;
}

/* The policy of one open file, which anybody may set who reads from it. */
static long deque_file_set(struct file *file, const struct deque_set *set)
{
	struct deque_file *opened = file->private_data;
	int ret = 0;

	if (!(file->f_mode & FMODE_READ))
		return -EBADF;
	if (memchr_inv(&set->limits, 0, sizeof(set->limits)))
		return -EINVAL;
	spin_lock(&opened->deque->lock);
	if (opened->deque->dead) {
		ret = -ENODEV;
		goto out_unlock;
	}
	WRITE_ONCE(opened->policy,
		   (opened->policy | set->policy_on) & ~set->policy_off);
	if (set->policy_off & DEQUE_ACK_ON_READ)
		opened->era++;
out_unlock:
	spin_unlock(&opened->deque->lock);
	return ret;
}

static long deque_command_set(struct file *file, void *argument)
{
	const struct deque_file *opened = file->private_data;
	const struct deque_set *set = argument;

	if ((set->policy_on | set->policy_off) & ~DEQUE_POLICIES ||
	    set->policy_on & set->policy_off)
		return -EINVAL;
	if (set->flags & DEQUE_FILE)
		return deque_file_set(file, set);
	if (!(file->f_mode & FMODE_WRITE))
		return -EBADF;
	if (!deque_may_manage(opened->deque))
		return -EPERM;
	return deque_limits_set(opened->deque, &set->limits, set->policy_on,
				set->policy_off);
}

static const struct deque_command deque_commands[] = {
	{
		.number = DEQUE_PUSH,
		.mode = FMODE_WRITE,
		.size = sizeof(struct deque_batch),
		.min_size = sizeof(struct deque_batch),
		.flags = DEQUE_FRONT | DEQUE_BACK | DEQUE_NOWAIT |
			 DEQUE_DEADLINE,
		.run = deque_batch_push,
	},
	{
		.number = DEQUE_POP,
		.mode = FMODE_READ,
		.size = sizeof(struct deque_batch),
		.min_size = sizeof(struct deque_batch),
		.flags = DEQUE_FRONT | DEQUE_BACK | DEQUE_NOWAIT |
			 DEQUE_DEADLINE | DEQUE_PEEK,
		.run = deque_batch_pop,
	},
	{
		.number = DEQUE_CLAIM,
		.mode = FMODE_READ,
		.size = sizeof(struct deque_batch),
		.min_size = sizeof(struct deque_batch),
		.flags = DEQUE_FRONT | DEQUE_BACK | DEQUE_NOWAIT |
			 DEQUE_DEADLINE | DEQUE_PROCESS,
		.run = deque_batch_claim,
	},
	{
		.number = DEQUE_ACK,
		.mode = FMODE_READ,
		.size = sizeof(struct deque_leases),
		.min_size = sizeof(struct deque_leases),
		.run = deque_command_ack,
	},
	{
		.number = DEQUE_RETURN,
		.mode = FMODE_READ,
		.size = sizeof(struct deque_leases),
		.min_size = sizeof(struct deque_leases),
		.flags = DEQUE_FRONT | DEQUE_BACK | DEQUE_UNCOUNTED,
		.run = deque_command_return,
	},
	{
		.number = DEQUE_BURY,
		.mode = FMODE_READ,
		.size = sizeof(struct deque_leases),
		.min_size = sizeof(struct deque_leases),
		.run = deque_command_bury,
	},
	{
		.number = DEQUE_EXTEND,
		.mode = FMODE_READ,
		.size = sizeof(struct deque_leases),
		.min_size = sizeof(struct deque_leases),
		.run = deque_command_extend,
	},
	{
		.number = DEQUE_KICK,
		.mode = FMODE_WRITE,
		.size = sizeof(struct deque_kick),
		.min_size = sizeof(struct deque_kick),
		.flags = DEQUE_FRONT | DEQUE_BACK,
		.reply = true,
		.run = deque_command_kick,
	},
	{
		.number = DEQUE_BROWSE,
		.mode = FMODE_READ,
		.size = sizeof(struct deque_browse),
		.min_size = sizeof(struct deque_browse),
		.reply = true,
		.run = deque_command_browse,
	},
	{
		.number = DEQUE_GET,
		.size = sizeof(struct deque_info),
		.min_size = sizeof(struct deque_info),
		.reply = true,
		.run = deque_command_get,
	},
	{
		.number = DEQUE_SET,
		.size = sizeof(struct deque_set),
		.min_size = sizeof(struct deque_set),
		.flags = DEQUE_FILE,
		.run = deque_command_set,
	},
};

/* FIONREAD: how many bytes of a message a read can get, 0 if there is none. */
static long deque_next_size(struct file *file, int __user *user)
{
	const struct deque_file *opened = file->private_data;
	struct deque *deque = opened->deque;
	struct deque_message *message;
	int size = 0;
	bool dead;

	if (!(file->f_mode & FMODE_READ))
		return -EBADF;
	spin_lock(&deque->lock);
	dead = deque->dead;
	message = deque_queue_first(&deque->queue, DEQUE_AT_FRONT);
	if (message)
		size = opened->policy & DEQUE_LINES ? deque_line_size(message) :
						      message->size;
	size = deque_line_left_locked(opened) ?: size;
	spin_unlock(&deque->lock);
	return dead ? -ENODEV : put_user(size, user);
}

/**
 * deque_ioctl() - ioctl(2) on /dev/deque/NAME
 * @file: the file
 * @number: the command
 * @argument: its argument
 *
 * Context: sleeps.
 * Return: as the command says.
 */
long deque_ioctl(struct file *file, unsigned int number, unsigned long argument)
{
	if (number == FIONREAD)
		return deque_next_size(file, (int __user *)argument);
	return deque_dispatch(file, number, argument, deque_commands,
			      ARRAY_SIZE(deque_commands));
}
