// SPDX-License-Identifier: GPL-2.0-only
/*
 * Every call that moves no messages, with each allocation and each copy in it
 * failing: it is done, or nothing is, and the messages are not touched.
 */
#include "harness.h"
#include "inject.h"

#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>

#define SHORT_OF_MESSAGES (MAX_MESSAGES - 1)
/* So many that poll needs memory for the list, and for the table of waiters. */
#define POLLS 64

/**
 * struct row - a call
 * @sweep: how it is made to fail
 * @prepare: what it needs
 * @settle: looks whether it is done, or nothing is; cleans up
 */
struct row {
	struct sweep sweep;
	void (*prepare)(void);
	void (*settle)(bool done);
};

static const struct row *row;
static int fd = -1; /* what the call is on, or made */
static sigset_t sigio; /* blocked, and waited for */

/* Around each call: two messages, which stay. */

static void prepare(void)
{
	put(deque_fd, "first");
	put(deque_fd, "second");
	if (row->prepare)
		row->prepare();
}

static void check(const struct outcome *outcome)
{
	assert_error_fits(outcome);
	if (row->settle)
		row->settle(outcome->result >= 0);
	if (fd >= 0)
		close(fd);
	fd = -1;
	expect(deque_fd, "first");
	expect(deque_fd, "second");
	expect_empty(deque_fd);
	assert_int_equal(get(deque_fd).openers, 1);
	/* Leaks add up: it is enough, and quicker, to look at the end. */
	if (!outcome->struck)
		assert_all_room();
}

/* Files. */

static long opened(int new)
{
	fd = new;
	return fd < 0 ? -1 : 0;
}

static long call_open(void)
{
	return opened(open(NODE, O_RDWR | O_CLOEXEC));
}

static long call_open_control(void)
{
	return opened(open("/dev/deque/control", O_RDWR | O_CLOEXEC));
}

static void prepare_close(void)
{
	assert_int_equal(call_open(), 0);
}

static long call_close(void)
{
	return close(fd);
}

static void settle_close(bool done)
{
	assert_true(done);
	fd = -1;
}

static void prepare_control(void)
{
	assert_int_equal(call_open_control(), 0);
}

/* Being told. */

static long call_poll(void)
{
	struct pollfd polls[POLLS];

	for (int i = 0; i < POLLS; i++)
		polls[i] = (struct pollfd){ .fd = deque_fd, .events = POLLPRI };
	polls[POLLS - 1].events = POLLIN;
	return poll(polls, POLLS, -1) == 1 ? 0 : -1;
}

static void prepare_epoll(void)
{
	fd = epoll_create1(EPOLL_CLOEXEC);
	assert_true(fd >= 0);
}

static long call_epoll_ctl(void)
{
	struct epoll_event event = { .events = EPOLLIN };

	return epoll_ctl(fd, EPOLL_CTL_ADD, deque_fd, &event);
}

static void settle_epoll(bool done)
{
	struct epoll_event event;

	assert_int_equal(epoll_wait(fd, &event, 1, 0), done);
}

static void prepare_sigio(void)
{
	assert_int_equal(fcntl(deque_fd, F_SETOWN, getpid()), 0);
}

static long call_sigio(void)
{
	return fcntl(deque_fd, F_SETFL, O_RDWR | O_ASYNC);
}

/* Of the two lists that it is on, reading and writing, both or none. */
static void settle_sigio(bool done)
{
	const struct timespec at_once = { 0, 0 };

	assert_int_equal(!!(fcntl(deque_fd, F_GETFL) & O_ASYNC), done);
	expect(deque_fd, "first");
	put(deque_fd, "first");
	expect(deque_fd, "second");
	put(deque_fd, "second");
	assert_int_equal(sigtimedwait(&sigio, NULL, &at_once),
			 done ? SIGIO : -1);
	assert_int_equal(fcntl(deque_fd, F_SETFL, O_RDWR), 0);
	while (sigtimedwait(&sigio, NULL, &at_once) == SIGIO)
		;
}

/* Looking, and limits. */

static struct deque_info info;
static int size;

static long call_get(void)
{
	info = (struct deque_info){ .size = sizeof(info) };
	return ioctl(deque_fd, DEQUE_GET, &info);
}

static void settle_get(bool done)
{
	assert_int_equal(info.messages, done ? 2 : 0);
}

static long call_fionread(void)
{
	size = -1;
	return ioctl(deque_fd, FIONREAD, &size);
}

static void settle_fionread(bool done)
{
	assert_int_equal(size, done ? (int)strlen("first") : -1);
}

static long call_set(void)
{
	return set(deque_fd, SHORT_OF_MESSAGES, 0, 0);
}

static void settle_set(bool done)
{
	assert_int_equal(get(deque_fd).limits.max_messages,
			 done ? SHORT_OF_MESSAGES : MAX_MESSAGES);
	assert_int_equal(set(deque_fd, MAX_MESSAGES, 0, 0), 0);
}

/* Files about deques: the call is on one that is open already. */

static char text[4096];

static void prepare_file(const char *path, int flags)
{
	fd = open(path, flags | O_CLOEXEC);
	assert_true(fd >= 0);
	memset(text, 0, sizeof(text));
}

static long call_read(void)
{
	return read(fd, text, sizeof(text) - 1);
}

static void prepare_attribute(void)
{
	prepare_file("/sys/class/deque/" NAME "/ready", O_RDONLY);
}

static void settle_attribute(bool done)
{
	assert_string_equal(text, done ? "2\n" : "");
}

static void prepare_table(void)
{
	prepare_file("/proc/deques", O_RDONLY);
}

static void settle_table(bool done)
{
	assert_int_equal(strstr(text, "\n" NAME " 2 2 ") != NULL, done);
}

static void prepare_parameter(void)
{
	prepare_file("/sys/module/deque/parameters/max_messages", O_RDWR);
}

static long call_write_parameter(void)
{
	return write(fd, "77", 2);
}

static void settle_parameter(bool done)
{
	assert_true(pread(fd, text, sizeof(text) - 1, 0) > 0);
	assert_string_equal(text, done ? "77\n" : "65536\n");
	assert_int_equal(pwrite(fd, "65536", 5, 0), 5);
}

/* Another deque, which comes and goes. */

#define OTHER "other"
#define OTHER_NODE "/dev/deque/" OTHER

static int open_other(void)
{
	int other = open(OTHER_NODE, O_RDWR | O_CLOEXEC);

	assert_true(other >= 0);
	return other;
}

static void assert_no_other(void)
{
	assert_fails(ENOENT, access(OTHER_NODE, F_OK));
	assert_fails(ENOENT, access("/sys/class/deque/" OTHER, F_OK));
	/* Where the node is if the kernel is not told our folder. */
	assert_fails(ENOENT, access("/dev/" OTHER, F_OK));
}

static long call_create(void)
{
	struct deque_create argument = { .size = sizeof(argument),
					 .name = OTHER };

	return ioctl(fd, DEQUE_CREATE, &argument);
}

static void settle_create(bool done)
{
	int other;

	if (done) {
		other = open_other();
		put(other, "works");
		expect(other, "works");
		close(other);
		assert_int_equal(destroy(OTHER, 0), 0);
	}
	assert_no_other();
}

static void prepare_destroy(void)
{
	int other;

	prepare_control();
	assert_int_equal(create(OTHER, 0, 0, 0), 0);
	other = open_other();
	put(other, "third");
	put(other, "fourth");
	close(other);
}

static long call_destroy(void)
{
	struct deque_destroy argument = { .size = sizeof(argument),
					  .flags = DEQUE_FORCE,
					  .name = OTHER };

	return ioctl(fd, DEQUE_DESTROY, &argument);
}

static void settle_destroy(bool done)
{
	int other;

	if (!done) {
		other = open_other();
		expect(other, "third");
		expect(other, "fourth");
		expect_empty(other);
		close(other);
		assert_int_equal(destroy(OTHER, 0), 0);
	}
	assert_no_other();
}

/* The same while somebody waits in it. */

static pthread_t waiter;
static int waiter_error;

static void *wait_in_other(void *unused)
{
	int other = open(OTHER_NODE, O_RDONLY | O_CLOEXEC);
	char byte;

	waiter_error = read(other, &byte, 1) < 0 ? errno : 0;
	close(other);
	return unused;
}

static void prepare_destroy_waited(void)
{
	int other;

	prepare_control();
	assert_int_equal(create(OTHER, 0, 0, 0), 0);
	other = open_other();
	assert_int_equal(pthread_create(&waiter, NULL, wait_in_other, NULL), 0);
	await_takers(other, 1);
	close(other);
}

static void settle_destroy_waited(bool done)
{
	int other;

	if (!done) {
		other = open_other();
		assert_int_equal(get(other).takers, 1);
		close(other);
		assert_int_equal(destroy(OTHER, DEQUE_FORCE), 0);
	}
	assert_int_equal(pthread_join(waiter, NULL), 0);
	assert_int_equal(waiter_error, ENODEV);
	assert_no_other();
}

/* The table. */

static const struct row rows[] = {
	{ ROW("open", call_open, SLAB | USERCOPY) },
	{ ROW("open control", call_open_control, SLAB | USERCOPY) },
	{ ROW("close", call_close, 0), .prepare = prepare_close,
	  .settle = settle_close },
	{ ROW("poll", call_poll, SLAB | PAGE | USERCOPY) },
	{ ROW("epoll_ctl", call_epoll_ctl, SLAB | USERCOPY),
	  .prepare = prepare_epoll, .settle = settle_epoll },
	{ ROW("fcntl, O_ASYNC", call_sigio, SLAB), .prepare = prepare_sigio,
	  .settle = settle_sigio },
	{ ROW("DEQUE_GET", call_get, USERCOPY), .settle = settle_get },
	{ ROW("DEQUE_SET", call_set, USERCOPY), .settle = settle_set },
	{ ROW("FIONREAD", call_fionread, 0), .settle = settle_fionread },
	{ ROW("read in sysfs", call_read, SLAB | USERCOPY),
	  .prepare = prepare_attribute, .settle = settle_attribute },
	{ ROW("read /proc/deques", call_read, SLAB | USERCOPY),
	  .prepare = prepare_table, .settle = settle_table },
	{ ROW("write a parameter", call_write_parameter, SLAB | USERCOPY),
	  .prepare = prepare_parameter, .settle = settle_parameter },
	{ ROW("DEQUE_CREATE", call_create, SLAB | USERCOPY | MEMORY),
	  .prepare = prepare_control, .settle = settle_create },
	{ ROW("DEQUE_DESTROY", call_destroy, SLAB | USERCOPY),
	  .prepare = prepare_destroy, .settle = settle_destroy },
	{ ROW("DEQUE_DESTROY, waited in", call_destroy, SLAB | USERCOPY),
	  .prepare = prepare_destroy_waited, .settle = settle_destroy_waited },
};

static void run(void **state)
{
	row = *state;
	sweep_run(&row->sweep);
}

static int finish(void **state)
{
	destroy(OTHER, DEQUE_FORCE);
	return end_full(state);
}

int main(int argc, char **argv)
{
	sigemptyset(&sigio);
	sigaddset(&sigio, SIGIO);
	pthread_sigmask(SIG_BLOCK, &sigio, NULL);
	return sweep_table(argc, argv, rows, sizeof(rows) / sizeof(rows[0]),
			   sizeof(rows[0]), run, finish);
}
