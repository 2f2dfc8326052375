// SPDX-License-Identifier: GPL-2.0-only
/*
 * A walk past all messages of a deque, of which each call makes a part.  The lock is
 * held for a few steps at a time, however deep the deque is.
 */
#include <linux/bits.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/minmax.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "core/deque.h"
#include "core/message.h"
#include "core/parked.h"
#include "core/process.h"
#include "core/queue.h"
#include "core/walk.h"

/* How many messages are looked at before the lock is dropped. */
#define DEQUE_STEPS_MAX	256

/*
 * A cursor says what was seen last: of the ready ones a position, which is
 * biased, as it may be negative; of the others a token.
 */
#define DEQUE_CURSOR_PARKED	BIT_ULL(63)
#define DEQUE_CURSOR_BIAS	BIT_ULL(62)

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

	lockdep_assert_held(&walk->deque->lock);
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

	lockdep_assert_held(&walk->deque->lock);
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

/**
 * deque_walk_file() - go on with the walk of an open file
 * @walk: the walk; its sights get what is seen
 * @opened: the file, which keeps the bookmark for the next call
 *
 * Context: sleeps.
 * Return: 0; -ENODEV.
 */
int deque_walk_file(struct deque_walk *walk, struct deque_file *opened)
{
	int ret;

	deque_walk_swap_bookmark(walk, opened);
	ret = deque_walk_on(walk);
	deque_walk_swap_bookmark(walk, opened);
	deque_bookmark_put(walk->bookmark);
	return ret;
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

/**
 * deque_walk_forget() - drop what was seen
 * @walk: the walk
 *
 * Context: may sleep.
 */
void deque_walk_forget(const struct deque_walk *walk)
{
	unsigned int n;

	for (n = 0; n < walk->count; n++) {
		deque_process_forget(&walk->sights[n].holder);
		deque_message_put(walk->sights[n].message);
	}
}
