// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loads modules in this order and removes them in the other, many times: as insmod and
 * rmmod do, but without two processes each time, which on a debug kernel take seconds.
 *
 *   reload TIMES 'FILE.ko [PARAMETER=VALUE...]'...
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static void fail(int round, const char *call, const char *name)
{
	fprintf(stderr, "reload: round %d: %s of %s: %s\n", round, call, name,
		strerror(errno));
	exit(1);
}

/* Splits off what is behind the first character that is one of these, if there is one. */
static char *split(char *text, const char *at)
{
	text += strcspn(text, at);
	if (*text)
		*text++ = '\0';
	return text;
}

static void load(int round, const char *file, const char *parameters)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || syscall(SYS_finit_module, fd, parameters, 0))
		fail(round, "finit_module", file);
	close(fd);
}

static void unload(int round, const char *name)
{
	if (syscall(SYS_delete_module, name, O_NONBLOCK))
		fail(round, "delete_module", name);
}

int main(int argc, char *argv[])
{
	int times = argc > 2 ? atoi(argv[1]) : 0;
	int last = argc - 1;
	char **parameters = calloc(argc, sizeof(*parameters));
	char **names = calloc(argc, sizeof(*names));

	if (times < 1 || !parameters || !names) {
		fputs("usage: reload TIMES 'FILE.ko [PARAMETER=VALUE...]'...\n",
		      stderr);
		return 2;
	}
	for (int i = 2; i <= last; i++) {
		parameters[i] = split(argv[i], " ");
		names[i] = strdup(basename(argv[i]));
		split(names[i], ".");
	}
	for (int round = 1; round <= times; round++) {
		for (int i = 2; i <= last; i++)
			load(round, argv[i], parameters[i]);
		for (int i = last; i >= 2; i--)
			unload(round, names[i]);
	}
	return 0;
}
