// SPDX-License-Identifier: GPL-2.0-only
/*
 * Senders in pid namespaces of their own: what is known of them is right for each
 * reader, and keeps nothing of them alive.
 */
#include "harness.h"
#include "lease.h"

#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define PID_LIMIT "/proc/sys/user/max_pid_namespaces"

/* A child that is process 1 of new namespaces; -1 and errno if that fails. */
static pid_t enter(int flags)
{
	return syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, NULL);
}

static int ended(pid_t child)
{
	int status;

	if (waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

static uint32_t pid_of_next(int fd)
{
	char byte = 0;
	struct deque_descriptor message = describe(&byte, 1);

	return batch(fd, DEQUE_POP, &message, 1, DEQUE_NOWAIT) == 1
		       ? message.pid
		       : UINT32_MAX;
}

#define MOST 10
#define CONTAINERS 200

/* Namespaces go a while after their last process: that is waited for. */
static pid_t enter_as_soon_as_possible(int flags)
{
	long long end = now_ns() + 60 * 1000000000LL;
	pid_t child;

	do {
		child = enter(flags);
		if (child >= 0 || errno != ENOSPC)
			break;
		sched_yield();
	} while (now_ns() < end);
	return child;
}

static void containers_that_are_gone_count_no_more(void **state)
{
	int fd = open_deque(O_RDWR);
	pid_t child;

	(void)state;
	assert_true(write_file(PID_LIMIT, "10"));
	for (int i = 0; i < CONTAINERS; i++) {
		child = enter_as_soon_as_possible(CLONE_NEWPID | CLONE_NEWUSER);
		if (child < 0)
			break;
		if (!child)
			_exit(write(fd, "x", 1) != 1);
		assert_int_equal(ended(child), 0);
	}
	assert_true(write_file(PID_LIMIT, "10000"));
	assert_true(child > 0);
	assert_int_equal(get(fd).ready, CONTAINERS);
}

/* Sends one as process 1 of a namespace, one as a process of one inside of that. */
static _Noreturn void send_from_two_levels(int fd, int go)
{
	char byte;
	pid_t inner;

	if (write(fd, "x", 1) != 1)
		_exit(1);
	inner = enter(CLONE_NEWPID);
	if (!inner)
		_exit(getpid() != 1 || write(fd, "x", 1) != 1);
	if (ended(inner))
		_exit(2);
	if (write(fd, "x", 1) != 1 || write(fd, "x", 1) != 1)
		_exit(3);
	/* Here and now it is read as well: the outer, the inner one, ours. */
	if (pid_of_next(fd) != 1 || pid_of_next(fd) != (uint32_t)inner ||
	    pid_of_next(fd) != 1)
		_exit(4);
	_exit(read(go, &byte, 1) != 1);
}

static void each_level_sees_its_own_number(void **state)
{
	int fd = open_deque(O_RDWR);
	pid_t outer, sibling;
	int go[2];
	char byte;

	(void)state;
	assert_int_equal(pipe(go), 0);
	outer = enter(CLONE_NEWPID);
	assert_true(outer >= 0);
	if (!outer)
		send_from_two_levels(fd, go[0]);
	/* The last one is left for us: it has our number for the sender. */
	while (get(fd).popped != 3)
		sched_yield();
	assert_int_equal(pid_of_next(fd), outer);
	assert_int_equal(write(go[1], "x", 1), 1);
	assert_int_equal(ended(outer), 0);

	/* A namespace beside it knows no number of it, though it was there already. */
	sibling = enter(CLONE_NEWPID);
	assert_true(sibling >= 0);
	if (!sibling)
		_exit(read(go[0], &byte, 1) != 1 || pid_of_next(fd) != 0);
	outer = enter(CLONE_NEWPID);
	assert_true(outer >= 0);
	if (!outer)
		_exit(write(fd, "x", 1) != 1);
	assert_int_equal(ended(outer), 0);
	assert_int_equal(write(go[1], "x", 1), 1);
	assert_int_equal(ended(sibling), 0);
	close(go[0]);
	close(go[1]);
}

static uint32_t holder_of_the_lease(int fd)
{
	struct deque_entry entry = { 0 };
	uint64_t cursor = 0;

	return browse(fd, &entry, 1, DEQUE_LEASED, &cursor) == 1 ? entry.holder
								 : UINT32_MAX;
}

/* Of who holds a lease, too. */
static void each_level_sees_its_own_number_of_a_holder(void **state)
{
	int fd = open_deque(O_RDWR);
	pid_t holder, sibling;
	int go[2], told[2];
	char byte;

	(void)state;
	assert_int_equal(pipe(go), 0);
	assert_int_equal(pipe(told), 0);
	put(fd, "x");
	holder = enter(CLONE_NEWPID);
	assert_true(holder >= 0);
	if (!holder) {
		claim(fd, "x", 0);
		if (holder_of_the_lease(fd) != 1 || write(told[1], "x", 1) != 1)
			_exit(1);
		_exit(read(go[0], &byte, 1) != 1);
	}
	assert_int_equal(read(told[0], &byte, 1), 1);
	assert_int_equal(holder_of_the_lease(fd), holder);
	sibling = enter(CLONE_NEWPID);
	assert_true(sibling >= 0);
	if (!sibling)
		_exit(holder_of_the_lease(fd) != 0);
	assert_int_equal(ended(sibling), 0);
	assert_int_equal(write(go[1], "x", 1), 1);
	assert_int_equal(ended(holder), 0);
	for (int i = 0; i < 2; i++) {
		close(go[i]);
		close(told[i]);
	}
}

/* The ids of a nested sender take memory, which counts until the message is taken. */
static void what_is_known_of_a_sender_counts(void **state)
{
	int fd = open_deque(O_RDWR);
	unsigned long long plain, nested;
	pid_t child;

	(void)state;
	put(fd, "x");
	plain = control_value("message_bytes");
	child = enter(CLONE_NEWPID);
	assert_true(child >= 0);
	if (!child)
		_exit(write(fd, "x", 1) != 1);
	assert_int_equal(ended(child), 0);
	nested = control_value("message_bytes") - plain;
	assert_true(nested > plain);
	assert_true(nested <= plain + 128);
	assert_int_equal(get(fd).memory, plain + nested);
	expect(fd, "x");
	expect(fd, "x");
	assert_int_equal(control_value("message_bytes"), 0);
}

static ino_t own_namespace(void)
{
	struct stat status;

	return stat("/proc/self/ns/pid", &status) ? 0 : status.st_ino;
}

/* Process 1 of a new namespace sends a message; its namespace had that number. */
static ino_t send_from_namespace(int fd)
{
	ino_t number = 0;
	int told[2];
	pid_t child;

	assert_int_equal(pipe2(told, O_CLOEXEC), 0);
	child = enter(CLONE_NEWPID);
	assert_true(child >= 0);
	if (!child) {
		number = own_namespace();
		_exit(write(fd, "x", 1) != 1 ||
		      write(told[1], &number, sizeof(number)) < 0);
	}
	assert_int_equal(ended(child), 0);
	assert_int_equal(read(told[0], &number, sizeof(number)),
			 sizeof(number));
	assert_int_not_equal(number, 0);
	close(told[0]);
	close(told[1]);
	return number;
}

#define ANOTHER 3

/* The kernel gives the number of a namespace that is gone to a new one. */
static void a_number_that_is_used_again_is_another(void **state)
{
	long long end = now_ns() + 60 * 1000000000LL;
	int fd = open_deque(O_RDWR);
	ino_t number;
	pid_t child;
	int status;

	(void)state;
	number = send_from_namespace(fd);
	do {
		child = enter(CLONE_NEWPID);
		assert_true(child >= 0);
		if (!child) {
			if (own_namespace() != number)
				_exit(ANOTHER);
			_exit(pid_of_next(fd) != 0);
		}
		status = ended(child);
		sched_yield();
	} while (status == ANOTHER && now_ns() < end);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(containers_that_are_gone_count_no_more),
		TEST(each_level_sees_its_own_number),
		TEST(each_level_sees_its_own_number_of_a_holder),
		TEST(a_number_that_is_used_again_is_another),
		TEST(what_is_known_of_a_sender_counts),
	};

	return cmocka_run_group_tests_name("namespaces", tests, NULL, NULL);
}
