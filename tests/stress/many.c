// SPDX-License-Identifier: GPL-2.0-only
/*
 * A thousand deques: each is there, keeps its own messages and wakes only those
 * who wait for it; then all memory is back.
 */
#include "harness.h"
#include "memory.h"

#include <sys/epoll.h>
#include <sys/resource.h>

#define DEQUES 1000
/* There udev takes a tenth of a second for each. */
#define DEBUG_DEQUES 200
/* The rounds, and the kernel's time to make a device. */
#define TIME_LIMIT_S 1200

static int fds[DEQUES];
static int deques;

static void create_all(void)
{
	char name[32], path[64];

	for (int i = 0; i < deques; i++) {
		snprintf(name, sizeof(name), "many-%d", i);
		assert_int_equal(create(name, 0, 0, 0), 0);
		snprintf(path, sizeof(path), "/dev/deque/%s", name);
		fds[i] = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
		assert_true(fds[i] >= 0);
	}
}

static void destroy_all(void)
{
	char name[32];

	for (int i = 0; i < deques; i++) {
		close(fds[i]);
		snprintf(name, sizeof(name), "many-%d", i);
		assert_int_equal(destroy(name, 0), 0);
	}
}

/* One epoll for all; the number of the deque is the message. */
static void each_wakes_its_own(void)
{
	struct epoll_event event = { .events = EPOLLIN | EPOLLET };
	int all = epoll_create1(EPOLL_CLOEXEC);
	char text[16];

	for (int i = 0; i < deques; i++) {
		event.data.u32 = i;
		assert_int_equal(epoll_ctl(all, EPOLL_CTL_ADD, fds[i], &event),
				 0);
	}
	for (int n = 0; n < deques; n++) {
		int i = n * 7 % deques; /* each once, not in order */

		snprintf(text, sizeof(text), "%d", i);
		put(fds[i], text);
		assert_int_equal(epoll_wait(all, &event, 1, -1), 1);
		assert_int_equal(event.data.u32, i);
		assert_int_equal(epoll_wait(all, &event, 1, 0), 0);
	}
	close(all);
	for (int i = 0; i < deques; i++) {
		snprintf(text, sizeof(text), "%d", i);
		expect(fds[i], text);
		expect_empty(fds[i]);
	}
}

static unsigned int rows(void)
{
	FILE *file = fopen("/proc/deques", "r");
	unsigned int count = 0;
	char line[256];

	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		count += !strncmp(line, "many-", 5);
	fclose(file);
	return count;
}

static void round_of_all(void)
{
	create_all();
	assert_int_equal(rows(), deques);
	each_wakes_its_own();
	destroy_all();
	assert_int_equal(rows(), 0);
}

static void a_thousand_deques_come_and_go(void **state)
{
	const struct rlimit files = { 2 * DEQUES, 2 * DEQUES };
	long long before;

	(void)state;
	alarm(TIME_LIMIT_S);
	deques = debug_kernel() ? DEBUG_DEQUES : DEQUES;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &files), 0);
	/* Once for what the kernel keeps: tables of numbers, of files. */
	round_of_all();
	before = kernel_memory();
	/* So many that one object of each is seen; kmemleak sees any. */
	for (int i = 0; i < (debug_kernel() ? 1 : 3); i++)
		round_of_all();
	assert_memory_returns(before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_thousand_deques_come_and_go),
	};

	return cmocka_run_group_tests_name("many", tests, NULL, NULL);
}
