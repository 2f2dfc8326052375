// SPDX-License-Identifier: GPL-2.0-only
/*
 * The holders of leases: files that are duplicated, inherited, passed on and closed.
 */
#include "harness.h"
#include "lease.h"
#include "process.h"

#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

/* One open file, however many descriptors: any of them will do, until the last. */
static void duplicates_are_one_holder(void **state)
{
	int fd = open_deque(O_RDWR);
	int one = open_deque(O_RDWR);
	int two = dup(one);
	uint64_t token;

	(void)state;
	put(fd, "a");
	put(fd, "b");
	token = claim(one, "a", 0);
	claim(two, "b", 0);
	assert_int_equal(settle(two, DEQUE_ACK, token), 1);
	close_deque(one);
	assert_int_equal(get(fd).leased, 1);
	close(two);
	assert_int_equal(get(fd).leased, 0);
	expect(fd, "b");
	expect_balance(fd);
}

/* A lease of the process stays as long as the process has the file open. */
static void a_process_lease_outlives_one_of_two_descriptors(void **state)
{
	int fd = open_deque(O_RDWR);
	int one = open_deque(O_RDWR);
	int two = dup(one);
	uint64_t token;

	(void)state;
	put(fd, "a");
	put(fd, "b");
	token = claim(one, "a", DEQUE_PROCESS);
	claim(one, "b", 0);
	close_deque(one);
	assert_int_equal(get(fd).leased, 2);
	assert_int_equal(settle(two, DEQUE_EXTEND, token), 1);
	assert_int_equal(dup2(fd, two), two);
	assert_int_equal(get(fd).leased, 0);
	close(two);
	expect(fd, "a");
	expect(fd, "b");
	expect_balance(fd);
}

static void send_file(int socket, int file)
{
	char byte = 0, control[CMSG_SPACE(sizeof(int))] = { 0 };
	struct iovec part = { &byte, 1 };
	struct msghdr message = { .msg_iov = &part,
				  .msg_iovlen = 1,
				  .msg_control = control,
				  .msg_controllen = sizeof(control) };
	struct cmsghdr *header = CMSG_FIRSTHDR(&message);

	header->cmsg_level = SOL_SOCKET;
	header->cmsg_type = SCM_RIGHTS;
	header->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(header), &file, sizeof(file));
	assert_int_equal(sendmsg(socket, &message, 0), 1);
}

static int receive_file(int socket)
{
	char byte, control[CMSG_SPACE(sizeof(int))];
	struct iovec part = { &byte, 1 };
	struct msghdr message = { .msg_iov = &part,
				  .msg_iovlen = 1,
				  .msg_control = control,
				  .msg_controllen = sizeof(control) };
	int file;

	if (recvmsg(socket, &message, 0) != 1 || !CMSG_FIRSTHDR(&message))
		_exit(101);
	memcpy(&file, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof(file));
	return file;
}

/* A process that gets the file gets the leases with it, and may settle them. */
static void a_file_that_is_passed_on_takes_its_leases_along(void **state)
{
	int fd = open_deque(O_RDWR);
	int own = open_deque(O_RDWR);
	uint64_t token, other;
	int sockets[2];
	pid_t heir;

	(void)state;
	put_all(fd, "abc");
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
	token = claim(own, "a", 0);
	other = claim(own, "b", DEQUE_PROCESS);
	send_file(sockets[0], own);
	/* In flight nobody's table has it, and it is open all the same. */
	close_deque(own);
	heir = forked();
	if (!heir) {
		int got = receive_file(sockets[1]);

		if (settle(got, DEQUE_ACK, token) != 1)
			_exit(1);
		/* That one went back when its process closed the file. */
		if (settle(got, DEQUE_ACK, other) != -1 || errno != ESTALE)
			_exit(2);
		claim(got, "b", 0);
		raise(SIGSTOP);
		_exit(3);
	}
	await_stop(heir);
	assert_int_equal(get(fd).acked, 1);
	assert_int_equal(get(fd).leased, 1);
	assert_int_equal(get(fd).crash_returned, 1);
	kill_and_reap(heir);
	assert_int_equal(get(fd).leased, 0);
	close(sockets[0]);
	close(sockets[1]);
	expect(fd, "b");
	expect(fd, "c");
	expect_balance(fd);
}

/* Lost in a socket that is closed: the last reference goes there. */
static void a_file_that_is_never_received_gives_back(void **state)
{
	int fd = open_deque(O_RDWR);
	int own = open_deque(O_RDWR);
	int sockets[2];

	(void)state;
	put(fd, "a");
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets), 0);
	claim(own, "a", 0);
	send_file(sockets[0], own);
	close_deque(own);
	assert_int_equal(get(fd).leased, 1);
	close(sockets[0]);
	close(sockets[1]);
	/* Sockets may be freed a bit later. */
	await_leased(fd, 0);
	expect(fd, "a");
	expect_balance(fd);
}

/* Each process for itself, on one open file. */
static void processes_of_one_file_hold_their_own(void **state)
{
	int fd = open_deque(O_RDWR);
	int shared = open_deque(O_RDWR);
	pid_t child;

	(void)state;
	put_all(fd, "abc");
	claim(shared, "a", DEQUE_PROCESS);
	child = forked();
	if (!child) {
		claim(shared, "b", DEQUE_PROCESS);
		claim(shared, "c", 0);
		raise(SIGSTOP);
		_exit(0);
	}
	await_stop(child);
	assert_int_equal(get(fd).leased, 3);
	kill_and_reap(child);
	assert_int_equal(get(fd).leased, 2);
	expect(fd, "b");
	close_deque(shared);
	expect(fd, "a");
	expect(fd, "c");
	expect_balance(fd);
}

/* Claims so many that they cannot all be returned in one go; then waits. */
static _Noreturn void claim_many_and_stop(int own, unsigned int count)
{
	char byte;

	while (count--) {
		struct deque_descriptor message = describe(&byte, 1);

		if (batch(own, DEQUE_CLAIM, &message, 1,
			  DEQUE_NOWAIT | DEQUE_PROCESS) != 1)
			_exit(1);
		sched_yield();
	}
	raise(SIGSTOP);
	_exit(0);
}

/* Several at once, whose leases are mixed on one open file, which stays. */
static void processes_that_die_together_give_back_all(void **state)
{
	int fd = open_deque(O_RDWR);
	pid_t workers[6];

	(void)state;
	for (int round = 0; round < 10; round++) {
		for (int i = 0; i < 900; i++)
			put(fd, "a");
		for (int i = 0; i < 6; i++) {
			workers[i] = forked();
			if (!workers[i])
				claim_many_and_stop(fd, 150);
		}
		for (int i = 0; i < 6; i++)
			await_stop(workers[i]);
		assert_int_equal(get(fd).leased, 900);
		for (int i = 0; i < 6; i++)
			assert_int_equal(kill(workers[i], SIGKILL), 0);
		for (int i = 0; i < 6; i++)
			assert_int_equal(waitpid(workers[i], NULL, 0),
					 workers[i]);
		assert_int_equal(get(fd).leased, 0);
		for (int i = 0; i < 900; i++)
			expect(fd, "a");
	}
	assert_int_equal(get(fd).crash_returned, 10 * 900);
	expect_balance(fd);
}

/* A child that never claimed closes the file, or ends: not its leases. */
static void a_child_ends_no_lease_of_its_parent(void **state)
{
	int fd = open_deque(O_RDWR);
	uint64_t token;
	pid_t child;

	(void)state;
	put(fd, "a");
	token = claim(fd, "a", DEQUE_PROCESS);
	for (int closes = 0; closes < 2; closes++) {
		child = forked();
		if (!child) {
			if (closes)
				close(fd);
			_exit(0);
		}
		await_exit(child, 0);
	}
	assert_int_equal(settle(fd, DEQUE_ACK, token), 1);
	expect_balance(fd);
}

/* execve: what is close-on-exec is closed, and the table is another one. */
static void exec_ends_leases(void **state)
{
	int fd = open_deque(O_RDWR);
	int life[2];
	char byte;

	(void)state;
	for (uint32_t flags = 0; flags <= DEQUE_PROCESS;
	     flags += DEQUE_PROCESS) {
		pid_t child;

		put(fd, "a");
		assert_int_equal(pipe2(life, O_CLOEXEC), 0);
		child = forked();
		if (!child) {
			int own = open_own(O_RDWR);

			claim(own, "a", flags);
			execl("/bin/busybox", "sleep", "1000", NULL);
			_exit(1);
		}
		close(life[1]);
		/* Its end of the pipe closes with the others. */
		assert_int_equal(read(life[0], &byte, 1), 0);
		await_leased(fd, 0);
		expect(fd, "a");
		kill_and_reap(child);
		close(life[0]);
	}
	assert_int_equal(get(fd).crash_returned, 2);
}

/* Waiting takers are served in the order in which they came, one message each. */
static void close_wakes_who_waits(void **state)
{
	enum { COUNT = 6 };
	int fd = open_deque(O_RDWR);
	int worker = open_deque(O_RDWR);
	pid_t takers[COUNT];
	char text[2] = "";

	(void)state;
	for (int i = 0; i < COUNT; i++) {
		text[0] = 'a' + i;
		put(fd, text);
		claim(worker, text, 0);
	}
	for (int i = 0; i <= COUNT - 1; i++) {
		takers[i] = forked();
		if (!takers[i]) {
			int own = open_own(O_RDWR);

			close(worker);
			text[0] = 'a' + i;
			if (settle(own, DEQUE_ACK, claim(own, text, 0)) != 1)
				_exit(1);
			_exit(0);
		}
		await_takers(fd, i + 1);
	}
	close_deque(worker);
	for (int i = 0; i < COUNT; i++)
		await_exit(takers[i], 0);
	assert_int_equal(get(fd).crash_returned, COUNT);
	assert_int_equal(get(fd).acked, COUNT);
	expect_empty(fd);
	expect_balance(fd);
}

/* More than are returned in one go: a waiting taker gets the first of them all. */
static void close_of_many_serves_who_waits_with_the_first(void **state)
{
	int fd = open_deque(O_RDWR);
	int worker = open_deque(O_RDWR);
	char text[16];
	pid_t taker;

	(void)state;
	for (int i = 0; i < 200; i++) {
		snprintf(text, sizeof(text), "%d", i);
		put(fd, text);
		claim(worker, text, 0);
	}
	taker = forked();
	if (!taker) {
		int own = open_own(O_RDONLY);
		char got[16];

		close(worker);
		_exit(read(own, got, sizeof(got)) != 1 || *got != '0');
	}
	await_takers(fd, 1);
	close_deque(worker);
	await_exit(taker, 0);
	assert_int_equal(get(fd).ready, 199);
	expect(fd, "1");
	expect_balance(fd);
}

static int fdinfo_leases(int fd)
{
	char path[64], line[128];
	int leases = -1;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "re");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		sscanf(line, "leases: %d", &leases);
	fclose(file);
	return leases;
}

/* Returns what the line says after "tokens:", until the next call. */
static const char *fdinfo_tokens(int fd)
{
	static char line[4096];
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	file = fopen(path, "re");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file) && strncmp(line, "tokens:\t", 8))
		;
	fclose(file);
	line[strcspn(line, "\n")] = '\0';
	return line + strlen("tokens:\t");
}

static void fdinfo_tells_which(void **state)
{
	int fd = open_deque(O_RDWR), i;
	char expected[4096] = "";
	uint64_t tokens[66];

	(void)state;
	assert_string_equal(fdinfo_tokens(fd), "");
	for (i = 0; i < 66; i++) {
		put(fd, "a");
		tokens[i] = claim(fd, "a", 0);
	}
	settle(fd, DEQUE_ACK, tokens[0]);
	for (i = 1; i < 65; i++)
		sprintf(expected + strlen(expected), "%s%llu", i > 1 ? " " : "",
			(unsigned long long)tokens[i]);
	assert_string_equal(fdinfo_tokens(fd), expected);
	assert_int_equal(fdinfo_leases(fd), 65);
	assert_int_equal(destroy(NAME, DEQUE_FORCE), 0);
	assert_string_equal(fdinfo_tokens(fd), "");
}

static void fdinfo_tells_how_many(void **state)
{
	int fd = open_deque(O_RDWR);
	int other = open_deque(O_RDONLY);
	uint64_t token;

	(void)state;
	put(fd, "a");
	put(fd, "b");
	assert_int_equal(fdinfo_leases(fd), 0);
	token = claim(fd, "a", 0);
	claim(fd, "b", DEQUE_PROCESS);
	assert_int_equal(fdinfo_leases(fd), 2);
	assert_int_equal(fdinfo_leases(other), 0);
	settle(fd, DEQUE_BURY, token);
	assert_int_equal(fdinfo_leases(fd), 1);
	assert_int_equal(destroy(NAME, DEQUE_FORCE), 0);
	assert_int_equal(fdinfo_leases(fd), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(duplicates_are_one_holder),
		TEST(a_process_lease_outlives_one_of_two_descriptors),
		TEST(a_file_that_is_passed_on_takes_its_leases_along),
		TEST(a_file_that_is_never_received_gives_back),
		TEST(processes_of_one_file_hold_their_own),
		TEST(processes_that_die_together_give_back_all),
		TEST(a_child_ends_no_lease_of_its_parent),
		TEST(exec_ends_leases),
		TEST(close_wakes_who_waits),
		TEST(close_of_many_serves_who_waits_with_the_first),
		TEST(fdinfo_tells_how_many),
		TEST(fdinfo_tells_which),
	};

	return cmocka_run_group_tests_name("holders of leases", tests, NULL,
					   NULL);
}
