// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who a process was: numbers, which keep nothing of it alive.
 *
 * A reference to its struct pid would tell more easily, but it holds the pid
 * namespace, which holds the user namespace: containers that sent a message and are
 * gone would count against everybody's limits until the message is taken.
 */
#include <linux/overflow.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/timekeeping.h>

#include "core/cost.h"
#include "core/memory.h"
#include "core/process.h"

/**
 * struct deque_numbers - the numbers of a process that has several
 * @noted_ns: when it had them, CLOCK_BOOTTIME
 * @references: one of each struct deque_process
 * @level: of its own pid namespace; the initial one has 0
 * @at: for each level its number there, and that of the namespace
 */
struct deque_numbers {
	u64 noted_ns;
	refcount_t references;
	u32 level;
	struct {
		u32 namespace;
		pid_t number;
	} at[];
};

static size_t deque_numbers_size(u32 level)
{
	struct deque_numbers *numbers;

	return struct_size(numbers, at, level + 1);
}

/**
 * deque_process_cost() - the memory that it takes to note the caller
 *
 * Context: process.
 * Return: bytes, 0 in the initial pid namespace.
 */
u32 deque_process_cost(void)
{
	u32 level = task_tgid(current)->level;

	return level ? deque_object_cost(deque_numbers_size(level)) : 0;
}

/**
 * deque_process_memory() - the memory that was taken for that
 * @process: a process
 *
 * Context: any.
 * Return: bytes.
 */
u32 deque_process_memory(const struct deque_process *process)
{
	return process->numbers ?
		       deque_object_cost(deque_numbers_size(process->numbers->level)) :
		       0;
}

static void deque_numbers_note(struct deque_numbers *numbers,
			       const struct pid *process)
{
	u32 i;

	numbers->noted_ns = ktime_get_boottime_ns();
	refcount_set(&numbers->references, 1);
	numbers->level = process->level;
	for (i = 0; i <= process->level; i++) {
		numbers->at[i].namespace = process->numbers[i].ns->ns.inum;
		numbers->at[i].number = process->numbers[i].nr;
	}
}

/**
 * deque_process_note() - note who the caller is
 * @process: where
 *
 * A process of the initial pid namespace has one number, and that is all that
 * anybody may see of it.
 *
 * Context: process; may sleep.
 * Return: 0, -ENOMEM.
 */
int deque_process_note(struct deque_process *process)
{
	struct pid *caller = task_tgid(current);

	process->number = pid_nr(caller);
	process->numbers = NULL;
	if (likely(!caller->level))
		return 0;
	process->numbers = kmalloc(deque_numbers_size(caller->level), DEQUE_GFP);
	if (process->numbers)
		deque_numbers_note(process->numbers, caller);
	return process->numbers ? 0 : -ENOMEM;
}

/**
 * deque_process_copy() - note who somebody was whom we have noted already
 * @to: where
 * @from: somebody
 *
 * Context: any.
 */
void deque_process_copy(struct deque_process *to,
			const struct deque_process *from)
{
	*to = *from;
	if (to->numbers)
		refcount_inc(&to->numbers->references);
}

/**
 * deque_process_forget() - undo deque_process_note() or deque_process_copy()
 * @process: where; zeros are allowed
 *
 * Context: any.
 */
void deque_process_forget(struct deque_process *process)
{
	struct deque_numbers *numbers = process->numbers;

	if (numbers && refcount_dec_and_test(&numbers->references))
		kfree(numbers);
	process->numbers = NULL;
}

/*
 * Numbers of namespaces are used again.  But a namespace is as old as its first
 * process: if that was there already, it is the one that was noted.
 */
static bool deque_namespace_is_older(const struct pid_namespace *namespace,
				     u64 time_ns)
{
	const struct task_struct *first;
	bool older;

	rcu_read_lock();
	first = READ_ONCE(namespace->child_reaper);
	older = first && READ_ONCE(first->group_leader)->start_boottime <= time_ns;
	rcu_read_unlock();
	return older;
}

/**
 * deque_process_number() - the number of a process as the caller knows it
 * @process: the process
 *
 * Context: process.
 * Return: the number in the caller's pid namespace, 0 if it has none there.
 */
pid_t deque_process_number(const struct deque_process *process)
{
	const struct pid_namespace *reader = task_active_pid_ns(current);
	const struct deque_numbers *numbers = process->numbers;

	if (!reader->level)
		return process->number;
	if (!numbers || numbers->level < reader->level ||
	    numbers->at[reader->level].namespace != reader->ns.inum ||
	    !deque_namespace_is_older(reader, numbers->noted_ns))
		return 0;
	return numbers->at[reader->level].number;
}
