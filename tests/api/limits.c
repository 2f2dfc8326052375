// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bounds: messages, bytes, all deques together, the memory that a message
 * costs and who pays for it.
 */
#include "cost.h"
#include "harness.h"

#include <pthread.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define MIB (1 << 20)

static char buffer[16 * MIB];

static void bound_on_messages_holds(void **state)
{
	int fd = open_deque(O_RDWR | O_NONBLOCK);

	(void)state;
	for (int i = 0; i < MAX_MESSAGES; i++)
		put(fd, "x");
	assert_fails(EAGAIN, write(fd, "x", 1));
	assert_int_equal(get(fd).messages, MAX_MESSAGES);
	expect(fd, "x");
	put(fd, "x");
	assert_fails(EAGAIN, write(fd, "x", 1));
}

static void bound_on_bytes_holds(void **state)
{
	static char message[MAX_SIZE];
	int fd = open_deque(O_RDWR | O_NONBLOCK);

	(void)state;
	for (int i = 0; i < MAX_BYTES / MAX_SIZE - 1; i++)
		assert_int_equal(write(fd, message, MAX_SIZE), MAX_SIZE);
	assert_int_equal(write(fd, message, MAX_SIZE - 1), MAX_SIZE - 1);
	assert_fails(EAGAIN, write(fd, message, 2));
	assert_int_equal(write(fd, message, 1), 1);
	assert_fails(EAGAIN, write(fd, message, 1));
	assert_int_equal(get(fd).bytes, MAX_BYTES);
}

/* A message can never be longer than all messages together may be. */
static void bound_on_bytes_bounds_one_message(void **state)
{
	char message[101];
	int fd = open_deque(O_RDWR);

	(void)state;
	assert_int_equal(set(fd, 0, 100, 0), 0);
	assert_fails(EMSGSIZE, write(fd, message, 101));
	assert_int_equal(write(fd, message, 100), 100);
}

static void lowered_limits_drop_nothing(void **state)
{
	int fd = open_deque(O_RDWR | O_NONBLOCK);

	(void)state;
	put(fd, "one");
	put(fd, "two");
	put(fd, "three");
	assert_int_equal(set(fd, 1, 1, 1), 0);
	assert_int_equal(get(fd).ready, 3);
	assert_fails(EAGAIN, write(fd, "4", 1));
	assert_fails(EMSGSIZE, write(fd, "44", 2));
	expect(fd, "one");
	expect(fd, "two");
	assert_fails(EAGAIN, write(fd, "4", 1));
	expect(fd, "three");
	put(fd, "4");
	expect(fd, "4");
	expect_empty(fd);
}

struct sender {
	pthread_t thread;
	int fd;
	ssize_t size, ret;
	int error;
};

static void *send_blocking(void *argument)
{
	static char message[16 * MIB];
	struct sender *sender = argument;

	sender->ret = write(sender->fd, message, sender->size);
	sender->error = errno;
	return NULL;
}

static void sender_start(struct sender *sender, int fd, ssize_t size)
{
	sender->fd = fd;
	sender->size = size;
	assert_int_equal(pthread_create(&sender->thread, NULL, send_blocking,
					sender),
			 0);
}

static void raised_limit_wakes_senders(void **state)
{
	int fd = open_deque(O_RDWR);
	struct sender sender;

	(void)state;
	assert_int_equal(set(fd, 1, 0, 0), 0);
	put(fd, "x");
	sender_start(&sender, fd, 1);
	await_senders(fd, 1);
	assert_int_equal(set(fd, 2, 0, 0), 0);
	pthread_join(sender.thread, NULL);
	assert_int_equal(sender.ret, 1);
}

static void sender_that_can_never_fit_is_told(void **state)
{
	int fd = open_deque(O_RDWR);
	struct sender sender;

	(void)state;
	assert_int_equal(set(fd, 1, 0, 0), 0);
	put(fd, "x");
	sender_start(&sender, fd, 10);
	await_senders(fd, 1);
	assert_int_equal(set(fd, 0, 0, 9), 0);
	pthread_join(sender.thread, NULL);
	assert_int_equal(sender.ret, -1);
	assert_int_equal(sender.error, EMSGSIZE);
}

static void *send_small_then_large(void *argument)
{
	static char large[1000];
	struct sender *sender = argument;
	struct deque_descriptor messages[] = { describe("x", 1),
					       describe(large, 1000) };

	sender->ret = batch(sender->fd, DEQUE_PUSH, messages, 2, 0);
	return NULL;
}

/* A message that was short enough when the batch began is measured again. */
static void limit_lowered_during_a_batch_holds(void **state)
{
	int fd = open_deque(O_RDWR);
	struct sender sender = { .fd = fd };

	(void)state;
	assert_int_equal(set(fd, 1, 0, 0), 0);
	put(fd, "x");
	assert_int_equal(pthread_create(&sender.thread, NULL,
					send_small_then_large, &sender),
			 0);
	await_senders(fd, 1);
	assert_int_equal(set(fd, 10, 0, 10), 0);
	pthread_join(sender.thread, NULL);
	assert_int_equal(sender.ret, 1);
	assert_int_equal(get(fd).bytes, 2);
}

static void bound_on_all_deques_holds(void **state)
{
	static char message[16 * MIB];
	int full = open_deque(O_RDWR | O_NONBLOCK);
	struct pollfd other = { .events = POLLOUT };
	unsigned long long most;
	struct sender sender;

	(void)state;
	assert_int_equal(create("other", 0, 0, 0), 0);
	other.fd = open("/dev/deque/other", O_RDWR);
	fill_memory(full);
	/* Of the rest is what takers need; the smallest message takes 161. */
	most = control_value("max_total_bytes") / 16 * 15;
	assert_true(control_value("message_bytes") <= most + 15);
	assert_true(control_value("message_bytes") > most - 161);
	assert_int_equal(get(full).memory, control_value("message_bytes"));

	/* There is no room anywhere else either. */
	assert_int_equal(poll(&other, 1, 0), 0);
	sender_start(&sender, other.fd, 1000);
	await_senders(other.fd, 1);
	/* A taker here makes room for the sender there. */
	assert_true(read(full, message, sizeof(message)) > 0);
	pthread_join(sender.thread, NULL);
	assert_int_equal(sender.ret, 1000);
	assert_int_equal(poll(&other, 1, 0), 1);
	close(other.fd);
	assert_int_equal(destroy("other", DEQUE_FORCE), 0);
}

static void poll_waits_for_memory_of_others(void **state)
{
	struct pollfd other = { .events = POLLOUT };
	int full = open_deque(O_RDWR | O_NONBLOCK);
	int status;

	(void)state;
	assert_int_equal(create("other", 0, 0, 0), 0);
	other.fd = open("/dev/deque/other", O_RDWR);
	fill_memory(full);
	assert_int_equal(poll(&other, 1, 0), 0);
	if (!fork())
		_exit(destroy(NAME, DEQUE_FORCE) != 0);
	assert_int_equal(poll(&other, 1, -1), 1);
	assert_int_equal(other.revents, POLLOUT);
	wait(&status);
	assert_int_equal(status, 0);
	close(other.fd);
	assert_int_equal(destroy("other", DEQUE_FORCE), 0);
}

static long long memory_current(void)
{
	long long value = -1;
	FILE *file = fopen("/sys/fs/cgroup/sender/memory.current", "r");

	assert_non_null(file);
	assert_int_equal(fscanf(file, "%lld", &value), 1);
	fclose(file);
	return value;
}

/* Puts @count messages of @size in from a cgroup of its own; tells its cost. */
static long long cost_of(int fd, unsigned int count, size_t size)
{
	static char message[16 * MIB];
	long long before;
	int status;

	assert_true(
		write_file("/sys/fs/cgroup/cgroup.subtree_control", "+memory"));
	mkdir("/sys/fs/cgroup/sender", 0755);
	before = memory_current();
	if (!fork()) {
		assert_true(
			write_file("/sys/fs/cgroup/sender/cgroup.procs", "0"));
		while (count--)
			if (write(fd, message, size) != (ssize_t)size)
				_exit(1);
		_exit(0);
	}
	wait(&status);
	assert_int_equal(status, 0);
	return memory_current() - before;
}

/*
 * The count is what a message takes, and hardly more than its size.  The cgroup
 * knows how much it is, give or take what the process itself used.
 */
static void senders_cgroup_pays(void **state)
{
	static const uint32_t sizes[] = {
		1, 64, 1000, 4096, 8192, 16384, 32768, 65536, 1000000, 16 * MIB
	};
	/* A process has some 2 MiB of its own that count. */
	const unsigned int bytes = debug_kernel() ? MIB / 8 : 32 * MIB;
	int fd = open_deque(O_RDWR);

	(void)state;
	for (unsigned int i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
		uint32_t size = sizes[i];
		unsigned int count = bytes / message_cost(size) + 1;
		long long cost, counted;

		assert_int_equal(set(fd, count, 64 * MIB, 16 * MIB), 0);
		cost = cost_of(fd, count, size);
		counted = control_value("message_bytes");
		print_message("# size %u: takes %lld, counts %lld\n", size,
			      cost / count, counted / count);
		assert_int_equal(counted,
				 count * (long long)message_cost(size));
		assert_true(counted <=
			    count * (long long)message_cost_most(size));
		assert_true(cost >= count * (long long)size - MIB);
		if (debug_kernel())
			print_message("# not compared: red zones\n");
		else
			assert_true(cost <= counted + 2 * MIB);
		while (count--)
			assert_true(read(fd, buffer, sizeof(buffer)) > 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(bound_on_messages_holds),
		TEST(bound_on_bytes_holds),
		TEST(bound_on_bytes_bounds_one_message),
		TEST(lowered_limits_drop_nothing),
		TEST(raised_limit_wakes_senders),
		TEST(sender_that_can_never_fit_is_told),
		TEST(limit_lowered_during_a_batch_holds),
		TEST(bound_on_all_deques_holds),
		TEST(poll_waits_for_memory_of_others),
		TEST(senders_cgroup_pays),
	};

	return cmocka_run_group_tests_name("limits", tests, NULL, NULL);
}
