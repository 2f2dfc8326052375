// SPDX-License-Identifier: GPL-2.0-only
/*
 * Everything that can be wrong with a call, one thing at a time.
 */
#include "harness.h"

#include <grp.h>
#include <stdalign.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define GROUP_DEQUE 990

/* A struct as a newer program would pass it: longer than ours. */
struct longer {
	alignas(8) char bytes[4096 + 8];
};

static int control_fd(int flags)
{
	int fd = open("/dev/deque/control", flags | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

static void unknown_commands_are_refused(void **state)
{
	int fd = open_deque(O_RDWR);
	int controller = control_fd(O_RDWR);
	struct deque_create create = { .size = sizeof(create), .name = "x" };
	struct deque_info info = { .size = sizeof(info) };

	(void)state;
	assert_fails(ENOTTY, ioctl(fd, _IO(DEQUE_IOC_TYPE, 0xff), &info));
	assert_fails(ENOTTY, ioctl(fd, 0, &info));
	assert_fails(ENOTTY,
		     ioctl(fd, _IOW(DEQUE_IOC_TYPE, DEQUE_NR_GET, int), &info));
	assert_fails(ENOTTY, ioctl(fd, DEQUE_CREATE, &create));
	assert_fails(ENOTTY, ioctl(controller, DEQUE_GET, &info));
	assert_fails(ENOTTY, ioctl(controller, FIONREAD, &info));
	close(controller);
}

static void control_is_no_file_to_read(void **state)
{
	int controller = control_fd(O_RDWR);
	char byte = 0;

	(void)state;
	assert_fails(EINVAL, read(controller, &byte, 1));
	assert_fails(EINVAL, write(controller, &byte, 1));
	assert_fails(ESPIPE, lseek(controller, 0, SEEK_SET));
	close(controller);
}

/* The same for each command: the size, what lies beyond it, the flags. */
static void check_envelope(int fd, unsigned long command, uint32_t size)
{
	struct longer longer;
	uint32_t *head = (uint32_t *)longer.bytes;
	uint32_t *cut_off = (uint32_t *)(page_before_hole() + 4096 - 4);

	assert_fails(EFAULT, ioctl(fd, command, NULL));
	*cut_off = size;
	assert_fails(EFAULT, ioctl(fd, command, cut_off));
	for (uint32_t bad = 0; bad < size; bad += size - 1) {
		memset(&longer, 0, sizeof(longer));
		head[0] = bad;
		assert_fails(EINVAL, ioctl(fd, command, &longer));
	}
	head[0] = size + 8;
	longer.bytes[size + 7] = 1;
	assert_fails(E2BIG, ioctl(fd, command, &longer));
	longer.bytes[size + 7] = 0;
	head[0] = 4096 + 8;
	assert_fails(E2BIG, ioctl(fd, command, &longer));
	head[0] = UINT32_MAX;
	assert_fails(E2BIG, ioctl(fd, command, &longer));
	head[0] = size;
	head[1] = 1U << 31;
	assert_fails(EOPNOTSUPP, ioctl(fd, command, &longer));
}

static void sizes_and_flags_are_checked(void **state)
{
	int fd = open_deque(O_RDWR);
	int controller = control_fd(O_RDWR);

	(void)state;
	check_envelope(controller, DEQUE_CREATE, sizeof(struct deque_create));
	check_envelope(controller, DEQUE_DESTROY, sizeof(struct deque_destroy));
	check_envelope(fd, DEQUE_PUSH, sizeof(struct deque_batch));
	check_envelope(fd, DEQUE_POP, sizeof(struct deque_batch));
	check_envelope(fd, DEQUE_CLAIM, sizeof(struct deque_batch));
	check_envelope(fd, DEQUE_ACK, sizeof(struct deque_leases));
	check_envelope(fd, DEQUE_RETURN, sizeof(struct deque_leases));
	check_envelope(fd, DEQUE_BURY, sizeof(struct deque_leases));
	check_envelope(fd, DEQUE_EXTEND, sizeof(struct deque_leases));
	check_envelope(fd, DEQUE_KICK, sizeof(struct deque_kick));
	check_envelope(fd, DEQUE_BROWSE, sizeof(struct deque_browse));
	check_envelope(fd, DEQUE_GET, sizeof(struct deque_info));
	check_envelope(fd, DEQUE_SET, sizeof(struct deque_set));
	close(controller);
}

static void newer_programs_are_understood(void **state)
{
	struct {
		struct deque_info info;
		char tail[16];
	} newer = { .info.size = sizeof(newer) };
	int fd = open_deque(O_RDWR);

	(void)state;
	assert_int_equal(ioctl(fd, DEQUE_GET, &newer), 0);
	assert_int_equal(newer.info.size, sizeof(newer.info));
	assert_string_equal(newer.info.name, NAME);
}

static void get_tells_everything(void **state)
{
	struct deque_info info;
	int fd = open_deque(O_RDWR);

	(void)state;
	put(fd, "12345");
	put(fd, "678");
	expect(fd, "12345");
	memset(&info, 0, sizeof(info));
	info.size = sizeof(info);
	assert_int_equal(ioctl(fd, DEQUE_GET, &info), 0);
	assert_int_equal(info.size, sizeof(info));
	assert_string_equal(info.name, NAME);
	assert_int_equal(info.limits.max_messages, MAX_MESSAGES);
	assert_int_equal(info.limits.max_message_size, MAX_SIZE);
	assert_int_equal(info.limits.max_bytes, MAX_BYTES);
	assert_int_equal(info.ready, 1);
	assert_int_equal(info.messages, 1);
	assert_int_equal(info.bytes, 3);
	assert_int_equal(info.pushed, 2);
	assert_int_equal(info.popped, 1);
	assert_int_equal(info.owner, 0);
	assert_int_equal(info.openers, 1);
	assert_int_equal(info.takers, 0);
	assert_int_equal(info.senders, 0);
}

static void batches_are_checked(void **state)
{
	int fd = open_deque(O_RDWR);
	char byte = 'x';
	struct deque_descriptor message = describe(&byte, 1);
	struct deque_batch good = {
		.size = sizeof(good),
		.flags = DEQUE_NOWAIT,
		.descriptors = (uintptr_t)&message,
		.count = 1,
	};
	struct deque_batch bad;

	(void)state;
	for (unsigned int i = 0; i < 3; i++) {
		static const unsigned long commands[] = { DEQUE_POP, DEQUE_PUSH,
							  DEQUE_CLAIM };
		unsigned long command = commands[i];

		bad = good;
		bad.time_ns = command == DEQUE_POP ? 1 : DEQUE_TIME_LIMIT + 1;
		assert_fails(EINVAL, ioctl(fd, command, &bad));
		bad.time_ns = UINT64_MAX;
		assert_fails(EINVAL, ioctl(fd, command, &bad));
		bad = good;
		bad.count = 0;
		assert_fails(EINVAL, ioctl(fd, command, &bad));
		bad.count = DEQUE_BATCH_MAX + 1;
		assert_fails(EINVAL, ioctl(fd, command, &bad));
		bad = good;
		bad.reserved = 1;
		assert_fails(EINVAL, ioctl(fd, command, &bad));
		bad = good;
		bad.flags |= DEQUE_FRONT | DEQUE_BACK;
		assert_fails(EINVAL, ioctl(fd, command, &bad));
		bad = good;
		bad.deadline_ns = 1;
		assert_fails(EINVAL, ioctl(fd, command, &bad));
		bad = good;
		bad.flags |= DEQUE_DEADLINE;
		bad.deadline_ns = 1ULL << 63;
		assert_fails(EINVAL, ioctl(fd, command, &bad));
		bad = good;
		bad.count = UINT32_MAX;
		assert_fails(EINVAL, ioctl(fd, command, &bad));
		bad = good;
		bad.descriptors = 0;
		assert_fails(EFAULT, ioctl(fd, command, &bad));
		bad = good;
		bad.descriptors = UINT64_MAX - 7;
		assert_fails(EFAULT, ioctl(fd, command, &bad));
		message.reserved = 1;
		assert_fails(EINVAL, ioctl(fd, command, &good));
		message.reserved = 0;
	}
	bad = good;
	bad.flags |= DEQUE_PEEK;
	assert_fails(EOPNOTSUPP, ioctl(fd, DEQUE_PUSH, &bad));
	assert_fails(EOPNOTSUPP, ioctl(fd, DEQUE_CLAIM, &bad));
	bad = good;
	bad.flags |= DEQUE_PROCESS;
	assert_fails(EOPNOTSUPP, ioctl(fd, DEQUE_PUSH, &bad));
	assert_fails(EOPNOTSUPP, ioctl(fd, DEQUE_POP, &bad));
	assert_int_equal(get(fd).pushed, 0);
	assert_int_equal(ioctl(fd, DEQUE_PUSH, &good), 1);
	assert_int_equal(ioctl(fd, DEQUE_POP, &good), 1);
}

static void commands_need_their_open_mode(void **state)
{
	int reader = open_deque(O_RDONLY);
	int writer = open_deque(O_WRONLY);
	struct deque_create create = { .size = sizeof(create), .name = "x" };
	struct deque_destroy destroy = { .size = sizeof(destroy),
					 .name = NAME };
	struct deque_descriptor message = describe("x", 1);
	int controller = control_fd(O_RDONLY);

	(void)state;
	assert_fails(EBADF, batch(reader, DEQUE_PUSH, &message, 1, 0));
	assert_fails(EBADF, batch(writer, DEQUE_POP, &message, 1, 0));
	assert_fails(EBADF, batch(writer, DEQUE_POP, &message, 1, DEQUE_PEEK));
	assert_fails(EBADF, set(reader, 1, 0, 0));
	assert_fails(EBADF, ioctl(controller, DEQUE_CREATE, &create));
	assert_fails(EBADF, ioctl(controller, DEQUE_DESTROY, &destroy));
	assert_int_equal(get(reader).limits.max_messages, MAX_MESSAGES);
	assert_int_equal(get(writer).limits.max_messages, MAX_MESSAGES);
	close(controller);
}

static void names_are_checked(void **state)
{
	static const char *const bad[] = {
		"",
		".",
		"..",
		".a",
		"-a",
		"_a",
		"a/b",
		"a b",
		"a\n",
		"a!",
		"\xc3\xa4",
		"control",
		"a\x7f",
		"a:b",
		"/",
		"a\\",
		/* 64 characters: no room for the NUL */
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
	};
	static const char *const good[] = {
		"0",
		"A",
		"a.b_c-d",
		"control2",
		"Control",
		"a..",
		"power",
		"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcde",
	};

	(void)state;
	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct deque_create create = { .size = sizeof(create) };
		struct deque_destroy destroy = { .size = sizeof(destroy) };

		memcpy(create.name, bad[i], strnlen(bad[i], 64));
		memcpy(destroy.name, bad[i], strnlen(bad[i], 64));
		assert_int_equal(control(DEQUE_CREATE, &create), -EINVAL);
		assert_int_equal(control(DEQUE_DESTROY, &destroy), -EINVAL);
	}
	for (unsigned int i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		char node[128];

		assert_int_equal(create(good[i], 0, 0, 0), 0);
		snprintf(node, sizeof(node), "/dev/deque/%s", good[i]);
		assert_int_equal(access(node, F_OK), 0);
		assert_int_equal(destroy(good[i], 0), 0);
		assert_int_equal(access(node, F_OK), -1);
	}
}

static void limits_are_checked(void **state)
{
	static const struct deque_limits bad[] = {
		{ .max_messages = DEQUE_MESSAGES_LIMIT + 1 },
		{ .max_message_size = DEQUE_MESSAGE_SIZE_LIMIT + 1 },
		{ .max_bytes = DEQUE_BYTES_LIMIT + 1 },
		{ .max_bytes = UINT64_MAX },
		{ .max_deliveries = DEQUE_DELIVERIES_LIMIT + 1 },
		{ .max_deliveries = DEQUE_DELIVERIES_UNLIMITED - 1 },
		{ .padding = 1 },
		{ .reserved = { 0, 0, 1 } },
	};
	int fd = open_deque(O_RDWR);

	(void)state;
	for (unsigned int i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct deque_create create = { .size = sizeof(create),
					       .name = "x",
					       .limits = bad[i] };
		struct deque_set set = { .size = sizeof(set),
					 .limits = bad[i] };

		assert_int_equal(control(DEQUE_CREATE, &create), -EINVAL);
		assert_fails(EINVAL, ioctl(fd, DEQUE_SET, &set));
	}
	assert_int_equal(get(fd).limits.max_messages, MAX_MESSAGES);
	assert_int_equal(set(fd, DEQUE_MESSAGES_LIMIT, DEQUE_BYTES_LIMIT,
			     DEQUE_MESSAGE_SIZE_LIMIT),
			 0);
	assert_int_equal(get(fd).limits.max_messages, DEQUE_MESSAGES_LIMIT);
	assert_int_equal(get(fd).limits.max_message_size,
			 DEQUE_MESSAGE_SIZE_LIMIT);
	assert_int_equal(get(fd).limits.max_bytes, DEQUE_BYTES_LIMIT);
}

static void zeros_stand_for_the_defaults(void **state)
{
	struct deque_info info;
	int fd;

	(void)state;
	assert_int_equal(create("plain", 0, 0, 0), 0);
	fd = open("/dev/deque/plain", O_RDONLY);
	info = get(fd);
	close(fd);
	assert_int_equal(destroy("plain", 0), 0);
	assert_int_equal(info.limits.max_messages, 65536);
	assert_int_equal(info.limits.max_message_size, 65536);
	assert_int_equal(info.limits.max_bytes, 64 << 20);
	assert_int_equal(info.limits.max_deliveries, 5);
}

static void names_are_unique(void **state)
{
	(void)state;
	assert_int_equal(create(NAME, 0, 0, 0), -EEXIST);
	assert_int_equal(destroy(NAME, 0), 0);
	assert_int_equal(destroy(NAME, 0), -ENOENT);
	assert_int_equal(create(NAME, 0, 0, 0), 0);
}

static void set_parameter(const char *name, const char *value)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), "/sys/module/deque/parameters/%s", name);
	fd = open(path, O_WRONLY);
	assert_true(fd >= 0);
	assert_int_equal(write(fd, value, strlen(value)), strlen(value));
	close(fd);
}

static void number_of_deques_is_bounded(void **state)
{
	(void)state;
	set_parameter("max_deques", "2");
	assert_int_equal(create("second", 0, 0, 0), 0);
	assert_int_equal(create("third", 0, 0, 0), -ENOSPC);
	assert_int_equal(destroy("second", 0), 0);
	assert_int_equal(create("third", 0, 0, 0), 0);
	assert_int_equal(destroy("third", 0), 0);
	set_parameter("max_deques", "1024");
}

static void busy_deque_is_destroyed_only_by_force(void **state)
{
	int fd;

	(void)state;
	fd = open(NODE, O_RDWR);
	assert_int_equal(destroy(NAME, 0), -EBUSY);
	put(fd, "x");
	close(fd);
	assert_int_equal(destroy(NAME, 0), -EBUSY);
	assert_int_equal(access(NODE, F_OK), 0);
	fd = open(NODE, O_RDWR);
	expect(fd, "x");
	close(fd);
	assert_int_equal(destroy(NAME, 0), 0);
}

/* Runs @act as a user without privileges, in the group given. */
static void as_user(uid_t uid, gid_t gid, int (*act)(void))
{
	int status;

	if (!fork()) {
		if (setgroups(0, NULL) || setgid(gid) || setuid(uid))
			_exit(100);
		_exit(act());
	}
	wait(&status);
	assert_int_equal(status, 0);
}

/* udev may change a node as well: the test has to come after that. */
static void await_udev(void)
{
	if (system("udevadm settle 2>/dev/null"))
		print_message("# no udev\n");
}

static int manage_what_is_not_mine(void)
{
	int fd = open(NODE, O_RDWR);

	if (fd < 0)
		return 1;
	if (set(fd, 5, 0, 0) != -1 || errno != EPERM)
		return 2;
	close(fd);
	if (destroy(NAME, 0) != -EPERM || destroy(NAME, DEQUE_FORCE) != -EPERM)
		return 3;
	return 0;
}

static int manage_what_is_mine(void)
{
	if (create("mine", 5, 0, 0))
		return 1;
	return destroy("mine", 0) ? 2 : 0;
}

static int open_without_the_group(void)
{
	if (open(NODE, O_RDONLY) != -1 || errno != EACCES)
		return 1;
	if (open(NODE, O_WRONLY) != -1 || errno != EACCES)
		return 2;
	return create("x", 0, 0, 0) == -EACCES ? 0 : 3;
}

static void only_owners_manage(void **state)
{
	(void)state;
	await_udev();
	/* As udev's rule does, whether udev runs here or not. */
	assert_int_equal(chown(NODE, 0, GROUP_DEQUE), 0);
	assert_int_equal(chmod(NODE, 0660), 0);
	assert_int_equal(chown("/dev/deque/control", 0, GROUP_DEQUE), 0);
	assert_int_equal(chmod("/dev/deque/control", 0660), 0);
	as_user(1234, GROUP_DEQUE, manage_what_is_not_mine);
	as_user(1234, GROUP_DEQUE, manage_what_is_mine);
	as_user(1234, 1234, open_without_the_group);
}

static int read_only_user(void)
{
	int fd = open(NODE, O_RDONLY);
	char byte;

	if (fd < 0 || read(fd, &byte, 1) != 1)
		return 1;
	return open(NODE, O_RDWR) == -1 && errno == EACCES ? 0 : 2;
}

static void permissions_of_the_node_decide(void **state)
{
	(void)state;
	await_udev();
	put(open_deque(O_WRONLY), "x");
	assert_int_equal(chmod(NODE, 0604), 0);
	as_user(1234, 1234, read_only_user);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(unknown_commands_are_refused),
		TEST(control_is_no_file_to_read),
		TEST(sizes_and_flags_are_checked),
		TEST(newer_programs_are_understood),
		TEST(get_tells_everything),
		TEST(batches_are_checked),
		TEST(commands_need_their_open_mode),
		TEST(names_are_checked),
		TEST(limits_are_checked),
		TEST(zeros_stand_for_the_defaults),
		TEST(names_are_unique),
		TEST(number_of_deques_is_bounded),
		TEST(busy_deque_is_destroyed_only_by_force),
		TEST(only_owners_manage),
		TEST(permissions_of_the_node_decide),
	};

	return cmocka_run_group_tests_name("abi", tests, NULL, NULL);
}
