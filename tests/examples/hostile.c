// SPDX-License-Identifier: GPL-2.0-only
/*
 * Does to a file what no well-meaning program does, and looks that the kernel keeps to
 * what read(2), write(2), lseek(2) and ioctl(2) promise whatever the driver is: it never
 * says that more was transferred than was asked for, touches no byte beyond, and takes
 * no bad address.  That nothing worse happens, the kernel's log has to tell.
 *
 *   hostile FILE
 *
 * Exit status 0 if all promises were kept, 1 with a message if not, 2 if it does not
 * open at all.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define CANARY 0xa5
#define TIME_LIMIT_S 120
#define ROUNDS 200
#define BIG (1 << 20)
#define FAR 100000

static const char *path;
static int broken;

static void expect(int kept, const char *promise, long long value)
{
	if (kept)
		return;
	fprintf(stderr, "hostile: %s: %s (%lld, errno %d)\n", path, promise,
		value, errno);
	broken = 1;
}

/* With whatever it allows; -1 if nothing. */
static int open_file(void)
{
	int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0)
		fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		fd = open(path, O_WRONLY | O_NONBLOCK | O_CLOEXEC);
	return fd;
}

static void read_some(int fd, size_t size, off_t offset)
{
	unsigned char *buffer = malloc(size + 64);
	ssize_t got;

	if (!buffer)
		exit(2);
	memset(buffer, CANARY, size + 64);
	got = offset < 0 ? read(fd, buffer, size)
			 : pread(fd, buffer, size, offset);
	expect(got <= (ssize_t)size, "read more than asked for", got);
	/* No file here is that long. */
	expect(offset < FAR || got <= 0, "read far beyond the end", got);
	for (int i = 0; i < 64; i++)
		expect(buffer[size + i] == CANARY,
		       "read wrote beyond the buffer", i);
	free(buffer);
}

static void offsets(int fd)
{
	static const off_t far[] = {
		1, 4096, FAR, 1 << 30, INT64_MAX - 4096, INT64_MAX
	};
	static const char text[] = "text";

	for (size_t i = 0; i < sizeof(far) / sizeof(far[0]); i++) {
		read_some(fd, 1, far[i]);
		read_some(fd, 100, far[i]);
		pwrite(fd, text, sizeof(text), far[i]);
		lseek(fd, far[i], SEEK_SET);
		read_some(fd, 100, -1);
	}
	lseek(fd, 0, SEEK_SET);
}

static void addresses(int fd)
{
	void *const bad[] = { NULL, (void *)1, (void *)-4096L,
			      (void *)0xffff888000000000UL };
	char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ssize_t got;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		/* The sizes that some of the files insist on are among these. */
		for (size_t size = 1; size <= 100; size++) {
			got = read(fd, bad[i], size);
			expect(got <= 0, "read to a bad address", got);
			got = write(fd, bad[i], size);
			expect(got <= 0, "wrote from a bad address", got);
		}
		for (unsigned int number = 0; number < 8; number++)
			ioctl(fd,
			      _IOC(_IOC_READ | _IOC_WRITE, 'x', number, 100),
			      bad[i]);
	}
	/* Half of it is there. */
	munmap(page + 4096, 4096);
	got = write(fd, page + 4092, 100);
	expect(got <= 4, "wrote from beyond a mapping", got);
	got = read(fd, page + 4092, 100);
	expect(got <= 4, "read beyond a mapping", got);
	munmap(page, 4096);
}

static void sizes(int fd)
{
	char *big = calloc(1, BIG);
	ssize_t got;

	if (!big)
		exit(2);
	memset(big, '7', BIG);
	for (size_t size = 0; size <= 300; size++) {
		got = write(fd, big, size);
		expect(got <= (ssize_t)size, "wrote more than given", got);
		read_some(fd, 1, -1);
	}
	got = write(fd, big, BIG);
	expect(got <= BIG, "wrote more than given", got);
	read_some(fd, 0, -1);
	read_some(fd, BIG, -1);
	free(big);
}

static void ioctls(int fd)
{
	int ret = ioctl(fd, 0xdeadbeef, -1L);

	expect(ret == -1 && (errno == ENOTTY || errno == EINVAL),
	       "took an unknown ioctl", ret);
	ret = ioctl(fd, _IOWR('~', 255, int), &ret);
	expect(ret == -1 && (errno == ENOTTY || errno == EINVAL),
	       "took an unknown ioctl", ret);
}

static void *again_and_again(void *argument)
{
	int shared = *(int *)argument;

	for (int round = 0; round < ROUNDS; round++) {
		int fd = open_file();

		read_some(shared, 1 + round % 100, -1);
		write(shared, "1234", 1 + round % 4);
		if (fd < 0)
			continue;
		write(fd, "1234", 1 + round % 4);
		read_some(fd, 1 + round % 100, -1);
		close(fd);
	}
	return NULL;
}

/* Threads and children with one descriptor, and each with more of its own. */
static void crowd(int fd)
{
	pthread_t threads[3];
	int children = 3;

	for (int i = 0; i < children; i++) {
		if (fork())
			continue;
		broken = 0;
		again_and_again(&fd);
		_exit(broken);
	}
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, again_and_again, &fd);
	for (int i = 0; i < 3; i++)
		pthread_join(threads[i], NULL);
	for (int i = 0; i < children; i++) {
		int status;

		wait(&status);
		expect(status == 0, "a child failed", status);
	}
}

int main(int argc, char *argv[])
{
	int fd;

	if (argc != 2) {
		fprintf(stderr, "usage: hostile FILE\n");
		return 2;
	}
	path = argv[1];
	alarm(TIME_LIMIT_S);
	fd = open_file();
	if (fd < 0) {
		fprintf(stderr, "hostile: %s: %s\n", path, strerror(errno));
		return 2;
	}
	read_some(fd, 1, -1);
	read_some(fd, 1, -1);
	offsets(fd);
	addresses(fd);
	sizes(fd);
	ioctls(fd);
	crowd(fd);
	close(fd);
	return broken;
}
