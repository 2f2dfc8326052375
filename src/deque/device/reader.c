// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who reads, and the acknowledgment of what a reader was given before.
 */
#include <linux/fdtable.h>
#include <linux/fs.h>
#include <linux/sched.h>

#include "core/deque.h"
#include "core/holder.h"
#include "core/parked.h"
#include "core/settle.h"
#include "core/state.h"
#include "device/device.h"

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
	struct deque_release release = {
		.settle = deque_settle_ack,
		.due = KTIME_MAX,
	};
	u64 token;

	do {
		token = deque_reader_token(file, reader);
	} while (token &&
		 deque_settle(file, &token, 1, &release) != -ENODEV);
}
