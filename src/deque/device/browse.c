// SPDX-License-Identifier: GPL-2.0-only
/*
 * DEQUE_BROWSE: a walk past all messages of a deque, of which each call makes a part.
 */
#include <linux/fs.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/time_namespace.h>
#include <linux/uaccess.h>

#include "core/deque.h"
#include "core/memory.h"
#include "core/message.h"
#include "core/process.h"
#include "core/walk.h"
#include "device/device.h"

#define DEQUE_STATES	(DEQUE_READY | DEQUE_LEASED | DEQUE_DELAYED | \
			 DEQUE_BURIED)

/* In a time namespace the caller's clock has an offset. */
static u64 deque_time_shown(ktime_t time)
{
	struct timespec64 clock = ktime_to_timespec64(time);

	timens_add_monotonic(&clock);
	return max_t(s64, timespec64_to_ns(&clock), 1);
}

static void deque_entry_fill(struct deque_entry *entry,
			     const struct deque_sight *sight)
{
	deque_message_describe(sight->message, &entry->message);
	entry->message.token = sight->token;
	entry->state = sight->state;
	entry->holder = deque_process_number(&sight->holder);
	entry->since_ns = sight->since_ns;
	entry->due_ns = sight->due == KTIME_MAX ? 0 :
						  deque_time_shown(sight->due);
}

/* Tells the caller what was seen, until that fails; returns of how many. */
static unsigned int deque_walk_tell(const struct deque_walk *walk,
				    struct deque_entry *entries,
				    struct deque_entry __user *user)
{
	unsigned int n;

	for (n = 0; n < walk->count; n++) {
		struct deque_message *message = walk->sights[n].message;
		u32 size = min(entries[n].message.size, message->size);

		if (size &&
		    deque_payload_write_user(message,
					     u64_to_user_ptr(entries[n].message.data),
					     size))
			break;
		deque_entry_fill(&entries[n], &walk->sights[n]);
		if (copy_to_user(&user[n], &entries[n], sizeof(*entries)) ||
		    fatal_signal_pending(current))
			break;
		cond_resched();
	}
	return n;
}

static long deque_walk_call(struct deque_file *opened,
			    struct deque_walk *walk,
			    struct deque_entry *entries,
			    struct deque_browse *browse)
{
	unsigned int told;
	long ret;

	ret = deque_walk_file(walk, opened);
	if (!ret) {
		told = deque_walk_tell(walk, entries,
				       u64_to_user_ptr(browse->entries));
		browse->cursor = walk->cursor;
		if (told < walk->count && told)
			browse->cursor = walk->sights[told - 1].cursor;
		ret = told < walk->count && !told ? -EFAULT : (long)told;
	}
	deque_walk_forget(walk);
	return ret;
}

static int deque_browse_check(const struct deque_browse *browse)
{
	if (!browse->count || browse->count > DEQUE_BATCH_MAX ||
	    !browse->states || browse->states & ~DEQUE_STATES)
		return -EINVAL;
	return 0;
}

static int deque_entries_load(struct deque_entry *entries, unsigned int count,
			      const struct deque_browse *browse)
{
	unsigned int i;

	if (copy_from_user(entries, u64_to_user_ptr(browse->entries),
			   count * sizeof(*entries)))
		return -EFAULT;
	for (i = 0; i < count; i++) {
		if (entries[i].message.reserved)
			return -EINVAL;
	}
	return 0;
}

/**
 * deque_command_browse() - DEQUE_BROWSE
 * @file: of a deque
 * @argument: a struct deque_browse
 *
 * Context: sleeps.
 * Return: how many messages are shown, 0 at the end, or an error.
 */
long deque_command_browse(struct file *file, void *argument)
{
	struct deque_file *opened = file->private_data;
	struct deque_browse *browse = argument;
	struct deque_walk walk = {
		.deque = opened->deque,
		.states = browse->states,
		.cursor = browse->cursor,
	};
	struct deque_sight *sights;
	struct deque_entry *entries;
	struct deque_sight sight;
	struct deque_entry entry;
	bool many;
	long ret;

	ret = deque_browse_check(browse);
	if (ret)
		return ret;
	entries = deque_call_alloc(browse->count, sizeof(*entries));
	sights = deque_call_alloc(browse->count, sizeof(*sights));
	/* One at a time is always possible. */
	many = entries && sights;
	walk.sights = many ? sights : &sight;
	walk.most = many ? browse->count : 1;
	ret = deque_entries_load(many ? entries : &entry, walk.most, browse);
	if (!ret)
		ret = deque_walk_call(opened, &walk, many ? entries : &entry,
				      browse);
	deque_call_free(sights, browse->count, sizeof(*sights));
	deque_call_free(entries, browse->count, sizeof(*entries));
	return ret;
}
