// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory cgroup of a sender, which pays for its messages.
 *
 * What a cgroup has in messages cannot be reclaimed.  If they were to fill it to
 * its limit, the next page fault of whatever runs in it would have the OOM killer
 * called, for every process that is started there.  So senders are stopped while
 * there is still something left for others.
 */
#include <linux/memcontrol.h>
#include <linux/minmax.h>
#include <linux/page_counter.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>

#include "core/cgroup.h"
#include "core/memory.h"

/* Of its limit an eighth is left to others, of a large one so much. */
#define DEQUE_HEADROOM_MOST	SZ_16M
/* It is looked for again when so much more is in messages. */
#define DEQUE_PROBE_STEP	SZ_1M
#define DEQUE_PROBE_PIECE	SZ_32K

#ifdef CONFIG_MEMCG

/* How many bytes are missing for @size and the headroom, in the worst cgroup. */
static u64 deque_cgroup_missing(u64 size)
{
	struct mem_cgroup *memcg;
	u64 missing = 0;

	rcu_read_lock();
	for (memcg = mem_cgroup_from_task(current); memcg;
	     memcg = parent_mem_cgroup(memcg)) {
		unsigned long most = READ_ONCE(memcg->memory.max);
		u64 limit, used, need;

		if (most == PAGE_COUNTER_MAX)
			continue;
		limit = (u64)most << PAGE_SHIFT;
		used = (u64)page_counter_read(&memcg->memory) << PAGE_SHIFT;
		need = size + min_t(u64, limit / 8, DEQUE_HEADROOM_MOST);
		if (used + need > limit)
			missing = max(missing, need + DEQUE_PROBE_STEP);
	}
	rcu_read_unlock();
	return missing;
}

/*
 * What is used may be page cache, which gives way: so it is tried to have that much,
 * for a moment.
 */
static bool deque_cgroup_probe(u64 bytes)
{
	void **first = NULL;
	void **piece = NULL;

	for (; bytes; bytes -= min_t(u64, bytes, DEQUE_PROBE_PIECE)) {
		piece = kmalloc(DEQUE_PROBE_PIECE, DEQUE_GFP);
		if (!piece)
			break;
		*piece = first;
		first = piece;
	}
	while (first) {
		void **next = *first;

		kfree(first);
		first = next;
	}
	return !bytes;
}

/**
 * deque_cgroup_has_room() - whether the caller's memory cgroup can pay for more
 * @size: bytes
 *
 * Context: process; may sleep.
 * Return: false if so much is not to be had without taking from others in it.
 */
bool deque_cgroup_has_room(u64 size)
{
	u64 missing = deque_cgroup_missing(size);

	return likely(!missing) || deque_cgroup_probe(missing);
}

#else

bool deque_cgroup_has_room(u64 size)
{
	return true;
}

#endif
