// SPDX-License-Identifier: GPL-2.0-only
/*
 * The files that show a deque: /sys/class/deque/NAME/ and /proc/deques.
 */
#include "harness.h"
#include "lease.h"

#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

#define HOUR_NS (3600 * 1000000000ULL)

static void read_whole(const char *path, char *text, size_t size)
{
	FILE *file = fopen(path, "r");
	size_t length;

	assert_non_null(file);
	length = fread(text, 1, size - 1, file);
	text[length] = '\0';
	fclose(file);
}

static void assert_attribute(const char *name, const char *expected)
{
	char path[128], text[4096];

	snprintf(path, sizeof(path), "/sys/class/deque/" NAME "/%s", name);
	read_whole(path, text, sizeof(text));
	assert_string_equal(text, expected);
}

static void sysfs_has_one_value_a_file(void **state)
{
	int fd = open_deque(O_RDWR);

	(void)state;
	put(fd, "12345");
	put(fd, "678");
	expect(fd, "12345");
	assert_attribute("ready", "1\n");
	assert_attribute("messages", "1\n");
	assert_attribute("bytes", "3\n");
	assert_attribute("max_messages", "1000\n");
	assert_attribute("max_bytes", "1048576\n");
	assert_attribute("max_message_size", "65536\n");
	assert_attribute("pushed", "2\n");
	assert_attribute("popped", "1\n");
	assert_attribute("openers", "1\n");
	assert_attribute("takers", "0\n");
	assert_attribute("senders", "0\n");
	assert_attribute("owner", "0\n");
}

static void sysfs_tells_of_leases(void **state)
{
	int fd = open_deque(O_RDWR);
	uint64_t token;

	(void)state;
	assert_int_equal(set_deliveries(fd, 7), 0);
	put_all(fd, "abl");
	token = claim(fd, "a", 0);
	assert_int_equal(settle(fd, DEQUE_RETURN, token), 1);
	assert_int_equal(settle(fd, DEQUE_ACK, claim(fd, "a", 0)), 1);
	assert_int_equal(settle(fd, DEQUE_BURY, claim(fd, "b", 0)), 1);
	claim(fd, "l", 0);
	put_delayed(fd, "d", HOUR_NS, 0);
	put_delayed(fd, "e", HOUR_NS, 0);
	assert_attribute("leased", "1\n");
	assert_attribute("delayed", "2\n");
	assert_attribute("buried", "1\n");
	assert_attribute("claimed", "4\n");
	assert_attribute("acked", "1\n");
	assert_attribute("returned", "1\n");
	assert_attribute("crash_returned", "0\n");
	assert_attribute("timed_out", "0\n");
	assert_attribute("lease_buried", "1\n");
	assert_attribute("buried_ever", "1\n");
	assert_attribute("max_deliveries", "7\n");
	assert_attribute("policy", "0\n");
}

static void attributes_are_read_only(void **state)
{
	struct stat stat_buffer;

	(void)state;
	assert_int_equal(stat("/sys/class/deque/" NAME "/ready", &stat_buffer),
			 0);
	assert_int_equal(stat_buffer.st_mode & 0777, 0444);
}

static void sysfs_and_node_agree(void **state)
{
	struct stat node;
	char expected[32];

	(void)state;
	assert_int_equal(stat(NODE, &node), 0);
	assert_true(S_ISCHR(node.st_mode));
	snprintf(expected, sizeof(expected), "%u:%u\n", major(node.st_rdev),
		 minor(node.st_rdev));
	assert_attribute("dev", expected);
}

static void folder_goes_with_the_deque(void **state)
{
	(void)state;
	assert_int_equal(access("/sys/class/deque/" NAME, F_OK), 0);
	assert_int_equal(destroy(NAME, 0), 0);
	assert_int_equal(access("/sys/class/deque/" NAME, F_OK), -1);
}

static void attribute_of_a_destroyed_deque_is_gone(void **state)
{
	int fd = open("/sys/class/deque/" NAME "/ready", O_RDONLY);
	char text[32];

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(destroy(NAME, 0), 0);
	assert_fails(ENODEV, read(fd, text, sizeof(text)));
	close(fd);
}

static void proc_has_a_row_for_each(void **state)
{
	static const char *const heading =
		"name ready messages max_messages bytes max_bytes pushed popped openers takers senders owner leased delayed buried acked\n";
	int fd = open_deque(O_RDWR);
	char text[8192];

	(void)state;
	put_all(fd, "abl");
	assert_int_equal(settle(fd, DEQUE_ACK, claim(fd, "a", 0)), 1);
	assert_int_equal(settle(fd, DEQUE_BURY, claim(fd, "b", 0)), 1);
	claim(fd, "l", 0);
	put_delayed(fd, "d", HOUR_NS, 0);
	put(fd, "123");
	read_whole("/proc/deques", text, sizeof(text));
	assert_memory_equal(text, heading, strlen(heading));
	assert_non_null(strstr(text,
			       "\n" NAME
			       " 1 4 1000 6 1048576 5 0 1 0 0 0 1 1 1 1\n"));
}

static int open_other(const char *path)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	assert_true(fd >= 0);
	return fd;
}

/* Made by the user 1234, who owns it then. */
static void create_owned(const char *name)
{
	struct deque_create argument = { .size = sizeof(argument) };
	int fd = open_other("/dev/deque/control");
	pid_t child = fork();
	int status;

	assert_true(child >= 0);
	if (!child) {
		snprintf(argument.name, sizeof(argument.name), "%s", name);
		_exit(setresuid(1234, 1234, 1234) ||
		      ioctl(fd, DEQUE_CREATE, &argument));
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	close(fd);
}

/* So many messages as are leased (6), delayed (7), buried (8): of 21 + 19 bytes. */
static void park_some(int fd)
{
	for (int i = 0; i < 8; i++) {
		put(fd, i ? "b" : "bbbbbbbbbbbbbbbbbbbb");
		assert_int_equal(
			settle(fd, DEQUE_BURY,
			       claim(fd, i ? "b" : "bbbbbbbbbbbbbbbbbbbb", 0)),
			1);
	}
	for (int i = 0; i < 7; i++)
		put_delayed(fd, "d", HOUR_NS, 0);
	for (int i = 0; i < 6; i++) {
		put(fd, "l");
		claim(fd, "l", 0);
	}
}

/* Two wait for a message, three for room. */
static void start_waiters(int fd, pid_t *waiters)
{
	char bytes[11] = "";

	for (int i = 0; i < 5; i++) {
		waiters[i] = fork();
		assert_true(waiters[i] >= 0);
		if (waiters[i])
			continue;
		if (i < 2)
			_exit(read(fd, bytes, sizeof(bytes)) != -1);
		_exit(write(fd, bytes, sizeof(bytes)) != -1);
	}
	await_takers(fd, 2);
	await_senders(fd, 3);
}

/* Its row in /proc/deques, as its attributes in sysfs have it. */
static void row_of_attributes(const char *name, char *row, size_t size)
{
	static const char *const columns[] = {
		"ready",  "messages", "max_messages", "bytes",	"max_bytes",
		"pushed", "popped",   "openers",      "takers", "senders",
		"owner",  "leased",   "delayed",      "buried", "acked",
	};
	char path[128], text[64];

	snprintf(row, size, "\n%s", name);
	for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
		snprintf(path, sizeof(path), "/sys/class/deque/%s/%s", name,
			 columns[i]);
		read_whole(path, text, sizeof(text));
		text[strcspn(text, "\n")] = '\0';
		snprintf(row + strlen(row), size - strlen(row), " %s", text);
	}
	strcat(row, "\n");
}

/* No two have the same value, so none can stand for another. */
static void each_column_has_its_own_number(void **state)
{
	static const char expected[] =
		"\ncolumns 0 21 1000 40 50 30 4 1 2 3 1234 6 7 8 5\n";
	char text[8192], attributes[1024];
	pid_t waiters[5];
	int fd, status;

	(void)state;
	create_owned("columns");
	fd = open_other("/dev/deque/columns");
	for (int i = 0; i < 4; i++) {
		put(fd, "p");
		expect(fd, "p");
	}
	for (int i = 0; i < 5; i++) {
		put(fd, "a");
		assert_int_equal(settle(fd, DEQUE_ACK, claim(fd, "a", 0)), 1);
	}
	park_some(fd);
	assert_int_equal(set(fd, 1000, 50, 0), 0);
	start_waiters(fd, waiters);
	read_whole("/proc/deques", text, sizeof(text));
	row_of_attributes("columns", attributes, sizeof(attributes));
	assert_int_equal(destroy("columns", DEQUE_FORCE), 0);
	for (int i = 0; i < 5; i++) {
		assert_int_equal(waitpid(waiters[i], &status, 0), waiters[i]);
		assert_int_equal(status, 0);
	}
	close(fd);
	assert_non_null(strstr(text, expected));
	assert_string_equal(attributes, expected);
}

/* 200 deques, PREFIX-0 and so on: their rows are more than fits a page. */
static void create_many(const char *prefix)
{
	char name[32];

	for (int i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "%s-%d", prefix, i);
		assert_int_equal(create(name, 0, 0, 0), 0);
	}
}

/* More than fits a page, read a few bytes at a time. */
static void proc_can_be_read_in_pieces(void **state)
{
	static char text[65536];
	unsigned int rows = 0;
	ssize_t size, length = 0;
	char name[32];
	int fd;

	(void)state;
	create_many("piece");
	fd = open("/proc/deques", O_RDONLY);
	while ((size = read(fd, text + length, 7)) > 0)
		length += size;
	close(fd);
	for (int i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "\npiece-%d ", i);
		rows += strstr(text, name) != NULL;
		snprintf(name, sizeof(name), "piece-%d", i);
		assert_int_equal(destroy(name, 0), 0);
	}
	assert_int_equal(rows, 200);
}

/* A deque that goes away between two reads leaves no row out and none twice. */
static void proc_survives_a_destroy_between_reads(void **state)
{
	static char text[65536];
	ssize_t size, length;
	char name[32];
	int fd;

	(void)state;
	create_many("row");
	fd = open("/proc/deques", O_RDONLY);
	length = read(fd, text, 4096);
	assert_in_range(length, 1000, 4096);
	for (int i = 0; i < 200; i += 2) {
		snprintf(name, sizeof(name), "row-%d", i);
		assert_int_equal(destroy(name, 0), 0);
	}
	while ((size = read(fd, text + length, 4096)) > 0)
		length += size;
	close(fd);
	for (int i = 1; i < 200; i += 2) {
		char row[40];
		const char *first;

		snprintf(name, sizeof(name), "row-%d", i);
		snprintf(row, sizeof(row), "\n%s ", name);
		first = strstr(text, row);
		assert_non_null(first);
		assert_null(strstr(first + 1, row));
		assert_int_equal(destroy(name, 0), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(sysfs_has_one_value_a_file),
		TEST(sysfs_tells_of_leases),
		TEST(attributes_are_read_only),
		TEST(sysfs_and_node_agree),
		TEST(folder_goes_with_the_deque),
		TEST(attribute_of_a_destroyed_deque_is_gone),
		TEST(proc_has_a_row_for_each),
		TEST(each_column_has_its_own_number),
		TEST(proc_can_be_read_in_pieces),
		TEST(proc_survives_a_destroy_between_reads),
	};

	return cmocka_run_group_tests_name("proc and sysfs", tests, NULL, NULL);
}
