// SPDX-License-Identifier: GPL-2.0-only
/*
 * Random steps, and the same on a model: after each of them the counters and all that
 * a browse shows have to be as the model has it.
 *
 *   lease_model [SEED [STEPS]]
 *
 * The model is a list of all messages that are in the deque, ready or not, the front
 * first.  One that is not ready keeps its place in the list, and has it when it becomes
 * ready, unless it is to go to an end.
 */
#include "harness.h"
#include "lease.h"

#include <sched.h>

#define STEPS 6000
#define STEPS_IN_DEBUG 1500
#define FILES 3
#define MOST 60
#define BATCH 5
#define HOUR_NS (3600 * 1000000000ULL)

/**
 * struct message - a message
 * @id: its number
 * @state: DEQUE_READY and so on
 * @deliveries: how often it was claimed
 * @uncounted: how many of these do not count
 * @call: by which call it was claimed
 * @end: DEQUE_FRONT or DEQUE_BACK: where it is to go, if it is
 * @is_new: it has no place yet
 * @outside: or gives it up
 * @file: which file holds it
 * @order: place among all that are not ready
 * @buried: place among those that are buried
 * @due: when it becomes ready; 0: never
 * @token: of its lease
 */
struct message {
	uint64_t id;
	uint32_t state;
	uint32_t deliveries;
	uint32_t uncounted;
	uint64_t call;
	uint32_t end;
	bool is_new;
	bool outside;
	int file;
	uint64_t order;
	uint64_t buried;
	uint64_t due;
	uint64_t token;
};

static struct {
	struct message line[MOST];
	unsigned int count;
	struct deque_info info; /* the counters */
	uint32_t most_deliveries;
	uint64_t clock; /* counts all that happens */
} model;

/* Messages that go to the front together: the first becomes the foremost. */
struct group {
	uint64_t last; /* id of the one that went there before */
};

static int fd, files[FILES];
static uint64_t seed, step_count, random_state;
static const char *what = "nothing";

static uint32_t below(uint32_t limit)
{
	random_state ^= random_state << 13;
	random_state ^= random_state >> 7;
	random_state ^= random_state << 17;
	return (random_state >> 16) % limit;
}

static uint32_t any_end(void)
{
	return below(2) ? DEQUE_FRONT : DEQUE_BACK;
}

/* A flag that says nothing is the other end's usual one. */
static uint32_t flag_of(uint32_t end, uint32_t usual)
{
	return end == usual && below(2) ? 0 : end;
}

static unsigned int place_of(uint64_t id)
{
	unsigned int i = 0;

	while (model.line[i].id != id)
		assert_true(++i < model.count);
	return i;
}

static struct message *find(uint64_t id)
{
	return &model.line[place_of(id)];
}

static struct message *insert(unsigned int place, struct message message)
{
	memmove(&model.line[place + 1], &model.line[place],
		(model.count++ - place) * sizeof(message));
	model.line[place] = message;
	return &model.line[place];
}

static struct message take_out(uint64_t id)
{
	unsigned int place = place_of(id);
	struct message message = model.line[place];

	memmove(&model.line[place], &model.line[place + 1],
		(--model.count - place) * sizeof(message));
	return message;
}

/* The @n-th ready one from an end, or NULL. */
static struct message *ready_at(uint32_t end, unsigned int n)
{
	for (unsigned int i = 0; i < model.count; i++) {
		struct message *message =
			&model.line[end == DEQUE_FRONT ? i
						       : model.count - 1 - i];

		if (message->state == DEQUE_READY && !n--)
			return message;
	}
	return NULL;
}

/* To an end, of its group behind the one that went there before. */
static void go_outside(uint64_t id, uint32_t end, uint64_t behind)
{
	struct message message = take_out(id);
	unsigned int place;

	if (!behind)
		place = end == DEQUE_FRONT ? 0 : model.count;
	else
		place = place_of(behind) + (end == DEQUE_FRONT);
	insert(place, message);
}

static void make_ready(uint64_t id, struct group *group)
{
	struct message *message = find(id);

	message->state = DEQUE_READY;
	message->due = 0;
	message->file = -1;
	if (message->outside && message->end == DEQUE_FRONT) {
		go_outside(id, DEQUE_FRONT, group->last);
		group->last = id;
	} else if (message->outside || message->is_new) {
		go_outside(id, message->end, 0);
	}
}

static void bury(struct message *message)
{
	message->state = DEQUE_BURIED;
	message->due = 0;
	message->buried = ++model.clock;
	message->file = -1;
	model.info.buried_ever++;
}

static void end_lease(uint64_t id, uint64_t due, struct group *group)
{
	struct message *message = find(id);

	if (message->deliveries - message->uncounted >= model.most_deliveries) {
		bury(message);
	} else if (due) {
		message->state = DEQUE_DELAYED;
		message->due = due;
		message->file = -1;
	} else {
		make_ready(id, group);
	}
}

/* Delays are ordered by hours, which no run lasts, and then as they came. */
static uint64_t due_in(uint32_t hours)
{
	return hours ? ((uint64_t)hours << 32) + ++model.clock : 0;
}

/* The leases of a file, in the order in which they were claimed. */
static unsigned int leases_of(int file, uint64_t ids[MOST])
{
	unsigned int count = 0;

	for (unsigned int i = 0; i < model.count; i++) {
		unsigned int place = count;

		if (model.line[i].state != DEQUE_LEASED ||
		    model.line[i].file != file)
			continue;
		while (place &&
		       find(ids[place - 1])->order > model.line[i].order) {
			ids[place] = ids[place - 1];
			place--;
		}
		ids[place] = model.line[i].id;
		count++;
	}
	return count;
}

/* Compares. */

static void count_states(void)
{
	model.info.ready = model.info.leased = 0;
	model.info.delayed = model.info.buried = 0;
	for (unsigned int i = 0; i < model.count; i++) {
		switch (model.line[i].state) {
		case DEQUE_READY:
			model.info.ready++;
			break;
		case DEQUE_LEASED:
			model.info.leased++;
			break;
		case DEQUE_DELAYED:
			model.info.delayed++;
			break;
		case DEQUE_BURIED:
			model.info.buried++;
			break;
		}
	}
}

static void expect_counter(const char *name, uint64_t found, uint64_t expected)
{
	if (found != expected)
		fail_msg("step %llu, %s: %s is %llu, not %llu",
			 (unsigned long long)step_count, what, name,
			 (unsigned long long)found,
			 (unsigned long long)expected);
}

#define COUNTER(_name) expect_counter(#_name, info._name, model.info._name)

static void compare_counters(void)
{
	struct deque_info info = get(fd);

	count_states();
	COUNTER(ready);
	COUNTER(leased);
	COUNTER(delayed);
	COUNTER(buried);
	COUNTER(pushed);
	COUNTER(popped);
	COUNTER(claimed);
	COUNTER(acked);
	COUNTER(returned);
	COUNTER(crash_returned);
	COUNTER(timed_out);
	COUNTER(lease_buried);
	COUNTER(buried_ever);
	expect_counter("messages", info.messages, model.count);
	expect_counter("bytes", info.bytes, model.count * sizeof(uint64_t));
}

/* In the order in which they are shown; returns how many. */
static unsigned int show(const struct message *shown[MOST])
{
	unsigned int count = 0, ready;

	for (unsigned int i = 0; i < model.count; i++) {
		if (model.line[i].state == DEQUE_READY)
			shown[count++] = &model.line[i];
	}
	ready = count;
	for (unsigned int i = 0; i < model.count; i++) {
		const struct message *message = &model.line[i];
		unsigned int place = count;

		if (message->state == DEQUE_READY)
			continue;
		for (;
		     place > ready && shown[place - 1]->order > message->order;
		     place--)
			shown[place] = shown[place - 1];
		shown[place] = message;
		count++;
	}
	return count;
}

static void compare_entry(const struct deque_entry *entry, uint64_t data,
			  const struct message *message)
{
	bool leased = message->state == DEQUE_LEASED;

	expect_counter("id", entry->message.id, message->id);
	expect_counter("payload", data, message->id);
	expect_counter("state", entry->state, message->state);
	expect_counter("deliveries", entry->message.deliveries,
		       message->deliveries);
	expect_counter("token", entry->message.token,
		       leased ? message->token : 0);
	expect_counter("whether it is due", entry->due_ns != 0,
		       message->due != 0);
	expect_counter("holder", entry->holder, leased ? getpid() : 0);
}

static void compare(void)
{
	static struct deque_entry entries[MOST + 1];
	static uint64_t data[MOST + 1];
	const struct message *shown[MOST];
	unsigned int count = show(shown), seen = 0;
	unsigned int at_once = 1 + below(MOST + 1);
	uint64_t cursor = 0;
	int n;

	compare_counters();
	do {
		for (unsigned int i = 0; i < at_once; i++)
			entries[i].message =
				describe(&data[i], sizeof(data[i]));
		n = browse(files[below(FILES)], entries, at_once, 15, &cursor);
		assert_true(n >= 0);
		for (int i = 0; i < n; i++, seen++) {
			assert_true(seen < count);
			compare_entry(&entries[i], data[i], shown[seen]);
		}
	} while (n);
	expect_counter("number shown", seen, count);
}

/* The steps. */

static void step_push(void)
{
	uint32_t end = any_end(), hours = below(3) ? 0 : 1 + below(9);
	/* Each with a time of its own: so it is clear in which order they go. */
	unsigned int count = hours ? 1 : 1 + below(BATCH);
	uint64_t data[BATCH];
	struct deque_descriptor messages[BATCH];
	struct deque_batch argument = {
		.size = sizeof(argument),
		.flags = flag_of(end, DEQUE_BACK),
		.descriptors = (uintptr_t)messages,
		.count = count,
		.time_ns = hours * HOUR_NS,
	};

	what = "push";
	if (model.count + count > MOST)
		return;
	for (unsigned int i = 0; i < count; i++) {
		data[i] = model.info.pushed + 1 + i;
		messages[i] = describe(&data[i], sizeof(data[i]));
	}
	assert_int_equal(ioctl(fd, DEQUE_PUSH, &argument), count);
	for (unsigned int i = 0; i < count; i++) {
		struct message new = { .id = ++model.info.pushed,
				       .state = hours ? DEQUE_DELAYED
						      : DEQUE_READY,
				       .end = end,
				       .is_new = hours,
				       .file = -1,
				       .order = ++model.clock,
				       .due = due_in(hours) };

		assert_int_equal(messages[i].id, new.id);
		insert(end == DEQUE_FRONT ? 0 : model.count, new);
	}
}

/* Pops or claims; returns how many there have to be. */
static unsigned int take(int file, unsigned long command, uint32_t end,
			 uint64_t time_ns, struct deque_descriptor *messages)
{
	static uint64_t data[BATCH];
	uint32_t process = command == DEQUE_CLAIM && below(2) ? DEQUE_PROCESS
							      : 0;
	struct deque_batch argument = {
		.size = sizeof(argument),
		.flags = flag_of(end, DEQUE_FRONT) | DEQUE_NOWAIT | process,
		.descriptors = (uintptr_t)messages,
		.count = 1 + below(BATCH),
		.time_ns = time_ns,
	};
	unsigned int expected = 0;
	int count;

	while (expected < argument.count && ready_at(end, expected))
		expected++;
	for (unsigned int i = 0; i < argument.count; i++)
		messages[i] = describe(&data[i], sizeof(data[i]));
	count = ioctl(file, command, &argument);
	expect_counter("number taken", count < 0 ? 0 : count, expected);
	for (unsigned int i = 0; i < expected; i++)
		expect_counter("message taken", messages[i].id,
			       ready_at(end, i)->id);
	return expected;
}

static void step_pop(void)
{
	struct deque_descriptor messages[BATCH];
	unsigned int count;

	what = "pop";
	count = take(files[below(FILES)], DEQUE_POP, any_end(), 0, messages);
	for (unsigned int i = 0; i < count; i++) {
		take_out(messages[i].id);
		model.info.popped++;
	}
}

static void step_claim(void)
{
	uint32_t end = any_end(), hours = below(2) ? 10 : 0;
	struct deque_descriptor messages[BATCH];
	int file = below(FILES);
	unsigned int count;
	uint64_t call;

	what = "claim";
	count = take(files[file], DEQUE_CLAIM, end, hours * HOUR_NS, messages);
	call = ++model.clock;
	for (unsigned int i = 0; i < count; i++) {
		struct message *message = find(messages[i].id);

		message->state = DEQUE_LEASED;
		message->is_new = false;
		message->outside = false;
		message->file = file;
		message->call = call;
		message->order = ++model.clock;
		message->due = due_in(hours);
		message->token = messages[i].token;
		message->deliveries++;
		expect_counter("deliveries told", messages[i].deliveries,
			       message->deliveries);
		model.info.claimed++;
	}
}

/* Some leases of a file, in any order; maybe a stale one among them. */
static unsigned int choose(int file, uint64_t ids[BATCH],
			   uint64_t tokens[BATCH], unsigned int *good)
{
	unsigned int count = 0, there;
	uint64_t all[MOST];

	there = leases_of(file, all);
	while (there && count < BATCH && below(3)) {
		unsigned int which = below(there);

		ids[count] = all[which];
		tokens[count] = find(all[which])->token;
		all[which] = all[--there];
		count++;
	}
	*good = count;
	if (count < BATCH && !below(4)) {
		*good = below(count + 1);
		for (unsigned int i = count++; i > *good; i--) {
			ids[i] = ids[i - 1];
			tokens[i] = tokens[i - 1];
		}
		tokens[*good] = below(2) ? 0 : UINT64_MAX - below(9);
	}
	return count;
}

static void settle_one(unsigned long command, uint64_t id, uint32_t flags,
		       uint32_t hours, struct group *group)
{
	struct message *message = find(id);

	switch (command) {
	case DEQUE_ACK:
		take_out(id);
		model.info.acked++;
		break;
	case DEQUE_RETURN:
		model.info.returned++;
		if (flags & DEQUE_UNCOUNTED)
			message->uncounted++;
		if (flags & ~DEQUE_UNCOUNTED) {
			message->end = flags & ~DEQUE_UNCOUNTED;
			message->outside = true;
		}
		end_lease(id, due_in(hours), group);
		break;
	case DEQUE_BURY:
		model.info.lease_buried++;
		bury(message);
		break;
	case DEQUE_EXTEND:
		message->due = due_in(hours);
		break;
	}
}

static void step_settle(void)
{
	static const unsigned long commands[] = { DEQUE_ACK, DEQUE_RETURN,
						  DEQUE_BURY, DEQUE_EXTEND };
	unsigned long command = commands[below(4)];
	struct group group = { 0 };
	uint64_t ids[BATCH], tokens[BATCH];
	struct deque_leases argument = { .size = sizeof(argument),
					 .tokens = (uintptr_t)tokens };
	unsigned int good;
	uint32_t hours = 0;
	int file = below(FILES), done;

	what = "settle";
	argument.count = choose(file, ids, tokens, &good);
	if (!argument.count)
		return;
	if (command == DEQUE_RETURN && below(2))
		argument.flags = any_end();
	if (command == DEQUE_RETURN && !below(3))
		argument.flags |= DEQUE_UNCOUNTED;
	if (command == DEQUE_EXTEND ||
	    (command == DEQUE_RETURN && argument.count == 1))
		hours = below(2) ? 1 + below(9) : 0;
	argument.time_ns = hours * HOUR_NS;
	done = ioctl(files[file], command, &argument);
	if (!good)
		expect_counter("errno", done < 0 ? errno : 0, ESTALE);
	else
		expect_counter("number settled", done, good);
	for (unsigned int i = 0; i < good; i++)
		settle_one(command, ids[i], argument.flags, hours, &group);
}

/* The next to be kicked, or NULL. */
static struct message *next_kicked(uint32_t states)
{
	struct message *next = NULL;

	for (unsigned int i = 0; i < model.count; i++) {
		struct message *message = &model.line[i];

		if (message->state == DEQUE_BURIED && (states & DEQUE_BURIED) &&
		    (!next || next->state == DEQUE_DELAYED ||
		     message->buried < next->buried))
			next = message;
		if (message->state == DEQUE_DELAYED &&
		    (states & DEQUE_DELAYED) &&
		    (!next || (next->state == DEQUE_DELAYED &&
			       message->due < next->due)))
			next = message;
	}
	return next;
}

static void step_kick(void)
{
	static const uint32_t sets[] = { DEQUE_BURIED, DEQUE_DELAYED,
					 DEQUE_BURIED | DEQUE_DELAYED };
	uint32_t states = sets[below(3)];
	uint32_t flags = below(2) ? any_end() : 0;
	uint64_t count = below(4) ? 1 + below(4) : UINT64_MAX;
	struct group group = { 0 };
	struct message *message;
	long kicked, expected = 0;

	what = "kick";
	kicked = kick(fd, states, count, flags);
	while (count-- && (message = next_kicked(states))) {
		message->deliveries = 0;
		message->uncounted = 0;
		if (flags) {
			message->end = flags;
			message->outside = true;
		}
		make_ready(message->id, &group);
		expected++;
	}
	expect_counter("number kicked", kicked, expected);
}

/* A lease that lapses, or a delay that ends, while we wait for it. */
static void step_lapse(void)
{
	uint64_t ids[MOST], lapsed = get(fd).timed_out;
	struct group group = { 0 };
	int file = below(FILES);
	unsigned int count = leases_of(file, ids);
	uint64_t id;

	what = "lapse";
	if (!count)
		return;
	id = ids[below(count)];
	assert_int_equal(settle_time(files[file], DEQUE_EXTEND, find(id)->token,
				     1),
			 1);
	while (get(fd).timed_out == lapsed)
		sched_yield();
	model.info.timed_out++;
	end_lease(id, 0, &group);
}

static void step_delay_ends(void)
{
	struct group group = { 0 };
	uint32_t end = any_end();
	uint64_t ready = get(fd).ready;
	uint64_t data = model.info.pushed + 1;
	struct deque_descriptor message = describe(&data, sizeof(data));
	struct deque_batch argument = {
		.size = sizeof(argument),
		.flags = end,
		.descriptors = (uintptr_t)&message,
		.count = 1,
		.time_ns = 1,
	};
	struct message new = {
		.id = data, .state = DEQUE_DELAYED, .end = end, .is_new = true
	};

	what = "end of a delay";
	if (model.count == MOST)
		return;
	assert_int_equal(ioctl(fd, DEQUE_PUSH, &argument), 1);
	while (get(fd).ready == ready)
		sched_yield();
	model.info.pushed++;
	insert(0, new);
	make_ready(data, &group);
}

static void step_close(void)
{
	int file = below(FILES);
	struct group group = { 0 };
	uint64_t ids[MOST];
	unsigned int count = leases_of(file, ids);
	uint64_t call = 0;

	what = "close";
	close_deque(files[file]);
	files[file] = open_deque(O_RDWR);
	for (unsigned int i = 0; i < count; i++) {
		struct message *message = find(ids[i]);

		/* The first message that is left of a call is to blame. */
		if (message->call == call)
			message->uncounted++;
		call = message->call;
		model.info.crash_returned++;
		end_lease(ids[i], 0, &group);
	}
}

static void step_deliveries(void)
{
	what = "max_deliveries";
	model.most_deliveries = below(4) ? DEQUE_DELIVERIES_UNLIMITED
					 : 1 + below(3);
	assert_int_equal(set_deliveries(fd, model.most_deliveries), 0);
}

static const struct {
	void (*run)(void);
	unsigned int weight;
} steps[] = {
	{ step_push, 20 },   { step_pop, 4 },	     { step_claim, 20 },
	{ step_settle, 24 }, { step_kick, 6 },	     { step_lapse, 4 },
	{ step_close, 4 },   { step_delay_ends, 3 }, { step_deliveries, 1 },
};

static void step(void)
{
	unsigned int total = 0, n;

	for (n = 0; n < sizeof(steps) / sizeof(steps[0]); n++)
		total += steps[n].weight;
	total = below(total);
	for (n = 0; total >= steps[n].weight; n++)
		total -= steps[n].weight;
	steps[n].run();
	compare();
}

static uint64_t steps_wanted;

static void random_steps_agree_with_the_model(void **state)
{
	(void)state;
	print_message("# lease_model %llu %llu\n", (unsigned long long)seed,
		      (unsigned long long)steps_wanted);
	random_state = seed | 1;
	fd = open_deque(O_RDWR);
	for (int i = 0; i < FILES; i++)
		files[i] = open_deque(O_RDWR);
	model.most_deliveries = DEQUE_DELIVERIES_UNLIMITED;
	assert_int_equal(set_deliveries(fd, model.most_deliveries), 0);
	compare();
	while (step_count++ < steps_wanted)
		step();
	print_message(
		"# %llu pushed, %llu claimed, %llu acked, %llu returned, %llu crash-returned, %llu timed out, %llu buried\n",
		model.info.pushed, model.info.claimed, model.info.acked,
		model.info.returned, model.info.crash_returned,
		model.info.timed_out, model.info.buried_ever);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(random_steps_agree_with_the_model),
	};

	seed = argc > 1 ? strtoull(argv[1], NULL, 0) : (uint64_t)now_ns();
	steps_wanted = argc > 2		? strtoull(argv[2], NULL, 0)
		       : debug_kernel() ? STEPS_IN_DEBUG
					: STEPS;
	return cmocka_run_group_tests_name("a model of leases", tests, NULL,
					   NULL);
}
