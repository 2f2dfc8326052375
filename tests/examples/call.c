// SPDX-License-Identifier: GPL-2.0-only
/*
 * Makes one call on a descriptor that it inherits, as no shell can, and says what came of
 * it: a number, or the error.
 *
 *   call FD read|write SIZE [OFFSET|bad]
 *
 * With an OFFSET it is pread(2) or pwrite(2); with "bad" there is no memory where the
 * bytes should be.  Otherwise what is written are zeros.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MOST (1 << 20)

int main(int argc, char *argv[])
{
	static char zeros[MOST];
	char *memory = zeros;
	const char *how = argc > 4 ? argv[4] : "";
	int bad = !strcmp(how, "bad");
	size_t size;
	ssize_t got;
	int fd;

	if (argc < 4 || (size = strtoul(argv[3], NULL, 0)) > MOST)
		return 2;
	fd = atoi(argv[1]);
	if (bad)
		memory = mmap(NULL, MOST, PROT_NONE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (memory == MAP_FAILED)
		return 2;
	if (!strcmp(argv[2], "read"))
		got = *how && !bad ? pread(fd, memory, size, atoll(how))
				   : read(fd, memory, size);
	else
		got = *how && !bad ? pwrite(fd, memory, size, atoll(how))
				   : write(fd, memory, size);
	if (got < 0)
		puts(strerror(errno));
	else
		printf("%zd\n", got);
	return 0;
}
