/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Short forms of what is done with leases.
 */
#ifndef LEASE_H
#define LEASE_H

#include "harness.h"

/* Claims one message, which has to be this; returns its token. */
uint64_t claim(int fd, const char *text, uint32_t flags);
/* The same, with a time-out in ns. */
uint64_t claim_for(int fd, const char *text, uint64_t time_ns);
/* DEQUE_ACK, DEQUE_RETURN, DEQUE_BURY or DEQUE_EXTEND; -1 and errno on failure. */
int settle(int fd, unsigned long command, uint64_t token);
int settle_time(int fd, unsigned long command, uint64_t token,
		uint64_t time_ns);
int settle_many(int fd, unsigned long command, const uint64_t *tokens,
		unsigned int count, uint32_t flags);
/* How many were kicked; -1 and errno on failure. */
long kick(int fd, uint32_t states, uint64_t count, uint32_t flags);
int browse(int fd, struct deque_entry *entries, unsigned int count,
	   uint32_t states, uint64_t *cursor);
int set_deliveries(int fd, uint32_t most);
int set_policy(int fd, uint32_t flags, uint32_t on, uint32_t off);
/* The same as open_deque(), to read with DEQUE_ACK_ON_READ. */
int open_reader(int flags);

void put_front(int fd, const char *text);
void put_delayed(int fd, const char *text, uint64_t delay_ns, uint32_t flags);

/* Waits until so many messages are leased. */
void await_leased(int fd, uint64_t count);

/* The counters add up, as they do when nothing is being copied. */
void expect_balance(int fd);

#endif /* LEASE_H */
