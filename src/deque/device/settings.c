// SPDX-License-Identifier: GPL-2.0-only
/*
 * DEQUE_GET and DEQUE_SET.
 */
#include <linux/fs.h>
#include <linux/string.h>

#include "core/deque.h"
#include "core/info.h"
#include "device/device.h"
#include "registry.h"

/**
 * deque_command_get() - DEQUE_GET
 * @file: of a deque
 * @argument: a struct deque_info
 *
 * Context: process.
 * Return: 0; -ENODEV.
 */
long deque_command_get(struct file *file, void *argument)
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

/**
 * deque_command_set() - DEQUE_SET
 * @file: of a deque
 * @argument: a struct deque_set
 *
 * Context: may sleep.
 * Return: 0 or an error.
 */
long deque_command_set(struct file *file, void *argument)
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
