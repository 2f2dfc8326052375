// SPDX-License-Identifier: GPL-2.0-only
/*
 * DEQUE_ACK_ON_READ with several readers on one open file: each read acknowledges
 * what the same reader was given before, and nothing else.
 */
#include "harness.h"
#include "lease.h"
#include "process.h"

#include <liburing.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

#define THREADS 4
#define MESSAGES 20000
#define DEBUG_MESSAGES 2000
#define MANY 200

/* In a process or a thread that is not cmocka's. */
static void must_read(int reader, char expected)
{
	char byte = 0;

	if (read(reader, &byte, 1) != 1 || byte != expected) {
		fprintf(stderr, "# read '%c', not '%c': errno %d\n", byte,
			expected, errno);
		_exit(1);
	}
}

/* The messages that threads were given which read all at once. */
struct crowd {
	int reader;
	uint32_t messages;
	uint8_t given[MESSAGES];
	pthread_barrier_t barrier;
};

static void *read_until_end(void *argument)
{
	struct crowd *crowd = argument;
	uint32_t number;

	pthread_barrier_wait(&crowd->barrier);
	for (;;) {
		if (read(crowd->reader, &number, sizeof(number)) !=
		    sizeof(number))
			_exit(1);
		if (number >= crowd->messages)
			break;
		__atomic_add_fetch(&crowd->given[number], 1, __ATOMIC_RELAXED);
	}
	/* This one acknowledges the one that said that it is the end. */
	pthread_barrier_wait(&crowd->barrier);
	if (read(crowd->reader, &number, sizeof(number)) != -1 ||
	    errno != EAGAIN)
		_exit(2);
	return NULL;
}

static void put_number(int fd, uint32_t number)
{
	assert_int_equal(write(fd, &number, sizeof(number)), sizeof(number));
}

static void threads_acknowledge_only_their_own(void **state)
{
	static struct crowd crowd;
	pthread_t threads[THREADS];
	int fd = open_deque(O_RDWR);

	(void)state;
	crowd.messages = debug_kernel() ? DEBUG_MESSAGES : MESSAGES;
	crowd.reader = open_reader(0);
	assert_int_equal(pthread_barrier_init(&crowd.barrier, NULL,
					      THREADS + 1),
			 0);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
						read_until_end, &crowd),
				 0);
	pthread_barrier_wait(&crowd.barrier);
	for (uint32_t i = 0; i < crowd.messages; i++)
		put_number(fd, i);
	for (int i = 0; i < THREADS; i++)
		put_number(fd, UINT32_MAX);
	while (get(fd).ready || get(fd).leased != THREADS)
		sched_yield();
	assert_int_equal(get(fd).acked, crowd.messages);
	assert_int_equal(fcntl(crowd.reader, F_SETFL, O_NONBLOCK), 0);
	pthread_barrier_wait(&crowd.barrier);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(pthread_join(threads[i], NULL), 0);
	for (uint32_t i = 0; i < crowd.messages; i++)
		assert_int_equal(crowd.given[i], 1);
	assert_int_equal(get(fd).leased, 0);
	assert_int_equal(get(fd).messages, 0);
	close_deque(crowd.reader);
	assert_int_equal(get(fd).crash_returned, 0);
	expect_balance(fd);
}

/* A child that is killed gives its message back, though others have the file open. */
static void a_killed_child_gives_back_its_own(void **state)
{
	int fd = open_deque(O_RDWR);
	int reader = open_reader(0);
	pid_t children[3];

	(void)state;
	for (int i = 0; i < 3; i++) {
		put(fd, (char[]){ 'a' + i, '\0' });
		children[i] = forked();
		if (!children[i]) {
			must_read(reader, 'a' + i);
			raise(SIGSTOP);
			must_read(reader, i ? '1' + i : 'x');
			_exit(0);
		}
		await_stop(children[i]);
	}
	assert_int_equal(get(fd).leased, 3);
	assert_int_equal(get(fd).acked, 0);
	kill_and_reap(children[0]);
	assert_int_equal(get(fd).leased, 2);
	assert_int_equal(get(fd).crash_returned, 1);
	expect(fd, "a");
	for (int i = 1; i < 3; i++) {
		put(fd, (char[]){ '1' + i, '\0' });
		assert_int_equal(kill(children[i], SIGCONT), 0);
		await_exit(children[i], 0);
		/* It was not acknowledged, and the child is gone. */
		expect(fd, (char[]){ '1' + i, '\0' });
		assert_int_equal(get(fd).acked, i);
	}
	expect_empty(fd);
	expect_balance(fd);
}

/* A child begins anew: it does not matter that the parent read. */
static void a_child_acknowledges_nothing_of_its_parent(void **state)
{
	int fd = open_deque(O_RDWR);
	int reader = open_reader(0);
	pid_t child;

	(void)state;
	put_all(fd, "abc");
	expect(reader, "a");
	child = forked();
	if (!child) {
		must_read(reader, 'b');
		_exit(0);
	}
	await_exit(child, 0);
	assert_int_equal(get(fd).acked, 0);
	assert_int_equal(get(fd).leased, 1);
	expect(reader, "b");
	assert_int_equal(get(fd).acked, 1);
	expect(fd, "c");
	expect_balance(fd);
}

/* The same process goes on as another program. */
static void what_is_executed_goes_on_as_the_same_reader(void **state)
{
	int fd = open_deque(O_RDWR);
	int reader = open(NODE, O_RDONLY);
	pid_t child;

	(void)state;
	assert_true(reader >= 0);
	assert_int_equal(set_policy(reader, DEQUE_FILE, DEQUE_ACK_ON_READ, 0),
			 0);
	put(fd, "a");
	put(fd, "b");
	child = forked();
	if (!child) {
		must_read(reader, 'a');
		if (dup2(reader, 0) != 0)
			_exit(1);
		execl("/bin/sh", "sh", "-c",
		      "exec dd bs=9 count=1 >/dev/null 2>&1", NULL);
		_exit(127);
	}
	await_exit(child, 0);
	assert_int_equal(get(fd).acked, 1);
	expect(fd, "b");
	close(reader);
	expect_balance(fd);
}

static void vforked_readers_are_readers_of_their_own(void **state)
{
	int fd = open_deque(O_RDWR);
	int reader = open_reader(0);
	pid_t child;

	(void)state;
	put(fd, "a");
	put(fd, "b");
	expect(reader, "a");
	child = vfork();
	if (!child) {
		char byte;

		_exit(read(reader, &byte, 1) != 1 || byte != 'b');
	}
	await_exit(child, 0);
	assert_int_equal(get(fd).acked, 0);
	assert_int_equal(get(fd).leased, 1);
	expect(reader, "b");
	expect_balance(fd);
}

static void *read_one(void *argument)
{
	must_read(*(int *)argument, 'a');
	return NULL;
}

/* Its message is nobody else's, and comes back with the process's last close. */
static void a_thread_that_ends_acknowledges_nothing(void **state)
{
	int fd = open_deque(O_RDWR);
	int reader = open_reader(O_NONBLOCK);
	pthread_t thread;
	char byte;

	(void)state;
	for (int i = 0; i < MANY; i++) {
		put(fd, "a");
		assert_int_equal(pthread_create(&thread, NULL, read_one,
						&reader),
				 0);
		assert_int_equal(pthread_join(thread, NULL), 0);
	}
	assert_fails(EAGAIN, read(reader, &byte, 1));
	assert_int_equal(get(fd).leased, MANY);
	assert_int_equal(get(fd).acked, 0);
	close_deque(reader);
	assert_int_equal(get(fd).leased, 0);
	assert_int_equal(get(fd).ready, MANY);
	expect_balance(fd);
}

struct closer {
	int fd, reader;
};

static void *close_and_put(void *argument)
{
	struct closer *closer = argument;

	await_takers(closer->fd, 1);
	close_deque(closer->reader);
	put(closer->fd, "a");
	return NULL;
}

/* Closed by another thread while it waits: it is nobody's, so it comes back. */
static void closed_under_a_reader(void **state)
{
	struct closer closer = { .fd = open_deque(O_RDWR) };
	pthread_t thread;
	pid_t other;

	(void)state;
	closer.reader = open_reader(0);
	other = forked();
	if (!other) {
		pause();
		_exit(0);
	}
	assert_int_equal(pthread_create(&thread, NULL, close_and_put, &closer),
			 0);
	must_read(closer.reader, 'a');
	assert_int_equal(pthread_join(thread, NULL), 0);
	assert_int_equal(get(closer.fd).leased, 0);
	expect(closer.fd, "a");
	kill_and_reap(other);
	expect_balance(closer.fd);
}

/* Messages read before it was off are not acknowledged after it is on again. */
static void off_and_on_again_forgets(void **state)
{
	int fd = open_deque(O_RDWR);
	int reader = open_reader(O_NONBLOCK);

	(void)state;
	put_all(fd, "abc");
	expect(reader, "a");
	assert_int_equal(set_policy(reader, DEQUE_FILE, 0, DEQUE_ACK_ON_READ),
			 0);
	assert_int_equal(set_policy(reader, DEQUE_FILE, DEQUE_ACK_ON_READ, 0),
			 0);
	expect(reader, "b");
	assert_int_equal(get(fd).acked, 0);
	assert_int_equal(get(fd).leased, 2);
	expect(reader, "c");
	assert_int_equal(get(fd).acked, 1);
	close_deque(reader);
	expect(fd, "a");
	expect(fd, "c");
	expect_empty(fd);
	expect_balance(fd);
}

static int ring_read(struct io_uring *ring, int reader, char *byte,
		     unsigned int flags)
{
	struct io_uring_sqe *entry = io_uring_get_sqe(ring);
	struct io_uring_cqe *done;
	int result;

	io_uring_prep_read(entry, reader, byte, 1, 0);
	io_uring_sqe_set_flags(entry, flags);
	assert_int_equal(io_uring_submit(ring), 1);
	assert_int_equal(io_uring_wait_cqe(ring, &done), 0);
	result = done->res;
	io_uring_cqe_seen(ring, done);
	return result;
}

/* Whichever thread of the kernel runs it. */
static void reads_of_io_uring_are_one_reader(void **state)
{
	int fd = open_deque(O_RDWR);
	int reader = open_reader(0);
	struct io_uring ring;
	char byte;

	(void)state;
	assert_int_equal(io_uring_queue_init(4, &ring, 0), 0);
	for (int i = 0; i < 8; i++) {
		put(fd, (char[]){ 'a' + i, '\0' });
		byte = 0;
		assert_int_equal(ring_read(&ring, reader, &byte,
					   i % 2 ? IOSQE_ASYNC : 0),
				 1);
		assert_int_equal(byte, 'a' + i);
		assert_int_equal(get(fd).acked, i);
		assert_int_equal(get(fd).leased, 1);
	}
	io_uring_queue_exit(&ring);
	close_deque(reader);
	while (get(fd).leased)
		sched_yield();
	expect(fd, "h");
	expect_empty(fd);
	expect_balance(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(threads_acknowledge_only_their_own),
		TEST(a_killed_child_gives_back_its_own),
		TEST(a_child_acknowledges_nothing_of_its_parent),
		TEST(what_is_executed_goes_on_as_the_same_reader),
		TEST(vforked_readers_are_readers_of_their_own),
		TEST(a_thread_that_ends_acknowledges_nothing),
		TEST(closed_under_a_reader),
		TEST(off_and_on_again_forgets),
		TEST(reads_of_io_uring_are_one_reader),
	};

	return cmocka_run_group_tests_name("several readers", tests, NULL,
					   NULL);
}
