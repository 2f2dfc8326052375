// SPDX-License-Identifier: GPL-2.0-only
/*
 * deque - puts messages into the kernel's deques, and takes them out
 *
 * The command itself: one table of verbs, one file in verbs/ for each.
 */
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct verb *const verbs[] = {
	&verb_create, &verb_rm,	  &verb_ls,	&verb_stat,    &verb_put,
	&verb_take,   &verb_peek, &verb_work,	&verb_claim,   &verb_ack,
	&verb_return, &verb_bury, &verb_extend, &verb_kick,    &verb_leases,
	&verb_browse, &verb_set,  &verb_help,	&verb_version, NULL,
};

/*
 * The first file to be opened would get the number of a standard stream that
 * is closed, and messages for stdout would go into it.  Opened the wrong way
 * round, the stream fails when it is used, as it should.
 */
static void streams_reserve(void)
{
	int fd;

	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", fd ? O_RDONLY : O_WRONLY);
}

static const struct verb *verb_chosen(const char *word)
{
	if (!strcmp(word, "--help") || !strcmp(word, "-h"))
		return &verb_help;
	if (!strcmp(word, "--version") || !strcmp(word, "-V"))
		return &verb_version;
	return verb_find(word);
}

int main(int argc, char **argv)
{
	streams_reserve();
	atexit(stdout_check);
	/* A script whose verb is an empty variable must not take that for success. */
	if (argc < 2) {
		help_print(stderr);
		return EX_USAGE;
	}
	return verb_chosen(argv[1])->run(argc - 1, argv + 1);
}
