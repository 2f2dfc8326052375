// SPDX-License-Identifier: GPL-2.0-only
/*
 * The table of the commands of a deque.
 */
#include <linux/fs.h>
#include <linux/uaccess.h>

#include <asm/ioctls.h>

#include "core/line.h"
#include "device/device.h"

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

/* FIONREAD */
static long deque_next_size(struct file *file, int __user *user)
{
	u32 size;
	int ret;

	if (!(file->f_mode & FMODE_READ))
		return -EBADF;
	ret = deque_file_next_size(file->private_data, &size);
	return ret ?: put_user(size, user);
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
