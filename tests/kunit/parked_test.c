// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages that are not ready, without a device: src/deque/core/parked.c alone.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

/* The others of this module have the real ones. */
#define deque_message_put parked_message_put
#define deque_memory_charge_lease parked_memory_charge_lease
#define deque_memory_release_lease parked_memory_release_lease
#define deque_memory_release parked_memory_release

#include "core/parked.c"

#define RANDOM_MOST 64

static unsigned int messages_put;
static u64 leases_charged;

void deque_message_put(struct deque_message *message)
{
	messages_put++;
}

bool deque_memory_charge_lease(u64 cost)
{
	leases_charged += cost;
	return true;
}

void deque_memory_release_lease(u64 cost)
{
	leases_charged -= cost;
}

void deque_memory_release(struct deque_user *user, u64 cost)
{
}

static struct deque_parking *parking_of(struct kunit *test)
{
	return test->priv;
}

static int parked_setup(struct kunit *test)
{
	struct deque_parking *parking =
		kunit_kmalloc(test, sizeof(*parking), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, parking);
	memset(parking, 0xa5, sizeof(*parking));
	deque_parking_init(parking);
	messages_put = 0;
	test->priv = parking;
	return 0;
}

static void parked_teardown(struct kunit *test)
{
	struct deque_parking *parking = parking_of(test);
	struct deque_parked *parked;

	while ((parked = deque_parking_after(parking, 0))) {
		deque_parking_remove(parking, parked);
		deque_parked_free(parked);
	}
	KUNIT_EXPECT_EQ(test, parking->leased_count, 0);
	KUNIT_EXPECT_EQ(test, parking->delayed_count, 0);
	KUNIT_EXPECT_EQ(test, parking->buried_count, 0);
	KUNIT_EXPECT_NULL(test, deque_parking_first_due(parking));
	KUNIT_EXPECT_TRUE(test, list_empty(&parking->buried));
	KUNIT_EXPECT_EQ(test, leases_charged, 0);
}

static struct deque_parked *park(struct kunit *test, u64 token, u32 state,
				 ktime_t due)
{
	struct deque_parked *parked = deque_parked_alloc();

	KUNIT_ASSERT_NOT_NULL(test, parked);
	parked->token = token;
	deque_parking_add(parking_of(test), parked, state, due);
	return parked;
}

static void unpark(struct kunit *test, struct deque_parked *parked)
{
	deque_parking_remove(parking_of(test), parked);
	deque_parked_free(parked);
}

static void expect_counts(struct kunit *test, u64 leased, u64 delayed,
			  u64 buried)
{
	KUNIT_EXPECT_EQ(test, parking_of(test)->leased_count, leased);
	KUNIT_EXPECT_EQ(test, parking_of(test)->delayed_count, delayed);
	KUNIT_EXPECT_EQ(test, parking_of(test)->buried_count, buried);
}

static void expect_first_due(struct kunit *test,
			     const struct deque_parked *parked)
{
	KUNIT_EXPECT_PTR_EQ(test, deque_parking_first_due(parking_of(test)),
			    (struct deque_parked *)parked);
}

static void nothing_is_parked_at_first(struct kunit *test)
{
	struct deque_parking *parking = parking_of(test);

	expect_counts(test, 0, 0, 0);
	expect_first_due(test, NULL);
	KUNIT_EXPECT_NULL(test, deque_parking_find(parking, 0));
	KUNIT_EXPECT_NULL(test, deque_parking_find(parking, 1));
	KUNIT_EXPECT_NULL(test, deque_parking_after(parking, 0));
	KUNIT_EXPECT_NULL(test, deque_parking_first(parking, DEQUE_BURIED));
	KUNIT_EXPECT_NULL(test, deque_parking_first(parking, DEQUE_DELAYED));
}

/* Put in out of order, with neighbours, and the largest that there is. */
static void tokens_are_found_alone(struct kunit *test)
{
	static const u64 tokens[] = { 50, 10, 90, 11, 1, U64_MAX, 49, 51 };
	struct deque_parked *parked[ARRAY_SIZE(tokens)];
	struct deque_parking *parking = parking_of(test);
	int i;

	for (i = 0; i < ARRAY_SIZE(tokens); i++)
		parked[i] = park(test, tokens[i], DEQUE_LEASED, KTIME_MAX);
	for (i = 0; i < ARRAY_SIZE(tokens); i++)
		KUNIT_EXPECT_PTR_EQ(test,
				    deque_parking_find(parking, tokens[i]),
				    parked[i]);
	KUNIT_EXPECT_NULL(test, deque_parking_find(parking, 0));
	KUNIT_EXPECT_NULL(test, deque_parking_find(parking, 2));
	KUNIT_EXPECT_NULL(test, deque_parking_find(parking, 52));
	KUNIT_EXPECT_NULL(test, deque_parking_find(parking, U64_MAX - 1));
	unpark(test, parked[0]);
	KUNIT_EXPECT_NULL(test, deque_parking_find(parking, 50));
	KUNIT_EXPECT_PTR_EQ(test, deque_parking_find(parking, 49), parked[6]);
	KUNIT_EXPECT_PTR_EQ(test, deque_parking_find(parking, 51), parked[7]);
}

static void walk_is_in_order_of_the_tokens(struct kunit *test)
{
	struct deque_parking *parking = parking_of(test);

	park(test, 30, DEQUE_BURIED, KTIME_MAX);
	park(test, 10, DEQUE_DELAYED, 5);
	park(test, 20, DEQUE_LEASED, 1);
	KUNIT_EXPECT_EQ(test, deque_parking_after(parking, 0)->token, 10);
	KUNIT_EXPECT_EQ(test, deque_parking_after(parking, 9)->token, 10);
	KUNIT_EXPECT_EQ(test, deque_parking_after(parking, 10)->token, 20);
	KUNIT_EXPECT_EQ(test, deque_parking_after(parking, 19)->token, 20);
	KUNIT_EXPECT_EQ(test, deque_parking_after(parking, 20)->token, 30);
	KUNIT_EXPECT_NULL(test, deque_parking_after(parking, 30));
	KUNIT_EXPECT_NULL(test, deque_parking_after(parking, U64_MAX));
}

static void states_are_counted_apart(struct kunit *test)
{
	struct deque_parked *leased = park(test, 1, DEQUE_LEASED, KTIME_MAX);
	struct deque_parked *delayed = park(test, 2, DEQUE_DELAYED, 7);
	struct deque_parked *buried = park(test, 3, DEQUE_BURIED, KTIME_MAX);

	park(test, 4, DEQUE_LEASED, 9);
	expect_counts(test, 2, 1, 1);
	unpark(test, leased);
	expect_counts(test, 1, 1, 1);
	unpark(test, delayed);
	expect_counts(test, 1, 0, 1);
	unpark(test, buried);
	expect_counts(test, 1, 0, 0);
}

/* From one state into the other, with the same memory. */
static void states_change(struct kunit *test)
{
	struct deque_parking *parking = parking_of(test);
	struct deque_parked *parked = park(test, 1, DEQUE_LEASED, 50);

	KUNIT_EXPECT_EQ(test, parked->state, DEQUE_LEASED);
	KUNIT_EXPECT_NE(test, parked->since_ns, 0);
	deque_parking_remove(parking, parked);
	deque_parking_add(parking, parked, DEQUE_DELAYED, 70);
	expect_counts(test, 0, 1, 0);
	expect_first_due(test, parked);
	KUNIT_EXPECT_PTR_EQ(test, deque_parking_first(parking, DEQUE_DELAYED),
			    parked);
	deque_parking_remove(parking, parked);
	deque_parking_add(parking, parked, DEQUE_BURIED, KTIME_MAX);
	expect_counts(test, 0, 0, 1);
	expect_first_due(test, NULL);
	KUNIT_EXPECT_NULL(test, deque_parking_first(parking, DEQUE_DELAYED));
	KUNIT_EXPECT_PTR_EQ(test, deque_parking_first(parking, DEQUE_BURIED),
			    parked);
}

/* Leases and delays are in trees of their own, and come in one order. */
static void first_due_is_the_first_of_all(struct kunit *test)
{
	struct deque_parked *lease = park(test, 1, DEQUE_LEASED, 30);
	struct deque_parked *delay = park(test, 2, DEQUE_DELAYED, 20);
	struct deque_parked *sooner = park(test, 3, DEQUE_LEASED, 10);
	struct deque_parked *never = park(test, 4, DEQUE_LEASED, KTIME_MAX);

	expect_first_due(test, sooner);
	unpark(test, sooner);
	expect_first_due(test, delay);
	unpark(test, delay);
	expect_first_due(test, lease);
	unpark(test, lease);
	expect_first_due(test, NULL);
	unpark(test, never);
}

/* Those of a kind, whatever their tokens are; leases before delays. */
static void due_at_one_time_first_come_first_served(struct kunit *test)
{
	static const u64 tokens[] = { 5, 3, 8, 1, 7, 2, 6, 4 };
	struct deque_parked *parked;
	int state, i;

	for (i = 0; i < ARRAY_SIZE(tokens); i++)
		park(test, tokens[i], i % 2 ? DEQUE_LEASED : DEQUE_DELAYED, 99);
	for (state = 1; state >= 0; state--) {
		for (i = state; i < ARRAY_SIZE(tokens); i += 2) {
			parked = deque_parking_first_due(parking_of(test));
			KUNIT_ASSERT_NOT_NULL(test, parked);
			KUNIT_EXPECT_EQ(test, parked->token, tokens[i]);
			unpark(test, parked);
		}
	}
}

static void due_can_be_changed(struct kunit *test)
{
	struct deque_parking *parking = parking_of(test);
	struct deque_parked *a = park(test, 1, DEQUE_LEASED, 10);
	struct deque_parked *b = park(test, 2, DEQUE_LEASED, 20);

	deque_parking_delay(parking, a, 30);
	expect_first_due(test, b);
	deque_parking_delay(parking, a, 5);
	expect_first_due(test, a);
	deque_parking_delay(parking, a, KTIME_MAX);
	expect_first_due(test, b);
	deque_parking_delay(parking, a, KTIME_MAX);
	deque_parking_delay(parking, b, KTIME_MAX);
	expect_first_due(test, NULL);
	deque_parking_delay(parking, b, 1);
	expect_first_due(test, b);
	expect_counts(test, 2, 0, 0);
	KUNIT_EXPECT_PTR_EQ(test, deque_parking_find(parking, 1), a);
}

/* The message buried first is kicked first, whatever the tokens are. */
static void buried_are_first_come_first_served(struct kunit *test)
{
	static const u64 tokens[] = { 7, 2, 9, 1 };
	struct deque_parking *parking = parking_of(test);
	struct deque_parked *parked;
	int i;

	for (i = 0; i < ARRAY_SIZE(tokens); i++)
		park(test, tokens[i], DEQUE_BURIED, KTIME_MAX);
	unpark(test, deque_parking_find(parking, 9));
	for (i = 0; i < ARRAY_SIZE(tokens); i++) {
		if (tokens[i] == 9)
			continue;
		parked = deque_parking_first(parking, DEQUE_BURIED);
		KUNIT_ASSERT_NOT_NULL(test, parked);
		KUNIT_EXPECT_EQ(test, parked->token, tokens[i]);
		unpark(test, parked);
	}
	KUNIT_EXPECT_NULL(test, deque_parking_first(parking, DEQUE_BURIED));
}

/* A lease that ends sooner is none of those that can be kicked. */
static void first_delayed_is_no_lease(struct kunit *test)
{
	struct deque_parked *delayed;

	park(test, 1, DEQUE_LEASED, 1);
	delayed = park(test, 2, DEQUE_DELAYED, 20);
	park(test, 3, DEQUE_DELAYED, 30);
	KUNIT_EXPECT_PTR_EQ(test,
			    deque_parking_first(parking_of(test),
						DEQUE_DELAYED),
			    delayed);
}

static void new_ones_are_empty_but_for_the_holder(struct kunit *test)
{
	struct deque_parked *parked = deque_parked_alloc();

	KUNIT_ASSERT_NOT_NULL(test, parked);
	KUNIT_EXPECT_EQ(test, parked->holder.number, task_tgid_nr(current));
	parked->holder = (struct deque_process){};
	KUNIT_EXPECT_NULL(test, memchr_inv(parked, 0, sizeof(*parked)));
	deque_parked_free(parked);
	deque_parked_free(NULL);
}

/* Some have their message still, others have not. */
static void list_is_freed_with_its_messages(struct kunit *test)
{
	struct deque_message *message =
		kunit_kzalloc(test, sizeof(*message), GFP_KERNEL);
	struct deque_parked *parked;
	LIST_HEAD(list);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, message);
	deque_parked_free_list(&list);
	for (i = 0; i < 5; i++) {
		parked = deque_parked_alloc();
		KUNIT_ASSERT_NOT_NULL(test, parked);
		parked->message = i % 2 ? NULL : message;
		list_add_tail(&parked->link, &list);
	}
	deque_parked_free_list(&list);
	KUNIT_EXPECT_EQ(test, messages_put, 3);
}

/* The one that is due first, found the long way. */
static struct deque_parked *search_first_due(struct kunit *test)
{
	struct deque_parked *first = NULL, *parked;
	u64 token = 0;

	while ((parked = deque_parking_after(parking_of(test), token))) {
		token = parked->token;
		if (parked->due != KTIME_MAX &&
		    (!first || parked->due < first->due))
			first = parked;
	}
	return first;
}

static ktime_t random_due(struct rnd_state *random)
{
	u32 due = prandom_u32_state(random) % 20;

	return due ? due : KTIME_MAX;
}

static void random_step(struct kunit *test, struct rnd_state *random)
{
	struct deque_parking *parking = parking_of(test);
	u64 token = 1 + prandom_u32_state(random) % RANDOM_MOST;
	struct deque_parked *parked = deque_parking_find(parking, token);
	u32 state = 1U << (1 + prandom_u32_state(random) % 3);

	if (!parked)
		park(test, token, state,
		     state == DEQUE_BURIED ? KTIME_MAX : random_due(random));
	else if (parked->state != DEQUE_BURIED && prandom_u32_state(random) % 2)
		deque_parking_delay(parking, parked, random_due(random));
	else
		unpark(test, parked);
}

static void random_steps_keep_the_order(struct kunit *test)
{
	struct deque_parked *first, *found;
	struct rnd_state random;
	int i;

	prandom_seed_state(&random, 4);
	for (i = 0; i < 5000; i++) {
		random_step(test, &random);
		first = deque_parking_first_due(parking_of(test));
		found = search_first_due(test);
		KUNIT_ASSERT_EQ(test, !first, !found);
		if (first)
			KUNIT_ASSERT_EQ(test, first->due, found->due);
	}
}

static struct kunit_case parked_cases[] = {
	KUNIT_CASE(nothing_is_parked_at_first),
	KUNIT_CASE(tokens_are_found_alone),
	KUNIT_CASE(walk_is_in_order_of_the_tokens),
	KUNIT_CASE(states_are_counted_apart),
	KUNIT_CASE(states_change),
	KUNIT_CASE(first_due_is_the_first_of_all),
	KUNIT_CASE(due_at_one_time_first_come_first_served),
	KUNIT_CASE(due_can_be_changed),
	KUNIT_CASE(buried_are_first_come_first_served),
	KUNIT_CASE(first_delayed_is_no_lease),
	KUNIT_CASE(new_ones_are_empty_but_for_the_holder),
	KUNIT_CASE(list_is_freed_with_its_messages),
	KUNIT_CASE_SLOW(random_steps_keep_the_order),
	{}
};

static struct kunit_suite parked_suite = {
	.name = "deque_parked",
	.init = parked_setup,
	.exit = parked_teardown,
	.test_cases = parked_cases,
};

kunit_test_suite(parked_suite);
