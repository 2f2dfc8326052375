// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module loaded and unloaded a hundred times, in peace and while others open
 * its nodes: it goes as soon as nobody uses it, it stays as long as somebody does,
 * and it leaves nothing behind.
 */
#include "harness.h"
#include "memory.h"
#include "module.h"

#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define OPENERS 2
#define TIME_LIMIT_S 1200

static unsigned int reloads;

static void assert_gone(void)
{
	static const char *const traces[] = { "/dev/deque", "/proc/deques",
					      "/sys/class/deque",
					      "/sys/module/deque" };

	for (size_t i = 0; i < sizeof(traces) / sizeof(traces[0]); i++) {
		if (!access(traces[i], F_OK))
			fail_msg("%s is still there", traces[i]);
	}
}

static void load_use_unload(void)
{
	int fd;

	assert_int_equal(module_load("deques=a,b"), 0);
	assert_int_equal(create("c", 0, 0, 0), 0);
	fd = open("/dev/deque/c", O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	put(fd, "one");
	put(fd, "two");
	assert_fails(EWOULDBLOCK, module_unload());
	expect(fd, "one");
	close(fd);
	/* The memory of the message would be gone with the module. */
	assert_fails(EWOULDBLOCK, module_unload());
	fd = open("/dev/deque/c", O_RDWR | O_CLOEXEC);
	expect(fd, "two");
	close(fd);
	assert_int_equal(module_unload(), 0);
	assert_gone();
}

static void leaves_nothing_behind(void **state)
{
	long long before;

	(void)state;
	load_use_unload();
	before = kernel_memory();
	for (unsigned int i = 0; i < reloads; i++)
		load_use_unload();
	assert_memory_returns(before);
}

/* The errors that a process may find which comes at any time. */
static bool usual(int error)
{
	return error == ENOENT || error == ENXIO || error == ENODEV;
}

/* In a process of its own, until it is killed; ends with an errno that is wrong. */
static void open_all_the_time(uint64_t *opened)
{
	struct deque_create argument = { .size = sizeof(argument),
					 .name = "c" };

	for (;;) {
		int fd = open("/dev/deque/a", O_RDWR);
		int control = open("/dev/deque/control", O_RDWR);
		char byte;

		if ((fd < 0 || control < 0) && !usual(errno))
			_exit(errno);
		if (fd >= 0) {
			if (write(fd, "x", 1) != 1 || read(fd, &byte, 1) != 1)
				_exit(errno);
			(*opened)++;
		}
		if (control >= 0) {
			if (ioctl(control, DEQUE_CREATE, &argument) &&
			    errno != EEXIST)
				_exit(errno);
		}
		close(fd);
		close(control);
		/* The other's turn. */
		sched_yield();
	}
}

static void goes_while_others_open_it(void **state)
{
	unsigned int unloaded = 0, refused = 0;
	pid_t openers[OPENERS];
	uint64_t *opened;
	int status;

	(void)state;
	opened = mmap(NULL, sizeof(*opened) * OPENERS, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(opened, MAP_FAILED);
	for (int i = 0; i < OPENERS; i++) {
		openers[i] = fork();
		if (!openers[i])
			open_all_the_time(&opened[i]);
	}
	while (unloaded < reloads) {
		uint64_t seen = opened[unloaded % OPENERS];

		assert_int_equal(module_load("deques=a"), 0);
		/* Somebody was in. */
		while (opened[unloaded % OPENERS] == seen)
			sched_yield();
		while (module_unload()) {
			assert_int_equal(errno, EWOULDBLOCK);
			refused++;
			sched_yield();
		}
		assert_gone();
		unloaded++;
	}
	for (int i = 0; i < OPENERS; i++) {
		assert_int_equal(kill(openers[i], SIGKILL), 0);
		assert_int_equal(waitpid(openers[i], &status, 0), openers[i]);
		assert_true(WIFSIGNALED(status));
	}
	print_message("# in use %u times, opened %llu times\n", refused,
		      (unsigned long long)(opened[0] + opened[1]));
	munmap(opened, sizeof(*opened) * OPENERS);
}

static int setup(void **state)
{
	(void)state;
	/* With CONFIG_DEBUG_KOBJECT_RELEASE each takes seconds. */
	reloads = debug_kernel() ? 10 : 100;
	module_find();
	module_ensure_unloaded();
	alarm(TIME_LIMIT_S);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaves_nothing_behind),
		cmocka_unit_test(goes_while_others_open_it),
	};

	return cmocka_run_group_tests_name("reload", tests, setup,
					   module_restore);
}
