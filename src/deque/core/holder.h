/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which process holds what, and what each reader was given last.
 */
#ifndef DEQUE_CORE_HOLDER_H
#define DEQUE_CORE_HOLDER_H

#include <linux/fs.h>
#include <linux/types.h>

#include "core/deque.h"

/*
 * The eras of messages that were not read, and that were not read to their end; files
 * begin with the next.
 */
#define DEQUE_ERA_NONE	0
#define DEQUE_ERA_REST	1

/**
 * struct deque_reader - a reader of an open file
 * @table: its table of descriptors, or NULL: what it reads is tied to that
 * @thread: a number that each thread has its own of; 0: no thread in particular
 * @shares_table: other threads may close the file meanwhile
 */
struct deque_reader {
	fl_owner_t table;
	u64 thread;
	bool shares_table;
};

void deque_file_init(struct deque_file *file);
bool deque_file_holds(const struct deque_file *file);
void deque_held_add_locked(struct deque_file *file,
			   struct deque_parked *parked,
			   const struct deque_reader *reader);
void deque_held_remove_locked(struct deque_file *file,
			      struct deque_parked *parked);
struct deque_parked *deque_held_first_locked(const struct deque_file *file,
					     fl_owner_t table);
struct deque_parked *
deque_reader_find_locked(const struct deque_file *file,
			 const struct deque_reader *reader, u32 era);

#endif /* DEQUE_CORE_HOLDER_H */
