// SPDX-License-Identifier: GPL-2.0-only
/*
 * Signals that ask the program to end: they end its waiting, and are obeyed
 * when no message is in its hands and all is said.
 */
#include "tool.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>

static const int signals[] = { SIGHUP, SIGINT, SIGQUIT, SIGTERM };
#define SIGNALS (sizeof(signals) / sizeof(signals[0]))

static volatile sig_atomic_t caught;
static volatile sig_atomic_t count;
static int waiting_fd;
static int waiting_flags;

/*
 * A signal may come after we have looked for it and before the kernel waits
 * in an ioctl.  With O_NONBLOCK set on our deque, that ioctl will not wait.
 * The open file may be shared with others, so it gets its flags back.
 */
static void note(int number)
{
	int saved = errno;

	caught = number;
	count++;
	fcntl(waiting_fd, F_SETFL, waiting_flags | O_NONBLOCK);
	errno = saved;
}

/* What is ignored, as by nohup(1), stays ignored. */
void interrupt_catch(const struct deque *deque)
{
	struct sigaction old, new = { .sa_handler = note };
	size_t i;

	waiting_fd = deque_fd(deque);
	waiting_flags = fcntl(waiting_fd, F_GETFL);
	for (i = 0; i < SIGNALS; i++) {
		sigaction(signals[i], NULL, &old);
		if (old.sa_handler != SIG_IGN)
			sigaction(signals[i], &new, NULL);
	}
}

bool interrupt_caught(void)
{
	return caught;
}

int interrupt_count(void)
{
	return count;
}

/* From here on nothing ends our waiting. */
void interrupt_hold(void)
{
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < SIGNALS; i++)
		sigaddset(&set, signals[i]);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fcntl(waiting_fd, F_SETFL, waiting_flags);
}

/* Ends by the signal, for a shell wants to know; else returns. */
void interrupt_obey(void)
{
	sigset_t set;

	if (!caught)
		return;
	fcntl(waiting_fd, F_SETFL, waiting_flags);
	sigemptyset(&set);
	sigaddset(&set, caught);
	signal(caught, SIG_DFL);
	raise(caught);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
}
