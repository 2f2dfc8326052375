// SPDX-License-Identifier: GPL-2.0-only
/*
 * Senders to several deques that wait for each other's memory: the room that all
 * deques have together is for fewer messages than there are senders.  A wake-up
 * that gets lost leaves all of them asleep.
 */
#include "harness.h"

#include <pthread.h>

#define DEQUES 4
#define ROOM 1
#define MESSAGES 1000
#define SIZE 1000

struct line {
	char name[8];
	pthread_t sender, taker;
	unsigned int sent, taken;
};

static int open_line(const struct line *line)
{
	char path[32];

	snprintf(path, sizeof(path), "/dev/deque/%s", line->name);
	return open(path, O_RDWR | O_CLOEXEC);
}

static void *send_all(void *argument)
{
	struct line *line = argument;
	int fd = open_line(line);
	char message[SIZE] = "";

	while (line->sent < MESSAGES) {
		memcpy(message, &line->sent, sizeof(line->sent));
		if (write(fd, message, SIZE) != SIZE)
			break;
		line->sent++;
	}
	close(fd);
	return NULL;
}

static void *take_all(void *argument)
{
	struct line *line = argument;
	int fd = open_line(line);
	char message[SIZE];

	while (line->taken < MESSAGES) {
		if (read(fd, message, SIZE) != SIZE ||
		    memcmp(message, &line->taken, sizeof(line->taken)))
			break;
		line->taken++;
	}
	close(fd);
	return NULL;
}

static void nobody_sleeps_while_there_is_memory(void **state)
{
	int ballast = open_deque(O_RDWR | O_NONBLOCK);
	struct line lines[DEQUES] = { 0 };
	char message[SIZE];

	(void)state;
	for (int i = 0; i < ROOM; i++)
		assert_int_equal(write(ballast, message, SIZE), SIZE);
	fill_memory(ballast);
	for (int i = 0; i < ROOM; i++)
		assert_int_equal(read(ballast, message, SIZE), SIZE);

	for (int i = 0; i < DEQUES; i++) {
		struct line *line = &lines[i];

		snprintf(line->name, sizeof(line->name), "l%d", i);
		assert_int_equal(create(line->name, 0, 0, 0), 0);
		pthread_create(&line->sender, NULL, send_all, line);
		pthread_create(&line->taker, NULL, take_all, line);
	}
	for (int i = 0; i < DEQUES; i++) {
		pthread_join(lines[i].sender, NULL);
		pthread_join(lines[i].taker, NULL);
		assert_int_equal(lines[i].sent, MESSAGES);
		assert_int_equal(lines[i].taken, MESSAGES);
		assert_int_equal(destroy(lines[i].name, 0), 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(nobody_sleeps_while_there_is_memory),
	};

	return cmocka_run_group_tests_name("starved", tests, NULL, NULL);
}
