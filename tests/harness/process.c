// SPDX-License-Identifier: GPL-2.0-only
/*
 * See process.h.
 */
#include "process.h"

#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

pid_t forked(void)
{
	pid_t parent = getpid(), pid = fork();

	assert_true(pid >= 0);
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* The parent may have died before that. */
		if (getppid() != parent)
			_exit(0);
	}
	return pid;
}

int open_own(int flags)
{
	int own = open(NODE, flags | O_CLOEXEC);

	if (own < 0)
		_exit(100);
	return own;
}

void await_stop(pid_t pid)
{
	int status;

	assert_int_equal(waitpid(pid, &status, WUNTRACED), pid);
	assert_true(WIFSTOPPED(status));
}

static char state_of(pid_t pid)
{
	char path[64], letter = 0;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	file = fopen(path, "re");
	assert_non_null(file);
	assert_int_equal(fscanf(file, "%*d (%*[^)]) %c", &letter), 1);
	fclose(file);
	return letter;
}

void await_sleep(pid_t pid)
{
	while (state_of(pid) != 'S')
		sched_yield();
}

void await_exit(pid_t pid, int expected)
{
	int status;

	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), expected);
}

void kill_and_reap(pid_t pid)
{
	int status;

	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status))
		fail_msg("exit status %d", WEXITSTATUS(status));
}

int set_clock_a_day_ahead(void)
{
	static const char offset[] = "monotonic 86400 0";
	int offsets;

	if (unshare(CLONE_NEWTIME))
		return 1;
	offsets = open("/proc/self/timens_offsets", O_WRONLY);
	if (write(offsets, offset, strlen(offset)) < 0)
		return 2;
	close(offsets);
	return 0;
}
