// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory of all deques together: what anybody can make the kernel hold is
 * counted, and is bounded, whatever call it waits in.
 */
#include "cost.h"
#include "harness.h"
#include "lease.h"
#include "process.h"

#include <pthread.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#define MIB (1 << 20)
#define PARAMETERS "/sys/module/deque/parameters/"
#define USER 1000

static char large[16 * MIB];

static long long available(void)
{
	long long kib = -1;
	char line[128];
	FILE *file = fopen("/proc/meminfo", "r");

	assert_non_null(file);
	while (kib < 0 && fgets(line, sizeof(line), file))
		sscanf(line, "MemAvailable: %lld", &kib);
	fclose(file);
	return kib * 1024;
}

/* Runs it in children of an ordinary user, who have the file open already. */
static void as_user(int fd, unsigned int count, pid_t *children,
		    void (*run)(int fd))
{
	for (unsigned int i = 0; i < count; i++) {
		children[i] = fork();
		assert_true(children[i] >= 0);
		if (children[i])
			continue;
		if (setuid(USER))
			_exit(99);
		run(fd);
		_exit(0);
	}
}

static void end_children(const pid_t *children, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		kill(children[i], SIGKILL);
		waitpid(children[i], NULL, 0);
	}
}

static void write_large(int fd)
{
	if (write(fd, large, sizeof(large)) < 0)
		_exit(errno);
}

static void push_many(int fd)
{
	struct deque_descriptor messages[DEQUE_BATCH_MAX];

	for (int i = 0; i < DEQUE_BATCH_MAX; i++)
		messages[i] = describe(large, 64 << 10);
	if (batch(fd, DEQUE_PUSH, messages, DEQUE_BATCH_MAX, 0) < 0)
		_exit(errno);
}

#define SENDERS 80

/* 1.3 GB of messages wait here, in a machine of 2 GB; they are not in the kernel. */
static void who_waits_for_room_holds_no_memory(void **state)
{
	void (*const ways[])(int) = { write_large, push_many };
	const unsigned int count = debug_kernel() ? SENDERS / 8 : SENDERS;
	int fd = open_deque(O_RDWR);
	pid_t children[SENDERS];
	unsigned long long before;
	long long was;

	(void)state;
	assert_int_equal(set(fd, 1, 64 * MIB, sizeof(large)), 0);
	put(fd, "x");
	for (unsigned int way = 0; way < 2; way++) {
		before = control_value("message_bytes");
		was = available();
		as_user(fd, count, children, ways[way]);
		await_senders(fd, count);
		assert_int_equal(control_value("message_bytes"), before);
		assert_true(control_value("total_bytes") <=
			    control_value("max_total_bytes"));
		/* A process has a stack, page tables, and what it wrote to. */
		if (!debug_kernel())
			assert_true(was - available() < count * 1LL * MIB);
		end_children(children, count);
	}
}

static void pop_many(int fd)
{
	struct deque_descriptor messages[DEQUE_BATCH_MAX];

	for (int i = 0; i < DEQUE_BATCH_MAX; i++)
		messages[i] = describe(large, 1);
	batch(fd, DEQUE_POP, messages, DEQUE_BATCH_MAX, 0);
}

static void who_waits_for_a_message_holds_no_memory(void **state)
{
	int fd = open_deque(O_RDWR);
	const unsigned int count = debug_kernel() ? SENDERS / 8 : SENDERS;
	pid_t children[SENDERS];

	(void)state;
	as_user(fd, count, children, pop_many);
	await_takers(fd, count);
	assert_int_equal(control_value("call_bytes"), 0);
	end_children(children, count);
}

/* In the order in which they waited, whoever copies first. */
static void who_waited_is_served_in_order(void **state)
{
	int fd = open_deque(O_RDWR);
	struct deque_descriptor taken[3];
	pid_t children[3];
	char text[3];

	(void)state;
	assert_int_equal(set(fd, 3, 0, 0), 0);
	put_all(fd, "abc");
	for (int i = 0; i < 3; i++) {
		children[i] = fork();
		assert_true(children[i] >= 0);
		if (!children[i])
			_exit(write(fd, &"def"[i], 1) != 1);
		await_senders(fd, i + 1);
		taken[i] = describe(&text[i], 1);
	}
	assert_int_equal(batch(fd, DEQUE_POP, taken, 3, 0), 3);
	for (int i = 0; i < 3; i++)
		await_exit(children[i], 0);
	expect_each(fd, "def");
}

static void all_states_go_with_their_deque(void **state)
{
	int fd = open_deque(O_RDWR);

	(void)state;
	put(fd, "buried");
	assert_int_equal(settle(fd, DEQUE_BURY, claim(fd, "buried", 0)), 1);
	put(fd, "leased");
	claim(fd, "leased", 0);
	put_delayed(fd, "delayed", 3600 * 1000000000ULL, 0);
	put(fd, "ready");
	assert_int_equal(get(fd).messages, 4);
	assert_int_equal(destroy(NAME, DEQUE_FORCE), 0);
	assert_int_equal(control_value("total_bytes"), 0);
}

static void fill_until_told(int fd)
{
	ssize_t size = sizeof(large);

	fcntl(fd, F_SETFL, O_NONBLOCK);
	for (;;) {
		if (write(fd, large, size) == size)
			continue;
		if (size == 1)
			_exit(errno);
		size = (size + 1) / 2;
	}
}

static void a_user_has_a_share(void **state)
{
	int fd = open_deque(O_RDWR | O_NONBLOCK);
	unsigned long long share = control_value("max_user_bytes");
	pid_t child;

	(void)state;
	assert_int_equal(share, control_value("max_total_bytes") / 2);
	assert_int_equal(set(fd, 1 << 30, 1ULL << 40, sizeof(large)), 0);
	/* A taken message no longer counts for its sender, so it is the same again. */
	for (int i = 0; i < 2; i++) {
		while (read(fd, large, sizeof(large)) > 0)
			;
		as_user(fd, 1, &child, fill_until_told);
		await_exit(child, EDQUOT);
		assert_true(control_value("message_bytes") <= share);
		assert_true(control_value("message_bytes") >
			    share - message_cost(1));
	}
	/* Root, or whoever has CAP_SYS_RESOURCE, goes on to the bound on all. */
	fcntl(fd, F_SETFL, O_NONBLOCK);
	assert_int_equal(write(fd, large, sizeof(large)), sizeof(large));
}

static void a_share_can_be_set(void **state)
{
	int fd = open_deque(O_RDWR | O_NONBLOCK);
	pid_t child;

	(void)state;
	assert_true(write_file(PARAMETERS "max_user_bytes", "64K"));
	as_user(fd, 1, &child, fill_until_told);
	await_exit(child, EDQUOT);
	assert_true(write_file(PARAMETERS "max_user_bytes", "0"));
	assert_true(control_value("message_bytes") <= 64 << 10);
}

static void create_three(int control)
{
	struct deque_create create = { .size = sizeof(create) };
	char name[8];

	for (int i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "u%d", i);
		strcpy(create.name, name);
		if (ioctl(control, DEQUE_CREATE, &create))
			_exit(i == 2 ? errno : 98);
	}
}

static void a_user_has_a_share_of_deques(void **state)
{
	int control = open("/dev/deque/control", O_RDWR | O_CLOEXEC);
	pid_t child;

	(void)state;
	assert_true(control >= 0);
	assert_true(write_file(PARAMETERS "max_user_deques", "2"));
	as_user(control, 1, &child, create_three);
	await_exit(child, EDQUOT);
	/* Others, and who may, are not concerned; what is gone counts no more. */
	assert_int_equal(create("mine", 0, 0, 0), 0);
	assert_int_equal(destroy("u0", 0), 0);
	assert_int_equal(destroy("u1", 0), 0);
	as_user(control, 1, &child, create_three);
	await_exit(child, EDQUOT);
	assert_true(write_file(PARAMETERS "max_user_deques", "0"));
	for (int i = 0; i < 2; i++)
		assert_int_equal(destroy(i ? "u0" : "u1", 0), 0);
	assert_int_equal(destroy("mine", 0), 0);
	close(control);
}

/* A taker has memory for a lease when senders have used up theirs. */
static void leases_are_possible_when_all_is_full(void **state)
{
	int fd = open_deque(O_RDWR | O_NONBLOCK);
	char byte;
	struct deque_descriptor message;

	(void)state;
	put(fd, "x");
	assert_int_equal(set(fd, 1 << 30, 0, 0), 0);
	fill_memory(fd);
	message = describe(&byte, 1);
	assert_int_equal(batch(fd, DEQUE_CLAIM, &message, 1, 0), 1);
	assert_true(control_value("lease_bytes") > 0);
	assert_int_equal(settle(fd, DEQUE_ACK, message.token), 1);
	assert_int_equal(control_value("lease_bytes"), 0);
}

/* A browse keeps nothing of a deque that is gone. */
static void a_bookmark_goes_with_its_deque(void **state)
{
	struct deque_entry entry = { 0 };
	int fd = open_deque(O_RDWR);
	uint64_t cursor = 0;

	(void)state;
	put(fd, "one");
	put(fd, "two");
	assert_int_equal(browse(fd, &entry, 1, DEQUE_READY, &cursor), 1);
	assert_int_equal(control_value("message_bytes"), 2 * message_cost(3));
	assert_int_equal(destroy(NAME, DEQUE_FORCE), 0);
	assert_int_equal(control_value("message_bytes"), 0);
}

static dev_t number_of(const char *name)
{
	char path[64];
	struct stat status;

	snprintf(path, sizeof(path), "/dev/deque/%s", name);
	assert_int_equal(stat(path, &status), 0);
	return status.st_rdev;
}

/* A container that was given the node finds that deque again, and no other. */
static void a_name_keeps_its_number(void **state)
{
	dev_t mail, other;

	(void)state;
	assert_int_equal(create("mail", 0, 0, 0), 0);
	mail = number_of("mail");
	assert_int_equal(destroy("mail", 0), 0);
	assert_int_equal(create("secrets", 0, 0, 0), 0);
	other = number_of("secrets");
	assert_int_not_equal(other, mail);
	assert_int_equal(create("mail", 0, 0, 0), 0);
	assert_int_equal(number_of("mail"), mail);
	assert_int_equal(destroy("mail", 0), 0);
	assert_int_equal(destroy("secrets", 0), 0);
}

/* Both names have the largest number there is as theirs. */
static void names_of_the_same_number_get_along(void **state)
{
	(void)state;
	assert_int_equal(create("n59170", 0, 0, 0), 0);
	assert_int_equal(create("n193983", 0, 0, 0), 0);
	assert_int_equal(minor(number_of("n59170")), 65536);
	assert_in_range(minor(number_of("n193983")), 1, 65535);
	assert_int_equal(destroy("n59170", 0), 0);
	assert_int_equal(destroy("n193983", 0), 0);
}

static long long cgroup_value(const char *file, const char *key)
{
	char path[64], line[128], word[64];
	long long value, found = -1;
	FILE *stream;

	snprintf(path, sizeof(path), "/sys/fs/cgroup/small/%s", file);
	stream = fopen(path, "r");
	assert_non_null(stream);
	while (fgets(line, sizeof(line), stream))
		if (sscanf(line, "%63s %lld", word, &value) == 2 &&
		    !strcmp(word, key))
			found = value;
	fclose(stream);
	assert_true(found >= 0);
	return found;
}

#define SIZE 60000

/* Pushes until it is told that there is no more memory. */
static void a_cgroup_that_is_full_kills_nobody(void **state)
{
	int fd = open_deque(O_RDWR | O_NONBLOCK);
	pid_t child;

	(void)state;
	assert_int_equal(set(fd, 10000, 256 * MIB, SIZE), 0);
	assert_true(
		write_file("/sys/fs/cgroup/cgroup.subtree_control", "+memory"));
	mkdir("/sys/fs/cgroup/small", 0755);
	assert_true(write_file("/sys/fs/cgroup/small/memory.max", "32M"));
	child = fork();
	assert_true(child >= 0);
	if (!child) {
		assert_true(
			write_file("/sys/fs/cgroup/small/cgroup.procs", "0"));
		while (write(fd, large, SIZE) == SIZE)
			;
		if (errno != ENOMEM)
			_exit(1);
		/*
		 * It is alive, has memory, and can go on when somebody takes: more than
		 * the slabs and the stocks of the processors may keep.
		 */
		memset(large, 'x', MIB);
		for (int i = 0; i < 120; i++)
			if (read(fd, large, SIZE) != SIZE)
				_exit(2);
		_exit(write(fd, large, SIZE) == SIZE ? 0 : 3);
	}
	await_exit(child, 0);
	assert_int_equal(cgroup_value("memory.events", "oom_kill"), 0);
	assert_true(get(fd).messages > 16 * MIB / SIZE);
	assert_true(write_file("/sys/fs/cgroup/small/memory.max", "max"));
}

struct pusher {
	int fd;
	unsigned int rounds;
};

#define TAKERS 40
#define BATCH 100

static void *push_rounds(void *argument)
{
	struct deque_descriptor messages[BATCH];
	struct pusher *pusher = argument;

	for (int i = 0; i < BATCH; i++)
		messages[i] = describe("x", 1);
	batch(pusher->fd, DEQUE_PUSH, messages, BATCH, 0);
	return NULL;
}

static void take_one_blocking(int fd)
{
	char byte;

	_exit(read(fd, &byte, 1) != 1);
}

/* More messages than waiting takers: a taker that comes then does not find it empty. */
static void not_empty_while_others_are_served(void **state)
{
	int fd = open_deque(O_RDWR);
	struct pusher pusher = { .fd = fd };
	pid_t children[TAKERS];

	(void)state;
	for (int round = 0; round < (debug_kernel() ? 2 : 20); round++) {
		unsigned int mine = 0;
		pthread_t thread;

		as_user(fd, TAKERS, children, take_one_blocking);
		await_takers(fd, TAKERS);
		assert_int_equal(pthread_create(&thread, NULL, push_rounds,
						&pusher),
				 0);
		while (mine < BATCH - TAKERS) {
			struct deque_descriptor message;
			struct deque_info info = get(fd);
			char byte;

			message = describe(&byte, 1);
			if (info.ready <= info.takers)
				continue;
			assert_int_equal(batch(fd, DEQUE_POP, &message, 1,
					       DEQUE_NOWAIT),
					 1);
			mine++;
		}
		pthread_join(thread, NULL);
		for (int i = 0; i < TAKERS; i++)
			await_exit(children[i], 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_waits_for_room_holds_no_memory),
		TEST(who_waits_for_a_message_holds_no_memory),
		TEST(who_waited_is_served_in_order),
		TEST(all_states_go_with_their_deque),
		TEST(a_user_has_a_share),
		TEST(a_share_can_be_set),
		TEST(a_user_has_a_share_of_deques),
		TEST(leases_are_possible_when_all_is_full),
		TEST(a_bookmark_goes_with_its_deque),
		TEST(a_name_keeps_its_number),
		TEST(names_of_the_same_number_get_along),
		TEST(a_cgroup_that_is_full_kills_nobody),
		TEST(not_empty_while_others_are_served),
	};

	return cmocka_run_group_tests_name("memory", tests, NULL, NULL);
}
