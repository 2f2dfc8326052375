// SPDX-License-Identifier: GPL-2.0-only
/*
 * Blocked takers and senders: first come first served, one wake-up a message,
 * signals, and the end of the deque.
 */
#include "harness.h"

#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define MANY 20
/* Of a full batch, without a taker. */
#define BEYOND 16
#define CROWD (DEQUE_BATCH_MAX - BEYOND)
#define ROUNDS 10

struct caller {
	pthread_t thread;
	int fd;
	size_t size;
	_Atomic pid_t tid;
	ssize_t ret;
	int error;
	char message[64];
};

static void *caller_read(void *argument)
{
	struct caller *caller = argument;

	caller->tid = syscall(SYS_gettid);
	caller->ret =
		read(caller->fd, caller->message, sizeof(caller->message));
	caller->error = errno;
	return NULL;
}

static void *caller_write(void *argument)
{
	struct caller *caller = argument;

	caller->tid = syscall(SYS_gettid);
	caller->ret = write(caller->fd, caller->message, caller->size);
	caller->error = errno;
	return NULL;
}

static void caller_start(struct caller *caller, int fd, void *(*run)(void *))
{
	caller->fd = fd;
	assert_int_equal(pthread_create(&caller->thread, NULL, run, caller), 0);
}

static void caller_join(struct caller *caller)
{
	assert_int_equal(pthread_join(caller->thread, NULL), 0);
}

/* Starts takers that block, each after the one before it. */
static void takers_start(struct caller *takers, unsigned int count, int fd)
{
	memset(takers, 0, count * sizeof(*takers));
	for (unsigned int i = 0; i < count; i++) {
		caller_start(&takers[i], fd, caller_read);
		await_takers(fd, i + 1);
	}
}

/* Starts a sender that blocks with @size bytes, the first of them @letter. */
static void sender_start(struct caller *sender, int fd, char letter,
			 size_t size)
{
	unsigned int before = get(fd).senders;

	memset(sender, 0, sizeof(*sender));
	sender->message[0] = letter;
	sender->size = size;
	caller_start(sender, fd, caller_write);
	await_senders(fd, before + 1);
}

static void blocked_taker_gets_the_message(void **state)
{
	struct caller taker;
	int fd = open_deque(O_RDWR);

	(void)state;
	takers_start(&taker, 1, fd);
	put(fd, "x");
	caller_join(&taker);
	assert_int_equal(taker.ret, 1);
	expect_empty(fd);
}

static void takers_are_served_first_come_first_served(void **state)
{
	struct caller takers[MANY];
	int fd = open_deque(O_RDWR);
	char text[8];

	(void)state;
	takers_start(takers, MANY, fd);
	for (int i = 0; i < MANY; i++) {
		sprintf(text, "%d", i);
		put(fd, text);
	}
	for (int i = 0; i < MANY; i++) {
		caller_join(&takers[i]);
		assert_int_equal(atoi(takers[i].message), i);
	}
	expect_empty(fd);
}

/* More than are granted in one go. */
static void one_batch_serves_many_takers(void **state)
{
	struct deque_descriptor messages[2 * MANY];
	struct caller takers[2 * MANY];
	int fd = open_deque(O_RDWR);

	(void)state;
	takers_start(takers, 2 * MANY, fd);
	for (int i = 0; i < 2 * MANY; i++)
		messages[i] = describe("x", 1);
	assert_int_equal(batch(fd, DEQUE_PUSH, messages, 2 * MANY, 0),
			 2 * MANY);
	for (int i = 0; i < 2 * MANY; i++) {
		caller_join(&takers[i]);
		assert_int_equal(takers[i].ret, 1);
	}
	expect_empty(fd);
}

static void keep_processor(const cpu_set_t *processor)
{
	const struct sched_param first = { .sched_priority = 1 };

	assert_int_equal(sched_setaffinity(0, sizeof(*processor), processor),
			 0);
	assert_int_equal(sched_setscheduler(0, SCHED_FIFO, &first), 0);
}

static void leave_processor(const cpu_set_t *processors)
{
	const struct sched_param usual = { 0 };

	assert_int_equal(sched_setscheduler(0, SCHED_OTHER, &usual), 0);
	assert_int_equal(sched_setaffinity(0, sizeof(*processors), processors),
			 0);
}

struct looker {
	pthread_t thread;
	int fd;
	_Atomic bool stop;
	unsigned int taken, refused;
};

/*
 * Takes what is there beyond those who wait.  No other can, so it is never refused;
 * it looks and takes while they are served.
 */
static void *take_what_is_beyond(void *argument)
{
	struct looker *looker = argument;
	struct deque_info info;
	cpu_set_t last;
	char message;

	/* The woken ones run on the other processors. */
	CPU_ZERO(&last);
	CPU_SET(sysconf(_SC_NPROCESSORS_ONLN) - 1, &last);
	keep_processor(&last);
	while (!looker->stop) {
		info = (struct deque_info){ .size = sizeof(info) };
		if (ioctl(looker->fd, DEQUE_GET, &info) ||
		    info.ready <= info.takers)
			continue;
		if (read(looker->fd, &message, 1) == 1)
			looker->taken++;
		else
			looker->refused++;
	}
	return NULL;
}

/* They are served some at a time; a taker in between finds the messages beyond. */
static void messages_beyond_the_takers_are_there_meanwhile(void **state)
{
	static struct deque_descriptor messages[DEQUE_BATCH_MAX];
	static struct caller takers[CROWD];
	static struct looker looker;
	int fd = open_deque(O_RDWR);
	unsigned int i, round;

	(void)state;
	looker.fd = open_deque(O_RDWR | O_NONBLOCK);
	for (i = 0; i < DEQUE_BATCH_MAX; i++)
		messages[i] = describe("x", 1);
	assert_int_equal(pthread_create(&looker.thread, NULL,
					take_what_is_beyond, &looker),
			 0);
	for (round = 1; round <= ROUNDS; round++) {
		memset(takers, 0, sizeof(takers));
		for (i = 0; i < CROWD; i++)
			caller_start(&takers[i], fd, caller_read);
		await_takers(fd, CROWD);
		assert_int_equal(batch(fd, DEQUE_PUSH, messages,
				       DEQUE_BATCH_MAX, 0),
				 DEQUE_BATCH_MAX);
		for (i = 0; i < CROWD; i++)
			caller_join(&takers[i]);
		while (get(fd).messages)
			sched_yield();
	}
	looker.stop = true;
	assert_int_equal(pthread_join(looker.thread, NULL), 0);
	assert_int_equal(looker.refused, 0);
	assert_int_equal(looker.taken, ROUNDS * BEYOND);
}

static char first_letter(pid_t tid, const char *name, const char *format)
{
	char path[64], letter;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/self/task/%d/%s", tid, name);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_int_equal(fscanf(file, format, &letter), 1);
	fclose(file);
	return letter;
}

/*
 * Waits until the thread is asleep in the kernel, and has left the processor: it is
 * "running", instead of in a system call, as long as it is only about to.
 */
static void await_sleep(struct caller *caller)
{
	while (!caller->tid)
		;
	while (first_letter(caller->tid, "stat", "%*d (%*[^)]) %c") != 'S' ||
	       first_letter(caller->tid, "syscall", "%c") == 'r')
		;
}

static long context_switches(pid_t tid)
{
	char path[64], line[128];
	long sum = 0, value;
	FILE *status;

	snprintf(path, sizeof(path), "/proc/self/task/%d/status", tid);
	status = fopen(path, "r");
	assert_non_null(status);
	while (fgets(line, sizeof(line), status)) {
		if (sscanf(line, "voluntary_ctxt_switches: %ld", &value) == 1 ||
		    sscanf(line, "nonvoluntary_ctxt_switches: %ld", &value) ==
			    1)
			sum += value;
	}
	fclose(status);
	return sum;
}

static void one_message_wakes_one_taker(void **state)
{
	struct caller takers[MANY];
	int fd = open_deque(O_RDWR);
	long before[MANY];

	(void)state;
	takers_start(takers, MANY, fd);
	for (int i = 0; i < MANY; i++) {
		await_sleep(&takers[i]);
		before[i] = context_switches(takers[i].tid);
	}
	put(fd, "first");
	caller_join(&takers[0]);
	/* Any other that was woken had a processor by the end of this. */
	put(fd, "second");
	caller_join(&takers[1]);
	for (int i = 2; i < MANY; i++)
		assert_int_equal(context_switches(takers[i].tid), before[i]);
	assert_int_equal(get(fd).takers, MANY - 2);
	assert_int_equal(destroy(NAME, DEQUE_FORCE), 0);
	for (int i = 2; i < MANY; i++)
		caller_join(&takers[i]);
}

static void blocked_sender_waits_for_room(void **state)
{
	struct caller sender;
	int fd = open_deque(O_RDWR);

	(void)state;
	assert_int_equal(set(fd, 1, 0, 0), 0);
	put(fd, "a");
	sender_start(&sender, fd, 'b', 1);
	expect(fd, "a");
	caller_join(&sender);
	assert_int_equal(sender.ret, 1);
	expect(fd, "b");
	expect_empty(fd);
}

static void senders_are_served_first_come_first_served(void **state)
{
	struct caller senders[MANY];
	int fd = open_deque(O_RDWR);
	char text[2] = "";

	(void)state;
	assert_int_equal(set(fd, 1, 0, 0), 0);
	put(fd, "@");
	for (int i = 0; i < MANY; i++)
		sender_start(&senders[i], fd, 'A' + i, 1);
	for (int i = 0; i <= MANY; i++) {
		text[0] = '@' + i;
		expect(fd, text);
	}
	for (int i = 0; i < MANY; i++)
		caller_join(&senders[i]);
	expect_empty(fd);
}

static void large_message_is_not_starved_by_small_ones(void **state)
{
	int nonblocking = open_deque(O_RDWR | O_NONBLOCK);
	struct caller large, small;
	int fd = open_deque(O_RDWR);
	char message[64];

	(void)state;
	assert_int_equal(set(fd, 0, 64, 0), 0);
	assert_int_equal(write(fd, message, 10), 10);
	assert_int_equal(write(fd, message, 10), 10);
	sender_start(&large, fd, 'L', 60);
	/* There is room for these, but somebody is before them. */
	assert_fails(EAGAIN, write(nonblocking, "s", 1));
	sender_start(&small, fd, 's', 1);
	assert_int_equal(read(fd, message, 64), 10);
	assert_int_equal(get(fd).senders, 2);
	assert_int_equal(read(fd, message, 64), 10);
	caller_join(&large);
	caller_join(&small);
	assert_int_equal(read(fd, message, 64), 60);
	assert_int_equal(read(fd, message, 64), 1);
	expect_empty(fd);
}

static void *push_five(void *argument)
{
	struct caller *caller = argument;
	struct deque_descriptor messages[5];

	for (int i = 0; i < 5; i++)
		messages[i] = describe(&"abcde"[i], 1);
	caller->ret = batch(caller->fd, DEQUE_PUSH, messages, 5, 0);
	return NULL;
}

static void blocked_batch_goes_in_bit_by_bit(void **state)
{
	struct caller sender = { 0 };
	int fd = open_deque(O_RDWR);

	(void)state;
	assert_int_equal(set(fd, 2, 0, 0), 0);
	caller_start(&sender, fd, push_five);
	await_senders(fd, 1);
	assert_int_equal(get(fd).ready, 2);
	expect_each(fd, "abcde");
	caller_join(&sender);
	assert_int_equal(sender.ret, 5);
	expect_empty(fd);
}

static void on_signal(int number)
{
	(void)number;
}

static void interrupt(struct caller *caller, int flags)
{
	struct sigaction action = { .sa_handler = on_signal,
				    .sa_flags = flags };

	sigaction(SIGUSR1, &action, NULL);
	assert_int_equal(pthread_kill(caller->thread, SIGUSR1), 0);
}

static void signal_interrupts_the_wait(void **state)
{
	struct caller taker, sender;
	int fd = open_deque(O_RDWR);

	(void)state;
	takers_start(&taker, 1, fd);
	interrupt(&taker, 0);
	caller_join(&taker);
	assert_int_equal(taker.ret, -1);
	assert_int_equal(taker.error, EINTR);
	assert_int_equal(get(fd).takers, 0);

	assert_int_equal(set(fd, 1, 0, 0), 0);
	put(fd, "a");
	sender_start(&sender, fd, 'b', 1);
	interrupt(&sender, 0);
	caller_join(&sender);
	assert_int_equal(sender.ret, -1);
	assert_int_equal(sender.error, EINTR);
	assert_int_equal(get(fd).senders, 0);
	expect(fd, "a");
	expect_empty(fd);
}

static void signal_with_sa_restart_goes_on(void **state)
{
	struct caller taker;
	int fd = open_deque(O_RDWR);

	(void)state;
	takers_start(&taker, 1, fd);
	interrupt(&taker, SA_RESTART);
	put(fd, "x");
	caller_join(&taker);
	assert_int_equal(taker.ret, 1);
}

static void batch_that_is_interrupted_counts_what_it_did(void **state)
{
	struct caller sender = { 0 };
	int fd = open_deque(O_RDWR);

	(void)state;
	assert_int_equal(set(fd, 2, 0, 0), 0);
	caller_start(&sender, fd, push_five);
	await_senders(fd, 1);
	interrupt(&sender, 0);
	caller_join(&sender);
	assert_int_equal(sender.ret, 2);
	expect(fd, "a");
	expect(fd, "b");
	expect_empty(fd);
}

static void killed_taker_takes_nothing_along(void **state)
{
	int fd = open_deque(O_RDWR);
	pid_t child = fork();
	char byte;

	(void)state;
	if (!child)
		_exit(read(fd, &byte, 1) != 1);
	await_takers(fd, 1);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	assert_int_equal(get(fd).takers, 0);
	put(fd, "x");
	expect(fd, "x");
}

/* The killed taker gets no processor to leave the line on before the message comes. */
static void killed_taker_gives_back_what_it_was_handed(void **state)
{
	int fd = open_deque(O_RDWR);
	struct caller heir = { 0 };
	cpu_set_t all, one;
	pid_t child = fork();
	char byte;

	(void)state;
	if (!child)
		_exit(read(fd, &byte, 1) != 1);
	await_takers(fd, 1);
	caller_start(&heir, fd, caller_read);
	await_takers(fd, 2);
	assert_int_equal(sched_getaffinity(0, sizeof(all), &all), 0);
	CPU_ZERO(&one);
	CPU_SET(sched_getcpu(), &one);
	assert_int_equal(sched_setaffinity(child, sizeof(one), &one), 0);
	keep_processor(&one);
	kill(child, SIGKILL);
	put(fd, "x");
	assert_int_equal(get(fd).takers, 1);
	assert_int_equal(get(fd).ready, 0);
	leave_processor(&all);
	caller_join(&heir);
	assert_int_equal(heir.ret, 1);
	assert_int_equal(waitpid(child, NULL, 0), child);
	assert_int_equal(get(fd).popped, 1);
	expect_empty(fd);
}

/*
 * The message comes while the first in line is on its way out: whether it was
 * granted to it or not, the second gets it.
 */
static void message_of_a_dying_taker_goes_to_the_next(void **state)
{
	int fd = open_deque(O_RDWR);

	(void)state;
	for (int round = 0; round < 50; round++) {
		struct caller heir = { 0 };
		pid_t child = fork();
		char byte;

		if (!child)
			_exit(read(fd, &byte, 1) != 1);
		await_takers(fd, 1);
		caller_start(&heir, fd, caller_read);
		await_takers(fd, 2);
		kill(child, SIGKILL);
		put(fd, "x");
		caller_join(&heir);
		assert_int_equal(heir.ret, 1);
		waitpid(child, NULL, 0);
	}
	expect_empty(fd);
}

static void destroy_wakes_everybody(void **state)
{
	struct caller takers[MANY], sender;
	struct pollfd pollfd;
	int fd = open_deque(O_RDWR);

	(void)state;
	takers_start(takers, MANY, fd);
	pollfd = (struct pollfd){ .fd = fd, .events = POLLIN };
	assert_int_equal(destroy(NAME, 0), -EBUSY);
	assert_int_equal(destroy(NAME, DEQUE_FORCE), 0);
	for (int i = 0; i < MANY; i++) {
		caller_join(&takers[i]);
		assert_int_equal(takers[i].ret, -1);
		assert_int_equal(takers[i].error, ENODEV);
	}
	assert_int_equal(poll(&pollfd, 1, 0), 1);
	assert_true(pollfd.revents & POLLHUP);

	assert_int_equal(create(NAME, 1, 0, 0), 0);
	fd = open_deque(O_RDWR);
	put(fd, "a");
	sender_start(&sender, fd, 'b', 1);
	assert_int_equal(destroy(NAME, DEQUE_FORCE), 0);
	caller_join(&sender);
	assert_int_equal(sender.ret, -1);
	assert_int_equal(sender.error, ENODEV);
}

static void *caller_poll(void *argument)
{
	struct caller *caller = argument;
	struct pollfd pollfd = { .fd = caller->fd, .events = POLLIN };

	caller->tid = syscall(SYS_gettid);
	caller->ret = poll(&pollfd, 1, -1);
	caller->error = pollfd.revents;
	return NULL;
}

static void destroy_wakes_pollers(void **state)
{
	struct caller poller = { 0 };
	int fd = open_deque(O_RDWR);

	(void)state;
	caller_start(&poller, fd, caller_poll);
	await_sleep(&poller);
	assert_int_equal(destroy(NAME, DEQUE_FORCE), 0);
	caller_join(&poller);
	assert_int_equal(poller.ret, 1);
	assert_true(poller.error & POLLHUP);
	assert_true(poller.error & POLLERR);
}

static void message_wakes_pollers(void **state)
{
	struct caller poller = { 0 };
	int fd = open_deque(O_RDWR);

	(void)state;
	caller_start(&poller, fd, caller_poll);
	await_sleep(&poller);
	put(fd, "x");
	caller_join(&poller);
	assert_int_equal(poller.error, POLLIN);
}

static void *caller_epoll(void *argument)
{
	struct caller *caller = argument;
	struct epoll_event event = { .events = EPOLLIN | EPOLLEXCLUSIVE };
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	epoll_ctl(epoll, EPOLL_CTL_ADD, caller->fd, &event);
	caller->tid = syscall(SYS_gettid);
	caller->ret = epoll_wait(epoll, &event, 1, -1);
	close(epoll);
	return NULL;
}

static void message_wakes_one_exclusive_epoll(void **state)
{
	struct caller pollers[4] = { 0 };
	int fd = open_deque(O_RDWR);
	long before[4];

	(void)state;
	for (int i = 0; i < 4; i++) {
		caller_start(&pollers[i], fd, caller_epoll);
		await_sleep(&pollers[i]);
		before[i] = context_switches(pollers[i].tid);
	}
	put(fd, "x");
	caller_join(&pollers[0]);
	put(fd, "y");
	caller_join(&pollers[1]);
	for (int i = 2; i < 4; i++)
		assert_int_equal(context_switches(pollers[i].tid), before[i]);
	assert_int_equal(destroy(NAME, DEQUE_FORCE), 0);
	for (int i = 2; i < 4; i++)
		caller_join(&pollers[i]);
}

/* Messages that a close gives back count as new ones: each wakes one. */
static void each_lease_that_ends_wakes_one_exclusive_epoll(void **state)
{
	struct deque_descriptor messages[2];
	struct caller pollers[2] = { 0 };
	int fd = open_deque(O_RDWR);
	int worker = open_deque(O_RDWR);
	char data[2];

	(void)state;
	for (int i = 0; i < 2; i++) {
		put(fd, "x");
		messages[i] = describe(&data[i], 1);
	}
	assert_int_equal(batch(worker, DEQUE_CLAIM, messages, 2, 0), 2);
	for (int i = 0; i < 2; i++) {
		caller_start(&pollers[i], fd, caller_epoll);
		await_sleep(&pollers[i]);
	}
	close_deque(worker);
	for (int i = 0; i < 2; i++)
		caller_join(&pollers[i]);
}

/* The first in line cannot take the message; it must not hold up the others. */
static void taker_with_a_short_buffer_steps_aside(void **state)
{
	struct deque_descriptor small = describe(NULL, 0);
	struct caller taker = { 0 };
	int fd = open_deque(O_RDWR);
	int status;

	(void)state;
	if (!fork())
		_exit(batch(fd, DEQUE_POP, &small, 1, 0) != -1 ||
		      errno != EMSGSIZE || small.size != 5);
	await_takers(fd, 1);
	caller_start(&taker, fd, caller_read);
	await_takers(fd, 2);
	put(fd, "12345");
	wait(&status);
	assert_int_equal(status, 0);
	caller_join(&taker);
	assert_int_equal(taker.ret, 5);
	expect_empty(fd);
}

/* A look in the line gets to see the message, and leaves it to the next. */
static void blocked_peek_leaves_the_message(void **state)
{
	struct caller taker = { 0 };
	int fd = open_deque(O_RDWR);
	char buffer[8] = "";
	int status;

	(void)state;
	if (!fork()) {
		struct deque_descriptor message = describe(buffer, 8);

		_exit(batch(fd, DEQUE_POP, &message, 1, DEQUE_PEEK) != 1 ||
		      strcmp(buffer, "abc"));
	}
	await_takers(fd, 1);
	caller_start(&taker, fd, caller_read);
	await_takers(fd, 2);
	put(fd, "abc");
	wait(&status);
	assert_int_equal(status, 0);
	caller_join(&taker);
	assert_int_equal(taker.ret, 3);
	expect_empty(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(blocked_taker_gets_the_message),
		TEST(takers_are_served_first_come_first_served),
		TEST(one_batch_serves_many_takers),
		TEST(messages_beyond_the_takers_are_there_meanwhile),
		TEST(one_message_wakes_one_taker),
		TEST(blocked_sender_waits_for_room),
		TEST(senders_are_served_first_come_first_served),
		TEST(large_message_is_not_starved_by_small_ones),
		TEST(blocked_batch_goes_in_bit_by_bit),
		TEST(signal_interrupts_the_wait),
		TEST(signal_with_sa_restart_goes_on),
		TEST(batch_that_is_interrupted_counts_what_it_did),
		TEST(killed_taker_takes_nothing_along),
		TEST(killed_taker_gives_back_what_it_was_handed),
		TEST(message_of_a_dying_taker_goes_to_the_next),
		TEST(destroy_wakes_everybody),
		TEST(destroy_wakes_pollers),
		TEST(message_wakes_pollers),
		TEST(message_wakes_one_exclusive_epoll),
		TEST(each_lease_that_ends_wakes_one_exclusive_epoll),
		TEST(taker_with_a_short_buffer_steps_aside),
		TEST(blocked_peek_leaves_the_message),
	};

	return cmocka_run_group_tests_name("wait", tests, NULL, NULL);
}
