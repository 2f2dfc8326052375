// SPDX-License-Identifier: GPL-2.0-only
/*
 * See ledger.h.
 */
#include "ledger.h"
#include "call.h"

#include <err.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

struct ledger *ledger;

void ledger_setup(void)
{
	ledger = mmap(NULL, sizeof(*ledger), PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (ledger == MAP_FAILED)
		err(2, "mmap");
}

void ledger_begin(uint64_t round, bool orderly)
{
	if (madvise(ledger, sizeof(*ledger), MADV_REMOVE))
		err(2, "madvise");
	ledger->round = round;
	ledger->orderly = orderly;
}

const char *deque_name(unsigned int deque)
{
	static const char *const names[DEQUES] = {
		"orderly", "free", "limits", "guest-0", "guest-1", "guest-2",
	};

	return names[deque];
}

_Noreturn void broken(const char *format, ...)
{
	va_list arguments;

	/* One of them is enough, and more would be mixed up. */
	if (!ledger->broken) {
		ledger->broken = true;
		va_start(arguments, format);
		printf("# round %#lx: ", (unsigned long)ledger->round);
		vprintf(format, arguments);
		printf("\n");
		va_end(arguments);
		calls_trace();
		fflush(stdout);
	}
	ledger->stop = true;
	_exit(1);
}

uint32_t ledger_used(void)
{
	return ledger->used < ENTRIES ? ledger->used : ENTRIES;
}

static void body_write(unsigned char *buffer, const struct head *head)
{
	struct prng prng = { head->round + head->entry };

	memcpy(buffer, head, sizeof(*head));
	prng_fill(&prng, buffer + sizeof(*head), head->size - sizeof(*head));
}

struct entry *message_write(unsigned char *buffer, uint32_t size,
			    unsigned int deque, bool front)
{
	struct head head = { ledger->used++, size, ledger->round };
	struct entry *entry = &ledger->entries[head.entry];

	if (head.entry >= ENTRIES) {
		ledger->used = ENTRIES;
		ledger->stop = true;
		return NULL;
	}
	entry->deque = deque;
	entry->front = front;
	entry->size = size;
	entry->sender = gettid();
	/* In this order, or one that begins in between would not be seen. */
	entry->forced = ledger->forced[deque];
	entry->doomed = ledger->forcing[deque] != entry->forced;
	entry->state = ENTRY_SENT;
	body_write(buffer, &head);
	return entry;
}

struct entry *message_read(const unsigned char *buffer)
{
	unsigned char should[SIZE_MOST];
	struct entry *entry;
	struct head head;

	memcpy(&head, buffer, sizeof(head));
	if (head.round != ledger->round || head.entry >= ledger_used())
		return NULL;
	entry = &ledger->entries[head.entry];
	if (head.size != entry->size)
		return NULL;
	body_write(should, &head);
	return memcmp(should, buffer, head.size) ? NULL : entry;
}

static unsigned int number_of(const struct entry *entry)
{
	return entry - ledger->entries;
}

void message_taken(struct entry *entry, unsigned int deque, uint64_t call,
		   uint64_t id)
{
	uint64_t before = 0;

	if (entry->deque != deque)
		broken("message %u was sent to %s and came out of %s",
		       number_of(entry), deque_name(entry->deque),
		       deque_name(deque));
	if (!__atomic_compare_exchange_n((uint64_t *)&entry->taken, &before,
					 call, false, __ATOMIC_SEQ_CST,
					 __ATOMIC_SEQ_CST))
		broken("message %u of %s came twice, in calls %#lx and %#lx",
		       number_of(entry), deque_name(deque),
		       (unsigned long)before, (unsigned long)call);
	entry->taken_id = id;
}

static void slot_settle(const struct slot *slot)
{
	struct entry *entry;

	for (unsigned int n = 0; n < BATCH; n++) {
		entry = message_read(slot->buffers[n]);
		/* A call that failed gave it back, and the counters do not have it twice. */
		if (entry && !entry->taken)
			entry->maybe = true;
	}
}

void ledger_settle(void)
{
	for (unsigned int n = 0; n < ledger->slots_used && n < SLOTS; n++) {
		if (ledger->slots[n].in_call)
			slot_settle(&ledger->slots[n]);
	}
}

static void entry_check(const struct entry *entry)
{
	unsigned int n = number_of(entry);
	const char *name = deque_name(entry->deque);

	if (entry->state == ENTRY_REFUSED && (entry->taken || entry->seen))
		broken("message %u came out of %s, but its push failed", n,
		       name);
	if (entry->id && entry->taken_id && entry->id != entry->taken_id)
		broken("message %u of %s went in as number %lu and came out as %lu",
		       n, name, (unsigned long)entry->id,
		       (unsigned long)entry->taken_id);
	if (entry->state == ENTRY_IN && !entry->taken && !entry->maybe &&
	    !entry->doomed && entry->forced == ledger->forcing[entry->deque])
		broken("message %u of %s is lost", n, name);
}

void ledger_check(void)
{
	for (uint32_t n = 0; n < ledger_used(); n++)
		entry_check(&ledger->entries[n]);
}
