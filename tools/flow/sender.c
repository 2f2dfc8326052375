// SPDX-License-Identifier: GPL-2.0-only
/*
 * Collects messages and puts them in, many at a time.  A failure is told together
 * with the place of the message that it concerns: no message is left out silently.
 */
#include "flow/sender.h"
#include "cli/clock.h"
#include "cli/say.h"
#include "cli/status.h"
#include "flow/interrupt.h"

#include <deque.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* No event tells that there is memory again: it is asked for now and then. */
#define RETRY_NS_FIRST (NS_PER_S / 10)
#define RETRY_NS_MOST (2 * NS_PER_S)

/* The message at @place was not put in, nor was any after it. */
int sender_fail(const struct sender *sender, int status, uint64_t place,
		const char *reason)
{
	return fail(status,
		    "%s: %s; messages put in: %llu, the first that was "
		    "not: %s:%llu",
		    sender->name, reason, sender->sent, sender->source,
		    (unsigned long long)place);
}

static int sender_fail_size(const struct sender *sender, unsigned int index)
{
	struct deque_info info = { .size = 0 };
	char reason[80];
	uint64_t most;

	deque_get(sender->deque, &info);
	most = info.limits.max_bytes < info.limits.max_message_size
		       ? info.limits.max_bytes
		       : info.limits.max_message_size;
	snprintf(reason, sizeof(reason), "too long: %u bytes, more than %llu",
		 sender->messages[index].size, (unsigned long long)most);
	return sender_fail(sender, EX_DATAERR, sender->places[index], reason);
}

/* The deque itself has room: then all deques together have none. */
static bool sender_has_room(const struct sender *sender, unsigned int index)
{
	struct deque_info info = { .size = 0 };

	return !deque_get(sender->deque, &info) && !info.senders &&
	       info.messages < info.limits.max_messages &&
	       info.bytes + sender->messages[index].size <=
		       info.limits.max_bytes;
}

static int sender_fail_push(const struct sender *sender, unsigned int index,
			    int error)
{
	const char *reason;
	int status;

	/* A signal makes the deque refuse to wait: that is not what matters. */
	if (interrupt_caught())
		error = EINTR;
	switch (error) {
	case EMSGSIZE:
		return sender_fail_size(sender, index);
	case EAGAIN:
		status = EX_TEMPFAIL;
		reason = "full; '-w TIME' waits for room, 'deque set' makes "
			 "more";
		if (sender_has_room(sender, index))
			reason = "all deques together are full; '-w TIME' "
				 "waits, 'deque stat --total' shows of what";
		break;
	case ETIMEDOUT:
		status = EX_TIMEDOUT;
		reason = "timed out: it was full all that time";
		if (sender_has_room(sender, index))
			reason = "timed out: all deques together were full all "
				 "that time; 'deque stat --total' shows of "
				 "what";
		break;
	default:
		reason = fail_reason(error, &status);
	}
	return sender_fail(sender, status, sender->places[index], reason);
}

/* Without _exit(), stdio would complain again of what it still holds. */
static void sender_print_ids(const struct sender *sender, unsigned int first,
			     unsigned int count)
{
	unsigned int i;

	for (i = first; i < first + count; i++)
		printf("{\"id\":%llu}\n",
		       (unsigned long long)sender->messages[i].id);
	if (fflush(stdout) || ferror(stdout))
		_exit(fail(EX_IOERR,
			   "%s: cannot write to standard output: %s; messages "
			   "put in: %llu",
			   sender->name, strerror(errno), sender->sent));
}

static bool is_past(const struct timespec *deadline)
{
	return now_ns() >= timespec_ns(deadline);
}

/*
 * The kernel does not wait for memory when a cgroup or the user's share is used up; we
 * do, and say so.  Returns whether to try again.
 */
static bool sender_wait_for_memory(struct sender *sender, int error,
				   const struct waiting *waiting)
{
	struct timespec pause;

	if ((error != ENOMEM && error != EDQUOT) || interrupt_caught() ||
	    (waiting->flags & DEQUE_NOWAIT) ||
	    (waiting->deadline && is_past(waiting->deadline)))
		return false;
	if (!sender->retry_ns) {
		sender->retry_ns = RETRY_NS_FIRST;
		say("%s: waiting: %s", sender->name,
		    error == ENOMEM
			    ? "this cgroup, or the machine, has no memory for "
			      "more messages"
			    : "the messages of this user take max_user_bytes "
			      "already");
	}
	pause = ns_timespec(sender->retry_ns);
	nanosleep(&pause, NULL);
	if (sender->retry_ns < RETRY_NS_MOST)
		sender->retry_ns *= 2;
	return true;
}

/* Pushes until something goes in, or cannot. */
static int sender_push(struct sender *sender, unsigned int done,
		       unsigned int count)
{
	struct waiting waiting;
	int result;

	waiting_start(&waiting, sender->wait_ns);
	do {
		result = deque_push_batch(sender->deque,
					  sender->messages + done, count,
					  sender->end | waiting.flags,
					  waiting.deadline, sender->delay_ns);
	} while (result < 0 &&
		 sender_wait_for_memory(sender, -result, &waiting));
	if (result > 0)
		sender->retry_ns = 0;
	return result;
}

/* The time to wait begins anew with each message that goes in. */
int sender_flush(struct sender *sender)
{
	unsigned int done, count = sender->count;
	int result;

	sender->count = 0;
	for (done = 0; done < count; done += (unsigned int)result) {
		result = sender_push(sender, done, count - done);
		if (result < 0)
			return sender_fail_push(sender, done, -result);
		sender->sent += (unsigned int)result;
		if (sender->json)
			sender_print_ids(sender, done, (unsigned int)result);
	}
	return 0;
}

int sender_add(struct sender *sender, const char *data, size_t size,
	       uint64_t place)
{
	unsigned int index = sender->count;

	sender->messages[index] = (struct deque_descriptor){
		.data = (uintptr_t)data,
		.size = (uint32_t)size,
	};
	sender->places[index] = place;
	sender->count++;
	return sender->count < DEQUE_BATCH_MAX ? 0 : sender_flush(sender);
}
