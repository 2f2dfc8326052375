// SPDX-License-Identifier: GPL-2.0-only
/*
 * The arithmetic of the bounds, at their edges: src/deque/core/room.c, limits.c,
 * info.c, memory.c, message.c and process.c, with what they call elsewhere replaced here.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/limits.h>

#include "core/info.c"
#include "core/limits.c"
#include "core/memory.c"
#include "core/message.c"
#include "core/process.c"
#include "core/room.c"

static u64 max_user_bytes;
static DECLARE_COMPLETION(fed);
static struct deque *fed_last;

void deque_unlock_and_wake(struct deque *deque) __releases(&deque->lock)
{
	spin_unlock(&deque->lock);
}

static void deque_never_freed(struct kref *references)
{
}

void deque_put(struct deque *deque)
{
	kref_put(&deque->references, deque_never_freed);
}

static const struct deque_limits plain_limits = {
	.max_messages = 3,
	.max_message_size = 100,
	.max_bytes = 250,
	.max_deliveries = 4,
};

static struct deque *deque_of(struct kunit *test)
{
	return test->priv;
}

static struct deque *new_deque(struct kunit *test)
{
	struct deque *deque = kunit_kzalloc(test, sizeof(*deque), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, deque);
	kref_init(&deque->references);
	spin_lock_init(&deque->lock);
	INIT_LIST_HEAD(&deque->starved);
	deque->limits = plain_limits;
	return deque;
}

/* Memory is back. */
static void feed(struct work_struct *work)
{
	struct deque *deque;

	while ((deque = deque_starved_pop())) {
		fed_last = deque;
		complete(&fed);
		deque_put(deque);
	}
}

static void bound_total(u64 bytes)
{
	deque_memory_init(bytes, &max_user_bytes, feed);
}

static int bounds_setup(struct kunit *test)
{
	test->priv = new_deque(test);
	bound_total(U32_MAX);
	max_user_bytes = U32_MAX;
	reinit_completion(&fed);
	return 0;
}

static void bounds_teardown(struct kunit *test)
{
	deque_memory_exit();
	KUNIT_EXPECT_EQ(test, atomic64_read(&total_used), 0);
	KUNIT_EXPECT_EQ(test, starved_count, 0);
	KUNIT_EXPECT_TRUE(test, list_empty(&starved_deques));

	/* The remains of a failed test must not fail the next. */
	atomic64_set(&total_used, 0);
	starved_count = 0;
	INIT_LIST_HEAD(&starved_deques);
}

static bool reserve(struct deque *deque, u32 size)
{
	bool reserved;

	spin_lock(&deque->lock);
	reserved = deque_reserve_locked(deque, size);
	spin_unlock(&deque->lock);
	return reserved;
}

static bool has_room(struct deque *deque, u32 size)
{
	bool room;

	spin_lock(&deque->lock);
	room = deque_has_room_locked(deque, size);
	spin_unlock(&deque->lock);
	return room;
}

static void unreserve(struct deque *deque, u32 size)
{
	spin_lock(&deque->lock);
	deque_unreserve_locked(deque, size);
	spin_unlock(&deque->lock);
}

static struct deque_user *user_of(struct kunit *test)
{
	struct deque_user *user = deque_user_get();

	KUNIT_ASSERT_NOT_NULL(test, user);
	return user;
}

static int charge(struct deque *deque, struct deque_user *user, u64 cost)
{
	int ret;

	spin_lock(&deque->lock);
	ret = deque_memory_charge_locked(deque, user, false, cost);
	spin_unlock(&deque->lock);
	return ret;
}

static int check(u32 messages, u32 size, u64 bytes)
{
	struct deque_limits limits = {
		.max_messages = messages,
		.max_message_size = size,
		.max_bytes = bytes,
		.max_deliveries = 1,
	};

	return deque_limits_check(&limits);
}

static void limits_have_a_range(struct kunit *test)
{
	const u32 messages = DEQUE_MESSAGES_LIMIT;
	const u32 size = DEQUE_MESSAGE_SIZE_LIMIT;
	const u64 bytes = DEQUE_BYTES_LIMIT;

	KUNIT_EXPECT_EQ(test, check(1, 1, 1), 0);
	KUNIT_EXPECT_EQ(test, check(messages, size, bytes), 0);
	KUNIT_EXPECT_EQ(test, check(0, 1, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, check(1, 0, 1), -EINVAL);
	KUNIT_EXPECT_EQ(test, check(1, 1, 0), -EINVAL);
	KUNIT_EXPECT_EQ(test, check(messages + 1, size, bytes), -EINVAL);
	KUNIT_EXPECT_EQ(test, check(messages, size + 1, bytes), -EINVAL);
	KUNIT_EXPECT_EQ(test, check(messages, size, bytes + 1), -EINVAL);
}

static int check_deliveries(u32 deliveries)
{
	struct deque_limits limits = plain_limits;

	limits.max_deliveries = deliveries;
	return deque_limits_check(&limits);
}

static void deliveries_have_a_range_or_no_limit(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, check_deliveries(0), -EINVAL);
	KUNIT_EXPECT_EQ(test, check_deliveries(1), 0);
	KUNIT_EXPECT_EQ(test, check_deliveries(DEQUE_DELIVERIES_LIMIT), 0);
	KUNIT_EXPECT_EQ(test, check_deliveries(DEQUE_DELIVERIES_LIMIT + 1),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, check_deliveries(DEQUE_DELIVERIES_UNLIMITED - 1),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, check_deliveries(DEQUE_DELIVERIES_UNLIMITED), 0);
}

static void reserved_limits_are_zero(struct kunit *test)
{
	struct deque_limits limits = plain_limits;

	limits.reserved[ARRAY_SIZE(limits.reserved) - 1] = 1ULL << 63;
	KUNIT_EXPECT_EQ(test, deque_limits_check(&limits), -EINVAL);
	limits = plain_limits;
	limits.padding = 1;
	KUNIT_EXPECT_EQ(test, deque_limits_check(&limits), -EINVAL);
}

static void zeros_are_filled_in(struct kunit *test)
{
	struct deque_limits limits = { .max_message_size = 7 };

	deque_limits_fill(&limits, &plain_limits);
	KUNIT_EXPECT_EQ(test, limits.max_messages, 3);
	KUNIT_EXPECT_EQ(test, limits.max_message_size, 7);
	KUNIT_EXPECT_EQ(test, limits.max_bytes, 250);
	KUNIT_EXPECT_EQ(test, limits.max_deliveries, 4);
}

static void limits_are_set_all_or_none(struct kunit *test)
{
	struct deque_limits limits = { .max_messages = 9,
				       .max_bytes = DEQUE_BYTES_LIMIT + 1 };

	KUNIT_EXPECT_EQ(test, deque_limits_set(deque_of(test), &limits, 1, 0),
			-EINVAL);
	KUNIT_EXPECT_EQ(test, deque_of(test)->limits.max_messages, 3);
	KUNIT_EXPECT_EQ(test, deque_of(test)->policy, 0);
	KUNIT_EXPECT_FALSE(test, deque_of(test)->pending_events);
	limits.max_bytes = 0;
	KUNIT_EXPECT_EQ(test, deque_limits_set(deque_of(test), &limits, 1, 0),
			0);
	KUNIT_EXPECT_EQ(test, deque_of(test)->limits.max_messages, 9);
	KUNIT_EXPECT_EQ(test, deque_of(test)->limits.max_bytes, 250);
	KUNIT_EXPECT_EQ(test, deque_of(test)->policy, 1);
	KUNIT_EXPECT_TRUE(test, deque_of(test)->pending_events == EPOLLOUT);
	deque_of(test)->dead = true;
	KUNIT_EXPECT_EQ(test, deque_limits_set(deque_of(test), &limits, 0, 1),
			-ENODEV);
	KUNIT_EXPECT_EQ(test, deque_of(test)->policy, 1);
}

static void longest_message_obeys_all_bounds(struct kunit *test)
{
	struct deque *deque = deque_of(test);

	KUNIT_EXPECT_EQ(test, deque_max_size(deque), 100);
	deque->limits.max_bytes = 99;
	KUNIT_EXPECT_EQ(test, deque_max_size(deque), 99);
	/* A sixteenth is not for messages; 98, an eighth of it and 160 is 270. */
	bound_total(288);
	KUNIT_EXPECT_EQ(test, deque_max_size(deque), 97);
	bound_total(289);
	KUNIT_EXPECT_EQ(test, deque_max_size(deque), 98);
}

static void size_is_bounded(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, reserve(deque_of(test), 101));
	KUNIT_EXPECT_FALSE(test, reserve(deque_of(test), U32_MAX));
	KUNIT_ASSERT_TRUE(test, reserve(deque_of(test), 100));
}

static void messages_are_bounded(struct kunit *test)
{
	int i;

	for (i = 0; i < 3; i++)
		KUNIT_ASSERT_TRUE(test, reserve(deque_of(test), 0));
	KUNIT_EXPECT_FALSE(test, has_room(deque_of(test), 0));
	KUNIT_EXPECT_FALSE(test, reserve(deque_of(test), 0));
	KUNIT_EXPECT_EQ(test, deque_of(test)->messages, 3);
	unreserve(deque_of(test), 0);
	KUNIT_EXPECT_TRUE(test, deque_of(test)->pending_events == EPOLLOUT);
	KUNIT_EXPECT_TRUE(test, reserve(deque_of(test), 0));
}

static void bytes_are_bounded(struct kunit *test)
{
	struct deque *deque = deque_of(test);

	KUNIT_ASSERT_TRUE(test, reserve(deque, 100));
	KUNIT_ASSERT_TRUE(test, reserve(deque, 100));
	KUNIT_EXPECT_FALSE(test, reserve(deque, 51));
	KUNIT_EXPECT_EQ(test, deque->bytes, 200);
	KUNIT_ASSERT_TRUE(test, reserve(deque, 50));
	KUNIT_EXPECT_EQ(test, deque->bytes, 250);
	unreserve(deque, 50);
	unreserve(deque, 100);
	unreserve(deque, 100);
	KUNIT_EXPECT_EQ(test, deque->bytes, 0);
}

/* More in the deque than may be: nothing fits, and nothing wraps. */
static void lowered_limits_leave_no_room(struct kunit *test)
{
	struct deque *deque = deque_of(test);

	KUNIT_ASSERT_TRUE(test, reserve(deque, 100));
	KUNIT_ASSERT_TRUE(test, reserve(deque, 100));
	deque->limits.max_messages = 1;
	KUNIT_EXPECT_FALSE(test, reserve(deque, 0));
	deque->limits.max_messages = 3;
	deque->limits.max_bytes = 150;
	KUNIT_EXPECT_FALSE(test, reserve(deque, 0));
	unreserve(deque, 100);
	KUNIT_EXPECT_TRUE(test, reserve(deque, 50));
}

/* The sizes that kmalloc() takes, added up; the promise is n/8 and 160 more than n. */
static void message_costs_what_its_pieces_do(struct kunit *test)
{
	static const struct {
		u32 size, cost;
	} table[] = {
		{ 1, 106 },	      { 8, 106 }, /* a head of 96 */
		{ 9, 136 }, /* of 128 */
		{ 40, 136 },	      { 41, 204 }, /* of 192 */
		{ 168, 264 },	      { 1000, 1032 + 106 },
		{ 4096, 4104 + 136 }, { 65536, 2 * 32776 + 204 },
	};
	u32 size;
	int i;

	for (i = 0; i < ARRAY_SIZE(table); i++)
		KUNIT_EXPECT_EQ(test, deque_message_cost(table[i].size),
				table[i].cost);
	for (size = 1; size <= 70000; size++) {
		u32 most = size + size / 8 + 160;

		if (deque_message_cost(size) > most ||
		    deque_plan_cost(size, DEQUE_PIECE_SMALL) > most)
			break;
	}
	KUNIT_EXPECT_EQ(test, size, 70001);
}

/* All of the payload has a place, and no byte two. */
static void message_holds_its_payload(struct kunit *test)
{
	struct deque_user *user = user_of(test);
	static const u32 sizes[] = { 1, 168, 169, 1000, 5000, 65536, SZ_16M };
	struct deque_message *message;
	struct deque_span span;
	u64 held;
	u32 cost;
	int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		cost = deque_message_cost(sizes[i]);
		KUNIT_ASSERT_EQ(test, deque_memory_charge(user, false, cost),
				0);
		message = deque_message_alloc(user, false, sizes[i]);
		KUNIT_ASSERT_NOT_NULL(test, message);
		deque_span_begin(&span, message);
		held = 0;
		do {
			memset(span.data, 0xa5, span.size);
			held += span.size;
		} while (deque_span_next(&span));
		KUNIT_EXPECT_EQ(test, held, sizes[i]);
		deque_message_put(message);
		KUNIT_EXPECT_EQ(test, atomic64_read(&total_used), 0);
	}
	deque_user_put(user);
}

static void messages_leave_a_part_to_takers(struct kunit *test)
{
	struct deque_user *user = user_of(test);
	struct deque *deque = deque_of(test);

	bound_total(3200);
	KUNIT_EXPECT_EQ(test, charge(deque, user, 3001), -EAGAIN);
	KUNIT_EXPECT_EQ(test, charge(deque, user, 3000), 0);
	KUNIT_EXPECT_FALSE(test, has_room(deque, 1));
	KUNIT_EXPECT_FALSE(test, deque_memory_charge_lease(101));
	KUNIT_EXPECT_TRUE(test, deque_memory_charge_lease(100));
	KUNIT_EXPECT_NULL(test, deque_call_alloc(1, 101));
	deque_memory_release_lease(100);
	deque_memory_release(user, 3000);
	KUNIT_EXPECT_TRUE(test, has_room(deque, 1));
	deque_starved_forget(deque);
	deque_user_put(user);
}

static void share_of_a_user_is_bounded(struct kunit *test)
{
	struct deque_user *user = user_of(test);
	struct deque *deque = deque_of(test);

	max_user_bytes = 100;
	KUNIT_EXPECT_EQ(test, charge(deque, user, 101), -EDQUOT);
	KUNIT_EXPECT_EQ(test, starved_count, 0);
	KUNIT_EXPECT_EQ(test, deque_memory_charge(user, true, 101), 0);
	deque_memory_release(user, 101);
	KUNIT_EXPECT_EQ(test, charge(deque, user, 98), 0);
	KUNIT_EXPECT_EQ(test, charge(deque, user, 98), -EDQUOT);
	deque_memory_release(user, 98);
	deque_user_put(user);
	KUNIT_EXPECT_TRUE(test, hash_empty(users));
}

static void starved_deque_is_fed(struct kunit *test)
{
	struct deque_user *user = user_of(test);
	struct deque *starved = new_deque(test);

	bound_total(3200);
	KUNIT_ASSERT_EQ(test, charge(deque_of(test), user, 3000), 0);
	KUNIT_EXPECT_EQ(test, charge(starved, user, 1), -EAGAIN);
	KUNIT_EXPECT_EQ(test, charge(starved, user, 1), -EAGAIN);
	KUNIT_EXPECT_EQ(test, starved_count, 1);
	deque_memory_release(user, 3000);
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&fed, 60 * HZ), 0);
	deque_memory_exit();
	KUNIT_EXPECT_PTR_EQ(test, fed_last, starved);
	KUNIT_EXPECT_EQ(test, kref_read(&starved->references), 1);
	deque_user_put(user);
}

/* It fails on a bound of its own, which the memory of others does not change. */
static void full_deque_does_not_starve(struct kunit *test)
{
	struct deque *deque = deque_of(test);

	bound_total(100);
	KUNIT_EXPECT_FALSE(test, has_room(deque, 101));
	KUNIT_EXPECT_EQ(test, starved_count, 0);
	KUNIT_EXPECT_FALSE(test, has_room(deque, 1));
	KUNIT_EXPECT_EQ(test, starved_count, 1);
	deque_starved_forget(deque);
	deque_starved_forget(deque);
	KUNIT_EXPECT_EQ(test, starved_count, 0);
}

static struct kunit_case bounds_cases[] = {
	KUNIT_CASE(limits_have_a_range),
	KUNIT_CASE(deliveries_have_a_range_or_no_limit),
	KUNIT_CASE(reserved_limits_are_zero),
	KUNIT_CASE(zeros_are_filled_in),
	KUNIT_CASE(limits_are_set_all_or_none),
	KUNIT_CASE(longest_message_obeys_all_bounds),
	KUNIT_CASE(size_is_bounded),
	KUNIT_CASE(messages_are_bounded),
	KUNIT_CASE(bytes_are_bounded),
	KUNIT_CASE(lowered_limits_leave_no_room),
	KUNIT_CASE(message_costs_what_its_pieces_do),
	KUNIT_CASE(message_holds_its_payload),
	KUNIT_CASE(messages_leave_a_part_to_takers),
	KUNIT_CASE(share_of_a_user_is_bounded),
	KUNIT_CASE(starved_deque_is_fed),
	KUNIT_CASE(full_deque_does_not_starve),
	{}
};

static struct kunit_suite bounds_suite = {
	.name = "deque_bounds",
	.init = bounds_setup,
	.exit = bounds_teardown,
	.test_cases = bounds_cases,
};

kunit_test_suite(bounds_suite);
