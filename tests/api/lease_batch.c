// SPDX-License-Identifier: GPL-2.0-only
/*
 * Many leases at once: what becomes of a batch, where it goes, and what counts as
 * a delivery.
 */
#include "harness.h"
#include "lease.h"

#include <sched.h>

#define HOUR_NS (3600 * 1000000000ULL)
/* More than the kernel does in one go. */
#define MANY 200

static uint64_t tokens[DEQUE_BATCH_MAX];

/* Claims @count messages with one call; their tokens are in @tokens then. */
static void claim_many(int fd, unsigned int count, uint32_t flags)
{
	struct deque_descriptor messages[DEQUE_BATCH_MAX];
	static char data[DEQUE_BATCH_MAX];

	for (unsigned int i = 0; i < count; i++)
		messages[i] = describe(&data[i], 1);
	assert_int_equal(batch(fd, DEQUE_CLAIM, messages, count, flags), count);
	for (unsigned int i = 0; i < count; i++)
		tokens[i] = messages[i].token;
}

static void expect_ready(int fd, const char *letters)
{
	expect_each(fd, letters);
	assert_int_equal(get(fd).ready, 0);
	expect_balance(fd);
}

/* The deque holds just these, ready. */
static void expect_all(int fd, const char *letters)
{
	expect_ready(fd, letters);
	expect_empty(fd);
}

static void a_batch_has_rising_tokens_of_its_own(void **state)
{
	int fd = open_deque(O_RDWR);
	uint64_t last;

	(void)state;
	put_all(fd, "abcdef");
	claim_many(fd, 3, 0);
	for (int i = 1; i < 3; i++)
		assert_true(tokens[i] > tokens[i - 1]);
	last = tokens[2];
	claim_many(fd, 3, 0);
	assert_true(tokens[0] > last);
	assert_int_equal(settle_many(fd, DEQUE_ACK, tokens, 3, 0), 3);
	assert_int_equal(get(fd).acked, 3);
	assert_int_equal(get(fd).leased, 3);
	expect_balance(fd);
}

/* The copy faults in the middle: what arrived is leased, the rest is where it was. */
static void half_a_batch_is_leased(void **state)
{
	int fd = open_deque(O_RDWR);
	struct deque_descriptor messages[4];
	char *page = page_before_hole(), *hole = page + sysconf(_SC_PAGESIZE);

	(void)state;
	put_all(fd, "abcdef");
	for (int n = 0; n < 4; n++)
		messages[n] = describe(page + n, 1);
	messages[2] = describe(hole, 1);
	assert_int_equal(batch(fd, DEQUE_CLAIM, messages, 4, 0), 2);
	assert_int_equal(get(fd).leased, 2);
	assert_int_equal(get(fd).claimed, 2);
	assert_int_equal(settle(fd, DEQUE_RETURN, messages[1].token), 1);
	expect(fd, "b");
	expect(fd, "c");
	assert_int_equal(settle(fd, DEQUE_RETURN, messages[0].token), 1);
	expect(fd, "a");
	expect_all(fd, "def");
}

static void a_batch_of_the_longest_is_settled(void **state)
{
	int fd = open_deque(O_RDWR);

	(void)state;
	for (unsigned int i = 0; i < DEQUE_BATCH_MAX; i++)
		put(fd, "x");
	claim_many(fd, DEQUE_BATCH_MAX, 0);
	assert_int_equal(settle_many(fd, DEQUE_EXTEND, tokens, DEQUE_BATCH_MAX,
				     0),
			 DEQUE_BATCH_MAX);
	assert_int_equal(settle_many(fd, DEQUE_ACK, tokens, DEQUE_BATCH_MAX, 0),
			 DEQUE_BATCH_MAX);
	expect_empty(fd);
	expect_balance(fd);
}

/* In the first go, at its edge, and in a later one. */
static void a_stale_token_ends_a_batch(void **state)
{
	static const unsigned long commands[] = { DEQUE_ACK, DEQUE_RETURN,
						  DEQUE_BURY, DEQUE_EXTEND };
	static const unsigned int places[] = { 0, 1, 31, 32, 33, 64, MANY - 1 };
	int fd = open_deque(O_RDWR);

	(void)state;
	for (unsigned int i = 0; i < MANY; i++)
		put(fd, "x");
	for (unsigned int c = 0; c < 4; c++) {
		for (unsigned int i = 0; i < 7; i++) {
			unsigned int place = places[i];
			struct deque_info before;
			uint64_t token;

			claim_many(fd, MANY, 0);
			before = get(fd);
			token = tokens[place];
			tokens[place] = UINT64_MAX;
			if (place)
				assert_int_equal(settle_many(fd, commands[c],
							     tokens, MANY, 0),
						 place);
			else
				assert_fails(ESTALE,
					     settle_many(fd, commands[c],
							 tokens, MANY, 0));
			if (commands[c] != DEQUE_EXTEND)
				assert_int_equal(get(fd).leased,
						 before.leased - place);
			/* The messages after it are still leased. */
			assert_int_equal(settle(fd, DEQUE_RETURN, token), 1);
			close_deque(fd);
			fd = open_deque(O_RDWR);
			kick(fd, DEQUE_BURIED, MANY, 0);
			while (get(fd).ready < MANY)
				put(fd, "x");
			assert_int_equal(get(fd).messages, MANY);
			expect_balance(fd);
		}
	}
}

static void a_token_counts_once(void **state)
{
	int fd = open_deque(O_RDWR);
	uint64_t twice[3];

	(void)state;
	put_all(fd, "ab");
	twice[0] = twice[1] = claim(fd, "a", 0);
	twice[2] = claim(fd, "b", 0);
	assert_int_equal(settle_many(fd, DEQUE_ACK, twice, 3, 0), 1);
	assert_int_equal(get(fd).leased, 1);
	twice[0] = twice[1] = twice[2];
	assert_int_equal(settle_many(fd, DEQUE_RETURN, twice, 2, 0), 1);
	expect_all(fd, "b");
	/* A lease stays one when it is extended. */
	put(fd, "c");
	twice[0] = twice[1] = claim(fd, "c", 0);
	assert_int_equal(settle_many(fd, DEQUE_EXTEND, twice, 2, 0), 2);
	assert_int_equal(get(fd).leased, 1);
	expect_balance(fd);
}

/* In the order of the array, not of the leases. */
static void returned_to_an_end_in_the_order_of_the_array(void **state)
{
	int fd = open_deque(O_RDWR);
	uint64_t swapped[3];

	(void)state;
	for (int back = 0; back < 2; back++) {
		put_all(fd, "abcde");
		claim_many(fd, 3, 0);
		put_front(fd, "0");
		put(fd, "9");
		swapped[0] = tokens[1];
		swapped[1] = tokens[2];
		swapped[2] = tokens[0];
		assert_int_equal(settle_many(fd, DEQUE_RETURN, swapped, 3,
					     back ? DEQUE_BACK : DEQUE_FRONT),
				 3);
		expect_all(fd, back ? "0de9bca" : "bca0de9");
	}
	assert_int_equal(get(fd).returned, 6);
}

static void returned_to_an_end_though_taken_from_the_other(void **state)
{
	int fd = open_deque(O_RDWR);

	(void)state;
	put_all(fd, "abcd");
	assert_int_equal(settle_many(fd, DEQUE_RETURN,
				     (uint64_t[]){ claim(fd, "a", 0) }, 1,
				     DEQUE_BACK),
			 1);
	assert_int_equal(settle_many(fd, DEQUE_RETURN,
				     (uint64_t[]){ claim(fd, "a", DEQUE_BACK) },
				     1, DEQUE_FRONT),
			 1);
	expect_all(fd, "abcd");
}

/* Very many: in several goes, and still one group. */
static void returned_by_the_hundred_keep_their_order(void **state)
{
	static const uint32_t flags[] = { 0, DEQUE_FRONT, DEQUE_BACK };
	int fd = open_deque(O_RDWR);
	char text[16];

	(void)state;
	for (unsigned int f = 0; f < 3; f++) {
		for (int i = 0; i < MANY; i++) {
			snprintf(text, sizeof(text), "%d", i);
			put(fd, text);
			tokens[i] = claim(fd, text, 0);
		}
		put(fd, "middle");
		assert_int_equal(settle_many(fd, DEQUE_RETURN, tokens, MANY,
					     flags[f]),
				 MANY);
		if (flags[f] == DEQUE_BACK)
			expect(fd, "middle");
		for (int i = 0; i < MANY; i++) {
			snprintf(text, sizeof(text), "%d", i);
			expect(fd, text);
		}
		if (flags[f] != DEQUE_BACK)
			expect(fd, "middle");
		expect_empty(fd);
	}
	expect_balance(fd);
}

/* Three, of which the first is the last. */
static void claim_swapped(int fd, uint64_t swapped[3])
{
	claim_many(fd, 3, 0);
	for (int i = 0; i < 3; i++)
		swapped[i] = tokens[(i + 1) % 3];
}

/* Messages that are due at one time go where a return without delay would put them. */
static void returned_with_a_delay_keep_their_order(void **state)
{
	static const struct {
		uint32_t flags;
		const char *order;
	} rows[] = { { 0, "abcd" },
		     { DEQUE_FRONT, "bcad" },
		     { DEQUE_BACK, "dbca" } };
	int fd = open_deque(O_RDWR);
	uint64_t swapped[3];

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		struct deque_leases argument = {
			.size = sizeof(argument),
			.flags = rows[i].flags,
			.tokens = (uintptr_t)swapped,
			.count = 3,
			.time_ns = HOUR_NS,
		};

		put_all(fd, "abcd");
		claim_swapped(fd, swapped);
		assert_int_equal(ioctl(fd, DEQUE_RETURN, &argument), 3);
		assert_int_equal(get(fd).delayed, 3);
		assert_int_equal(get(fd).ready, 1);
		assert_int_equal(kick(fd, DEQUE_DELAYED, 3, 0), 3);
		expect_all(fd, rows[i].order);
		/* By themselves as well. */
		put_all(fd, "abcd");
		claim_swapped(fd, swapped);
		argument.time_ns = 1000000;
		assert_int_equal(ioctl(fd, DEQUE_RETURN, &argument), 3);
		while (get(fd).delayed)
			poll(NULL, 0, 1);
		expect_all(fd, rows[i].order);
	}
}

static void bury_all(int fd, const char *letters)
{
	put_all(fd, letters);
	for (; *letters; letters++)
		assert_int_equal(settle(fd, DEQUE_BURY,
					claim(fd, (char[]){ *letters, '\0' },
					      0)),
				 1);
}

static void kick_begins_with_what_was_buried_first(void **state)
{
	int fd = open_deque(O_RDWR);

	(void)state;
	bury_all(fd, "abcd");
	put_delayed(fd, "z", 2 * HOUR_NS, 0);
	put_delayed(fd, "y", HOUR_NS, 0);
	assert_int_equal(get(fd).buried, 4);
	assert_int_equal(kick(fd, DEQUE_BURIED | DEQUE_DELAYED, 1, 0), 1);
	expect(fd, "a");
	assert_int_equal(kick(fd, DEQUE_DELAYED, 1, 0), 1);
	expect(fd, "y");
	assert_int_equal(kick(fd, DEQUE_BURIED | DEQUE_DELAYED, 3, DEQUE_BACK),
			 3);
	assert_int_equal(get(fd).buried, 0);
	assert_int_equal(get(fd).delayed, 1);
	assert_int_equal(kick(fd, DEQUE_BURIED | DEQUE_DELAYED, UINT64_MAX,
			      DEQUE_BACK),
			 1);
	assert_int_equal(kick(fd, DEQUE_BURIED | DEQUE_DELAYED, UINT64_MAX, 0),
			 0);
	expect_all(fd, "bcdz");
}

static void kicked_go_where_they_were_or_to_an_end(void **state)
{
	static const struct {
		uint32_t flags;
		const char *order;
	} rows[] = { { 0, "ab01" },
		     { DEQUE_FRONT, "ab01" },
		     { DEQUE_BACK, "01ab" } };
	int fd = open_deque(O_RDWR);

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		bury_all(fd, "ab");
		put_all(fd, "01");
		assert_int_equal(kick(fd, DEQUE_BURIED, 9, rows[i].flags), 2);
		expect_all(fd, rows[i].order);
	}
	/* Where it was, though another has come in at that end. */
	put_all(fd, "ab");
	assert_int_equal(settle(fd, DEQUE_BURY, claim(fd, "b", DEQUE_BACK)), 1);
	put(fd, "c");
	assert_int_equal(kick(fd, DEQUE_BURIED, 1, 0), 1);
	expect_all(fd, "abc");
}

static void a_delayed_push_goes_to_its_end(void **state)
{
	int fd = open_deque(O_RDWR);

	(void)state;
	put(fd, "m");
	put_delayed(fd, "b", HOUR_NS, DEQUE_FRONT);
	put_delayed(fd, "a", 2 * HOUR_NS, DEQUE_FRONT);
	put_delayed(fd, "y", HOUR_NS, 0);
	put_delayed(fd, "z", 2 * HOUR_NS, DEQUE_BACK);
	put(fd, "n");
	put_front(fd, "l");
	for (int i = 0; i < 4; i++)
		assert_int_equal(kick(fd, DEQUE_DELAYED, 1, 0), 1);
	expect_all(fd, "ablmnyz");
}

/* As without a delay: of a batch at the front the last ends up foremost. */
static void delayed_pushes_go_in_one_after_the_other(void **state)
{
	int fd = open_deque(O_RDWR);
	struct deque_descriptor messages[3];
	struct deque_batch argument = {
		.size = sizeof(argument),
		.flags = DEQUE_FRONT,
		.descriptors = (uintptr_t)messages,
		.count = 3,
		.time_ns = HOUR_NS,
	};

	(void)state;
	put(fd, "m");
	for (int i = 0; i < 3; i++)
		messages[i] = describe(&"abc"[i], 1);
	assert_int_equal(ioctl(fd, DEQUE_PUSH, &argument), 3);
	put_delayed(fd, "d", HOUR_NS, DEQUE_FRONT);
	assert_int_equal(kick(fd, DEQUE_DELAYED, 9, 0), 4);
	expect_all(fd, "dcbam");
	/* By themselves, and where the one is when the other comes. */
	put(fd, "m");
	argument.time_ns = 1000000;
	assert_int_equal(ioctl(fd, DEQUE_PUSH, &argument), 3);
	while (get(fd).delayed)
		poll(NULL, 0, 1);
	expect_all(fd, "cbam");
	/* With a flag they go as those that were buried do. */
	argument.time_ns = HOUR_NS;
	assert_int_equal(ioctl(fd, DEQUE_PUSH, &argument), 3);
	assert_int_equal(kick(fd, DEQUE_DELAYED, 9, DEQUE_BACK), 3);
	expect_all(fd, "abc");
}

static void kick_takes_very_many(void **state)
{
	int fd = open_deque(O_RDWR);
	char text[16];

	(void)state;
	for (int i = 0; i < 500; i++) {
		snprintf(text, sizeof(text), "%d", i);
		put(fd, text);
		assert_int_equal(settle(fd, DEQUE_BURY, claim(fd, text, 0)), 1);
	}
	put(fd, "middle");
	assert_int_equal(kick(fd, DEQUE_BURIED, 300, 0), 300);
	assert_int_equal(kick(fd, DEQUE_BURIED, UINT64_MAX, DEQUE_BACK), 200);
	for (int i = 0; i < 500; i++) {
		if (i == 300)
			expect(fd, "middle");
		snprintf(text, sizeof(text), "%d", i);
		expect(fd, text);
	}
	expect_empty(fd);
	expect_balance(fd);
}

static uint32_t deliveries(int fd)
{
	char byte = 0;
	struct deque_descriptor message = describe(&byte, 1);

	assert_int_equal(batch(fd, DEQUE_POP, &message, 1, DEQUE_PEEK), 1);
	assert_int_equal(message.token, 0);
	return message.deliveries;
}

/* Only a claim is one: not a look, not a failed copy; a kick forgets them. */
static void claims_are_deliveries(void **state)
{
	int fd = open_deque(O_RDWR);
	struct deque_descriptor message;
	char *page = page_before_hole();
	char byte;

	(void)state;
	assert_int_equal(set_deliveries(fd, DEQUE_DELIVERIES_UNLIMITED), 0);
	put(fd, "a");
	assert_int_equal(deliveries(fd), 0);
	for (uint32_t i = 1; i <= 40; i++) {
		message = describe(page + 4096, 1);
		assert_fails(EFAULT, batch(fd, DEQUE_CLAIM, &message, 1, 0));
		message = describe(&byte, 1);
		assert_int_equal(batch(fd, DEQUE_CLAIM, &message, 1, 0), 1);
		assert_int_equal(message.deliveries, i);
		assert_int_equal(settle(fd, DEQUE_RETURN, message.token), 1);
		assert_int_equal(deliveries(fd), i);
	}
	assert_int_equal(settle(fd, DEQUE_BURY, claim(fd, "a", 0)), 1);
	assert_int_equal(kick(fd, DEQUE_BURIED, 1, 0), 1);
	assert_int_equal(deliveries(fd), 0);
	message = describe(&byte, 1);
	assert_int_equal(batch(fd, DEQUE_CLAIM, &message, 1, 0), 1);
	assert_int_equal(message.deliveries, 1);
	assert_int_equal(settle(fd, DEQUE_RETURN, message.token), 1);
	message = describe(&byte, 1);
	assert_int_equal(batch(fd, DEQUE_POP, &message, 1, 0), 1);
	assert_int_equal(message.deliveries, 1);
	assert_int_equal(message.token, 0);
	expect_empty(fd);
	expect_balance(fd);
}

/* However the last of them ended: returned, with a delay too, lapsed, closed. */
static void the_last_delivery_buries(void **state)
{
	int fd = open_deque(O_RDWR);
	int worker = open_deque(O_RDWR);
	uint64_t token;

	(void)state;
	assert_int_equal(set_deliveries(fd, 1), 0);
	put_all(fd, "abcd");
	assert_int_equal(settle(fd, DEQUE_RETURN, claim(fd, "a", 0)), 1);
	assert_int_equal(get(fd).buried, 1);
	token = claim(fd, "b", 0);
	assert_int_equal(settle_time(fd, DEQUE_RETURN, token, HOUR_NS), 1);
	assert_int_equal(get(fd).buried, 2);
	assert_int_equal(get(fd).delayed, 0);
	claim_for(fd, "c", 1000000);
	while (get(fd).buried < 3)
		poll(NULL, 0, 1);
	claim(worker, "d", 0);
	close_deque(worker);
	assert_int_equal(get(fd).buried, 4);
	assert_int_equal(get(fd).buried_ever, 4);
	assert_int_equal(get(fd).lease_buried, 0);
	assert_int_equal(get(fd).returned, 2);
	assert_int_equal(get(fd).timed_out, 1);
	assert_int_equal(get(fd).crash_returned, 1);
	/* A limit that is raised counts for leases that end later. */
	assert_int_equal(kick(fd, DEQUE_BURIED, 9, 0), 4);
	token = claim(fd, "a", 0);
	assert_int_equal(set_deliveries(fd, 2), 0);
	assert_int_equal(settle(fd, DEQUE_RETURN, token), 1);
	assert_int_equal(get(fd).buried, 0);
	expect_all(fd, "abcd");
}

/* A message in whichever state has its place, and its bytes. */
static void all_states_count_against_the_bounds(void **state)
{
	int fd = open_deque(O_RDWR | O_NONBLOCK);
	uint64_t token;

	(void)state;
	assert_int_equal(set(fd, 4, 8, 0), 0);
	put(fd, "le");
	put(fd, "bu");
	token = claim(fd, "le", 0);
	assert_int_equal(settle(fd, DEQUE_BURY, claim(fd, "bu", 0)), 1);
	put_delayed(fd, "de", HOUR_NS, 0);
	assert_int_equal(get(fd).bytes, 6);
	assert_fails(EAGAIN, write(fd, "abc", 3));
	put(fd, "r");
	assert_int_equal(get(fd).messages, 4);
	assert_fails(EAGAIN, write(fd, "x", 1));
	assert_int_equal(settle_time(fd, DEQUE_RETURN, token, HOUR_NS), 1);
	assert_fails(EAGAIN, write(fd, "x", 1));
	assert_int_equal(kick(fd, DEQUE_BURIED, 1, 0), 1);
	assert_fails(EAGAIN, write(fd, "x", 1));
	token = claim(fd, "bu", 0);
	assert_fails(EAGAIN, write(fd, "x", 1));
	assert_int_equal(settle(fd, DEQUE_ACK, token), 1);
	put(fd, "xy");
	assert_int_equal(get(fd).messages, 4);
	assert_int_equal(get(fd).bytes, 7);
	expect_balance(fd);
}

/* A return that does not count leaves the message ready, up to 255 times. */
static void returns_may_not_count(void **state)
{
	int fd = open_deque(O_RDWR);
	uint64_t token;

	(void)state;
	put(fd, "a");
	assert_int_equal(set_deliveries(fd, 2), 0);
	for (int i = 0; i < 255; i++) {
		token = claim(fd, "a", 0);
		assert_int_equal(settle_many(fd, DEQUE_RETURN, &token, 1,
					     DEQUE_UNCOUNTED),
				 1);
	}
	token = claim(fd, "a", 0);
	assert_int_equal(settle_many(fd, DEQUE_RETURN, &token, 1,
				     DEQUE_UNCOUNTED | DEQUE_BACK),
			 1);
	assert_int_equal(get(fd).ready, 1);
	token = claim(fd, "a", 0);
	assert_int_equal(settle(fd, DEQUE_RETURN, token), 1);
	assert_int_equal(get(fd).buried, 1);
	assert_int_equal(kick(fd, DEQUE_BURIED, 1, 0), 1);
	token = claim(fd, "a", 0);
	assert_int_equal(settle(fd, DEQUE_RETURN, token), 1);
	assert_int_equal(get(fd).ready, 1);
	expect_balance(fd);
}

/* The first that is left is to blame, and only the others are spared. */
static void of_a_batch_that_is_lost_one_counts(void **state)
{
	int fd = open_deque(O_RDWR);

	(void)state;
	put_all(fd, "abcdefghij");
	assert_int_equal(set_deliveries(fd, 3), 0);
	for (int life = 0; life < 3; life++) {
		int own = open_deque(O_RDWR);

		claim_many(own, 10, 0);
		close_deque(own);
	}
	assert_int_equal(get(fd).buried, 1);
	for (int life = 0; life < 3; life++) {
		int own = open_deque(O_RDWR);

		claim_many(own, 9, 0);
		/* "b" is done, "c" is next. */
		settle(own, life < 2 ? DEQUE_RETURN : DEQUE_ACK, tokens[0]);
		close_deque(own);
	}
	assert_int_equal(get(fd).buried, 2);
	assert_int_equal(get(fd).acked, 1);
	expect_ready(fd, "defghij");
}

/* Claimed one by one, each may be to blame. */
static void of_several_calls_each_counts(void **state)
{
	int fd = open_deque(O_RDWR);
	int own = open_deque(O_RDWR);

	(void)state;
	put_all(fd, "abc");
	assert_int_equal(set_deliveries(fd, 1), 0);
	claim(own, "a", 0);
	claim_many(own, 2, 0);
	close_deque(own);
	assert_int_equal(get(fd).buried, 2);
	expect_ready(fd, "c");
}

/* More than are ended in one go. */
static void of_a_long_batch_that_times_out_one_counts(void **state)
{
	struct deque_descriptor messages[MANY];
	struct deque_batch argument = {
		.size = sizeof(argument),
		.descriptors = (uintptr_t)messages,
		.count = MANY,
		.time_ns = 1,
	};
	int fd = open_deque(O_RDWR);
	char data[MANY];

	(void)state;
	for (int i = 0; i < MANY; i++) {
		put(fd, "a");
		messages[i] = describe(&data[i], 1);
	}
	assert_int_equal(set_deliveries(fd, 1), 0);
	assert_int_equal(ioctl(fd, DEQUE_CLAIM, &argument), MANY);
	while (get(fd).timed_out < MANY)
		sched_yield();
	assert_int_equal(get(fd).buried, 1);
	assert_int_equal(get(fd).ready, MANY - 1);
	expect_balance(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_batch_has_rising_tokens_of_its_own),
		TEST(half_a_batch_is_leased),
		TEST(a_batch_of_the_longest_is_settled),
		TEST(a_stale_token_ends_a_batch),
		TEST(a_token_counts_once),
		TEST(returned_to_an_end_in_the_order_of_the_array),
		TEST(returned_to_an_end_though_taken_from_the_other),
		TEST(returned_by_the_hundred_keep_their_order),
		TEST(returned_with_a_delay_keep_their_order),
		TEST(kick_begins_with_what_was_buried_first),
		TEST(kicked_go_where_they_were_or_to_an_end),
		TEST(a_delayed_push_goes_to_its_end),
		TEST(delayed_pushes_go_in_one_after_the_other),
		TEST(kick_takes_very_many),
		TEST(claims_are_deliveries),
		TEST(the_last_delivery_buries),
		TEST(all_states_count_against_the_bounds),
		TEST(returns_may_not_count),
		TEST(of_a_batch_that_is_lost_one_counts),
		TEST(of_several_calls_each_counts),
		TEST(of_a_long_batch_that_times_out_one_counts),
	};

	return cmocka_run_group_tests_name("leases by the batch", tests, NULL,
					   NULL);
}
