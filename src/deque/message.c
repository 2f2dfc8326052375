// SPDX-License-Identifier: GPL-2.0-only
/*
 * One message: its memory, and who sent it.
 */
#include <linux/cred.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>

#include "internal.h"

/* What max_total_bytes is told that a message costs has to cover it. */
static_assert(sizeof(struct deque_message) + sizeof(struct deque_parked) <=
	      DEQUE_MESSAGE_OVERHEAD);

/**
 * deque_process_note() - note who the caller is
 * @process: where
 *
 * A process of the initial pid namespace has one number, and the number is
 * all that anybody may see of it; only the others need their struct pid kept,
 * which would outlive the process and cost more than a short message does.
 *
 * Context: process.
 */
void deque_process_note(struct deque_process *process)
{
	struct pid *caller = task_tgid(current);

	process->nested = caller->level ? get_pid(caller) : NULL;
	process->number = pid_nr(caller);
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
	get_pid(to->nested);
}

/**
 * deque_process_forget() - undo deque_process_note() or deque_process_copy()
 * @process: where; zeros are allowed
 *
 * Context: any.
 */
void deque_process_forget(struct deque_process *process)
{
	put_pid(process->nested);
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
	struct pid_namespace *reader = task_active_pid_ns(current);

	if (process->nested)
		return pid_nr_ns(process->nested, reader);
	return reader->level ? 0 : process->number;
}

static void deque_message_sign(struct deque_message *message)
{
	deque_process_note(&message->sender);
	message->uid = current_euid();
	message->gid = current_egid();
}

/**
 * deque_message_alloc() - make a message, from the caller
 * @size: bytes of payload, at least 1
 *
 * The memory is charged to the caller's memory cgroup.  The payload is not
 * initialised: whoever cannot fill all of it has to put the message.
 *
 * Context: may sleep.
 * Return: the message with one reference, or NULL.
 */
struct deque_message *deque_message_alloc(u32 size)
{
	struct deque_message *message;

	/* No warning: running out is the caller's ENOMEM, not a bug. */
	message = kvmalloc(struct_size(message, data, size),
			   GFP_KERNEL_ACCOUNT | __GFP_NOWARN);
	if (!message)
		return NULL;
	refcount_set(&message->references, 1);
	message->size = size;
	message->id = 0;
	message->deliveries = 0;
	message->place = DEQUE_ELSEWHERE;
	deque_message_sign(message);
	return message;
}

/**
 * deque_message_put() - drop a reference
 * @message: the message; gone with the last
 *
 * Context: may sleep (the memory may be vmalloc's).
 */
void deque_message_put(struct deque_message *message)
{
	if (!refcount_dec_and_test(&message->references))
		return;
	/* Only what was in a deque has an id, and was accounted for. */
	if (message->id)
		deque_total_release(message->size);
	deque_process_forget(&message->sender);
	kvfree(message);
}

/**
 * deque_message_describe() - tell what is known of a message
 * @message: the message
 * @descriptor: where to; the address of the data is left alone
 *
 * Ids are translated for the namespaces of the caller.
 *
 * Context: any process.
 */
void deque_message_describe(const struct deque_message *message,
			    struct deque_descriptor *descriptor)
{
	struct user_namespace *reader = current_user_ns();

	descriptor->size = message->size;
	descriptor->id = message->id;
	descriptor->arrival_ns = message->arrival_ns;
	descriptor->pid = deque_process_number(&message->sender);
	descriptor->uid = from_kuid_munged(reader, message->uid);
	descriptor->gid = from_kgid_munged(reader, message->gid);
	/* Pairs with WRITE_ONCE() in deque_claim_finish() and deque_kick(). */
	descriptor->deliveries = READ_ONCE(message->deliveries);
	descriptor->token = 0;
}
