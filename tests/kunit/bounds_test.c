// SPDX-License-Identifier: GPL-2.0-only
/*
 * The arithmetic of the bounds, at their edges: src/deque/bounds.c alone, with
 * what it calls elsewhere replaced here.
 */
#include <kunit/test.h>
#include <linux/completion.h>
#include <linux/limits.h>

#include "bounds.c"

static u64 max_total_bytes;
static DECLARE_COMPLETION(fed);

u64 deque_param_max_total_bytes(void)
{
	return max_total_bytes;
}

/* The other files wake the senders here; that comes when memory is back. */
void deque_unlock_and_wake(struct deque *deque) __releases(&deque->lock)
{
	spin_unlock(&deque->lock);
	if (deque->news & EPOLLOUT)
		complete(&fed);
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

static int bounds_setup(struct kunit *test)
{
	test->priv = new_deque(test);
	max_total_bytes = U32_MAX;
	reinit_completion(&fed);
	return 0;
}

static void bounds_teardown(struct kunit *test)
{
	deque_bounds_exit();
	KUNIT_EXPECT_EQ(test, atomic64_read(&total_used), 0);
	KUNIT_EXPECT_EQ(test, starved_count, 0);
	KUNIT_EXPECT_TRUE(test, list_empty(&starved_deques));

	/* What a failed test left must not fail the next. */
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

/* A message leaves the deque and is freed. */
static void release(struct deque *deque, u32 size)
{
	spin_lock(&deque->lock);
	deque_give_room_locked(deque, 1, size);
	spin_unlock(&deque->lock);
	deque_total_release(size);
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
	KUNIT_EXPECT_FALSE(test, deque_of(test)->news);
	limits.max_bytes = 0;
	KUNIT_EXPECT_EQ(test, deque_limits_set(deque_of(test), &limits, 1, 0),
			0);
	KUNIT_EXPECT_EQ(test, deque_of(test)->limits.max_messages, 9);
	KUNIT_EXPECT_EQ(test, deque_of(test)->limits.max_bytes, 250);
	KUNIT_EXPECT_EQ(test, deque_of(test)->policy, 1);
	KUNIT_EXPECT_TRUE(test, deque_of(test)->news == EPOLLOUT);
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
	max_total_bytes = DEQUE_MESSAGE_OVERHEAD + 98;
	KUNIT_EXPECT_EQ(test, deque_max_size(deque), 98);
}

static void size_is_bounded(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, reserve(deque_of(test), 101));
	KUNIT_EXPECT_FALSE(test, reserve(deque_of(test), U32_MAX));
	KUNIT_EXPECT_EQ(test, atomic64_read(&total_used), 0);
	KUNIT_ASSERT_TRUE(test, reserve(deque_of(test), 100));
	release(deque_of(test), 100);
}

static void messages_are_bounded(struct kunit *test)
{
	int i;

	for (i = 0; i < 3; i++)
		KUNIT_ASSERT_TRUE(test, reserve(deque_of(test), 0));
	KUNIT_EXPECT_FALSE(test, has_room(deque_of(test), 0));
	KUNIT_EXPECT_FALSE(test, reserve(deque_of(test), 0));
	KUNIT_EXPECT_EQ(test, deque_of(test)->messages, 3);
	release(deque_of(test), 0);
	KUNIT_EXPECT_TRUE(test, reserve(deque_of(test), 0));
	for (i = 0; i < 3; i++)
		release(deque_of(test), 0);
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
	release(deque, 50);
	release(deque, 100);
	release(deque, 100);
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
	release(deque, 100);
	KUNIT_EXPECT_TRUE(test, reserve(deque, 50));
	release(deque, 50);
	release(deque, 100);
}

static void total_counts_payload_and_overhead(struct kunit *test)
{
	struct deque *deque = deque_of(test);

	max_total_bytes = 2 * DEQUE_MESSAGE_OVERHEAD + 30;
	KUNIT_ASSERT_TRUE(test, reserve(deque, 10));
	KUNIT_EXPECT_EQ(test, atomic64_read(&total_used),
			DEQUE_MESSAGE_OVERHEAD + 10);
	KUNIT_EXPECT_FALSE(test, has_room(deque, 21));
	KUNIT_EXPECT_FALSE(test, reserve(deque, 21));
	KUNIT_EXPECT_EQ(test, deque->messages, 1);
	KUNIT_EXPECT_TRUE(test, has_room(deque, 20));
	KUNIT_ASSERT_TRUE(test, reserve(deque, 20));
	deque_starved_forget(deque);
	release(deque, 20);
	release(deque, 10);
}

static void starved_deque_is_fed(struct kunit *test)
{
	struct deque *starved = new_deque(test);

	max_total_bytes = DEQUE_MESSAGE_OVERHEAD + 100;
	KUNIT_ASSERT_TRUE(test, reserve(deque_of(test), 100));
	KUNIT_EXPECT_FALSE(test, reserve(starved, 1));
	KUNIT_EXPECT_FALSE(test, reserve(starved, 1));
	KUNIT_EXPECT_EQ(test, starved_count, 1);
	release(deque_of(test), 100);
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&fed, 60 * HZ), 0);
	deque_bounds_exit();
	KUNIT_EXPECT_TRUE(test, starved->news == EPOLLOUT);
	KUNIT_EXPECT_EQ(test, kref_read(&starved->references), 1);
}

/* It fails on a bound of its own, which the memory of others does not change. */
static void full_deque_does_not_starve(struct kunit *test)
{
	struct deque *deque = deque_of(test);

	max_total_bytes = DEQUE_MESSAGE_OVERHEAD;
	KUNIT_EXPECT_FALSE(test, reserve(deque, 101));
	KUNIT_EXPECT_EQ(test, starved_count, 0);
	KUNIT_EXPECT_FALSE(test, reserve(deque, 1));
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
	KUNIT_CASE(total_counts_payload_and_overhead),
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
