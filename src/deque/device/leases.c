// SPDX-License-Identifier: GPL-2.0-only
/*
 * The commands on what was claimed: DEQUE_ACK, DEQUE_RETURN, DEQUE_BURY,
 * DEQUE_EXTEND; and DEQUE_KICK.
 */
#include <linux/fs.h>
#include <linux/minmax.h>
#include <linux/uaccess.h>

#include "core/deque.h"
#include "core/kick.h"
#include "core/queue.h"
#include "core/settle.h"
#include "core/state.h"
#include "core/timer.h"
#include "device/device.h"

/* So many tokens at a time: they fit on the stack, and nothing can run out. */
#define DEQUE_TOKENS_MAX	32

static int deque_leases_check(const struct deque_leases *leases)
{
	if (!leases->count || leases->count > DEQUE_BATCH_MAX ||
	    leases->reserved || leases->time_ns > DEQUE_TIME_LIMIT)
		return -EINVAL;
	return 0;
}

/* Where to, if the flags say so. */
static int deque_release_aim(struct deque_release *release, u32 flags)
{
	if ((flags & DEQUE_FRONT) && (flags & DEQUE_BACK))
		return -EINVAL;
	release->at_end = flags & (DEQUE_FRONT | DEQUE_BACK);
	release->end = flags & DEQUE_FRONT ? DEQUE_AT_FRONT : DEQUE_AT_BACK;
	return 0;
}

static int deque_settle_some(struct deque_file *file, const u64 __user *user,
			     unsigned int count,
			     struct deque_release *release)
{
	u64 tokens[DEQUE_TOKENS_MAX];

	if (copy_from_user(tokens, user, count * sizeof(*tokens)))
		return -EFAULT;
	return deque_settle(file, tokens, count, release);
}

static long deque_settle_all(struct file *file,
			     const struct deque_leases *leases,
			     struct deque_release *release)
{
	const u64 __user *user = u64_to_user_ptr(leases->tokens);
	unsigned int done = 0;
	unsigned int count;
	int n;

	release->due = deque_due_in(leases->time_ns);
	release->places = leases->count;
	do {
		count = min_t(unsigned int, leases->count - done,
			      DEQUE_TOKENS_MAX);
		n = deque_settle_some(file->private_data, user + done, count,
				      release);
		if (n < 0)
			return done ? (long)done : n;
		done += n;
	} while (n == count && done < leases->count);
	return done;
}

/**
 * deque_command_ack() - DEQUE_ACK
 * @file: of a deque
 * @argument: a struct deque_leases
 *
 * Context: may sleep.
 * Return: for how many, or an error if for none.
 */
long deque_command_ack(struct file *file, void *argument)
{
	struct deque_release release = { .settle = deque_settle_ack };
	const struct deque_leases *leases = argument;

	if (leases->time_ns)
		return -EINVAL;
	return deque_leases_check(leases) ?:
	       deque_settle_all(file, leases, &release);
}

/**
 * deque_command_return() - DEQUE_RETURN
 * @file: of a deque
 * @argument: a struct deque_leases
 *
 * Context: may sleep.
 * Return: for how many, or an error if for none.
 */
long deque_command_return(struct file *file, void *argument)
{
	struct deque_release release = { .settle = deque_settle_return };
	const struct deque_leases *leases = argument;

	release.uncounted = leases->flags & DEQUE_UNCOUNTED;
	return deque_leases_check(leases) ?:
	       deque_release_aim(&release, leases->flags) ?:
	       deque_settle_all(file, leases, &release);
}

/**
 * deque_command_bury() - DEQUE_BURY
 * @file: of a deque
 * @argument: a struct deque_leases
 *
 * Context: may sleep.
 * Return: for how many, or an error if for none.
 */
long deque_command_bury(struct file *file, void *argument)
{
	struct deque_release release = { .settle = deque_settle_bury };
	const struct deque_leases *leases = argument;

	if (leases->time_ns)
		return -EINVAL;
	return deque_leases_check(leases) ?:
	       deque_settle_all(file, leases, &release);
}

/**
 * deque_command_extend() - DEQUE_EXTEND
 * @file: of a deque
 * @argument: a struct deque_leases
 *
 * Context: may sleep.
 * Return: for how many, or an error if for none.
 */
long deque_command_extend(struct file *file, void *argument)
{
	struct deque_release release = { .settle = deque_settle_extend };
	const struct deque_leases *leases = argument;

	return deque_leases_check(leases) ?:
	       deque_settle_all(file, leases, &release);
}

/**
 * deque_command_kick() - DEQUE_KICK
 * @file: of a deque
 * @argument: a struct deque_kick
 *
 * Context: sleeps.
 * Return: 0 or an error.
 */
long deque_command_kick(struct file *file, void *argument)
{
	const struct deque_file *opened = file->private_data;
	struct deque_release release = { .due = KTIME_MAX };
	struct deque_kick *kick = argument;
	long ret;

	if (kick->reserved || !kick->count || !kick->states ||
	    kick->states & ~(DEQUE_BURIED | DEQUE_DELAYED))
		return -EINVAL;
	ret = deque_release_aim(&release, kick->flags);
	if (ret)
		return ret;
	ret = deque_kick_parked(opened->deque, kick->states, kick->count, &release);
	if (ret < 0)
		return ret;
	kick->count = ret;
	return 0;
}
