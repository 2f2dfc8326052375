// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who holds a lease: files that are duplicated, inherited and passed on, threads
 * that close what others use, and processes that die wherever they are.
 */
#include "harness.h"
#include "lease.h"
#include "process.h"

#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define ROUNDS 300
#define PAGE 4096

static void await_leased(int fd, uint64_t count)
{
	while (get(fd).leased != count)
		sched_yield();
}

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

/* Who gets the file gets the leases with it, and may settle them. */
static void a_file_that_is_passed_on_takes_its_leases_along(void **state)
{
	int fd = open_deque(O_RDWR);
	int own = open_deque(O_RDWR);
	uint64_t token, other;
	int sockets[2];
	pid_t heir;

	(void)state;
	put(fd, "a");
	put(fd, "b");
	put(fd, "c");
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
	put(fd, "a");
	put(fd, "b");
	put(fd, "c");
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

/* Threads. */

struct racer {
	pthread_t thread;
	pthread_barrier_t *barrier;
	int fd;
	uint64_t token;
	unsigned long command;
	uint32_t flags;
	int result;
	int error;
};

static void *race_to_settle(void *argument)
{
	struct racer *racer = argument;

	pthread_barrier_wait(racer->barrier);
	racer->result = settle(racer->fd, racer->command, racer->token);
	racer->error = errno;
	return NULL;
}

/* Two threads, one token: whoever is first, and nobody else. */
static void one_of_two_threads_settles_a_lease(void **state)
{
	static const unsigned long commands[] = { DEQUE_ACK, DEQUE_RETURN,
						  DEQUE_BURY };
	int fd = open_deque(O_RDWR);
	pthread_barrier_t barrier;
	struct racer racers[2];

	(void)state;
	assert_int_equal(set_deliveries(fd, DEQUE_DELIVERIES_UNLIMITED), 0);
	pthread_barrier_init(&barrier, NULL, 2);
	for (int i = 0; i < ROUNDS; i++) {
		uint64_t token;

		if (!get(fd).ready)
			put(fd, "a");
		token = claim(fd, "a", 0);
		for (int n = 0; n < 2; n++) {
			racers[n] = (struct racer){
				.barrier = &barrier,
				.fd = fd,
				.token = token,
				.command = commands[(i / (n + 1)) % 3],
			};
			assert_int_equal(pthread_create(&racers[n].thread, NULL,
							race_to_settle,
							&racers[n]),
					 0);
		}
		for (int n = 0; n < 2; n++)
			pthread_join(racers[n].thread, NULL);
		assert_int_equal(racers[0].result + racers[1].result, 0);
		assert_int_equal(racers[racers[0].result > 0].error, ESTALE);
		kick(fd, DEQUE_BURIED, 1, 0);
	}
	assert_int_equal(get(fd).leased, 0);
	expect_balance(fd);
}

static void *race_to_claim(void *argument)
{
	struct racer *racer = argument;
	char byte = 0;
	struct deque_descriptor message = describe(&byte, 1);

	pthread_barrier_wait(racer->barrier);
	racer->result =
		batch(racer->fd, DEQUE_CLAIM, &message, 1, racer->flags);
	racer->error = errno;
	return NULL;
}

/* The descriptor goes while another thread claims by it: nothing stays leased. */
static void close_while_another_claims(void **state)
{
	int fd = open_deque(O_RDWR);
	pthread_barrier_t barrier;
	unsigned int leased = 0;

	(void)state;
	assert_int_equal(set_deliveries(fd, DEQUE_DELIVERIES_UNLIMITED), 0);
	put(fd, "a");
	pthread_barrier_init(&barrier, NULL, 2);
	for (int i = 0; i < ROUNDS; i++) {
		struct racer racer = {
			.barrier = &barrier,
			.fd = open(NODE, O_RDWR | O_CLOEXEC),
			.flags = i % 2 ? DEQUE_PROCESS : 0,
		};

		assert_int_equal(pthread_create(&racer.thread, NULL,
						race_to_claim, &racer),
				 0);
		pthread_barrier_wait(&barrier);
		close(racer.fd);
		pthread_join(racer.thread, NULL);
		leased += racer.result == 1;
		if (racer.result != 1)
			assert_int_equal(racer.error, EBADF);
		assert_int_equal(get(fd).leased, 0);
		assert_int_equal(get(fd).ready, 1);
	}
	print_message("# %u of %u were leased\n", leased, ROUNDS);
	expect(fd, "a");
	expect_balance(fd);
}

/* The same, but the file lives on, in another process. */
static void close_of_the_last_descriptor_while_another_claims(void **state)
{
	int fd = open_deque(O_RDWR);
	pthread_barrier_t barrier;

	(void)state;
	assert_int_equal(set_deliveries(fd, DEQUE_DELIVERIES_UNLIMITED), 0);
	put(fd, "a");
	pthread_barrier_init(&barrier, NULL, 2);
	for (int i = 0; i < ROUNDS / 3; i++) {
		struct racer racer = {
			.barrier = &barrier,
			.fd = open(NODE, O_RDWR | O_CLOEXEC),
			.flags = DEQUE_PROCESS,
		};
		pid_t keeper = forked();

		if (!keeper) {
			pause();
			_exit(0);
		}
		assert_int_equal(pthread_create(&racer.thread, NULL,
						race_to_claim, &racer),
				 0);
		pthread_barrier_wait(&barrier);
		close(racer.fd);
		pthread_join(racer.thread, NULL);
		assert_int_equal(get(fd).leased, 0);
		assert_int_equal(get(fd).ready, 1);
		kill_and_reap(keeper);
	}
	expect(fd, "a");
	expect_balance(fd);
}

/* It blocked in the claim when the descriptor went. */
static void close_while_another_is_blocked_in_a_claim(void **state)
{
	int fd = open_deque(O_RDWR);
	pthread_barrier_t barrier;

	(void)state;
	pthread_barrier_init(&barrier, NULL, 2);
	for (uint32_t flags = 0; flags <= DEQUE_PROCESS;
	     flags += DEQUE_PROCESS) {
		struct racer racer = {
			.barrier = &barrier,
			.fd = open(NODE, O_RDWR | O_CLOEXEC),
			.flags = flags,
		};

		assert_int_equal(pthread_create(&racer.thread, NULL,
						race_to_claim, &racer),
				 0);
		pthread_barrier_wait(&barrier);
		await_takers(fd, 1);
		close(racer.fd);
		put(fd, "a");
		pthread_join(racer.thread, NULL);
		assert_int_equal(racer.result, 1);
		assert_int_equal(get(fd).leased, 0);
		expect(fd, "a");
	}
	expect_balance(fd);
}

/* Death, wherever it comes. */

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
	for (const char *text = "abcdef"; *text; text++)
		put(fd, (char[]){ *text, '\0' });
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
	for (const char *text = "bcdef"; *text; text++)
		expect(fd, (char[]){ *text, '\0' });
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

		for (const char *text = "abcd"; *text; text++)
			put(fd, (char[]){ *text, '\0' });
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

/* The copy faults in the middle: what arrived is leased, the rest is where it was. */
static void half_a_batch_is_leased(void **state)
{
	int fd = open_deque(O_RDWR);
	struct deque_descriptor messages[4];
	char *page = page_before_hole();

	(void)state;
	for (const char *text = "abcdef"; *text; text++)
		put(fd, (char[]){ *text, '\0' });
	for (int n = 0; n < 4; n++)
		messages[n] = describe(page + n, 1);
	messages[2] = describe(page + PAGE, 1);
	assert_int_equal(batch(fd, DEQUE_CLAIM, messages, 4, 0), 2);
	assert_int_equal(get(fd).leased, 2);
	assert_int_equal(get(fd).claimed, 2);
	assert_int_equal(settle(fd, DEQUE_RETURN, messages[1].token), 1);
	expect(fd, "b");
	expect(fd, "c");
	assert_int_equal(settle(fd, DEQUE_RETURN, messages[0].token), 1);
	expect(fd, "a");
	for (const char *text = "def"; *text; text++)
		expect(fd, (char[]){ *text, '\0' });
	expect_empty(fd);
	expect_balance(fd);
}

static bool write_file(const char *path, const char *text)
{
	int file = open(path, O_WRONLY | O_CLOEXEC);
	bool good = file >= 0 &&
		    write(file, text, strlen(text)) == (ssize_t)strlen(text);

	if (file >= 0)
		close(file);
	return good;
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

/* Those who wait are served in the order in which they came, one message each. */
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

/* More than are returned in one go: who waits gets the first of them all. */
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
		TEST(one_of_two_threads_settles_a_lease),
		TEST(close_while_another_claims),
		TEST(close_of_the_last_descriptor_while_another_claims),
		TEST(close_while_another_is_blocked_in_a_claim),
		TEST(a_stopped_worker_loses_its_lease),
		TEST(killed_while_it_waits_takes_nothing),
		TEST(killed_as_it_is_served_gives_back),
		TEST(killed_in_poll_gives_back),
		TEST(killed_in_the_middle_of_a_batch_gives_back),
		TEST(destroyed_in_the_middle_of_a_copy),
		TEST(half_a_batch_is_leased),
		TEST(a_worker_without_memory_gives_back),
		TEST(close_wakes_who_waits),
		TEST(close_of_many_serves_who_waits_with_the_first),
		TEST(fdinfo_tells_how_many),
		TEST(fdinfo_tells_which),
	};

	return cmocka_run_group_tests_name("holders of leases", tests, NULL,
					   NULL);
}
