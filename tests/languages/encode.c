// SPDX-License-Identifier: GPL-2.0-only
/*
 * The work of the program in C in docs/languages.md: runs encode, as the others do.
 */
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

int encode(const char *job);

int encode(const char *job)
{
	char *const command[] = { "encode", (char *)job, NULL };
	int status;
	pid_t pid;

	if (posix_spawnp(&pid, "encode", NULL, NULL, command, environ))
		return -1;
	if (waitpid(pid, &status, 0) != pid)
		return -1;
	return status;
}
