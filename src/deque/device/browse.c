// SPDX-License-Identifier: GPL-2.0-only
/*
 * DEQUE_BROWSE: a walk past all messages of a deque, of which each call makes a
 * part.  The lock is held for a few steps at a time, however deep the deque is.
 */
#include <linux/bits.h>
#include <linux/fs.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/time_namespace.h>
#include <linux/uaccess.h>

#include "core/deque.h"

/* How many messages are looked at before the lock is dropped. */
#define DEQUE_STEPS_MAX	256

/*
 * A cursor says what was seen last: of the ready ones a position, which is
 * biased, as it may be negative; of the others a token.
 */
#define DEQUE_CURSOR_PARKED	BIT_ULL(63)
#define DEQUE_CURSOR_BIAS	BIT_ULL(62)

#define DEQUE_STATES	(DEQUE_READY | DEQUE_LEASED | DEQUE_DELAYED | \
			 DEQUE_BURIED)

/**
 * struct deque_sight - what was seen of a message
 * @message: the message, with a reference
 * @holder: who leased it, or zeros
 * @cursor: to go on behind it
 * @token: of its lease, or 0
 * @since_ns: as in &struct deque_entry
 * @due: as in &struct deque_parked
 * @state: one of DEQUE_READY and so on
 */
struct deque_sight {
	struct deque_message *message;
	struct deque_process holder;
	u64 cursor;
	u64 token;
	u64 since_ns;
	ktime_t due;
	u32 state;
};

/**
 * struct deque_walk - a part of a walk
 * @deque: past its messages
 * @states: which of them to look at
 * @cursor: how far it has come
 * @bookmark: a message that stood in the line there, or before, with a
 *	reference; or NULL.  If it still stands there, it saves a search
 * @sights: what was seen
 * @count: how many
 * @most: how many at most
 * @dead: whether the deque turned out to be
 */
struct deque_walk {
	struct deque *deque;
	u32 states;
	u64 cursor;
	struct deque_message *bookmark;
	struct deque_sight *sights;
	unsigned int count;
	unsigned int most;
	bool dead;
};

static s64 deque_cursor_position(u64 cursor)
{
	return cursor ? (s64)(cursor - DEQUE_CURSOR_BIAS) : S64_MIN;
}

static void deque_bookmark_put(struct deque_message *bookmark)
{
	if (bookmark)
		deque_message_put(bookmark);
}

/* Returns the message that was the bookmark: to be put without the lock. */
static struct deque_message *deque_walk_mark(struct deque_walk *walk,
					     struct deque_message *message)
{
	struct deque_message *old = walk->bookmark;

	if (message)
		refcount_inc(&message->references);
	walk->bookmark = message;
	return old;
}

static bool deque_walk_full(const struct deque_walk *walk)
{
	return walk->count == walk->most;
}

static void deque_walk_see_ready(struct deque_walk *walk,
				 struct deque_message *message)
{
	refcount_inc(&message->references);
	walk->cursor = message->position + DEQUE_CURSOR_BIAS;
	walk->sights[walk->count++] = (struct deque_sight){
		.message = message,
		.cursor = walk->cursor,
		.due = KTIME_MAX,
		.state = DEQUE_READY,
	};
}

/* Goes on among the ready ones; returns what was the bookmark. */
static struct deque_message *deque_walk_ready_locked(struct deque_walk *walk)
{
	s64 position = deque_cursor_position(walk->cursor);
	struct deque_message *seen = walk->bookmark;
	struct deque_message *message;
	struct deque_cursor cursor;
	unsigned int steps;

	if (seen && (seen->place != DEQUE_IN_LINE || seen->position > position))
		seen = NULL;
	deque_queue_begin_behind(&walk->deque->queue, position, seen, &cursor);
	for (steps = 0; steps < DEQUE_STEPS_MAX; steps++) {
		if (deque_walk_full(walk))
			break;
		message = deque_queue_step(&cursor);
		if (!message) {
			walk->cursor = DEQUE_CURSOR_PARKED;
			return deque_walk_mark(walk, NULL);
		}
		if (message->place == DEQUE_IN_LINE)
			seen = message;
		if (message->position > position)
			deque_walk_see_ready(walk, message);
	}
	return deque_walk_mark(walk, seen);
}

static void deque_walk_see_parked(struct deque_walk *walk,
				  const struct deque_parked *parked)
{
	struct deque_sight *sight = &walk->sights[walk->count++];
	bool leased = parked->state == DEQUE_LEASED;

	refcount_inc(&parked->message->references);
	*sight = (struct deque_sight){
		.message = parked->message,
		.cursor = DEQUE_CURSOR_PARKED | parked->token,
		.token = leased ? parked->token : 0,
		.since_ns = parked->since_ns,
		.due = parked->due,
		.state = parked->state,
	};
	if (leased)
		deque_process_copy(&sight->holder, &parked->holder);
}

/* Goes on among the others; returns whether that was all. */
static bool deque_walk_parked_locked(struct deque_walk *walk)
{
	u64 token = walk->cursor & ~DEQUE_CURSOR_PARKED;
	const struct deque_parked *parked =
		deque_parking_after(&walk->deque->parking, token);
	unsigned int steps;

	for (steps = 0; steps < DEQUE_STEPS_MAX; steps++) {
		if (!parked || deque_walk_full(walk))
			return true;
		walk->cursor = DEQUE_CURSOR_PARKED | parked->token;
		if (parked->state & walk->states)
			deque_walk_see_parked(walk, parked);
		parked = deque_parking_next(parked);
	}
	return false;
}

/* Returns whether the walk is over, for this call. */
static bool deque_walk_some(struct deque_walk *walk)
{
	struct deque_message *mark = NULL;
	struct deque *deque = walk->deque;
	bool over = true;

	spin_lock(&deque->lock);
	walk->dead = deque->dead;
	if (!walk->dead && !(walk->cursor & DEQUE_CURSOR_PARKED)) {
		mark = deque_walk_ready_locked(walk);
		over = deque_walk_full(walk);
	} else if (!walk->dead) {
		over = deque_walk_parked_locked(walk);
	}
	spin_unlock(&deque->lock);
	deque_bookmark_put(mark);
	return over;
}

static int deque_walk_on(struct deque_walk *walk)
{
	/* Of those that are not ready none was seen yet, whichever it was. */
	if (!(walk->states & DEQUE_READY) &&
	    !(walk->cursor & DEQUE_CURSOR_PARKED))
		walk->cursor = DEQUE_CURSOR_PARKED;
	while (!deque_walk_some(walk) && !fatal_signal_pending(current))
		cond_resched();
	return walk->dead ? -ENODEV : 0;
}

/*
 * The bookmark is the file's between calls; two at a time have one each.  A dead
 * deque has none: its messages are to be freed.
 */
static void deque_walk_swap_bookmark(struct deque_walk *walk,
				     struct deque_file *opened)
{
	struct deque *deque = walk->deque;

	spin_lock(&deque->lock);
	if (!deque->dead) {
		swap(walk->bookmark, opened->bookmark);
		if (opened->bookmark)
			list_move(&opened->bookmarked, &deque->bookmarked);
		else
			list_del_init(&opened->bookmarked);
	}
	spin_unlock(&deque->lock);
}

/* Returns whose bookmark it was able to take away, if any. */
static struct deque_message *deque_bookmark_take(struct deque *deque,
						 struct deque_file *opened)
{
	struct deque_message *bookmark = NULL;

	spin_lock(&deque->lock);
	opened = opened ?: list_first_entry_or_null(&deque->bookmarked,
						    struct deque_file,
						    bookmarked);
	if (opened) {
		swap(bookmark, opened->bookmark);
		list_del_init(&opened->bookmarked);
	}
	spin_unlock(&deque->lock);
	return bookmark;
}

/**
 * deque_bookmark_drop() - forget how far a walk through a file has come
 * @opened: the file, about to be released
 *
 * Context: may sleep.
 */
void deque_bookmark_drop(struct deque_file *opened)
{
	deque_bookmark_put(deque_bookmark_take(opened->deque, opened));
}

/**
 * deque_bookmarks_drop() - forget all bookmarks, which keep messages from being freed
 * @deque: the deque, dead
 *
 * Context: may sleep.
 */
void deque_bookmarks_drop(struct deque *deque)
{
	struct deque_message *bookmark;

	while ((bookmark = deque_bookmark_take(deque, NULL))) {
		deque_message_put(bookmark);
		cond_resched();
	}
}

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

static void deque_walk_forget(const struct deque_walk *walk)
{
	unsigned int n;

	for (n = 0; n < walk->count; n++) {
		deque_process_forget(&walk->sights[n].holder);
		deque_message_put(walk->sights[n].message);
	}
}

static long deque_walk_call(struct deque_file *opened,
			    struct deque_walk *walk,
			    struct deque_entry *entries,
			    struct deque_browse *browse)
{
	unsigned int told;
	long ret;

	deque_walk_swap_bookmark(walk, opened);
	ret = deque_walk_on(walk);
	deque_walk_swap_bookmark(walk, opened);
	deque_bookmark_put(walk->bookmark);
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
