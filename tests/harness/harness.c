// SPDX-License-Identifier: GPL-2.0-only
/*
 * See harness.h.
 */
#include "harness.h"

#include <linux/userfaultfd.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>

#define TIME_LIMIT_S 600

static int opened[64];
static unsigned int opened_count;

/*
 * The end of the program, not of the test alone: threads may still be at work
 * on its stack.
 */
static void time_is_up(int signal)
{
	static const char why[] = "Bail out! a test did not end in time\n";

	(void)signal;
	if (write(STDOUT_FILENO, why, sizeof(why) - 1) > 0)
		_exit(1);
	_exit(2);
}

int begin(void **state)
{
	struct sigaction action = { .sa_handler = time_is_up };

	(void)state;
	/* The output has to be out when a test takes the program down. */
	setvbuf(stdout, NULL, _IOLBF, 0);
	sigaction(SIGALRM, &action, NULL);
	alarm(TIME_LIMIT_S);
	return create(NAME, MAX_MESSAGES, MAX_BYTES, MAX_SIZE);
}

int end(void **state)
{
	int ret;

	(void)state;
	ret = destroy(NAME, DEQUE_FORCE);
	while (opened_count)
		close(opened[--opened_count]);
	alarm(0);
	return ret == -ENOENT ? 0 : ret;
}

bool debug_kernel(void)
{
	return access("/sys/kernel/debug/fail_usercopy", F_OK) == 0;
}

int control(unsigned long command, void *argument)
{
	int fd = open("/dev/deque/control", O_RDWR | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return -errno;
	ret = ioctl(fd, command, argument) < 0 ? -errno : 0;
	close(fd);
	return ret;
}

int create(const char *name, uint32_t messages, uint64_t bytes, uint32_t size)
{
	struct deque_create argument = {
		.size = sizeof(argument),
		.limits = { .max_messages = messages,
			    .max_message_size = size,
			    .max_bytes = bytes },
	};

	snprintf(argument.name, sizeof(argument.name), "%s", name);
	return control(DEQUE_CREATE, &argument);
}

int destroy(const char *name, uint32_t flags)
{
	struct deque_destroy argument = {
		.size = sizeof(argument),
		.flags = flags,
	};

	snprintf(argument.name, sizeof(argument.name), "%s", name);
	return control(DEQUE_DESTROY, &argument);
}

int open_deque(int flags)
{
	int fd = open(NODE, flags | O_CLOEXEC);

	assert_true(fd >= 0);
	assert_true(opened_count < sizeof(opened) / sizeof(opened[0]));
	opened[opened_count++] = fd;
	return fd;
}

void close_deque(int fd)
{
	unsigned int i = 0;

	while (i < opened_count && opened[i] != fd)
		i++;
	assert_true(i < opened_count);
	opened[i] = opened[--opened_count];
	assert_int_equal(close(fd), 0);
}

int batch(int fd, unsigned long command, struct deque_descriptor *messages,
	  unsigned int count, uint32_t flags)
{
	struct deque_batch argument = {
		.size = sizeof(argument),
		.flags = flags,
		.descriptors = (uintptr_t)messages,
		.count = count,
	};

	return ioctl(fd, command, &argument);
}

int batch_until(int fd, unsigned long command,
		struct deque_descriptor *messages, unsigned int count,
		uint32_t flags, int ms)
{
	struct deque_batch argument = {
		.size = sizeof(argument),
		.flags = flags | DEQUE_DEADLINE,
		.descriptors = (uintptr_t)messages,
		.count = count,
		.deadline_ns = now_ns() + ms * 1000000LL,
	};

	return ioctl(fd, command, &argument);
}

struct deque_descriptor describe(const void *data, size_t size)
{
	struct deque_descriptor descriptor;

	/* Members that are only returned start out as something that is wrong. */
	memset(&descriptor, 0xa5, sizeof(descriptor));
	descriptor.data = (uintptr_t)data;
	descriptor.size = size;
	descriptor.reserved = 0;
	return descriptor;
}

struct deque_info get(int fd)
{
	struct deque_info info = { .size = sizeof(info) };

	assert_int_equal(ioctl(fd, DEQUE_GET, &info), 0);
	return info;
}

int set(int fd, uint32_t messages, uint64_t bytes, uint32_t size)
{
	struct deque_set argument = {
		.size = sizeof(argument),
		.limits = { .max_messages = messages,
			    .max_message_size = size,
			    .max_bytes = bytes },
	};

	return ioctl(fd, DEQUE_SET, &argument);
}

void put(int fd, const char *text)
{
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
}

void put_all(int fd, const char *letters)
{
	for (; *letters; letters++)
		put(fd, (char[]){ *letters, '\0' });
}

void expect(int fd, const char *text)
{
	char message[256] = "";
	ssize_t size = read(fd, message, sizeof(message) - 1);

	if (size < 0)
		fail_msg("'%s' expected, got errno %d", text, errno);
	message[size] = '\0';
	assert_string_equal(message, text);
	assert_int_equal(size, strlen(text));
}

void expect_each(int fd, const char *letters)
{
	for (; *letters; letters++)
		expect(fd, (char[]){ *letters, '\0' });
}

void expect_empty(int fd)
{
	char byte;
	struct deque_descriptor descriptor = describe(&byte, 1);

	assert_fails(EAGAIN,
		     batch(fd, DEQUE_POP, &descriptor, 1, DEQUE_NOWAIT));
	assert_int_equal(get(fd).messages, 0);
	assert_int_equal(get(fd).bytes, 0);
}

unsigned long long control_value(const char *name)
{
	unsigned long long value;
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "/sys/class/deque/control/%s", name);
	file = fopen(path, "r");
	assert_non_null(file);
	assert_int_equal(fscanf(file, "%llu", &value), 1);
	fclose(file);
	return value;
}

bool write_file(const char *path, const char *text)
{
	ssize_t size = strlen(text);
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool written = fd >= 0 && write(fd, text, size) == size;

	if (fd >= 0)
		close(fd);
	return written;
}

void fill_memory(int fd)
{
	static char message[16 << 20];
	ssize_t size = sizeof(message);

	assert_int_equal(set(fd, 0, DEQUE_BYTES_LIMIT,
			     DEQUE_MESSAGE_SIZE_LIMIT),
			 0);
	while (size) {
		if (write(fd, message, size) == size)
			continue;
		assert_int_equal(errno, EAGAIN);
		size /= 2;
	}
}

void await_takers(int fd, unsigned int count)
{
	while (get(fd).takers != count)
		sched_yield();
}

void await_senders(int fd, unsigned int count)
{
	while (get(fd).senders != count)
		sched_yield();
}

char *page_before_hole(void)
{
	long page = sysconf(_SC_PAGESIZE);
	char *pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_ptr_not_equal(pages, MAP_FAILED);
	assert_int_equal(mprotect(pages + page, page, PROT_NONE), 0);
	return pages;
}

void hang_begin(struct hang *hang)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register range = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	long page = sysconf(_SC_PAGESIZE);

	hang->page = mmap(NULL, page, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(hang->page, MAP_FAILED);
	hang->handler = syscall(SYS_userfaultfd, O_CLOEXEC);
	assert_true(hang->handler >= 0);
	assert_int_equal(ioctl(hang->handler, UFFDIO_API, &api), 0);
	range.range.start = (uintptr_t)hang->page;
	range.range.len = page;
	assert_int_equal(ioctl(hang->handler, UFFDIO_REGISTER, &range), 0);
}

void hang_await(const struct hang *hang)
{
	struct uffd_msg fault;

	assert_int_equal(read(hang->handler, &fault, sizeof(fault)),
			 sizeof(fault));
}

void hang_end(struct hang *hang)
{
	struct uffdio_range range = { .start = (uintptr_t)hang->page,
				      .len = sysconf(_SC_PAGESIZE) };

	assert_int_equal(munmap(hang->page, range.len), 0);
	assert_int_equal(ioctl(hang->handler, UFFDIO_WAKE, &range), 0);
	close(hang->handler);
}
