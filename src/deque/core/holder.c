// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who holds leases of an open file: processes, and of their threads each reader.
 *
 * The descriptors of an open file may be in several processes, and a lease may be tied
 * to one of them.  Such leases are in a tree of the file, those of a process in a row:
 * whatever others hold, the end of a process costs what it holds itself.
 *
 * Several threads and processes may read from one open file.  What a read returned
 * is acknowledged by the next read of the same reader, and by nobody else's.  The
 * lease itself is the record of that: it is in a tree of the file, by its reader.
 * So a reader costs nothing beyond the lease, and is forgotten with it.
 */
#include <linux/lockdep.h>
#include <linux/rbtree.h>

#include "core/deque.h"
#include "core/holder.h"
#include "core/parked.h"

/**
 * deque_file_init() - an open file through which nothing was claimed yet
 * @file: the open file, zeros
 */
void deque_file_init(struct deque_file *file)
{
	INIT_LIST_HEAD(&file->leases);
	file->held = RB_ROOT;
	file->era = DEQUE_ERA_REST + 1;
	INIT_LIST_HEAD(&file->bookmarked);
}

/**
 * deque_file_holds() - whether leases of an open file are tied to somebody
 * @file: the open file
 *
 * Context: any, without the lock: what the caller itself has claimed is seen.
 * Return: whether there are any.
 */
bool deque_file_holds(const struct deque_file *file)
{
	return !RB_EMPTY_ROOT(&file->held);
}

static int deque_compare(u64 one, u64 other)
{
	return one < other ? -1 : one > other;
}

static int deque_held_compare(fl_owner_t table, u64 thread, u32 era,
			      const struct deque_parked *parked)
{
	return deque_compare((uintptr_t)table, (uintptr_t)parked->table) ?:
	       deque_compare(thread, parked->thread) ?:
	       deque_compare(era, parked->era);
}

static struct deque_parked *deque_held_entry(const struct rb_node *node)
{
	return rb_entry(node, struct deque_parked, by_holder);
}

/**
 * deque_held_add_locked() - note who holds a lease
 * @file: what it was claimed through
 * @parked: the lease; if it has bytes left, the reader is to go on with it, else to
 *	acknowledge it
 * @reader: who read it, or NULL: it is tied to a process and was claimed
 *
 * Those that a process has claimed stay in that order.
 *
 * Context: under the deque's lock.
 */
void deque_held_add_locked(struct deque_file *file, struct deque_parked *parked,
			   const struct deque_reader *reader)
{
	struct rb_node **place = &file->held.rb_node;
	struct rb_node *parent = NULL;

	lockdep_assert_held(&file->deque->lock);
	parked->held = true;
	if (reader) {
		parked->thread = reader->thread;
		parked->era = parked->left ? DEQUE_ERA_REST : file->era;
	}
	while (*place) {
		parent = *place;
		if (deque_held_compare(parked->table, parked->thread,
				       parked->era,
				       deque_held_entry(parent)) < 0)
			place = &parent->rb_left;
		else
			place = &parent->rb_right;
	}
	rb_link_node(&parked->by_holder, parent, place);
	rb_insert_color(&parked->by_holder, &file->held);
}

/**
 * deque_held_remove_locked() - undo deque_held_add_locked()
 * @file: likewise
 * @parked: likewise
 *
 * Context: under the deque's lock.
 */
void deque_held_remove_locked(struct deque_file *file,
			      struct deque_parked *parked)
{
	lockdep_assert_held(&file->deque->lock);
	rb_erase(&parked->by_holder, &file->held);
	parked->held = false;
}

/**
 * deque_held_first_locked() - the first lease that a process holds
 * @file: what it was claimed through
 * @table: the process's table of descriptors
 *
 * Context: under the deque's lock.
 * Return: a lease, or NULL.
 */
struct deque_parked *deque_held_first_locked(const struct deque_file *file,
					     fl_owner_t table)
{
	struct rb_node *node = file->held.rb_node;
	struct deque_parked *parked, *first = NULL;

	lockdep_assert_held(&file->deque->lock);
	while (node) {
		parked = deque_held_entry(node);
		if (parked->table == table)
			first = parked;
		node = deque_compare((uintptr_t)table,
				     (uintptr_t)parked->table) <= 0 ?
			       node->rb_left :
			       node->rb_right;
	}
	return first;
}

/**
 * deque_reader_find_locked() - what a reader was given
 * @file: what it reads from
 * @reader: the reader
 * @era: when, see &deque_file.era
 *
 * Context: under the deque's lock.
 * Return: a lease, or NULL.
 */
struct deque_parked *deque_reader_find_locked(const struct deque_file *file,
					      const struct deque_reader *reader,
					      u32 era)
{
	struct rb_node *node = file->held.rb_node;
	struct deque_parked *parked;
	int order;

	lockdep_assert_held(&file->deque->lock);
	while (node) {
		parked = deque_held_entry(node);
		order = deque_held_compare(reader->table, reader->thread, era,
					   parked);
		if (!order)
			return parked;
		node = order < 0 ? node->rb_left : node->rb_right;
	}
	return NULL;
}
