// SPDX-License-Identifier: GPL-2.0-only
/*
 * See lease.h.
 */
#include "lease.h"

#include <sched.h>

static uint64_t claim_with(int fd, const char *text, uint32_t flags,
			   uint64_t time_ns)
{
	char data[256] = "";
	struct deque_descriptor message = describe(data, sizeof(data) - 1);
	struct deque_batch argument = {
		.size = sizeof(argument),
		.flags = flags,
		.descriptors = (uintptr_t)&message,
		.count = 1,
		.time_ns = time_ns,
	};

	if (ioctl(fd, DEQUE_CLAIM, &argument) != 1)
		fail_msg("'%s' expected, got errno %d", text, errno);
	assert_string_equal(data, text);
	assert_int_equal(message.size, strlen(text));
	assert_true(message.token);
	return message.token;
}

uint64_t claim(int fd, const char *text, uint32_t flags)
{
	return claim_with(fd, text, flags, 0);
}

uint64_t claim_for(int fd, const char *text, uint64_t time_ns)
{
	return claim_with(fd, text, 0, time_ns);
}

int settle_time(int fd, unsigned long command, uint64_t token, uint64_t time_ns)
{
	struct deque_leases argument = {
		.size = sizeof(argument),
		.tokens = (uintptr_t)&token,
		.count = 1,
		.time_ns = time_ns,
	};

	return ioctl(fd, command, &argument);
}

int settle(int fd, unsigned long command, uint64_t token)
{
	return settle_time(fd, command, token, 0);
}

int settle_many(int fd, unsigned long command, const uint64_t *tokens,
		unsigned int count, uint32_t flags)
{
	struct deque_leases argument = {
		.size = sizeof(argument),
		.flags = flags,
		.tokens = (uintptr_t)tokens,
		.count = count,
	};

	return ioctl(fd, command, &argument);
}

long kick(int fd, uint32_t states, uint64_t count, uint32_t flags)
{
	struct deque_kick argument = {
		.size = sizeof(argument),
		.flags = flags,
		.states = states,
		.count = count,
	};

	if (ioctl(fd, DEQUE_KICK, &argument))
		return -1;
	return argument.count;
}

int browse(int fd, struct deque_entry *entries, unsigned int count,
	   uint32_t states, uint64_t *cursor)
{
	struct deque_browse argument = {
		.size = sizeof(argument),
		.entries = (uintptr_t)entries,
		.count = count,
		.states = states,
		.cursor = *cursor,
	};
	int result = ioctl(fd, DEQUE_BROWSE, &argument);

	*cursor = argument.cursor;
	return result;
}

int set_policy(int fd, uint32_t flags, uint32_t on, uint32_t off)
{
	struct deque_set argument = {
		.size = sizeof(argument),
		.flags = flags,
		.policy_on = on,
		.policy_off = off,
	};

	return ioctl(fd, DEQUE_SET, &argument);
}

int open_reader(int flags)
{
	int reader = open_deque(O_RDONLY | flags);

	assert_int_equal(set_policy(reader, DEQUE_FILE, DEQUE_ACK_ON_READ, 0),
			 0);
	return reader;
}

int set_deliveries(int fd, uint32_t most)
{
	struct deque_set argument = {
		.size = sizeof(argument),
		.limits = { .max_deliveries = most },
	};

	return ioctl(fd, DEQUE_SET, &argument);
}

void put_front(int fd, const char *text)
{
	struct deque_descriptor message = describe(text, strlen(text));

	assert_int_equal(batch(fd, DEQUE_PUSH, &message, 1, DEQUE_FRONT), 1);
}

void put_delayed(int fd, const char *text, uint64_t delay_ns, uint32_t flags)
{
	struct deque_descriptor message = describe(text, strlen(text));
	struct deque_batch argument = {
		.size = sizeof(argument),
		.flags = flags,
		.descriptors = (uintptr_t)&message,
		.count = 1,
		.time_ns = delay_ns,
	};

	assert_int_equal(ioctl(fd, DEQUE_PUSH, &argument), 1);
}

void await_leased(int fd, uint64_t count)
{
	while (get(fd).leased != count)
		sched_yield();
}

void expect_balance(int fd)
{
	struct deque_info info = get(fd);
	uint64_t here = info.ready + info.leased + info.delayed + info.buried;

	assert_int_equal(info.messages, here);
	assert_int_equal(info.pushed, info.popped + info.acked + here);
	assert_int_equal(info.claimed,
			 info.leased + info.acked + info.returned +
				 info.crash_returned + info.timed_out +
				 info.lease_buried);
}
