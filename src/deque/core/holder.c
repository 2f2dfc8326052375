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
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/lockdep.h>
#include <linux/rbtree.h>
#include <linux/sched.h>

#include "core/deque.h"

/*
 * A number that no other thread of the process has or had: thread ids are below
 * 2^22, and are used again, but not by threads that started in the same ns.
 */
static u64 deque_reader_thread(void)
{
	return current->start_time << 22 | task_pid_nr(current);
}

/**
 * deque_reader_begin() - note who reads
 * @reader: where
 * @iocb: the read
 *
 * A read of io_uring may run in any thread, or in none of the process, and its
 * file need not have a descriptor: all such reads are one reader, which lives as
 * long as the open file.
 *
 * Context: process.
 */
void deque_reader_begin(struct deque_reader *reader, struct kiocb *iocb)
{
	*reader = (struct deque_reader){};
	if (!is_sync_kiocb(iocb) || !current->files)
		return;
	reader->table = current->files;
	reader->thread = deque_reader_thread();
	reader->shares_table = atomic_read(&current->files->count) > 1;
}

/**
 * deque_reader_end() - after something was leased to a reader
 * @reader: the reader
 * @file: the file that it reads from
 *
 * Another thread may have closed the last descriptor meanwhile, and found nothing
 * to return.
 *
 * Context: process; sleeps.
 */
void deque_reader_end(const struct deque_reader *reader, struct file *file)
{
	if (reader->shares_table && !deque_file_in_table(file))
		deque_leases_return(file->private_data, reader->table);
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

static u64 deque_reader_token(struct deque_file *file,
			      const struct deque_reader *reader)
{
	struct deque_parked *parked;
	u64 token = 0;

	spin_lock(&file->deque->lock);
	parked = deque_reader_find_locked(file, reader, file->era);
	if (parked)
		token = parked->token;
	spin_unlock(&file->deque->lock);
	return token;
}

/**
 * deque_reader_ack() - acknowledge what a reader was given
 * @file: what it reads from
 * @reader: the reader; if it lost that lease, nothing happens
 *
 * That is more than one message only if io_uring had several reads under way.
 *
 * Context: may sleep.
 */
void deque_reader_ack(struct deque_file *file,
		      const struct deque_reader *reader)
{
	struct deque_settlement settlement = {
		.settle = deque_settle_ack,
		.due = KTIME_MAX,
	};
	u64 token;

	do {
		token = deque_reader_token(file, reader);
	} while (token &&
		 deque_settle(file, &token, 1, &settlement) != -ENODEV);
}
