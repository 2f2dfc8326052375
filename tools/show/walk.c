// SPDX-License-Identifier: GPL-2.0-only
/*
 * Walks through the messages of a deque, page by page, and touches none.
 */
#include "show/walk.h"
#include "show/entry.h"

#include <deque.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>

#define PAGE_ROOM 65536

struct page {
	unsigned int count;
	size_t slot;
	char *data;
	struct deque_entry entries[DEQUE_BATCH_MAX];
};

/* Long messages come in smaller pages. */
static unsigned int page_fits(size_t slot)
{
	size_t fitting = slot ? PAGE_ROOM / slot : DEQUE_BATCH_MAX;

	if (fitting > DEQUE_BATCH_MAX)
		return DEQUE_BATCH_MAX;
	return fitting ? (unsigned int)fitting : 1;
}

static bool page_resize(struct page *page, size_t slot)
{
	unsigned int count = page_fits(slot);
	char *data = realloc(page->data, count * slot + 1);

	if (!data)
		return false;
	page->data = data;
	page->slot = slot;
	page->count = count;
	return true;
}

static int page_read(struct page *page, const struct walk *walk,
		     struct deque *deque, uint64_t *cursor)
{
	unsigned int i;

	for (i = 0; i < page->count; i++)
		page->entries[i].message = (struct deque_descriptor){
			.data = page->slot ? (uintptr_t)(page->data +
							 i * page->slot)
					   : 0,
			.size = (uint32_t)page->slot,
		};
	return deque_browse(deque, page->entries, page->count, walk->states,
			    cursor);
}

/* The longest message in a page. */
static size_t page_longest(const struct page *page, int count)
{
	size_t longest = 0;
	int i;

	for (i = 0; i < count; i++)
		if (longest < page->entries[i].message.size)
			longest = page->entries[i].message.size;
	return longest;
}

/* A page with a message that was cut is read again, with room for it. */
static int page_next(struct page *page, const struct walk *walk,
		     struct deque *deque, uint64_t *cursor)
{
	size_t longest, slot;
	uint64_t next;
	int result;

	for (;;) {
		next = *cursor;
		result = page_read(page, walk, deque, &next);
		longest = result > 0 ? page_longest(page, result) : 0;
		if (!walk->whole || longest <= page->slot)
			break;
		for (slot = page->slot; slot < longest;)
			slot *= 2;
		if (!page_resize(page, slot))
			return -ENOMEM;
	}
	*cursor = next;
	return result;
}

static void page_visit(const struct page *page, const struct walk *walk,
		       int count)
{
	struct entry entry = { .deque = walk->name };
	int i;

	for (i = 0; i < count; i++) {
		entry.is = &page->entries[i];
		walk->visit(&entry, walk->context);
	}
}

int walk_deque(const struct walk *walk, struct deque *deque)
{
	struct page *page = calloc(1, sizeof(*page));
	uint64_t cursor = 0;
	int result = -ENOMEM;

	if (!page)
		return -ENOMEM;
	if (page_resize(page, walk->slot))
		while ((result = page_next(page, walk, deque, &cursor)) > 0)
			page_visit(page, walk, result);
	free(page->data);
	free(page);
	return result;
}
