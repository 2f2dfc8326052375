// SPDX-License-Identifier: GPL-2.0-only
/*
 * The order of messages, without a device: src/deque/core/queue.c alone.
 *
 * Messages are told apart by their id; the tests write an order as a string,
 * "12" for the messages 1 and 2, the front first.
 */
#include <kunit/test.h>
#include <linux/prandom.h>

#include "core/queue.c"

static struct deque_queue *queue_of(struct kunit *test)
{
	return test->priv;
}

static int queue_setup(struct kunit *test)
{
	struct deque_queue *queue =
		kunit_kmalloc(test, sizeof(*queue), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, queue);
	memset(queue, 0xa5, sizeof(*queue));
	deque_queue_init(queue);
	test->priv = queue;
	return 0;
}

static struct deque_message *message(struct kunit *test, u64 id)
{
	struct deque_message *message =
		kunit_kzalloc(test, sizeof(*message), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, message);
	message->id = id;
	return message;
}

/* Puts new messages in, one after the other. */
static void add(struct kunit *test, const char *ids, enum deque_end end)
{
	for (; *ids; ids++)
		deque_queue_add(queue_of(test), message(test, *ids), end);
}

static struct deque_message *take(struct kunit *test, enum deque_end end)
{
	struct deque_message *first = deque_queue_first(queue_of(test), end);

	KUNIT_ASSERT_NOT_NULL(test, first);
	deque_queue_remove(queue_of(test), first);
	return first;
}

/* A walk from an end: it leaves everything in its place. */
static void expect_walk(struct kunit *test, const char *ids, enum deque_end end)
{
	struct deque_message *message;
	struct deque_cursor cursor;
	char seen[32] = "";
	size_t count = 0;

	deque_queue_begin(queue_of(test), end, &cursor);
	while ((message = deque_queue_step(&cursor)) &&
	       count < sizeof(seen) - 1)
		seen[count++] = message->id;
	KUNIT_EXPECT_STREQ(test, seen, ids);
	KUNIT_EXPECT_EQ(test, queue_of(test)->count, strlen(ids));
	KUNIT_EXPECT_NULL(test, deque_queue_step(&cursor));
}

/* The whole queue, looked at from both ends. */
static void expect(struct kunit *test, const char *ids)
{
	size_t count = strlen(ids);
	char reversed[32] = "";
	size_t i;

	KUNIT_ASSERT_LT(test, count, sizeof(reversed));
	for (i = 0; i < count; i++)
		reversed[i] = ids[count - 1 - i];
	expect_walk(test, ids, DEQUE_AT_FRONT);
	expect_walk(test, reversed, DEQUE_AT_BACK);
}

static void empty_queue_has_nothing(struct kunit *test)
{
	KUNIT_EXPECT_NULL(test,
			  deque_queue_first(queue_of(test), DEQUE_AT_FRONT));
	KUNIT_EXPECT_NULL(test,
			  deque_queue_first(queue_of(test), DEQUE_AT_BACK));
	expect(test, "");
	add(test, "1", DEQUE_AT_FRONT);
	take(test, DEQUE_AT_BACK);
	expect(test, "");
}

static void both_ends_take_and_give(struct kunit *test)
{
	add(test, "34", DEQUE_AT_BACK);
	add(test, "21", DEQUE_AT_FRONT);
	add(test, "5", DEQUE_AT_BACK);
	expect(test, "12345");
	KUNIT_EXPECT_EQ(test, take(test, DEQUE_AT_FRONT)->id, '1');
	KUNIT_EXPECT_EQ(test, take(test, DEQUE_AT_BACK)->id, '5');
	expect(test, "234");
}

static void one_message_is_at_both_ends(struct kunit *test)
{
	struct deque_message *only = message(test, '1');

	deque_queue_add(queue_of(test), only, DEQUE_AT_BACK);
	KUNIT_EXPECT_PTR_EQ(test,
			    deque_queue_first(queue_of(test), DEQUE_AT_FRONT),
			    only);
	KUNIT_EXPECT_PTR_EQ(test,
			    deque_queue_first(queue_of(test), DEQUE_AT_BACK),
			    only);
	deque_queue_remove(queue_of(test), only);
	deque_queue_restore(queue_of(test), only);
	KUNIT_EXPECT_PTR_EQ(test,
			    deque_queue_first(queue_of(test), DEQUE_AT_FRONT),
			    only);
	KUNIT_EXPECT_PTR_EQ(test,
			    deque_queue_first(queue_of(test), DEQUE_AT_BACK),
			    only);
}

static void middle_can_be_removed(struct kunit *test)
{
	struct deque_message *middle = message(test, '2');

	add(test, "1", DEQUE_AT_BACK);
	deque_queue_add(queue_of(test), middle, DEQUE_AT_BACK);
	add(test, "3", DEQUE_AT_BACK);
	deque_queue_remove(queue_of(test), middle);
	expect(test, "13");
	deque_queue_restore(queue_of(test), middle);
	expect(test, "123");
	deque_queue_remove(queue_of(test), middle);
	expect(test, "13");
}

/* Three are taken and come back, in each order that there is. */
static void restored_are_in_order(struct kunit *test)
{
	static const u8 orders[][3] = {
		{ 0, 1, 2 }, { 0, 2, 1 }, { 1, 0, 2 },
		{ 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 },
	};
	struct deque_message *taken[3];
	enum deque_end end;
	int i, n;

	add(test, "12345", DEQUE_AT_BACK);
	for (i = 0; i < 2 * ARRAY_SIZE(orders); i++) {
		end = i % 2 ? DEQUE_AT_BACK : DEQUE_AT_FRONT;
		for (n = 0; n < 3; n++)
			taken[n] = take(test, end);
		for (n = 0; n < 3; n++)
			deque_queue_restore(queue_of(test),
					    taken[orders[i / 2][n]]);
		expect(test, "12345");
	}
}

/* Messages that came meanwhile were not there when it was taken: they stay outside. */
static void restored_go_between(struct kunit *test)
{
	struct deque_message *front, *back;

	add(test, "2345", DEQUE_AT_BACK);
	front = take(test, DEQUE_AT_FRONT);
	back = take(test, DEQUE_AT_BACK);
	add(test, "1", DEQUE_AT_FRONT);
	add(test, "6", DEQUE_AT_BACK);
	expect(test, "1346");
	deque_queue_restore(queue_of(test), back);
	expect(test, "13456");
	deque_queue_restore(queue_of(test), front);
	expect(test, "123456");
}

/* The neighbours are gone when it comes back, and those come back later. */
static void restored_find_their_place_alone(struct kunit *test)
{
	struct deque_message *first, *second, *third;

	add(test, "123", DEQUE_AT_BACK);
	first = take(test, DEQUE_AT_FRONT);
	second = take(test, DEQUE_AT_FRONT);
	third = take(test, DEQUE_AT_FRONT);
	add(test, "4", DEQUE_AT_BACK);
	add(test, "0", DEQUE_AT_FRONT);
	deque_queue_restore(queue_of(test), second);
	expect(test, "024");
	deque_queue_restore(queue_of(test), third);
	deque_queue_restore(queue_of(test), first);
	expect(test, "01234");
}

/* Nothing of where it was before sticks to a message. */
static void restored_can_be_added_anew(struct kunit *test)
{
	struct deque_message *message;

	add(test, "12", DEQUE_AT_BACK);
	message = take(test, DEQUE_AT_FRONT);
	deque_queue_restore(queue_of(test), message);
	KUNIT_ASSERT_PTR_EQ(test, take(test, DEQUE_AT_FRONT), message);
	/* rb_erase() of what is in a list may go unnoticed: it does the same. */
	KUNIT_EXPECT_EQ(test, message->place, DEQUE_ELSEWHERE);
	deque_queue_add(queue_of(test), message, DEQUE_AT_BACK);
	expect(test, "21");
	KUNIT_EXPECT_PTR_EQ(test, take(test, DEQUE_AT_BACK), message);
	expect(test, "2");
}

/* As a taker of a batch does; 1, 3 and 5 have been taken before and are back. */
static void walk_may_remove_what_it_saw(struct kunit *test)
{
	struct deque_message *messages[6], *message_seen;
	struct deque_cursor cursor;
	int i;

	for (i = 0; i < 6; i++) {
		messages[i] = message(test, '1' + i);
		deque_queue_add(queue_of(test), messages[i], DEQUE_AT_BACK);
	}
	for (i = 0; i < 6; i += 2) {
		deque_queue_remove(queue_of(test), messages[i]);
		deque_queue_restore(queue_of(test), messages[i]);
	}
	expect(test, "123456");
	deque_queue_begin(queue_of(test), DEQUE_AT_FRONT, &cursor);
	while ((message_seen = deque_queue_step(&cursor)))
		if (message_seen == messages[0] || message_seen == messages[3])
			deque_queue_remove(queue_of(test), message_seen);
	expect(test, "2356");
	deque_queue_begin(queue_of(test), DEQUE_AT_BACK, &cursor);
	while ((message_seen = deque_queue_step(&cursor)))
		deque_queue_remove(queue_of(test), message_seen);
	expect(test, "");
}

/*
 * The last positions that there are.  Between them lie all 64 bits, so order
 * must not be decided by a difference.
 */
static void positions_reach_their_ends(struct kunit *test)
{
	struct deque_message *first, *last;

	queue_of(test)->front = S64_MIN + 2;
	queue_of(test)->back = S64_MAX - 2;
	add(test, "34", DEQUE_AT_BACK);
	add(test, "21", DEQUE_AT_FRONT);
	expect(test, "1234");
	first = take(test, DEQUE_AT_FRONT);
	last = take(test, DEQUE_AT_BACK);
	KUNIT_EXPECT_EQ(test, first->position, S64_MIN);
	KUNIT_EXPECT_EQ(test, last->position, S64_MAX);
	deque_queue_restore(queue_of(test), last);
	expect(test, "234");
	deque_queue_restore(queue_of(test), first);
	expect(test, "1234");
	first = take(test, DEQUE_AT_FRONT);
	last = take(test, DEQUE_AT_FRONT);
	deque_queue_restore(queue_of(test), first);
	deque_queue_restore(queue_of(test), last);
	expect(test, "1234");
}

/* Many messages through a queue that is never empty: positions wander. */
static void positions_wander(struct kunit *test)
{
	struct deque_message *message;
	int i;

	add(test, "123", DEQUE_AT_BACK);
	for (i = 0; i < 100000; i++) {
		message = take(test, DEQUE_AT_FRONT);
		deque_queue_add(queue_of(test), message, DEQUE_AT_BACK);
	}
	/* 100000 = 3 * 33333 + 1 */
	expect(test, "231");
	KUNIT_EXPECT_EQ(test, queue_of(test)->back, 100003);
	KUNIT_EXPECT_EQ(test, queue_of(test)->front, 0);
}

/* The first of the places is the outermost; what comes later lies beyond. */
static void places_can_be_set_aside(struct kunit *test)
{
	struct deque_message *first, *second;
	s64 position;

	add(test, "123", DEQUE_AT_BACK);
	first = take(test, DEQUE_AT_FRONT);
	second = take(test, DEQUE_AT_FRONT);
	add(test, "b", DEQUE_AT_FRONT);
	position = deque_queue_reserve(queue_of(test), 1000);
	first->position = position;
	second->position = position + 999;
	deque_queue_restore(queue_of(test), second);
	deque_queue_restore(queue_of(test), first);
	add(test, "a", DEQUE_AT_FRONT);
	add(test, "4", DEQUE_AT_BACK);
	expect(test, "a12b34");
}

/* A walk that begins behind a position. */
static void expect_behind(struct kunit *test, s64 position,
			  const struct deque_message *seen, const char *ids)
{
	struct deque_message *message;
	struct deque_cursor cursor;
	char found[32] = "";
	size_t count = 0;

	deque_queue_begin_behind(queue_of(test), position, seen, &cursor);
	while ((message = deque_queue_step(&cursor)) &&
	       count < sizeof(found) - 1) {
		if (message->position > position)
			found[count++] = message->id;
	}
	KUNIT_EXPECT_STREQ(test, found, ids);
}

static void walk_can_begin_anywhere(struct kunit *test)
{
	struct deque_message *messages[6];
	int i;

	expect_behind(test, S64_MIN, NULL, "");
	for (i = 0; i < 6; i++) {
		messages[i] = message(test, '1' + i);
		deque_queue_add(queue_of(test), messages[i], DEQUE_AT_BACK);
	}
	/* 2 and 4 in the tree, the others in the line. */
	for (i = 1; i < 4; i += 2) {
		deque_queue_remove(queue_of(test), messages[i]);
		deque_queue_restore(queue_of(test), messages[i]);
	}
	expect_behind(test, S64_MIN, NULL, "123456");
	for (i = 0; i < 6; i++)
		expect_behind(test, messages[i]->position, NULL,
			      &"123456"[i + 1]);
	/* With one of the line that lies there, or before. */
	for (i = 0; i < 6; i++)
		expect_behind(test, messages[i]->position, messages[0],
			      &"123456"[i + 1]);
	expect_behind(test, messages[4]->position, messages[4], "6");
	expect_behind(test, messages[3]->position, messages[2], "56");
	expect_behind(test, messages[5]->position, messages[5], "");
	/* The place stays one when its message is gone. */
	deque_queue_remove(queue_of(test), messages[3]);
	expect_behind(test, messages[3]->position, messages[2], "56");
	deque_queue_remove(queue_of(test), messages[2]);
	expect_behind(test, messages[3]->position, NULL, "56");
}

/* A walk that knows where it is does not see the line from its start. */
static void walk_begins_behind_what_was_seen(struct kunit *test)
{
	struct deque_message *third = message(test, '3');
	struct deque_cursor cursor;

	add(test, "12", DEQUE_AT_BACK);
	deque_queue_add(queue_of(test), third, DEQUE_AT_BACK);
	add(test, "4", DEQUE_AT_BACK);
	deque_queue_begin_behind(queue_of(test), third->position, third,
				 &cursor);
	KUNIT_EXPECT_EQ(test, deque_queue_step(&cursor)->id, '4');
	KUNIT_EXPECT_NULL(test, deque_queue_step(&cursor));
}

/*
 * Random operations, and the same on a model: an array of all messages that were
 * ever put in.  It grows at both ends; the place of a message never changes.
 */
#define MODEL_SIZE 4096

struct model {
	struct deque_message *messages[MODEL_SIZE];
	bool in_queue[MODEL_SIZE];
	int first;
	int end;
};

static int model_find(const struct model *model, enum deque_end end)
{
	int i;

	if (end == DEQUE_AT_FRONT) {
		for (i = model->first; i < model->end; i++)
			if (model->in_queue[i])
				return i;
	} else {
		for (i = model->end - 1; i >= model->first; i--)
			if (model->in_queue[i])
				return i;
	}
	return -1;
}

/* One of those that are, or are not, in the queue; -1 if there is none. */
static int model_pick(const struct model *model, bool in_queue,
		      struct rnd_state *random)
{
	u32 size = model->end - model->first;
	u32 start = size ? prandom_u32_state(random) % size : 0;
	u32 i;

	for (i = 0; i < size; i++) {
		u32 place = model->first + (start + i) % size;

		if (model->in_queue[place] == in_queue)
			return place;
	}
	return -1;
}

static void model_compare(struct kunit *test, const struct model *model)
{
	struct deque_cursor forward, backward;
	int i;

	deque_queue_begin(queue_of(test), DEQUE_AT_FRONT, &forward);
	for (i = model->first; i < model->end; i++)
		if (model->in_queue[i])
			KUNIT_ASSERT_PTR_EQ(test, deque_queue_step(&forward),
					    model->messages[i]);
	KUNIT_ASSERT_NULL(test, deque_queue_step(&forward));

	deque_queue_begin(queue_of(test), DEQUE_AT_BACK, &backward);
	for (i = model->end - 1; i >= model->first; i--)
		if (model->in_queue[i])
			KUNIT_ASSERT_PTR_EQ(test, deque_queue_step(&backward),
					    model->messages[i]);
	KUNIT_ASSERT_NULL(test, deque_queue_step(&backward));
}

static void random_add(struct kunit *test, struct model *model,
		       struct rnd_state *random)
{
	enum deque_end end = prandom_u32_state(random) % 2 ? DEQUE_AT_FRONT
							   : DEQUE_AT_BACK;
	struct deque_message *new;
	int place;

	if (model->first == 0 || model->end == MODEL_SIZE)
		return;
	place = end == DEQUE_AT_FRONT ? --model->first : model->end++;
	new = message(test, place);
	model->messages[place] = new;
	model->in_queue[place] = true;
	deque_queue_add(queue_of(test), new, end);
}

static void random_take(struct kunit *test, struct model *model,
			struct rnd_state *random)
{
	enum deque_end end = prandom_u32_state(random) % 2 ? DEQUE_AT_FRONT
							   : DEQUE_AT_BACK;
	struct deque_message *first = deque_queue_first(queue_of(test), end);
	int place = model_find(model, end);

	KUNIT_ASSERT_PTR_EQ(test, first,
			    place < 0 ? NULL : model->messages[place]);
	if (!first)
		return;
	deque_queue_remove(queue_of(test), first);
	model->in_queue[place] = false;
}

static void random_remove(struct kunit *test, struct model *model,
			  struct rnd_state *random)
{
	int place = model_pick(model, true, random);

	if (place < 0)
		return;
	deque_queue_remove(queue_of(test), model->messages[place]);
	model->in_queue[place] = false;
}

static void random_restore(struct kunit *test, struct model *model,
			   struct rnd_state *random)
{
	int place = model_pick(model, false, random);

	if (place < 0)
		return;
	deque_queue_restore(queue_of(test), model->messages[place]);
	model->in_queue[place] = true;
}

static void random_operation(struct kunit *test, struct model *model,
			     struct rnd_state *random)
{
	switch (prandom_u32_state(random) % 4) {
	case 0:
		random_add(test, model, random);
		break;
	case 1:
		random_take(test, model, random);
		break;
	case 2:
		random_remove(test, model, random);
		break;
	case 3:
		random_restore(test, model, random);
		break;
	}
}

static void random_operations_agree_with_a_model(struct kunit *test)
{
	struct model *model = kunit_kzalloc(test, sizeof(*model), GFP_KERNEL);
	struct rnd_state random;
	int i, place;
	u32 count;

	KUNIT_ASSERT_NOT_NULL(test, model);
	model->first = MODEL_SIZE / 2;
	model->end = MODEL_SIZE / 2;
	prandom_seed_state(&random, 1);
	for (i = 0; i < 8000; i++) {
		random_operation(test, model, &random);
		if (i % 16)
			continue;
		model_compare(test, model);
		count = 0;
		for (place = model->first; place < model->end; place++)
			count += model->in_queue[place];
		KUNIT_ASSERT_EQ(test, queue_of(test)->count, count);
	}
	KUNIT_EXPECT_GT(test, model->end - model->first, MODEL_SIZE / 4);
}

static struct kunit_case queue_cases[] = {
	KUNIT_CASE(empty_queue_has_nothing),
	KUNIT_CASE(both_ends_take_and_give),
	KUNIT_CASE(one_message_is_at_both_ends),
	KUNIT_CASE(middle_can_be_removed),
	KUNIT_CASE(restored_are_in_order),
	KUNIT_CASE(restored_go_between),
	KUNIT_CASE(restored_find_their_place_alone),
	KUNIT_CASE(restored_can_be_added_anew),
	KUNIT_CASE(walk_may_remove_what_it_saw),
	KUNIT_CASE(positions_reach_their_ends),
	KUNIT_CASE(positions_wander),
	KUNIT_CASE(places_can_be_set_aside),
	KUNIT_CASE(walk_can_begin_anywhere),
	KUNIT_CASE(walk_begins_behind_what_was_seen),
	KUNIT_CASE_SLOW(random_operations_agree_with_a_model),
	{}
};

static struct kunit_suite queue_suite = {
	.name = "deque_queue",
	.init = queue_setup,
	.test_cases = queue_cases,
};

kunit_test_suite(queue_suite);

MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("unit tests of deque");
