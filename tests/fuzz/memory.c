// SPDX-License-Identifier: GPL-2.0-only
/*
 * See memory.h.
 */
#include "memory.h"

#include <err.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Each part is followed by a hole as large as a page. */
#define PAGE 4096

static const uintptr_t foreign[] = {
	0xffff888000000000, /* the kernel's map of all memory */
	0xffffffff81000000, /* its text */
	0xfffffffffffffff8, /* wraps around */
	0x8000000000000000, /* not canonical */
};

static size_t memory_span(const struct memory *memory)
{
	return memory->size + PAGE + 2 * (MEMORY_SMALL + PAGE);
}

static void *map_at(void *address, size_t size, int protection, int flags,
		    int fd)
{
	void *memory = mmap(address, size, protection, flags, fd, 0);

	if (memory == MAP_FAILED)
		err(2, "mmap");
	return memory;
}

void memory_map(struct memory *memory, size_t size)
{
	const int access = PROT_READ | PROT_WRITE;
	const int fixed = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
	int fd = memfd_create("constant", MFD_CLOEXEC);

	if (fd < 0 || ftruncate(fd, MEMORY_SMALL) < 0)
		err(2, "memfd");
	memory->size = size;
	memory->good = map_at(NULL, memory_span(memory), PROT_NONE,
			      MAP_PRIVATE | MAP_ANONYMOUS, -1);
	memory->edge = memory->good + size + PAGE;
	memory->constant = memory->edge + MEMORY_SMALL + PAGE;
	map_at(memory->good, size, access, fixed, -1);
	map_at(memory->edge, MEMORY_SMALL, access, fixed, -1);
	map_at(memory->constant, MEMORY_SMALL, PROT_READ,
	       MAP_SHARED | MAP_FIXED, fd);
	memory->alias = map_at(NULL, MEMORY_SMALL, access, MAP_SHARED, fd);
	close(fd);
	memory->low = size; /* all of it is still to be poisoned */
	memory->high = size;
	memory_reset(memory);
}

void memory_unmap(struct memory *memory)
{
	munmap(memory->good, memory_span(memory));
	munmap(memory->alias, MEMORY_SMALL);
}

void memory_reset(struct memory *memory)
{
	memset(memory->good, MEMORY_POISON, memory->low);
	memset(memory->good + memory->high, MEMORY_POISON,
	       memory->size - memory->high);
	memory->low = 0;
	memory->high = memory->size;
	memory->used = 0;
	memory->edge_used = false;
}

size_t memory_left(const struct memory *memory)
{
	size_t left = memory->high - memory->low;

	return left > 2 * MEMORY_GAP ? left - 2 * MEMORY_GAP : 0;
}

struct place memory_good(struct memory *memory, struct prng *prng, size_t size)
{
	struct place place = { .readable = size, .writable = size };

	if (size > memory_left(memory))
		errx(2, "no memory left for %zu bytes", size);
	if (prng_one_in(prng, 4)) {
		/* The first of them ends at the hole. */
		memory->high -= size;
		place.alias = memory->good + memory->high;
		memory->high -= MEMORY_GAP;
	} else {
		memory->low += prng_below(prng, 8);
		place.alias = memory->good + memory->low;
		memory->low += size + MEMORY_GAP;
	}
	place.address = (uintptr_t)place.alias;
	return place;
}

static struct place memory_before_hole(struct memory *memory, size_t size)
{
	struct place place = { .readable = size, .writable = size };

	memory->edge_used = true;
	place.alias = memory->edge + MEMORY_SMALL - size;
	place.address = (uintptr_t)place.alias;
	return place;
}

static struct place memory_constant(struct memory *memory, size_t size)
{
	struct place place = { .readable = size };

	place.address = (uintptr_t)memory->constant + memory->used;
	place.alias = memory->alias + memory->used;
	memory->used += size;
	return place;
}

struct place memory_bad(struct memory *memory, struct prng *prng, size_t size)
{
	switch (prng_below(prng, 8)) {
	case 0:
		return (struct place){ .address = prng_below(prng, PAGE) };
	case 1:
		return (struct place){ .address = PRNG_PICK(prng, foreign),
				       .foreign = true };
	case 2:
	case 3:
		if (size && size <= MEMORY_SMALL - memory->used)
			return memory_constant(memory, size);
		/* fall through */
	default:
		if (memory->edge_used)
			return (struct place){ .address = 0 };
		size = size > MEMORY_SMALL ? MEMORY_SMALL : size;
		return memory_before_hole(memory, prng_below(prng, size));
	}
}

struct place memory_any(struct memory *memory, struct prng *prng, size_t size,
			uint32_t odds)
{
	if (prng_one_in(prng, odds))
		return memory_bad(memory, prng, size);
	return memory_good(memory, prng, size);
}

void place_store(const struct place *place, const void *data, size_t size)
{
	if (place->alias)
		memcpy(place->alias, data,
		       size < place->readable ? size : place->readable);
}
