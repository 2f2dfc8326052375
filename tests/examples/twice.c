// SPDX-License-Identifier: GPL-2.0-only
/*
 * Opens a file, and once more from another thread of the process, and in a child; and
 * says what came of that.
 *
 *   twice FILE
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *path;

static void open_and_say(const char *who)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);

	printf("%s: %s\n", who, fd < 0 ? strerror(errno) : "opened");
	fflush(stdout);
	if (fd >= 0)
		close(fd);
}

static void *in_thread(void *unused)
{
	(void)unused;
	open_and_say("thread");
	return NULL;
}

int main(int argc, char *argv[])
{
	pthread_t thread;
	int fd;

	path = argv[argc - 1];
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (argc != 2 || fd < 0)
		return 2;
	pthread_create(&thread, NULL, in_thread, NULL);
	pthread_join(thread, NULL);
	if (!fork()) {
		open_and_say("child");
		return 0;
	}
	wait(NULL);
	close(fd);
	open_and_say("after");
	return 0;
}
