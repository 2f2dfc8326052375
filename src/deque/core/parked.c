// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages that are not ready: found by their token, and by when they are due.
 * Knows nothing of bounds or callers: whoever calls holds the lock of the deque.
 */
#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "core/cost.h"
#include "core/memory.h"
#include "core/message.h"
#include "core/parked.h"
#include "core/process.h"

/* The next larger object would cost a third more. */
static_assert(sizeof(struct deque_parked) <= 192);

/* One for all deques: a token that is used on the wrong one hits nothing. */
static atomic64_t last_token = ATOMIC64_INIT(0);

/**
 * deque_token_next() - tokens that nobody had before
 * @count: how many
 *
 * Context: any.
 * Return: the first of them.
 */
u64 deque_token_next(unsigned int count)
{
	return atomic64_add_return(count, &last_token) - count + 1;
}

/**
 * deque_parked_cost() - the memory that one takes
 *
 * Return: bytes.
 */
u32 deque_parked_cost(void)
{
	return deque_object_cost(sizeof(struct deque_parked));
}

static struct deque_parked *deque_parked_new(void)
{
	return kzalloc(sizeof(struct deque_parked), DEQUE_GFP);
}

/**
 * deque_parked_alloc() - make one, for a message that the caller will lease
 *
 * The memory is charged to the caller's memory cgroup.
 *
 * Context: may sleep.
 * Return: it, empty but for the holder, or NULL.
 */
struct deque_parked *deque_parked_alloc(void)
{
	u32 cost = deque_parked_cost() + deque_process_cost();
	struct deque_parked *parked;

	if (!deque_memory_charge_lease(cost))
		return NULL;
	parked = deque_parked_new();
	if (parked && !deque_process_note(&parked->holder))
		return parked;
	kfree(parked);
	deque_memory_release_lease(cost);
	return NULL;
}

/**
 * deque_parked_alloc_delay() - make one, for a message that is put in with a delay
 * @user: the sender; deque_parked_cost() is charged, and belongs to it now
 *
 * Context: may sleep.
 * Return: it, empty, or NULL; then nothing is charged.
 */
struct deque_parked *deque_parked_alloc_delay(struct deque_user *user)
{
	struct deque_parked *parked = deque_parked_new();

	if (parked)
		parked->user = user;
	else
		deque_memory_release(user, deque_parked_cost());
	return parked;
}

/**
 * deque_parked_free() - free one, but not its message
 * @parked: in no list and no tree; NULL is allowed
 *
 * Context: any.
 */
void deque_parked_free(struct deque_parked *parked)
{
	struct deque_user *user;
	u32 cost;

	if (!parked)
		return;
	user = parked->user;
	cost = deque_parked_cost() + deque_process_memory(&parked->holder);
	deque_process_forget(&parked->holder);
	kfree(parked);
	if (user)
		deque_memory_release(user, cost);
	else
		deque_memory_release_lease(cost);
}

/**
 * deque_parked_free_list() - free several, and the messages that they have
 * @list: of them, by their link
 *
 * Context: may sleep.
 */
void deque_parked_free_list(struct list_head *list)
{
	struct deque_parked *parked, *next;

	list_for_each_entry_safe(parked, next, list, link) {
		if (parked->message)
			deque_message_put(parked->message);
		deque_parked_free(parked);
	}
}

/**
 * deque_parking_init() - make it empty
 * @parking: where
 */
void deque_parking_init(struct deque_parking *parking)
{
	*parking = (struct deque_parking){
		.by_token = RB_ROOT,
		.due = { RB_ROOT_CACHED, RB_ROOT_CACHED },
	};
	INIT_LIST_HEAD(&parking->buried);
}

static u64 *deque_parking_count(struct deque_parking *parking, u32 state)
{
	switch (state) {
	case DEQUE_LEASED:
		return &parking->leased_count;
	case DEQUE_DELAYED:
		return &parking->delayed_count;
	default:
		return &parking->buried_count;
	}
}

static struct rb_root_cached *deque_parking_due(struct deque_parking *parking,
						u32 state)
{
	return &parking->due[state == DEQUE_DELAYED];
}

static struct deque_parked *deque_parked_of_token(const struct rb_node *node)
{
	return rb_entry_safe(node, struct deque_parked, by_token);
}

static struct deque_parked *deque_parked_of_due(const struct rb_node *node)
{
	return rb_entry_safe(node, struct deque_parked, by_due);
}

static void deque_parking_link_token(struct deque_parking *parking,
				     struct deque_parked *parked)
{
	struct rb_node **place = &parking->by_token.rb_node;
	struct rb_node *parent = NULL;

	while (*place) {
		parent = *place;
		if (parked->token < deque_parked_of_token(parent)->token)
			place = &parent->rb_left;
		else
			place = &parent->rb_right;
	}
	rb_link_node(&parked->by_token, parent, place);
	rb_insert_color(&parked->by_token, &parking->by_token);
}

/* Of those that are due at the same time the one first that came first. */
static void deque_parking_link_due(struct deque_parking *parking,
				   struct deque_parked *parked)
{
	struct rb_root_cached *root =
		deque_parking_due(parking, parked->state);
	struct rb_node **place = &root->rb_root.rb_node;
	struct rb_node *parent = NULL;
	bool leftmost = true;

	if (parked->due == KTIME_MAX)
		return;
	while (*place) {
		parent = *place;
		if (parked->due < deque_parked_of_due(parent)->due) {
			place = &parent->rb_left;
		} else {
			place = &parent->rb_right;
			leftmost = false;
		}
	}
	rb_link_node(&parked->by_due, parent, place);
	rb_insert_color_cached(&parked->by_due, root, leftmost);
}

static void deque_parking_unlink_due(struct deque_parking *parking,
				     struct deque_parked *parked)
{
	if (parked->due != KTIME_MAX)
		rb_erase_cached(&parked->by_due,
				deque_parking_due(parking, parked->state));
}

/**
 * deque_parking_add() - park a message
 * @parking: where
 * @parked: the message, with its token
 * @state: DEQUE_LEASED, DEQUE_DELAYED or DEQUE_BURIED
 * @due: when it becomes ready by itself, or KTIME_MAX
 *
 * The list of a lease is left to the caller.
 */
void deque_parking_add(struct deque_parking *parking,
		       struct deque_parked *parked, u32 state, ktime_t due)
{
	parked->state = state;
	parked->due = due;
	parked->since_ns = ktime_get_real_ns();
	deque_parking_link_token(parking, parked);
	deque_parking_link_due(parking, parked);
	if (state == DEQUE_BURIED)
		list_add_tail(&parked->link, &parking->buried);
	++*deque_parking_count(parking, state);
}

/**
 * deque_parking_remove() - undo deque_parking_add()
 * @parking: where
 * @parked: the message
 */
void deque_parking_remove(struct deque_parking *parking,
			  struct deque_parked *parked)
{
	rb_erase(&parked->by_token, &parking->by_token);
	deque_parking_unlink_due(parking, parked);
	if (parked->state == DEQUE_BURIED)
		list_del(&parked->link);
	--*deque_parking_count(parking, parked->state);
}

/**
 * deque_parking_delay() - change when a message is due
 * @parking: where
 * @parked: the message
 * @due: the new time, or KTIME_MAX
 */
void deque_parking_delay(struct deque_parking *parking,
			 struct deque_parked *parked, ktime_t due)
{
	deque_parking_unlink_due(parking, parked);
	parked->due = due;
	deque_parking_link_due(parking, parked);
}

/**
 * deque_parking_after() - the next in the order of the tokens
 * @parking: where
 * @token: of the one before; 0: from the start
 *
 * Return: it, or NULL.
 */
struct deque_parked *deque_parking_after(const struct deque_parking *parking,
					 u64 token)
{
	struct rb_node *node = parking->by_token.rb_node;
	struct deque_parked *after = NULL;

	while (node) {
		if (deque_parked_of_token(node)->token > token) {
			after = deque_parked_of_token(node);
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return after;
}

/**
 * deque_parking_next() - the one after another in the order of the tokens
 * @parked: the other
 *
 * Return: it, or NULL.
 */
struct deque_parked *deque_parking_next(const struct deque_parked *parked)
{
	return deque_parked_of_token(rb_next(&parked->by_token));
}

/**
 * deque_parking_find() - the one with a token
 * @parking: where
 * @token: whichever
 *
 * Return: it, or NULL.
 */
struct deque_parked *deque_parking_find(const struct deque_parking *parking,
					u64 token)
{
	struct rb_node *node = parking->by_token.rb_node;

	while (node) {
		struct deque_parked *parked = deque_parked_of_token(node);

		if (parked->token == token)
			return parked;
		node = token < parked->token ? node->rb_left : node->rb_right;
	}
	return NULL;
}

/**
 * deque_parking_first_due() - the one that is due first
 * @parking: where
 *
 * Return: it, or NULL.
 */
struct deque_parked *deque_parking_first_due(const struct deque_parking *parking)
{
	struct deque_parked *lease =
		deque_parked_of_due(rb_first_cached(&parking->due[0]));
	struct deque_parked *delayed =
		deque_parked_of_due(rb_first_cached(&parking->due[1]));

	if (!lease || !delayed)
		return lease ?: delayed;
	return lease->due <= delayed->due ? lease : delayed;
}

/**
 * deque_parking_first() - the first to be kicked
 * @parking: where
 * @state: DEQUE_BURIED or DEQUE_DELAYED
 *
 * Return: it, or NULL.
 */
struct deque_parked *deque_parking_first(struct deque_parking *parking,
					 u32 state)
{
	if (state == DEQUE_BURIED)
		return list_first_entry_or_null(&parking->buried,
						struct deque_parked, link);
	return deque_parked_of_due(rb_first_cached(&parking->due[1]));
}
