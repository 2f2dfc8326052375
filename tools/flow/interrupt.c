// SPDX-License-Identifier: GPL-2.0-only
/*
 * Signals that ask the program to end: they end its waiting, and are obeyed
 * when no message is in its hands and all is said.
 */
#include "flow/interrupt.h"
#include "cli/clock.h"

#include <deque.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>
#include <unistd.h>

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
void interrupt_wake(int number)
{
	int saved = errno;

	(void)number;
	fcntl(waiting_fd, F_SETFL, waiting_flags | O_NONBLOCK);
	errno = saved;
}

static void note(int number)
{
	caught = number;
	count++;
	interrupt_wake(number);
}

/* A signal that is ignored, as by nohup(1), stays ignored. */
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

static void signals_fill(sigset_t *set)
{
	size_t i;

	sigemptyset(set);
	sigaddset(set, SIGIO);
	for (i = 0; i < SIGNALS; i++)
		sigaddset(set, signals[i]);
}

/*
 * From now on a signal, too, tells when something happens to that file, which is ours
 * alone.  False: see errno.
 */
bool interrupt_watch(int fd)
{
	const struct sigaction wake = { .sa_handler = interrupt_wake };
	int flags = fcntl(fd, F_GETFL);

	sigaction(SIGIO, &wake, NULL);
	return flags >= 0 && !fcntl(fd, F_SETOWN, getpid()) &&
	       !fcntl(fd, F_SETFL, flags | O_ASYNC);
}

/*
 * Blocks the signals before the caller looks whether anything has happened, so that the
 * next ioctl waits again.  A signal that is let in afterwards keeps it from waiting.
 */
void interrupt_arm(sigset_t *old)
{
	sigset_t set;

	signals_fill(&set);
	sigprocmask(SIG_BLOCK, &set, old);
	fcntl(waiting_fd, F_SETFL, waiting_flags);
}

/* Returns what is left until then, and nothing less. */
static struct timespec time_left(const struct timespec *deadline)
{
	int64_t left = timespec_ns(deadline) - now_ns();

	return ns_timespec(left < 0 ? 0 : left);
}

/*
 * As poll(2), until @deadline unless it is NULL.  A signal that comes after we have
 * looked for it ends the waiting, too.
 */
int interrupt_poll(struct pollfd *polls, nfds_t count,
		   const struct timespec *deadline)
{
	struct timespec left;
	sigset_t set, old;
	int result = -1;

	signals_fill(&set);
	sigprocmask(SIG_BLOCK, &set, &old);
	if (deadline)
		left = time_left(deadline);
	errno = EINTR;
	if (!caught)
		result = ppoll(polls, count, deadline ? &left : NULL, &old);
	sigprocmask(SIG_SETMASK, &old, NULL);
	return result;
}

/* From here on nothing ends our waiting. */
void interrupt_hold(void)
{
	sigset_t set;

	signals_fill(&set);
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
