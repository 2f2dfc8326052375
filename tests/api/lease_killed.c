// SPDX-License-Identifier: GPL-2.0-only
/*
 * The leases of a worker that is killed, wherever it is: waiting, being served, in the
 * middle of a batch, out of memory.
 */
#include "harness.h"
#include "lease.h"
#include "process.h"

#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define PAGE 4096

static void a_stopped_worker_loses_its_lease(void **state)
{
	int fd = open_deque(O_RDWR);
	uint64_t token;
	pid_t worker = forked();

	(void)state;
	if (!worker) {
		int own = open_own(O_RDWR);

		token = claim_for(own, "a", 20000000);
		raise(SIGSTOP);
		if (settle(own, DEQUE_ACK, token) != -1 || errno != ESTALE)
			_exit(1);
		_exit(0);
	}
	put(fd, "a");
	await_stop(worker);
	while (get(fd).timed_out != 1)
		poll(NULL, 0, 1);
	token = claim(fd, "a", 0);
	kill(worker, SIGCONT);
	await_exit(worker, 0);
	assert_int_equal(get(fd).leased, 1);
	assert_int_equal(settle(fd, DEQUE_ACK, token), 1);
	expect_balance(fd);
}

static void block_in_claim(int own)
{
	claim(own, "a", 0);
}

static void block_in_batch(int own)
{
	struct deque_descriptor messages[8];
	char data[8];

	for (int i = 0; i < 8; i++)
		messages[i] = describe(&data[i], 1);
	batch(own, DEQUE_CLAIM, messages, 8, DEQUE_PROCESS);
}

static void block_in_read(int own)
{
	struct deque_set on = { .size = sizeof(on),
				.flags = DEQUE_FILE,
				.policy_on = DEQUE_ACK_ON_READ };
	char byte;

	if (ioctl(own, DEQUE_SET, &on) || read(own, &byte, 1) != 1)
		_exit(1);
}

static void killed_while_it_waits_takes_nothing(void **state)
{
	static void (*const blocks[])(int) = { block_in_claim, block_in_batch,
					       block_in_read };
	int fd = open_deque(O_RDWR);

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		pid_t worker = forked();

		if (!worker) {
			blocks[i](open_own(O_RDWR));
			_exit(0);
		}
		await_takers(fd, 1);
		kill_and_reap(worker);
		assert_int_equal(get(fd).takers, 0);
		put(fd, "a");
		assert_int_equal(get(fd).ready, 1);
		expect(fd, "a");
	}
	assert_int_equal(get(fd).claimed, 0);
	expect_balance(fd);
}

/* At the very moment at which it gets a message: leased or not, it comes back. */
static void killed_as_it_is_served_gives_back(void **state)
{
	static void (*const blocks[])(int) = { block_in_claim, block_in_batch,
					       block_in_read };
	int fd = open_deque(O_RDWR);

	(void)state;
	for (unsigned int i = 0; i < 60; i++) {
		pid_t worker = forked();

		if (!worker) {
			blocks[i % 3](open_own(O_RDWR));
			pause();
		}
		await_takers(fd, 1);
		put(fd, "a");
		for (unsigned int n = 0; n < i; n++)
			sched_yield();
		kill_and_reap(worker);
		assert_int_equal(get(fd).leased, 0);
		assert_int_equal(get(fd).messages, 1);
		expect(fd, "a");
	}
	print_message("# %llu of 60 were leased\n", get(fd).claimed);
	expect_balance(fd);
}

static void killed_in_poll_gives_back(void **state)
{
	int fd = open_deque(O_RDWR);
	pid_t worker = forked();

	(void)state;
	if (!worker) {
		int own = open_own(O_RDWR);
		struct pollfd entry = { .fd = own, .events = POLLIN };

		claim(own, "a", 0);
		claim(own, "b", 0);
		if (poll(&entry, 1, -1))
			_exit(1);
		_exit(0);
	}
	put(fd, "a");
	put(fd, "b");
	await_leased(fd, 2);
	/* There is nothing else that it may sleep in. */
	await_sleep(worker);
	kill_and_reap(worker);
	assert_int_equal(get(fd).leased, 0);
	expect(fd, "a");
	expect(fd, "b");
	expect_balance(fd);
}

/*
 * A page that is there only when somebody brings it, and nobody does: who touches
 * it waits, in the middle of a copy, and can be killed there.  A thread tells by
 * the pipe when that is so.
 */
struct missing {
	char *pages; /* the second of them */
	int fault;
	int told;
};

static void *tell_of_fault(void *argument)
{
	struct missing *missing = argument;
	struct uffd_msg message;

	if (read(missing->fault, &message, sizeof(message)) > 0 &&
	    write(missing->told, "", 1) == 1)
		pause();
	return NULL;
}

static void page_never_there(struct missing *missing)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = {
		.range.len = PAGE,
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	pthread_t thread;

	missing->pages = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	missing->fault = syscall(SYS_userfaultfd, O_CLOEXEC);
	range.range.start = (uintptr_t)missing->pages + PAGE;
	if (missing->pages == MAP_FAILED || missing->fault < 0 ||
	    ioctl(missing->fault, UFFDIO_API, &api) ||
	    ioctl(missing->fault, UFFDIO_REGISTER, &range) ||
	    pthread_create(&thread, NULL, tell_of_fault, missing))
		_exit(102);
}

static _Noreturn void claim_half(int told, uint32_t flags)
{
	struct missing missing = { .told = told };
	struct deque_descriptor messages[4];
	int own = open_own(O_RDWR);

	page_never_there(&missing);
	for (int n = 0; n < 4; n++)
		messages[n] = describe(missing.pages + n, 1);
	messages[2] = describe(missing.pages + PAGE, 1);
	batch(own, DEQUE_CLAIM, messages, 4, flags);
	_exit(1);
}

/* Two have arrived and were leased, of which the first counts; two have not. */
static void killed_in_the_middle_of_a_batch_gives_back(void **state)
{
	int fd = open_deque(O_RDWR);
	int told[2];
	char byte;

	(void)state;
	assert_int_equal(set_deliveries(fd, 2), 0);
	assert_int_equal(pipe2(told, O_CLOEXEC), 0);
	put_all(fd, "abcdef");
	for (int i = 1; i <= 2; i++) {
		pid_t worker = forked();

		if (!worker)
			claim_half(told[1], i % 2 ? DEQUE_PROCESS : 0);
		assert_int_equal(read(told[0], &byte, 1), 1);
		/* They are neither here nor there. */
		assert_int_equal(get(fd).ready, 2);
		assert_int_equal(get(fd).leased, 0);
		assert_int_equal(get(fd).messages, 6);
		kill_and_reap(worker);
		assert_int_equal(get(fd).leased, 0);
		assert_int_equal(get(fd).claimed, 2 * i);
		assert_int_equal(get(fd).crash_returned, 2 * i);
		assert_int_equal(get(fd).messages, 6);
	}
	close(told[0]);
	close(told[1]);
	assert_int_equal(get(fd).buried, 1);
	expect_each(fd, "bcdef");
	assert_int_equal(kick(fd, DEQUE_BURIED, 1, 0), 1);
	expect(fd, "a");
	expect_empty(fd);
	expect_balance(fd);
}

static _Noreturn void read_none(int told, uint32_t flags)
{
	struct missing missing = { .told = told };
	struct deque_set on = { .size = sizeof(on),
				.flags = DEQUE_FILE,
				.policy_on = DEQUE_ACK_ON_READ };
	int own = open_own(O_RDWR);

	(void)flags;
	page_never_there(&missing);
	if (ioctl(own, DEQUE_SET, &on) || read(own, missing.pages + PAGE, 1))
		_exit(1);
	_exit(2);
}

/* The deque goes while the copy is under way: there is nothing to lease. */
static void destroyed_in_the_middle_of_a_copy(void **state)
{
	static void (*const takers[])(int, uint32_t) = { claim_half,
							 read_none };
	int told[2];
	char byte;

	(void)state;
	assert_int_equal(pipe2(told, O_CLOEXEC), 0);
	for (int i = 0; i < 2; i++) {
		int fd = open_deque(O_RDWR);
		pid_t worker;

		put_all(fd, "abcd");
		worker = forked();
		if (!worker)
			takers[i](told[1], 0);
		assert_int_equal(read(told[0], &byte, 1), 1);
		assert_int_equal(destroy(NAME, DEQUE_FORCE), 0);
		kill_and_reap(worker);
		assert_fails(ENODEV, settle(fd, DEQUE_ACK, 1));
		assert_int_equal(create(NAME, 0, 0, 0), 0);
	}
	close(told[0]);
	close(told[1]);
}

#define GROUP "/sys/fs/cgroup/lease-oom"

/* In a group of its own, which has less memory than it takes. */
static void a_worker_without_memory_gives_back(void **state)
{
	int fd = open_deque(O_RDWR);
	int status;
	pid_t worker;

	(void)state;
	write_file("/sys/fs/cgroup/cgroup.subtree_control", "+memory");
	if (mkdir(GROUP, 0755) ||
	    !write_file(GROUP "/memory.max", "16777216")) {
		rmdir(GROUP);
		print_message("# no memory controller\n");
		skip();
	}
	write_file(GROUP "/memory.swap.max", "0");
	worker = forked();
	if (!worker) {
		int own = open_own(O_RDWR);

		if (!write_file(GROUP "/cgroup.procs", "0"))
			_exit(1);
		claim(own, "a", 0);
		claim(own, "b", DEQUE_PROCESS);
		for (;;)
			memset(mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
			       1, 1 << 20);
	}
	put(fd, "a");
	put(fd, "b");
	assert_int_equal(waitpid(worker, &status, 0), worker);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(WTERMSIG(status), SIGKILL);
	assert_int_equal(get(fd).leased, 0);
	assert_int_equal(get(fd).crash_returned, 2);
	expect(fd, "a");
	expect(fd, "b");
	expect_balance(fd);
	rmdir(GROUP);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_stopped_worker_loses_its_lease),
		TEST(killed_while_it_waits_takes_nothing),
		TEST(killed_as_it_is_served_gives_back),
		TEST(killed_in_poll_gives_back),
		TEST(killed_in_the_middle_of_a_batch_gives_back),
		TEST(destroyed_in_the_middle_of_a_copy),
		TEST(a_worker_without_memory_gives_back),
	};

	return cmocka_run_group_tests_name("leases of killed workers", tests,
					   NULL, NULL);
}
