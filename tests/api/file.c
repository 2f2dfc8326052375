// SPDX-License-Identifier: GPL-2.0-only
/*
 * /dev/deque/NAME as a file: open, read, write, seek, map, poll, SIGIO,
 * io_uring.
 */
#include "harness.h"

#include <liburing.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>

static void boundaries_and_order_are_kept(void **state)
{
	int fd = open_deque(O_RDWR);

	(void)state;
	put(fd, "one");
	put(fd, "twotwo");
	put(fd, "3");
	expect(fd, "one");
	expect(fd, "twotwo");
	expect(fd, "3");
	expect_empty(fd);
}

static void all_byte_values_survive(void **state)
{
	unsigned char in[256], out[512];
	int fd = open_deque(O_RDWR);

	(void)state;
	for (int i = 0; i < 256; i++)
		in[i] = i;
	memset(out, 0xa5, sizeof(out));
	assert_int_equal(write(fd, in, sizeof(in)), sizeof(in));
	assert_int_equal(read(fd, out, sizeof(out)), sizeof(in));
	assert_memory_equal(in, out, sizeof(in));
	assert_int_equal(out[256], 0xa5);
}

static void writev_makes_one_message(void **state)
{
	struct iovec parts[] = { { "ab", 2 }, { "", 0 }, { "cde", 3 } };
	int fd = open_deque(O_RDWR);

	(void)state;
	assert_int_equal(writev(fd, parts, 3), 5);
	expect(fd, "abcde");
}

static void readv_scatters_one_message(void **state)
{
	char first[2], second[8] = "";
	struct iovec parts[] = { { first, 2 }, { second, 7 } };
	int fd = open_deque(O_RDWR);

	(void)state;
	put(fd, "abcde");
	put(fd, "next");
	assert_int_equal(readv(fd, parts, 2), 5);
	assert_memory_equal(first, "ab", 2);
	assert_string_equal(second, "cde");
	expect(fd, "next");
}

static void sizes_at_the_limits(void **state)
{
	static char big[MAX_SIZE + 1];
	int fd = open_deque(O_RDWR);

	(void)state;
	assert_fails(EINVAL, write(fd, big, 0));
	assert_fails(EMSGSIZE, write(fd, big, MAX_SIZE + 1));
	assert_int_equal(get(fd).pushed, 0);
	assert_int_equal(write(fd, big, 1), 1);
	assert_int_equal(write(fd, big, MAX_SIZE), MAX_SIZE);
	assert_int_equal(read(fd, big, MAX_SIZE), 1);
	assert_int_equal(read(fd, big, MAX_SIZE), MAX_SIZE);
}

static void short_buffer_leaves_the_message(void **state)
{
	char buffer[4];
	int fd = open_deque(O_RDWR);
	int size = -1;

	(void)state;
	put(fd, "12345");
	put(fd, "6");
	assert_fails(EMSGSIZE, read(fd, buffer, 4));
	assert_int_equal(ioctl(fd, FIONREAD, &size), 0);
	assert_int_equal(size, 5);
	assert_int_equal(read(fd, buffer, 0), 0);
	expect(fd, "12345");
	expect(fd, "6");
}

static void fionread_tells_the_next_size(void **state)
{
	int fd = open_deque(O_RDWR);
	int size = -1;

	(void)state;
	assert_int_equal(ioctl(fd, FIONREAD, &size), 0);
	assert_int_equal(size, 0);
	put(fd, "123");
	put(fd, "4567");
	assert_int_equal(ioctl(fd, FIONREAD, &size), 0);
	assert_int_equal(size, 3);
	assert_fails(EFAULT, ioctl(fd, FIONREAD, NULL));
	assert_fails(EBADF, ioctl(open_deque(O_WRONLY), FIONREAD, &size));
}

/* Hidden from the compiler, which would complain. */
static void *volatile bad_pointer;

static void faulting_read_leaves_the_message_where_it_was(void **state)
{
	char *pages = page_before_hole();
	long page = sysconf(_SC_PAGESIZE);
	int fd = open_deque(O_RDWR);

	(void)state;
	put(fd, "first");
	put(fd, "second");
	assert_fails(EFAULT, read(fd, bad_pointer, 100));
	assert_fails(EFAULT, read(fd, pages + page - 2, 100));
	assert_int_equal(get(fd).ready, 2);
	assert_int_equal(get(fd).popped, 0);
	expect(fd, "first");
	expect(fd, "second");
	expect_empty(fd);
}

static void faulting_write_puts_nothing(void **state)
{
	char *pages = page_before_hole();
	long page = sysconf(_SC_PAGESIZE);
	int fd = open_deque(O_RDWR);

	(void)state;
	assert_fails(EFAULT, write(fd, bad_pointer, 100));
	assert_fails(EFAULT, write(fd, pages + page - 2, 4));
	assert_int_equal(get(fd).pushed, 0);
	expect_empty(fd);
}

static void nonblocking_calls_do_not_wait(void **state)
{
	int fd = open_deque(O_RDWR | O_NONBLOCK);
	char byte;

	(void)state;
	assert_fails(EAGAIN, read(fd, &byte, 1));
	assert_int_equal(set(fd, 2, 0, 0), 0);
	put(fd, "1");
	put(fd, "2");
	assert_fails(EAGAIN, write(fd, "3", 1));
	expect(fd, "1");
	put(fd, "3");
}

static void rwf_nowait_is_honoured(void **state)
{
	int fd = open_deque(O_RDWR);
	char byte;
	struct iovec part = { &byte, 1 };

	(void)state;
	assert_fails(EAGAIN, preadv2(fd, &part, 1, -1, RWF_NOWAIT));
	assert_int_equal(set(fd, 1, 0, 0), 0);
	assert_int_equal(pwritev2(fd, &part, 1, -1, RWF_NOWAIT), 1);
	assert_fails(EAGAIN, pwritev2(fd, &part, 1, -1, RWF_NOWAIT));
	assert_int_equal(preadv2(fd, &part, 1, -1, RWF_NOWAIT), 1);
}

static void there_is_no_position_and_no_map(void **state)
{
	int fd = open_deque(O_RDWR);
	char byte = 0;

	(void)state;
	assert_fails(ESPIPE, lseek(fd, 0, SEEK_SET));
	assert_fails(ESPIPE, pread(fd, &byte, 1, 0));
	assert_fails(ESPIPE, pwrite(fd, &byte, 1, 0));
	errno = 0;
	assert_ptr_equal(mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0),
			 MAP_FAILED);
	assert_int_equal(errno, ENODEV);
}

static void open_mode_is_respected(void **state)
{
	int reader = open_deque(O_RDONLY);
	int writer = open_deque(O_WRONLY);
	char byte;

	(void)state;
	assert_fails(EBADF, write(reader, "x", 1));
	assert_fails(EBADF, read(writer, &byte, 1));
	put(writer, "x");
	expect(reader, "x");
}

static int events(int fd)
{
	struct pollfd pollfd = { .fd = fd, .events = POLLIN | POLLOUT };

	assert_in_range(poll(&pollfd, 1, 0), 0, 1);
	return pollfd.revents;
}

static void poll_tells_what_can_be_done(void **state)
{
	int fd = open_deque(O_RDWR);

	(void)state;
	assert_int_equal(set(fd, 2, 0, 0), 0);
	assert_int_equal(events(fd), POLLOUT);
	put(fd, "1");
	assert_int_equal(events(fd), POLLIN | POLLOUT);
	put(fd, "2");
	assert_int_equal(events(fd), POLLIN);
	assert_int_equal(events(open_deque(O_WRONLY)), 0);
	expect(fd, "1");
	assert_int_equal(events(open_deque(O_RDONLY)), POLLIN);
	assert_int_equal(events(open_deque(O_WRONLY)), POLLOUT);
}

/* Else whoever polls and then writes would spin. */
static void pollout_means_that_any_message_fits(void **state)
{
	static char big[MAX_SIZE];
	int fd = open_deque(O_RDWR | O_NONBLOCK);

	(void)state;
	assert_int_equal(set(fd, 0, MAX_SIZE, 0), 0);
	put(fd, "x");
	assert_int_equal(events(fd), POLLIN);
	assert_fails(EAGAIN, write(fd, big, sizeof(big)));
	expect(fd, "x");
	assert_int_equal(events(fd), POLLOUT);
	assert_int_equal(write(fd, big, sizeof(big)), sizeof(big));
}

static int epoll_of(int fd, uint32_t mask)
{
	struct epoll_event event = { .events = mask };
	int epoll = epoll_create1(EPOLL_CLOEXEC);

	assert_true(epoll >= 0);
	assert_int_equal(epoll_ctl(epoll, EPOLL_CTL_ADD, fd, &event), 0);
	return epoll;
}

static void epoll_edge_comes_with_each_message(void **state)
{
	int fd = open_deque(O_RDWR);
	int epoll = epoll_of(fd, EPOLLIN | EPOLLET);
	struct epoll_event event;

	(void)state;
	assert_int_equal(epoll_wait(epoll, &event, 1, 0), 0);
	for (int i = 0; i < 3; i++) {
		put(fd, "x");
		assert_int_equal(epoll_wait(epoll, &event, 1, 1000), 1);
		assert_int_equal(event.events, EPOLLIN);
		assert_int_equal(epoll_wait(epoll, &event, 1, 0), 0);
	}
	close(epoll);
}

/* Waits for room in a deque that has one message, and no more room. */
static int epoll_of_full(int fd)
{
	struct epoll_event event;
	int epoll;

	assert_int_equal(set(fd, 1, 0, 0), 0);
	put(fd, "x");
	epoll = epoll_of(fd, EPOLLOUT | EPOLLET);
	assert_int_equal(epoll_wait(epoll, &event, 1, 0), 0);
	return epoll;
}

static void epoll_edge_comes_when_there_is_room(void **state)
{
	int fd = open_deque(O_RDWR);
	int epoll = epoll_of_full(fd);
	struct epoll_event event;

	(void)state;
	expect(fd, "x");
	assert_int_equal(epoll_wait(epoll, &event, 1, 1000), 1);
	assert_int_equal(event.events, EPOLLOUT);
	close(epoll);
}

static void epoll_edge_comes_when_a_limit_is_raised(void **state)
{
	int fd = open_deque(O_RDWR);
	int epoll = epoll_of_full(fd);
	struct epoll_event event;

	(void)state;
	assert_int_equal(set(fd, 2, 0, 0), 0);
	assert_int_equal(epoll_wait(epoll, &event, 1, 0), 1);
	assert_int_equal(event.events, EPOLLOUT);
	close(epoll);
}

/* While it was being copied it was not there; who saw that has to be told. */
static void epoll_edge_comes_when_a_message_comes_back(void **state)
{
	int fd = open_deque(O_RDWR);
	int epoll = epoll_of(fd, EPOLLIN | EPOLLET);
	long page = sysconf(_SC_PAGESIZE);
	char *hole = page_before_hole();
	struct deque_descriptor message;
	struct epoll_event event;

	(void)state;
	put(fd, "x");
	assert_int_equal(epoll_wait(epoll, &event, 1, 0), 1);
	assert_int_equal(epoll_wait(epoll, &event, 1, 0), 0);
	assert_fails(EFAULT, read(fd, hole + page, 1));
	assert_int_equal(epoll_wait(epoll, &event, 1, 0), 1);
	assert_int_equal(event.events, EPOLLIN);
	message = describe(hole + page, 1);
	assert_fails(EFAULT, batch(fd, DEQUE_POP, &message, 1, 0));
	assert_int_equal(epoll_wait(epoll, &event, 1, 0), 1);
	expect(fd, "x");
	close(epoll);
	munmap(hole, 2 * page);
}

static volatile sig_atomic_t signals;
static volatile sig_atomic_t signal_band, signal_code;

static void count_signal(int number, siginfo_t *info, void *context)
{
	(void)number;
	(void)context;
	signals++;
	signal_band = info->si_band;
	signal_code = info->si_code;
}

/* It watches for messages or for room, and is told of the end. */
static void expect_hangup(int mode)
{
	int watched = open_deque(mode);

	assert_int_equal(fcntl(watched, F_SETOWN, getpid()), 0);
	assert_int_equal(fcntl(watched, F_SETSIG, SIGRTMIN), 0);
	assert_int_equal(fcntl(watched, F_SETFL, O_ASYNC), 0);
	signals = 0;
	assert_int_equal(destroy(NAME, DEQUE_FORCE), 0);
	assert_int_equal(signals, 1);
	assert_int_equal(signal_code, POLL_HUP);
	assert_int_equal(signal_band & POLLHUP, POLLHUP);
	assert_int_equal(create(NAME, 0, 0, 0), 0);
}

static void sigio_announces_the_end(void **state)
{
	struct sigaction action = { .sa_sigaction = count_signal,
				    .sa_flags = SA_SIGINFO };

	(void)state;
	sigaction(SIGRTMIN, &action, NULL);
	expect_hangup(O_RDONLY);
	expect_hangup(O_WRONLY);
}

static void expect_signal(long band)
{
	assert_int_equal(signals, 1);
	assert_true(signal_band & band);
	signals = 0;
}

static void sigio_announces_messages_and_room(void **state)
{
	struct sigaction action = { .sa_sigaction = count_signal,
				    .sa_flags = SA_SIGINFO };
	int fd = open_deque(O_RDWR);
	int watched = open_deque(O_RDWR);

	(void)state;
	assert_int_equal(set(fd, 1, 0, 0), 0);
	sigaction(SIGRTMIN, &action, NULL);
	assert_int_equal(fcntl(watched, F_SETOWN, getpid()), 0);
	assert_int_equal(fcntl(watched, F_SETSIG, SIGRTMIN), 0);
	assert_int_equal(fcntl(watched, F_SETFL, O_ASYNC), 0);
	put(fd, "x");
	expect_signal(POLLIN);
	expect(fd, "x");
	expect_signal(POLLOUT);
	assert_int_equal(fcntl(watched, F_SETFL, 0), 0);
	put(fd, "x");
	assert_int_equal(signals, 0);
}

static void destroyed_deque_says_so(void **state)
{
	int fd = open_deque(O_RDWR);
	struct deque_info info = { .size = sizeof(info) };
	struct deque_descriptor descriptor;
	char byte = 0;
	int size;

	(void)state;
	put(fd, "x");
	assert_int_equal(destroy(NAME, DEQUE_FORCE), 0);
	descriptor = describe(&byte, 1);
	assert_fails(ENODEV, read(fd, &byte, 1));
	assert_fails(ENODEV, write(fd, &byte, 1));
	assert_fails(ENODEV, batch(fd, DEQUE_PUSH, &descriptor, 1, 0));
	assert_fails(ENODEV, batch(fd, DEQUE_POP, &descriptor, 1, 0));
	assert_fails(ENODEV, ioctl(fd, DEQUE_GET, &info));
	assert_fails(ENODEV, set(fd, 1, 0, 0));
	assert_fails(ENODEV, ioctl(fd, FIONREAD, &size));
	assert_int_equal(events(fd) & (POLLHUP | POLLERR), POLLHUP | POLLERR);
	assert_fails(ENOENT, open(NODE, O_RDONLY));
	/* The name is free again, and the old file stays what it was. */
	assert_int_equal(create(NAME, 0, 0, 0), 0);
	put(open_deque(O_WRONLY), "new");
	assert_fails(ENODEV, read(fd, &byte, 1));
}

static void *list_into_hanging_page(void *argument)
{
	const struct hang *hang = argument;
	int folder = open("/dev/deque", O_RDONLY | O_DIRECTORY);

	syscall(SYS_getdents64, folder, hang->page, sysconf(_SC_PAGESIZE));
	close(folder);
	return NULL;
}

static void *destroy_it(void *argument)
{
	*(_Atomic int *)argument = destroy(NAME, DEQUE_FORCE);
	return NULL;
}

/* Listing the folder keeps the node from being removed, so it takes long. */
static void deque_that_is_being_destroyed_cannot_be_opened(void **state)
{
	int fd = open_deque(O_RDWR), node = open(NODE, O_PATH);
	struct pollfd poller = { .fd = fd };
	_Atomic int destroyed = 1;
	pthread_t lister, destroyer;
	int again, error, ended;
	struct hang hang;
	char path[32];

	(void)state;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", node);
	hang_begin(&hang);
	assert_int_equal(pthread_create(&lister, NULL, list_into_hanging_page,
					&hang),
			 0);
	hang_await(&hang);
	assert_int_equal(pthread_create(&destroyer, NULL, destroy_it,
					&destroyed),
			 0);
	assert_int_equal(poll(&poller, 1, -1), 1);
	again = open(path, O_RDWR);
	error = errno;
	ended = !destroyed;
	hang_end(&hang);
	assert_int_equal(pthread_join(lister, NULL), 0);
	assert_int_equal(pthread_join(destroyer, NULL), 0);
	assert_true(poller.revents & POLLHUP);
	assert_int_equal(again, -1);
	assert_int_equal(error, ENODEV);
	assert_false(ended);
	assert_int_equal(destroyed, 0);
	assert_fails(ENODEV, open(path, O_RDWR));
	close(node);
}

static int submit(struct io_uring *ring, struct io_uring_sqe *sqe)
{
	struct io_uring_cqe *cqe;
	int ret;

	(void)sqe;
	assert_int_equal(io_uring_submit(ring), 1);
	assert_int_equal(io_uring_wait_cqe(ring, &cqe), 0);
	ret = cqe->res;
	io_uring_cqe_seen(ring, cqe);
	return ret;
}

static void io_uring_reads_writes_and_polls(void **state)
{
	int fd = open_deque(O_RDWR);
	struct io_uring_cqe *cqe;
	struct io_uring_sqe *sqe;
	struct io_uring ring;
	char buffer[16] = "";

	(void)state;
	assert_int_equal(io_uring_queue_init(4, &ring, 0), 0);
	sqe = io_uring_get_sqe(&ring);
	io_uring_prep_write(sqe, fd, "ring", 4, 0);
	assert_int_equal(submit(&ring, sqe), 4);
	sqe = io_uring_get_sqe(&ring);
	io_uring_prep_poll_add(sqe, fd, POLLIN);
	assert_true(submit(&ring, sqe) & POLLIN);
	sqe = io_uring_get_sqe(&ring);
	io_uring_prep_read(sqe, fd, buffer, sizeof(buffer), 0);
	assert_int_equal(submit(&ring, sqe), 4);
	assert_string_equal(buffer, "ring");

	/* A read that has to wait completes when a message comes. */
	sqe = io_uring_get_sqe(&ring);
	io_uring_prep_read(sqe, fd, buffer, sizeof(buffer), 0);
	assert_int_equal(io_uring_submit(&ring), 1);
	assert_int_equal(io_uring_peek_cqe(&ring, &cqe), -EAGAIN);
	put(fd, "later");
	assert_int_equal(io_uring_wait_cqe(&ring, &cqe), 0);
	assert_int_equal(cqe->res, 5);
	io_uring_cqe_seen(&ring, cqe);
	assert_memory_equal(buffer, "later", 5);
	io_uring_queue_exit(&ring);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(boundaries_and_order_are_kept),
		TEST(all_byte_values_survive),
		TEST(writev_makes_one_message),
		TEST(readv_scatters_one_message),
		TEST(sizes_at_the_limits),
		TEST(short_buffer_leaves_the_message),
		TEST(fionread_tells_the_next_size),
		TEST(faulting_read_leaves_the_message_where_it_was),
		TEST(faulting_write_puts_nothing),
		TEST(nonblocking_calls_do_not_wait),
		TEST(rwf_nowait_is_honoured),
		TEST(there_is_no_position_and_no_map),
		TEST(open_mode_is_respected),
		TEST(poll_tells_what_can_be_done),
		TEST(pollout_means_that_any_message_fits),
		TEST(epoll_edge_comes_with_each_message),
		TEST(epoll_edge_comes_when_there_is_room),
		TEST(epoll_edge_comes_when_a_limit_is_raised),
		TEST(epoll_edge_comes_when_a_message_comes_back),
		TEST(sigio_announces_messages_and_room),
		TEST(sigio_announces_the_end),
		TEST(destroyed_deque_says_so),
		TEST(deque_that_is_being_destroyed_cannot_be_opened),
		TEST(io_uring_reads_writes_and_polls),
	};

	return cmocka_run_group_tests_name("file", tests, NULL, NULL);
}
