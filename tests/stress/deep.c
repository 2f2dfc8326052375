// SPDX-License-Identifier: GPL-2.0-only
/*
 * A million messages in one deque: their number costs no time, they come out as
 * they went in, and their memory is back after that.  And leases by the hundred
 * thousand cost time only whoever holds them.
 */
#include "harness.h"
#include "lease.h"
#include "memory.h"

#include <sys/wait.h>

#define DEPTH 1000000
/* KASAN and kmemleak keep books of each: a million take a quarter of an hour. */
#define DEBUG_DEPTH 20000
#define TIME_LIMIT_S 1200

static uint64_t depth;
static struct deque_descriptor messages[DEQUE_BATCH_MAX];
static uint64_t numbers[DEQUE_BATCH_MAX];

static double ns_per_message(int fd)
{
	double best = 1e18;

	for (int run = 0; run < (debug_kernel() ? 50 : 500); run++) {
		long long start = now_ns();
		char message[8];

		for (int i = 0; i < 100; i++) {
			assert_int_equal(write(fd, "12345678", 8), 8);
			assert_int_equal(read(fd, message, 8), 8);
		}
		if (now_ns() - start < best)
			best = now_ns() - start;
	}
	return best / 100;
}

static void describe_numbers(void)
{
	for (int i = 0; i < DEQUE_BATCH_MAX; i++)
		messages[i] = describe(&numbers[i], sizeof(numbers[i]));
}

static int fewer(uint64_t count)
{
	return count < DEQUE_BATCH_MAX ? count : DEQUE_BATCH_MAX;
}

static void fill(int fd)
{
	uint64_t sent = 0;

	while (sent < depth) {
		int count = fewer(depth - sent);

		describe_numbers();
		for (int i = 0; i < count; i++)
			numbers[i] = sent++;
		assert_int_equal(batch(fd, DEQUE_PUSH, messages, count,
				       DEQUE_NOWAIT),
				 count);
	}
	assert_int_equal(get(fd).ready, depth);
	assert_int_equal(get(fd).bytes, depth * sizeof(numbers[0]));
}

/* From @first on, in order, each with the number after the last one's. */
static void expect_numbers(int fd, uint64_t first, uint64_t count)
{
	uint64_t next = first, id = 0;

	while (next < first + count) {
		int wanted = fewer(first + count - next), got;

		describe_numbers();
		got = batch(fd, DEQUE_POP, messages, wanted, DEQUE_NOWAIT);
		assert_int_equal(got, wanted);
		for (int i = 0; i < got; i++) {
			assert_int_equal(numbers[i], next++);
			assert_true(!id || messages[i].id == id + 1);
			id = messages[i].id;
		}
	}
}

static void memory_returns_when_all_are_taken(void **state)
{
	int fd = open_deque(O_RDWR);
	long long before = kernel_memory(), full;

	(void)state;
	alarm(TIME_LIMIT_S);
	assert_int_equal(set(fd, 2 * depth, 1 << 30, 0), 0);
	fill(fd);
	full = kernel_memory();
	expect_numbers(fd, 0, depth);
	expect_empty(fd);
	assert_memory_returns(before);
	/*
	 * Or it would prove nothing.  Not against @before: what earlier tests left
	 * to be freed at leisure may have been in that.
	 */
	assert_true(full > kernel_memory() + (long long)depth * 64 / 1024);
}

static void memory_returns_when_they_are_destroyed(void **state)
{
	int fd = open_deque(O_RDWR);
	long long before = kernel_memory();

	(void)state;
	alarm(TIME_LIMIT_S);
	assert_int_equal(set(fd, 2 * depth, 1 << 30, 0), 0);
	fill(fd);
	expect_numbers(fd, 0, 1000);
	assert_int_equal(destroy(NAME, DEQUE_FORCE), 0);
	assert_memory_returns(before);
}

static void depth_costs_no_time(void **state)
{
	int fd = open_deque(O_RDWR);
	double shallow, deep;

	(void)state;
	alarm(TIME_LIMIT_S);
	assert_int_equal(set(fd, 2 * depth, 1 << 30, 0), 0);
	shallow = ns_per_message(fd);
	fill(fd);
	deep = ns_per_message(fd);
	print_message("# %.0f ns at depth 1, %.0f ns at depth %llu\n", shallow,
		      deep, (unsigned long long)depth);
	/* Noise aside: if it grew with depth, it would be by far more. */
	assert_true(deep < 4 * shallow);
}

/* How long a child lives that has inherited the file, and claims one message. */
static double ns_per_child(int fd)
{
	double best = 1e18;

	for (int run = 0; run < 20; run++) {
		long long start;
		int status;
		pid_t pid;

		put(fd, "a");
		start = now_ns();
		pid = fork();
		if (!pid) {
			claim(fd, "a", DEQUE_PROCESS);
			_exit(0);
		}
		assert_int_equal(waitpid(pid, &status, 0), pid);
		assert_int_equal(status, 0);
		if (now_ns() - start < best)
			best = now_ns() - start;
		expect(fd, "a");
	}
	return best;
}

/* Before and behind it in the tree: the child's table may be anywhere in memory. */
static void leases_of_its_parent_cost_a_child_no_time(void **state)
{
	uint64_t count = depth / 5;
	int fd = open_deque(O_RDWR);
	double without, with;

	(void)state;
	alarm(TIME_LIMIT_S);
	assert_int_equal(set(fd, 2 * depth, 1 << 30, 0), 0);
	without = ns_per_child(fd);
	for (uint64_t done = 0; done < count; done++) {
		put(fd, "b");
		claim(fd, "b", DEQUE_PROCESS);
	}
	with = ns_per_child(fd);
	print_message("# %.0f ns, %.0f ns beside %llu leases\n", without, with,
		      (unsigned long long)count);
	assert_int_equal(get(fd).leased, count);
	assert_true(with < 10 * without);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(memory_returns_when_all_are_taken),
		TEST(memory_returns_when_they_are_destroyed),
		TEST(depth_costs_no_time),
		TEST(leases_of_its_parent_cost_a_child_no_time),
	};

	depth = debug_kernel() ? DEBUG_DEPTH : DEPTH;
	return cmocka_run_group_tests_name("deep", tests, NULL, NULL);
}
