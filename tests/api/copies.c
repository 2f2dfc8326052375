// SPDX-License-Identifier: GPL-2.0-only
/*
 * Copies of messages that take long, fail late, are killed, or lose their deque: what
 * they have charged is given back, and the order is kept.
 */
#include "cost.h"
#include "harness.h"
#include "lease.h"
#include "process.h"

#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define MIB (1 << 20)

static char large[16 * MIB];

struct copy {
	int fd;
	struct hang hang;
	ssize_t result;
	int error;
};

/* Waits until it hangs in the page that nobody provides. */
static void copy_begin(struct copy *copy, pthread_t *thread,
		       void *(*run)(void *))
{
	hang_begin(&copy->hang);
	assert_int_equal(pthread_create(thread, NULL, run, copy), 0);
	hang_await(&copy->hang);
}

static void copy_fails(struct copy *copy, pthread_t thread)
{
	hang_end(&copy->hang);
	pthread_join(thread, NULL);
	assert_int_equal(copy->result, -1);
	assert_int_equal(copy->error, EFAULT);
}

static void *write_and_hang(void *argument)
{
	struct copy *copy = argument;

	copy->result = write(copy->fd, copy->hang.page, 64);
	copy->error = errno;
	return NULL;
}

/* A message counts before it is in, and no more when it could not be copied. */
static void a_copy_under_way_counts(void **state)
{
	struct copy copy = { .fd = open_deque(O_RDWR) };
	pthread_t thread;

	(void)state;
	copy_begin(&copy, &thread, write_and_hang);
	assert_int_equal(control_value("message_bytes"), message_cost(64));
	copy_fails(&copy, thread);
	assert_int_equal(control_value("message_bytes"), 0);
	assert_int_equal(get(copy.fd).messages, 0);
}

/* A sender that waited, and cannot copy now: its room serves the next. */
static void a_copy_that_fails_late_gives_its_room_away(void **state)
{
	int fd = open_deque(O_RDWR);
	char *hole = page_before_hole() + 4096;
	pid_t bad, good;

	(void)state;
	assert_int_equal(set(fd, 1, 0, 0), 0);
	put(fd, "x");
	bad = forked();
	if (!bad)
		_exit(write(fd, hole, 1) != -1 || errno != EFAULT);
	await_senders(fd, 1);
	good = forked();
	if (!good)
		_exit(write(fd, "y", 1) != 1);
	await_senders(fd, 2);
	expect(fd, "x");
	await_exit(bad, 0);
	await_exit(good, 0);
	expect(fd, "y");
	expect_empty(fd);
	assert_int_equal(get(fd).messages, 0);
	assert_int_equal(get(fd).bytes, 0);
}

static void *write_late(void *argument)
{
	struct copy *copy = argument;

	copy->result = write(copy->fd, copy->hang.page, 1);
	copy->error = errno;
	return NULL;
}

/* Its page is there now, and empty. */
static void copy_goes_on(const struct copy *copy)
{
	struct uffdio_zeropage zero = {
		.range.start = (uintptr_t)copy->hang.page,
		.range.len = 4096,
	};

	assert_int_equal(ioctl(copy->hang.handler, UFFDIO_ZEROPAGE, &zero), 0);
}

/* A sender that has its room is copying when the deque goes. */
static void a_deque_that_goes_under_a_copy_is_told_of(void **state)
{
	struct copy copy = { .fd = open_deque(O_RDWR) };
	pthread_t thread;

	(void)state;
	assert_int_equal(set(copy.fd, 1, 0, 0), 0);
	put(copy.fd, "x");
	hang_begin(&copy.hang);
	assert_int_equal(pthread_create(&thread, NULL, write_late, &copy), 0);
	await_senders(copy.fd, 1);
	expect(copy.fd, "x");
	hang_await(&copy.hang);
	assert_int_equal(destroy(NAME, DEQUE_FORCE), 0);
	copy_goes_on(&copy);
	pthread_join(thread, NULL);
	assert_int_equal(copy.result, -1);
	assert_int_equal(copy.error, ENODEV);
	hang_end(&copy.hang);
	assert_int_equal(control_value("total_bytes"), 0);
}

/* There was room when the copy began, and is none when it has ended. */
static void a_copy_in_vain_is_made_again(void **state)
{
	struct copy copy = { .fd = open_deque(O_RDWR) };
	pthread_t thread;
	char byte = 'x';

	(void)state;
	assert_int_equal(set(copy.fd, 1, 0, 0), 0);
	copy_begin(&copy, &thread, write_late);
	put(copy.fd, "x");
	copy_goes_on(&copy);
	await_senders(copy.fd, 1);
	expect(copy.fd, "x");
	pthread_join(thread, NULL);
	assert_int_equal(copy.result, 1);
	assert_int_equal(read(copy.fd, &byte, 1), 1);
	assert_int_equal(byte, 0);
	hang_end(&copy.hang);
	assert_int_equal(control_value("total_bytes"), 0);
}

/* There was room for it and is still, but meanwhile a larger message waits for more. */
static void a_copy_does_not_overtake_who_waits(void **state)
{
	struct copy copy = { .fd = open_deque(O_RDWR) };
	char message[64] = "";
	pthread_t thread;
	pid_t waiting;

	(void)state;
	assert_int_equal(set(copy.fd, 0, 64, 0), 0);
	assert_int_equal(write(copy.fd, message, 10), 10);
	copy_begin(&copy, &thread, write_late);
	waiting = forked();
	if (!waiting)
		_exit(write(copy.fd, message, 60) != 60);
	await_senders(copy.fd, 1);
	copy_goes_on(&copy);
	/* It stands in the line, or it is in the deque. */
	while (get(copy.fd).senders + get(copy.fd).ready < 3)
		sched_yield();
	assert_int_equal(get(copy.fd).senders, 2);
	assert_int_equal(read(copy.fd, message, 64), 10);
	await_exit(waiting, 0);
	pthread_join(thread, NULL);
	assert_int_equal(copy.result, 1);
	assert_int_equal(read(copy.fd, message, 64), 60);
	assert_int_equal(read(copy.fd, message, 64), 1);
	expect_empty(copy.fd);
	hang_end(&copy.hang);
}

static void *read_late(void *argument)
{
	struct copy *copy = argument;

	copy->result = read(copy->fd, copy->hang.page, 1);
	copy->error = errno;
	return NULL;
}

/* A message that cannot be delivered does not go back into a deque that is gone. */
static void a_deque_that_goes_under_a_read_has_nothing_back(void **state)
{
	struct copy copy = { .fd = open_deque(O_RDWR) };
	pthread_t thread;

	(void)state;
	put(copy.fd, "x");
	copy_begin(&copy, &thread, read_late);
	assert_int_equal(destroy(NAME, DEQUE_FORCE), 0);
	assert_int_equal(control_value("message_bytes"), message_cost(1));
	copy_fails(&copy, thread);
	assert_int_equal(control_value("message_bytes"), 0);
}

static void *push_delayed(void *argument)
{
	struct copy *copy = argument;

	put_delayed(copy->fd, "y", 3600 * 1000000000ULL, 0);
	return NULL;
}

/* A delayed message that waits for room is delayed when it has the room. */
static void a_delay_begins_with_the_room(void **state)
{
	struct copy copy = { .fd = open_deque(O_RDWR) };
	pthread_t thread;

	(void)state;
	assert_int_equal(set(copy.fd, 1, 0, 0), 0);
	put(copy.fd, "x");
	assert_int_equal(pthread_create(&thread, NULL, push_delayed, &copy), 0);
	await_senders(copy.fd, 1);
	expect(copy.fd, "x");
	pthread_join(thread, NULL);
	assert_int_equal(get(copy.fd).delayed, 1);
	assert_int_equal(kick(copy.fd, DEQUE_DELAYED, 1, 0), 1);
	expect(copy.fd, "y");
	assert_int_equal(control_value("total_bytes"), 0);
}

#define COPIES 64

/*
 * One attempt: whether a peek at long messages ended before its end when its process
 * was killed at the beginning.
 */
static bool ends_early(int fd, char *buffers, unsigned int count, size_t size)
{
	struct deque_descriptor messages[COPIES];
	volatile char *first = buffers;
	volatile char *last = buffers + count * size - 1;
	pid_t child;

	*first = 0;
	*last = 0;
	for (unsigned int i = 0; i < count; i++)
		messages[i] = describe(buffers + i * size, size);
	child = forked();
	if (!child) {
		batch(fd, DEQUE_POP, messages, count, DEQUE_PEEK);
		_exit(0);
	}
	while (!*first && waitpid(child, NULL, WNOHANG) == 0)
		;
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	return !*last;
}

/* On a busy machine whoever kills may come too late, but not always. */
static void expect_early(int fd, unsigned int count, size_t size)
{
	char *buffers = mmap(NULL, count * size, PROT_READ | PROT_WRITE,
			     MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	bool early = false;

	assert_ptr_not_equal(buffers, MAP_FAILED);
	memset(large, 'x', size);
	assert_int_equal(set(fd, count, count * (uint64_t)size, size), 0);
	for (unsigned int i = 0; i < count; i++)
		assert_int_equal(write(fd, large, size), size);
	for (int i = 0; i < 100 && !early; i++)
		early = ends_early(fd, buffers, count, size);
	assert_true(early);
	munmap(buffers, count * size);
}

static void a_copy_of_many_hears_sigkill(void **state)
{
	(void)state;
	expect_early(open_deque(O_RDWR), COPIES, MIB);
}

static void a_copy_of_a_long_one_hears_sigkill(void **state)
{
	(void)state;
	expect_early(open_deque(O_RDWR), 1, sizeof(large));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_copy_under_way_counts),
		TEST(a_copy_that_fails_late_gives_its_room_away),
		TEST(a_deque_that_goes_under_a_copy_is_told_of),
		TEST(a_copy_in_vain_is_made_again),
		TEST(a_copy_does_not_overtake_who_waits),
		TEST(a_deque_that_goes_under_a_read_has_nothing_back),
		TEST(a_delay_begins_with_the_room),
		TEST(a_copy_of_many_hears_sigkill),
		TEST(a_copy_of_a_long_one_hears_sigkill),
	};

	return cmocka_run_group_tests_name("copies", tests, NULL, NULL);
}
