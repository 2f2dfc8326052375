// SPDX-License-Identifier: GPL-2.0-only
/*
 * Everything that can be wrong with a call about leases, one thing at a time; and
 * each time nothing was done.
 */
#include "harness.h"
#include "lease.h"

#include <sys/mman.h>
#include <sys/wait.h>

#define HOUR_NS (3600 * 1000000000ULL)
#define SETTLERS 4

static const unsigned long settlers[SETTLERS] = { DEQUE_ACK, DEQUE_RETURN,
						  DEQUE_BURY, DEQUE_EXTEND };

static void set_deliveries_and_check(int fd, int error, uint32_t most)
{
	if (error)
		assert_fails(error, set_deliveries(fd, most));
	else
		assert_int_equal(set_deliveries(fd, most), 0);
}

static void leases_are_checked(void **state)
{
	int fd = open_deque(O_RDWR);
	uint64_t token;

	(void)state;
	put(fd, "a");
	token = claim(fd, "a", 0);
	for (unsigned int i = 0; i < SETTLERS; i++) {
		const struct deque_leases good = {
			.size = sizeof(good),
			.tokens = (uintptr_t)&token,
			.count = 1,
		};
		unsigned long command = settlers[i];
		struct deque_leases bad;

		bad = good;
		bad.count = 0;
		assert_fails(EINVAL, ioctl(fd, command, &bad));
		bad.count = DEQUE_BATCH_MAX + 1;
		assert_fails(EINVAL, ioctl(fd, command, &bad));
		bad.count = UINT32_MAX;
		assert_fails(EINVAL, ioctl(fd, command, &bad));
		bad = good;
		bad.reserved = 1;
		assert_fails(EINVAL, ioctl(fd, command, &bad));
		bad = good;
		bad.time_ns = DEQUE_TIME_LIMIT + 1;
		assert_fails(EINVAL, ioctl(fd, command, &bad));
		bad.time_ns = UINT64_MAX;
		assert_fails(EINVAL, ioctl(fd, command, &bad));
		for (uint32_t flag = 1; flag; flag <<= 1) {
			if (command == DEQUE_RETURN &&
			    (flag &
			     (DEQUE_FRONT | DEQUE_BACK | DEQUE_UNCOUNTED)))
				continue;
			bad = good;
			bad.flags = flag;
			assert_fails(EOPNOTSUPP, ioctl(fd, command, &bad));
		}
		bad = good;
		bad.tokens = 0;
		assert_fails(EFAULT, ioctl(fd, command, &bad));
		bad.tokens = UINT64_MAX - 7;
		assert_fails(EFAULT, ioctl(fd, command, &bad));
	}
	assert_int_equal(get(fd).leased, 1);
	assert_int_equal(settle(fd, DEQUE_ACK, token), 1);
	expect_balance(fd);
}

static void some_settle_at_once_some_in_time(void **state)
{
	int fd = open_deque(O_RDWR);
	uint64_t token;

	(void)state;
	put(fd, "a");
	token = claim(fd, "a", 0);
	assert_fails(EINVAL, settle_time(fd, DEQUE_ACK, token, 1));
	assert_fails(EINVAL, settle_time(fd, DEQUE_BURY, token, 1));
	assert_fails(EINVAL, settle_many(fd, DEQUE_RETURN, &token, 1,
					 DEQUE_FRONT | DEQUE_BACK));
	assert_int_equal(settle_time(fd, DEQUE_EXTEND, token, DEQUE_TIME_LIMIT),
			 1);
	assert_int_equal(settle_time(fd, DEQUE_RETURN, token, DEQUE_TIME_LIMIT),
			 1);
	assert_int_equal(get(fd).delayed, 1);
	assert_int_equal(kick(fd, DEQUE_DELAYED, 1, 0), 1);
	token = claim_for(fd, "a", DEQUE_TIME_LIMIT);
	assert_int_equal(settle(fd, DEQUE_ACK, token), 1);
	put_delayed(fd, "b", DEQUE_TIME_LIMIT, 0);
	assert_int_equal(get(fd).delayed, 1);
	expect_balance(fd);
}

/* Tokens that lie in a hole: none is touched that was not read with success. */
static void unreadable_tokens_do_nothing(void **state)
{
	int fd = open_deque(O_RDWR);
	char *page = page_before_hole();
	uint64_t *tokens = (uint64_t *)(page + 4096);

	(void)state;
	put(fd, "a");
	tokens[-1] = claim(fd, "a", 0);
	for (unsigned int i = 0; i < SETTLERS; i++)
		assert_fails(EFAULT,
			     settle_many(fd, settlers[i], tokens - 1, 2, 0));
	assert_fails(EFAULT, settle_many(fd, DEQUE_ACK, tokens, 1, 0));
	assert_int_equal(get(fd).leased, 1);
	assert_int_equal(settle_many(fd, DEQUE_ACK, tokens - 1, 1, 0), 1);
	expect_balance(fd);
}

/* As documented: who fails after k of them says k. */
static void unreadable_tokens_end_a_batch(void **state)
{
	int fd = open_deque(O_RDWR);
	char *page = page_before_hole();
	uint64_t *tokens = (uint64_t *)(page + 4096);
	int done;

	(void)state;
	for (int i = 200; i; i--) {
		put(fd, "a");
		tokens[-i] = claim(fd, "a", 0);
	}
	done = settle_many(fd, DEQUE_ACK, tokens - 200, 201, 0);
	assert_in_range(done, 1, 200);
	assert_int_equal(get(fd).acked, done);
	assert_int_equal(get(fd).leased, 200 - done);
	expect_balance(fd);
}

static void kicks_are_checked(void **state)
{
	int fd = open_deque(O_RDWR);
	const struct deque_kick good = {
		.size = sizeof(good),
		.states = DEQUE_BURIED | DEQUE_DELAYED,
		.count = 1,
	};
	struct deque_kick bad;
	struct deque_kick *constant = mmap(NULL, sizeof(bad),
					   PROT_READ | PROT_WRITE,
					   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)state;
	put_delayed(fd, "a", HOUR_NS, 0);
	bad = good;
	bad.count = 0;
	assert_fails(EINVAL, ioctl(fd, DEQUE_KICK, &bad));
	bad = good;
	bad.reserved = 1;
	assert_fails(EINVAL, ioctl(fd, DEQUE_KICK, &bad));
	bad = good;
	bad.flags = DEQUE_FRONT | DEQUE_BACK;
	assert_fails(EINVAL, ioctl(fd, DEQUE_KICK, &bad));
	for (uint32_t flag = DEQUE_NOWAIT; flag; flag <<= 1) {
		bad = good;
		bad.flags = flag;
		assert_fails(EOPNOTSUPP, ioctl(fd, DEQUE_KICK, &bad));
	}
	bad = good;
	bad.states = 0;
	assert_fails(EINVAL, ioctl(fd, DEQUE_KICK, &bad));
	for (uint32_t other = 1; other; other <<= 1) {
		if (other & good.states)
			continue;
		bad = good;
		bad.states |= other;
		assert_fails(EINVAL, ioctl(fd, DEQUE_KICK, &bad));
	}
	assert_int_equal(get(fd).delayed, 1);
	/* Where it cannot be told how many, they are kicked all the same. */
	*constant = good;
	assert_int_equal(mprotect(constant, sizeof(bad), PROT_READ), 0);
	assert_fails(EFAULT, ioctl(fd, DEQUE_KICK, constant));
	expect(fd, "a");
	bad = good;
	assert_int_equal(ioctl(fd, DEQUE_KICK, &bad), 0);
	assert_int_equal(bad.count, 0);
	assert_int_equal(bad.size, sizeof(bad));
	expect_balance(fd);
}

static void browses_are_checked(void **state)
{
	int fd = open_deque(O_RDWR);
	struct deque_entry entry = { .message.size = 0 };
	const struct deque_browse good = {
		.size = sizeof(good),
		.entries = (uintptr_t)&entry,
		.count = 1,
		.states = 15,
	};
	struct deque_browse bad;

	(void)state;
	put(fd, "a");
	bad = good;
	bad.count = 0;
	assert_fails(EINVAL, ioctl(fd, DEQUE_BROWSE, &bad));
	bad.count = DEQUE_BATCH_MAX + 1;
	assert_fails(EINVAL, ioctl(fd, DEQUE_BROWSE, &bad));
	bad.count = UINT32_MAX;
	assert_fails(EINVAL, ioctl(fd, DEQUE_BROWSE, &bad));
	bad = good;
	bad.states = 0;
	assert_fails(EINVAL, ioctl(fd, DEQUE_BROWSE, &bad));
	for (uint32_t other = 16; other; other <<= 1) {
		bad.states = other | 15;
		assert_fails(EINVAL, ioctl(fd, DEQUE_BROWSE, &bad));
	}
	for (uint32_t flag = 1; flag; flag <<= 1) {
		bad = good;
		bad.flags = flag;
		assert_fails(EOPNOTSUPP, ioctl(fd, DEQUE_BROWSE, &bad));
	}
	bad = good;
	bad.entries = 0;
	assert_fails(EFAULT, ioctl(fd, DEQUE_BROWSE, &bad));
	bad.entries = UINT64_MAX - 7;
	assert_fails(EFAULT, ioctl(fd, DEQUE_BROWSE, &bad));
	bad = good;
	entry.message.reserved = 1;
	assert_fails(EINVAL, ioctl(fd, DEQUE_BROWSE, &bad));
	entry.message.reserved = 0;
	bad = good;
	assert_int_equal(ioctl(fd, DEQUE_BROWSE, &bad), 1);
	assert_int_equal(entry.message.size, 1);
	assert_int_equal(entry.state, DEQUE_READY);
	expect(fd, "a");
}

/* A cursor that nobody was given shows something, or nothing. */
static void any_cursor_is_harmless(void **state)
{
	int fd = open_deque(O_RDWR);
	struct deque_entry entries[4];
	uint64_t cursors[3 * 64];
	unsigned int n = 0;

	(void)state;
	put_all(fd, "abcd");
	claim(fd, "a", 0);
	settle(fd, DEQUE_BURY, claim(fd, "b", 0));
	put_delayed(fd, "e", HOUR_NS, 0);
	for (int bit = 0; bit < 64; bit++) {
		cursors[n++] = 1ULL << bit;
		cursors[n++] = (1ULL << bit) - 1;
		cursors[n++] = -(1ULL << bit);
	}
	for (unsigned int i = 0; i < n; i++) {
		for (uint32_t states = 1; states < 16; states++) {
			uint64_t cursor = cursors[i];
			int seen;

			memset(entries, 0, sizeof(entries));
			seen = browse(fd, entries, 4, states, &cursor);
			assert_in_range(seen, 0, 4);
			for (int k = 0; k < seen; k++)
				assert_true(entries[k].state & states);
		}
	}
	assert_int_equal(get(fd).messages, 5);
}

/* The next call shows what this one could not tell. */
static void entries_in_a_hole_are_not_lost(void **state)
{
	int fd = open_deque(O_RDWR);
	struct deque_entry entries[3];
	uint64_t cursor = 0;
	char *page = page_before_hole();
	char data[2];

	(void)state;
	put(fd, "a");
	put(fd, "bb");
	put(fd, "c");
	memset(entries, 0, sizeof(entries));
	entries[0].message = describe(data, 1);
	entries[1].message = describe(page + 4096 - 1, 2);
	entries[2].message = describe(data, 1);
	assert_int_equal(browse(fd, entries, 3, 15, &cursor), 1);
	assert_int_equal(data[0], 'a');
	assert_fails(EFAULT, browse(fd, entries + 1, 1, 15, &cursor));
	entries[1].message = describe(data, 2);
	assert_int_equal(browse(fd, entries + 1, 1, 15, &cursor), 1);
	assert_memory_equal(data, "bb", 2);
	/* No more than fits, and the whole size. */
	data[1] = 'x';
	entries[0].message = describe(data, 1);
	cursor = 0;
	entries[1].message = describe(data, 1);
	assert_int_equal(browse(fd, entries, 2, 15, &cursor), 2);
	assert_int_equal(entries[1].message.size, 2);
	assert_memory_equal(data, "bx", 2);
	assert_int_equal(browse(fd, entries, 2, 15, &cursor), 1);
	assert_int_equal(browse(fd, entries, 2, 15, &cursor), 0);
	assert_int_equal(browse(fd, entries, 2, 15, &cursor), 0);
}

static void commands_need_their_open_mode(void **state)
{
	int fd = open_deque(O_RDWR);
	int reader = open_deque(O_RDONLY);
	int writer = open_deque(O_WRONLY);
	struct deque_entry entry = { .message.size = 0 };
	struct deque_descriptor message;
	uint64_t cursor = 0;
	uint64_t token;
	char byte;

	(void)state;
	put(writer, "a");
	message = describe(&byte, 1);
	assert_fails(EBADF, batch(writer, DEQUE_CLAIM, &message, 1, 0));
	token = claim(reader, "a", 0);
	for (unsigned int i = 0; i < SETTLERS; i++)
		assert_fails(EBADF, settle(writer, settlers[i], token));
	assert_fails(EBADF, kick(reader, DEQUE_BURIED, 1, 0));
	assert_fails(EBADF, browse(writer, &entry, 1, 15, &cursor));
	assert_int_equal(browse(reader, &entry, 1, 15, &cursor), 1);
	assert_int_equal(settle(reader, DEQUE_BURY, token), 1);
	assert_int_equal(kick(writer, DEQUE_BURIED, 1, 0), 1);
	expect(fd, "a");
	expect_balance(fd);
}

static void policies_are_checked(void **state)
{
	int fd = open_deque(O_RDWR);
	int reader = open_deque(O_RDONLY);
	int writer = open_deque(O_WRONLY);
	struct deque_set bad = { .size = sizeof(bad),
				 .flags = DEQUE_FILE,
				 .limits.max_messages = 1,
				 .policy_on = DEQUE_ACK_ON_READ };
	struct deque_create create = { .size = sizeof(create),
				       .name = "other" };

	(void)state;
	for (uint32_t flags = 0; flags <= DEQUE_FILE; flags += DEQUE_FILE) {
		assert_fails(EINVAL, set_policy(fd, flags, 4, 0));
		assert_fails(EINVAL, set_policy(fd, flags, 0, 1U << 31));
		assert_fails(EINVAL, set_policy(fd, flags, DEQUE_ACK_ON_READ,
						DEQUE_ACK_ON_READ));
	}
	assert_fails(EOPNOTSUPP, set_policy(fd, DEQUE_PROCESS, 1, 0));
	assert_fails(EINVAL, ioctl(fd, DEQUE_SET, &bad));
	bad.limits.max_messages = 0;
	bad.limits.reserved[2] = 1;
	assert_fails(EINVAL, ioctl(fd, DEQUE_SET, &bad));
	assert_fails(EBADF, set_policy(reader, 0, DEQUE_ACK_ON_READ, 0));
	assert_fails(EBADF,
		     set_policy(writer, DEQUE_FILE, DEQUE_ACK_ON_READ, 0));
	assert_int_equal(get(fd).policy, 0);
	assert_int_equal(get(reader).file_policy, 0);
	for (uint32_t bit = 4; bit; bit <<= 1) {
		create.policy = bit;
		assert_int_equal(control(DEQUE_CREATE, &create), -EINVAL);
	}
	create.policy = 0;
	create.reserved = 1;
	assert_int_equal(control(DEQUE_CREATE, &create), -EINVAL);
}

/* Setting the policy of a file takes the right to read from it. */
static void a_guest_may_set_its_own_policy(void **state)
{
	int fd = open_deque(O_RDWR);
	int reader = open_deque(O_RDONLY);
	int status;
	pid_t guest = fork();

	(void)state;
	assert_true(guest >= 0);
	if (!guest) {
		if (setuid(1))
			_exit(1);
		if (set_policy(fd, 0, DEQUE_ACK_ON_READ, 0) != -1 ||
		    errno != EPERM)
			_exit(2);
		_exit(set_policy(reader, DEQUE_FILE, DEQUE_ACK_ON_READ, 0) ? 3
									   : 0);
	}
	assert_int_equal(waitpid(guest, &status, 0), guest);
	assert_int_equal(status, 0);
	assert_int_equal(get(fd).policy, 0);
	assert_int_equal(get(reader).file_policy, DEQUE_ACK_ON_READ);
}

static void deliveries_are_checked(void **state)
{
	int fd = open_deque(O_RDWR);
	struct deque_set bad = { .size = sizeof(bad), .limits.padding = 1 };
	uint32_t before = get(fd).limits.max_deliveries;

	(void)state;
	set_deliveries_and_check(fd, EINVAL, DEQUE_DELIVERIES_LIMIT + 1);
	set_deliveries_and_check(fd, EINVAL, DEQUE_DELIVERIES_UNLIMITED - 1);
	assert_fails(EINVAL, ioctl(fd, DEQUE_SET, &bad));
	set_deliveries_and_check(fd, 0, 0);
	assert_int_equal(get(fd).limits.max_deliveries, before);
	set_deliveries_and_check(fd, 0, DEQUE_DELIVERIES_LIMIT);
	set_deliveries_and_check(fd, 0, DEQUE_DELIVERIES_UNLIMITED);
	assert_int_equal(get(fd).limits.max_deliveries,
			 DEQUE_DELIVERIES_UNLIMITED);
	set_deliveries_and_check(fd, 0, 1);
	assert_int_equal(get(fd).limits.max_deliveries, 1);
}

/* Nothing is leased by a claim that fails, and nothing counts as delivered. */
static void a_claim_that_fails_leaves_the_message(void **state)
{
	int fd = open_deque(O_RDWR);
	char *page = page_before_hole();
	char data[8];
	struct deque_descriptor message = describe(data, sizeof(data));

	(void)state;
	assert_fails(EAGAIN, batch(fd, DEQUE_CLAIM, &message, 1, DEQUE_NOWAIT));
	assert_fails(ETIMEDOUT,
		     batch_until(fd, DEQUE_CLAIM, &message, 1, 0, 5));
	put(fd, "message");
	message = describe(data, 6);
	assert_fails(EMSGSIZE, batch(fd, DEQUE_CLAIM, &message, 1, 0));
	assert_int_equal(message.size, 7);
	message = describe(page + 4096 - 1, 7);
	assert_fails(EFAULT, batch(fd, DEQUE_CLAIM, &message, 1, 0));
	message = describe(data, sizeof(data));
	message.reserved = 1;
	assert_fails(EINVAL, batch(fd, DEQUE_CLAIM, &message, 1, 0));
	assert_int_equal(get(fd).ready, 1);
	assert_int_equal(get(fd).claimed, 0);
	assert_int_equal(get(fd).leased, 0);
	message = describe(data, sizeof(data));
	assert_int_equal(batch(fd, DEQUE_CLAIM, &message, 1, 0), 1);
	assert_int_equal(message.deliveries, 1);
	assert_int_equal(settle(fd, DEQUE_ACK, message.token), 1);
	expect_balance(fd);
}

/* A page that can be read only: the payloads arrive, the tokens do not. */
static void a_claim_that_cannot_be_told_is_none(void **state)
{
	int fd = open_deque(O_RDWR);
	char data[2];
	struct deque_descriptor *messages =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)state;
	put(fd, "a");
	put(fd, "b");
	messages[0] = describe(&data[0], 1);
	messages[1] = describe(&data[1], 1);
	assert_int_equal(mprotect(messages, 4096, PROT_READ), 0);
	assert_fails(EFAULT, batch(fd, DEQUE_CLAIM, messages, 2, 0));
	assert_int_equal(get(fd).leased, 0);
	assert_int_equal(get(fd).claimed, 0);
	expect(fd, "a");
	expect(fd, "b");
	expect_empty(fd);
	expect_balance(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(leases_are_checked),
		TEST(some_settle_at_once_some_in_time),
		TEST(unreadable_tokens_do_nothing),
		TEST(unreadable_tokens_end_a_batch),
		TEST(kicks_are_checked),
		TEST(browses_are_checked),
		TEST(any_cursor_is_harmless),
		TEST(entries_in_a_hole_are_not_lost),
		TEST(commands_need_their_open_mode),
		TEST(policies_are_checked),
		TEST(a_guest_may_set_its_own_policy),
		TEST(deliveries_are_checked),
		TEST(a_claim_that_fails_leaves_the_message),
		TEST(a_claim_that_cannot_be_told_is_none),
	};

	return cmocka_run_group_tests_name("leases, wrong calls", tests, NULL,
					   NULL);
}
