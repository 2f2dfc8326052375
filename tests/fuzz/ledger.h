/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fate of each message of the concurrent fuzzer.  All processes write
 * it down in memory that outlives them, before and after they act.
 */
#ifndef LEDGER_H
#define LEDGER_H

#include <linux/deque.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "prng.h"

/* Deques 0 to STABLE - 1 stay; the others come and go. */
#define STABLE 3
#define DEQUES 6
/* Messages are put in at the back and taken from the front, by good calls. */
#define ORDERLY 0
/* Its limits change. */
#define LIMITS_CHANGE 2
/* From this one on messages are leased too, so they come back, in another order. */
#define LEASED 2

#define ENTRIES (1 << 18)
#define SLOTS 2048
#define BATCH 8
#define SIZE_MOST 2048

enum entry_state {
	ENTRY_UNUSED,
	ENTRY_SENT, /* and the sender did not live to tell */
	ENTRY_IN,
	ENTRY_REFUSED,
};

/**
 * struct entry - a message
 * @state: what its sender knows
 * @deque: where it went
 * @front: at which end
 * @seen: somebody looked at it
 * @maybe: somebody who was killed may have taken it
 * @size: bytes
 * @sender: the thread that sent it
 * @forced: how often the deque had been destroyed by force when it was sent
 * @doomed: and whether that was just being done
 * @id: as the sender was told, or 0
 * @taken_id: as the taker was
 * @taken: the number of its delivery; 0 if it was not
 */
struct entry {
	_Atomic uint8_t state;
	uint8_t deque;
	bool front;
	_Atomic bool seen;
	bool maybe;
	uint32_t size;
	pid_t sender;
	uint32_t forced;
	bool doomed;
	_Atomic uint64_t id;
	_Atomic uint64_t taken_id;
	_Atomic uint64_t taken;
};

/* The head of a message; the rest follows from it. */
struct head {
	uint32_t entry;
	uint32_t size;
	uint64_t round;
};

/**
 * struct slot - what a taker is just doing
 * @in_call: whether it is in a call that takes.  If it is killed there, what is in
 *	the buffers was taken or not: a page that is missing is not brought in for
 *	a process that is to die, so the call may have failed after the copy.
 * @call: number of what arrives in the first buffer, never 0; and so on
 * @buffers: where the messages arrive
 */
struct slot {
	_Atomic bool in_call;
	uint64_t call;
	unsigned char buffers[BATCH][SIZE_MOST];
};

/**
 * struct ledger - all of it, for one round
 * @stop: everybody is to go home
 * @broken: somebody found something
 * @round: number of the round, random
 * @orderly: nobody is killed, so nothing ever goes back
 * @used: how many of @entries, or more
 * @slots_used: how many of @slots, or more
 * @forcing: attempts to destroy a deque by force that began
 * @forced: and that ended; those of who was killed never do
 */
struct ledger {
	_Atomic bool stop;
	_Atomic bool broken;
	uint64_t round;
	bool orderly;
	_Atomic uint32_t used;
	_Atomic uint32_t slots_used;
	_Atomic uint32_t forcing[DEQUES];
	_Atomic uint32_t forced[DEQUES];
	struct entry entries[ENTRIES];
	struct slot slots[SLOTS];
};

extern struct ledger *ledger;

void ledger_setup(void);
void ledger_begin(uint64_t round, bool orderly);
uint32_t ledger_used(void);
const char *deque_name(unsigned int deque);

/* Says what is wrong, stops everybody, and ends the process. */
_Noreturn void broken(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/* Writes a new message for a deque; NULL if there is no entry left. */
struct entry *message_write(unsigned char *buffer, uint32_t size,
			    unsigned int deque, bool front);
/* Whose message it is; NULL if it is none of ours, or damaged. */
struct entry *message_read(const unsigned char *buffer);
/* It was delivered, as number @call of all deliveries, with this id. */
void message_taken(struct entry *entry, unsigned int deque, uint64_t call,
		   uint64_t id);
/* Nobody is left in a call: accounts for what was in flight. */
void ledger_settle(void);
/* The last word on each message. */
void ledger_check(void);

#endif /* LEDGER_H */
