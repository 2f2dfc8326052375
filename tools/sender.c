// SPDX-License-Identifier: GPL-2.0-only
/*
 * Collects messages and puts them in, many at a time.  What stops it is told
 * together with where that was: nothing is left out without a word.
 */
#include "tool.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

/* What is at @place was not put in, and nothing that comes after it. */
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
		break;
	case ETIMEDOUT:
		status = EX_TIMEDOUT;
		reason = "timed out: it was full all that time";
		break;
	default:
		reason = fail_reason(error, &status);
	}
	return sender_fail(sender, status, sender->places[index], reason);
}

/* What stdio still holds then would be complained of again at exit. */
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

/* The patience begins anew with each message that goes in. */
int sender_flush(struct sender *sender)
{
	unsigned int done, count = sender->count;
	struct waiting waiting;
	int result;

	sender->count = 0;
	for (done = 0; done < count; done += (unsigned int)result) {
		waiting_start(&waiting, sender->patience);
		result = deque_push_batch(sender->deque,
					  sender->messages + done, count - done,
					  sender->end | waiting.flags,
					  waiting.deadline, sender->delay_ns);
		if (result < 0)
			return sender_fail_push(sender, done, -result);
		sender->sent += (unsigned int)result;
		if (sender->json)
			sender_print_ids(sender, done, (unsigned int)result);
	}
	return 0;
}

static int sender_add_empty(struct sender *sender, uint64_t place)
{
	int status;

	if (sender->skip_empty)
		return 0;
	status = sender_flush(sender);
	if (status)
		return status;
	return sender_fail(
		sender, EX_DATAERR, place,
		"a message cannot be empty; --skip-empty passes over "
		"such");
}

/* @data has to stay until the next sender_flush(). */
int sender_add(struct sender *sender, const char *data, size_t size,
	       uint64_t place)
{
	unsigned int index = sender->count;

	if (!size)
		return sender_add_empty(sender, place);
	sender->messages[index] = (struct deque_descriptor){
		.data = (uintptr_t)data,
		.size = (uint32_t)size,
	};
	sender->places[index] = place;
	sender->count++;
	return sender->count < DEQUE_BATCH_MAX ? 0 : sender_flush(sender);
}
