/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Signals that end waiting, and are obeyed at a good moment.
 */
#ifndef DEQUE_FLOW_INTERRUPT_H
#define DEQUE_FLOW_INTERRUPT_H

#include <deque.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>

void interrupt_catch(const struct deque *deque);
bool interrupt_caught(void);
int interrupt_count(void);
void interrupt_wake(int number); /* handles signals that only end waiting */
bool interrupt_watch(int fd);
void interrupt_arm(sigset_t *old);
int interrupt_poll(struct pollfd *polls, nfds_t count,
		   const struct timespec *deadline);
void interrupt_hold(void);
void interrupt_obey(void);

#endif /* DEQUE_FLOW_INTERRUPT_H */
