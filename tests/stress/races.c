// SPDX-License-Identifier: GPL-2.0-only
/*
 * Deques that are made and destroyed all the time while others open, use and look
 * at them: each call does what it says or fails with an error that fits, whoever
 * opens a node gets the deque of that name, and nothing is left in the end.
 */
#include "harness.h"
#include "memory.h"

#include <dirent.h>
#include <sys/mman.h>
#include <sys/wait.h>

#define NAMES 3
#define ROUNDS 2000
#define DEBUG_ROUNDS 300
#define TIME_LIMIT_S 1200

static struct shared {
	bool end;
	/* How often it got as far as there. */
	uint64_t made, destroyed, busy, in_use, looked;
} * shared;

static unsigned int rounds;

/* In the processes: cmocka is for the first one. */
#define REQUIRE(condition)                                                \
	do {                                                              \
		if (!(condition)) {                                       \
			fprintf(stderr, "# %d: %s: errno %d\n", __LINE__, \
				#condition, errno);                       \
			_exit(1);                                         \
		}                                                         \
	} while (0)

static void add(uint64_t *count)
{
	__atomic_add_fetch(count, 1, __ATOMIC_RELAXED);
}

static void pick(char *name, size_t size)
{
	snprintf(name, size, "race-%d", rand() % NAMES);
}

static void make_and_destroy(void)
{
	char name[16];
	int ret;

	for (unsigned int i = 0; i < rounds; i++) {
		pick(name, sizeof(name));
		ret = create(name, 4, 0, 0);
		REQUIRE(!ret || ret == -EEXIST);
		if (!ret)
			add(&shared->made);
		pick(name, sizeof(name));
		ret = destroy(name, rand() % 4 ? DEQUE_FORCE : 0);
		REQUIRE(!ret || ret == -ENOENT || ret == -EBUSY);
		if (!ret)
			add(&shared->destroyed);
		else if (ret == -EBUSY)
			add(&shared->busy);
	}
}

/* Destroyed, or not ready to. */
static bool usual(int error)
{
	return error == ENODEV || error == EAGAIN;
}

static void use(int fd, const char *name)
{
	struct deque_info info = { .size = sizeof(info) };
	struct pollfd poller = { .fd = fd, .events = POLLIN | POLLOUT };
	char text[16];
	ssize_t size;

	if (ioctl(fd, DEQUE_GET, &info))
		REQUIRE(errno == ENODEV);
	else
		REQUIRE(!strcmp(info.name, name));
	size = write(fd, name, strlen(name) + 1);
	REQUIRE(size == (ssize_t)strlen(name) + 1 || usual(errno));
	REQUIRE(!fcntl(fd, F_SETFL, O_NONBLOCK | O_ASYNC));
	REQUIRE(poll(&poller, 1, 0) >= 0);
	size = read(fd, text, sizeof(text));
	/* Of another one's messages none gets in here. */
	REQUIRE(size > 0 ? !strcmp(text, name) : usual(errno));
	add(&shared->in_use);
}

static void open_and_use(void)
{
	char name[16], path[32];
	int fd;

	while (!shared->end) {
		pick(name, sizeof(name));
		snprintf(path, sizeof(path), "/dev/deque/%s", name);
		fd = open(path, O_RDWR | O_NONBLOCK);
		REQUIRE(fd >= 0 || errno == ENOENT || errno == ENXIO ||
			errno == ENODEV);
		if (fd < 0)
			continue;
		use(fd, name);
		close(fd);
	}
}

/* Blocks in it until that is over, one way or the other. */
static void take_and_block(void)
{
	char name[16], path[32], text[16];
	ssize_t size;
	int fd;

	while (!shared->end) {
		pick(name, sizeof(name));
		snprintf(path, sizeof(path), "/dev/deque/%s", name);
		fd = open(path, O_RDONLY);
		if (fd < 0)
			continue;
		size = read(fd, text, sizeof(text));
		REQUIRE(size > 0 ? !strcmp(text, name) : errno == ENODEV);
		close(fd);
		add(&shared->in_use);
	}
}

static void read_all(const char *path)
{
	char text[512];
	ssize_t size;
	int fd = open(path, O_RDONLY);

	REQUIRE(fd >= 0 || errno == ENOENT || errno == ENODEV);
	if (fd < 0)
		return;
	do
		size = read(fd, text, sizeof(text));
	while (size > 0);
	REQUIRE(!size || errno == ENODEV);
	close(fd);
}

static void read_attributes(const char *name)
{
	char path[512];
	struct dirent *entry;
	DIR *folder;

	snprintf(path, sizeof(path), "/sys/class/deque/%s", name);
	folder = opendir(path);
	REQUIRE(folder || errno == ENOENT);
	while (folder && (entry = readdir(folder))) {
		if (entry->d_type != DT_REG)
			continue;
		snprintf(path, sizeof(path), "/sys/class/deque/%s/%s", name,
			 entry->d_name);
		if (strcmp(entry->d_name, "uevent"))
			read_all(path);
	}
	if (folder)
		closedir(folder);
}

static void look(void)
{
	char name[16];

	while (!shared->end) {
		pick(name, sizeof(name));
		read_all("/proc/deques");
		read_attributes(name);
		add(&shared->looked);
	}
}

static pid_t start(void (*run)(void))
{
	unsigned int seed = rand();
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		srand(seed);
		run();
		_exit(0);
	}
	return pid;
}

static void await(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

/* Blocked callers leave when there is no deque. */
static void destroy_all(void)
{
	char name[16];

	for (int i = 0; i < NAMES; i++) {
		snprintf(name, sizeof(name), "race-%d", i);
		destroy(name, DEQUE_FORCE);
	}
}

static void run_all(void)
{
	pid_t makers[2] = { start(make_and_destroy), start(make_and_destroy) };
	pid_t others[] = { start(open_and_use), start(open_and_use),
			   start(take_and_block), start(look) };

	await(makers[0]);
	await(makers[1]);
	shared->end = true;
	destroy_all();
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		await(others[i]);
	shared->end = false;
}

static void assert_nothing_left(void)
{
	char line[256];
	FILE *file = fopen("/proc/deques", "r");

	assert_non_null(file);
	while (fgets(line, sizeof(line), file))
		assert_null(strstr(line, "race-"));
	fclose(file);
	for (int i = 0; i < NAMES; i++) {
		snprintf(line, sizeof(line), "/dev/deque/race-%d", i);
		assert_int_equal(access(line, F_OK), -1);
		snprintf(line, sizeof(line), "/sys/class/deque/race-%d", i);
		assert_int_equal(access(line, F_OK), -1);
	}
}

static void deques_come_and_go_while_they_are_used(void **state)
{
	const char *given = getenv("SEED");
	unsigned int seed = given ? strtoul(given, NULL, 0)
				  : (unsigned int)now_ns();
	long long before;

	(void)state;
	alarm(TIME_LIMIT_S);
	print_message("# SEED=%u\n", seed);
	srand(seed);
	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(shared, MAP_FAILED);
	rounds = 50;
	run_all();
	before = kernel_memory();
	rounds = debug_kernel() ? DEBUG_ROUNDS : ROUNDS;
	run_all();
	assert_nothing_left();
	print_message(
		"# made %lu, destroyed %lu, busy %lu, used %lu, looked at %lu\n",
		shared->made, shared->destroyed, shared->busy, shared->in_use,
		shared->looked);
	/* Or it would be no race; more than half find the name in use. */
	assert_true(shared->made > rounds / 2);
	assert_true(shared->destroyed > rounds / 2);
	assert_true(shared->busy && shared->in_use && shared->looked);
	assert_memory_returns(before);
	munmap(shared, sizeof(*shared));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(deques_come_and_go_while_they_are_used),
	};

	return cmocka_run_group_tests_name("races", tests, NULL, NULL);
}
