// SPDX-License-Identifier: GPL-2.0-only
/*
 * The memory that all deques take together, the share of it that a user may
 * have, and the deques in which somebody waits for memory.
 *
 * All that a caller can make the module hold is charged before it is allocated:
 * messages, what leases and delays need, and the arrays of a call that is under
 * way.  Messages may take fifteen sixteenths of max_total_bytes.  The rest is for
 * those who take messages out: when senders have filled everything, claiming still
 * works.  Half of that is for leases, and the other half for calls.
 */
#include <linux/atomic.h>
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/hashtable.h>
#include <linux/lockdep.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <linux/workqueue.h>

#include "core/deque.h"
#include "core/memory.h"

/* Bytes that are charged now: messages and leases, of these leases; and calls. */
static atomic64_t total_used = ATOMIC64_INIT(0);
static atomic64_t leases_used = ATOMIC64_INIT(0);
static atomic64_t calls_used = ATOMIC64_INIT(0);

/* Protects the list of deques in which somebody waits for total_used to fall. */
static DEFINE_SPINLOCK(starved_lock);
static LIST_HEAD(starved_deques);
static u32 starved_count;

/* Apart, so that a taker does not pay for all who wait elsewhere. */
static struct work_struct feed_work;

/* Protects the table of users; a user in it may be about to go. */
static DEFINE_SPINLOCK(users_lock);
static DEFINE_HASHTABLE(users, 6);

/*
 * Not add, look and subtract again: that would make a small charge fail because
 * of a large one that fails at the same moment, and nobody would be there to
 * wake its sender.
 */
static bool deque_charge(atomic64_t *used, u64 cost, u64 most)
{
	s64 now = atomic64_read(used);

	do {
		if (now + cost > most)
			return false;
	} while (!atomic64_try_cmpxchg(used, &now, now + cost));
	return true;
}

/* All together, which does not change, and of it what messages may take, and so on. */
static u64 total_most;
static u64 messages_most;
static u64 leases_most;
static u64 calls_most;
static u64 max_size;

/* For one user, or 0; may change. */
static const u64 *user_most;

/**
 * deque_memory_init() - before there is a deque
 * @total: the bound on all of it
 * @user: the bound on the messages of one user, or 0: half of that; may change
 * @feed: tries again where somebody waits for memory
 */
void deque_memory_init(u64 total, const u64 *user, work_func_t feed)
{
	INIT_WORK(&feed_work, feed);
	total_most = total;
	user_most = user;
	messages_most = total - total / 16;
	leases_most = total - total / 32;
	calls_most = total / 32;
	/* A message costs an eighth more than its size and 160 bytes, at most. */
	max_size = div_u64((messages_most - 160) * 8, 9);
}

/* Pairs with WRITE_ONCE() in deque_number_set(). */
static u64 deque_user_most(void)
{
	return READ_ONCE(*user_most) ?: total_most / 2;
}

static bool deque_total_has(u64 cost)
{
	return atomic64_read(&total_used) + cost <= messages_most;
}

/*
 * Lists the deque among those to try again once memory is given back:
 *
 *   here                            deque_total_release(), elsewhere
 *   list the deque                  give back
 *   (full barrier)                  (full barrier)
 *   try the charge again            is a deque listed?
 *
 * At least one of the two sees what the other did.
 */
static void deque_starve_locked(struct deque *deque)
{
	lockdep_assert_held(&deque->lock);
	spin_lock(&starved_lock);
	if (list_empty(&deque->starved)) {
		list_add_tail(&deque->starved, &starved_deques);
		WRITE_ONCE(starved_count, starved_count + 1);
	}
	spin_unlock(&starved_lock);
	smp_mb(); /* see above */
}

static void deque_starved_remove(struct deque *deque)
{
	lockdep_assert_held(&starved_lock);
	list_del_init(&deque->starved);
	WRITE_ONCE(starved_count, starved_count - 1);
}

/**
 * deque_starved_count() - in how many deques somebody waits for memory
 *
 * Return: the number, as it was at some moment.
 */
u32 deque_starved_count(void)
{
	return READ_ONCE(starved_count);
}

/**
 * deque_starved_pop() - unlist the first deque in which somebody waits for memory
 *
 * Context: any.
 * Return: the deque with a reference, or NULL.
 */
struct deque *deque_starved_pop(void)
{
	struct deque *deque;

	spin_lock(&starved_lock);
	deque = list_first_entry_or_null(&starved_deques, struct deque,
					 starved);
	if (deque) {
		/* Listed means not unregistered, so the registry's is there. */
		kref_get(&deque->references);
		deque_starved_remove(deque);
	}
	spin_unlock(&starved_lock);
	return deque;
}

static void deque_total_release(u64 cost)
{
	atomic64_sub(cost, &total_used);
	smp_mb(); /* see deque_starve_locked() */
	if (unlikely(READ_ONCE(starved_count)))
		schedule_work(&feed_work);
}

/**
 * deque_starved_forget() - unlist a deque that is dead
 * @deque: the deque; nothing waits for room in it any more
 *
 * Context: any.
 */
void deque_starved_forget(struct deque *deque)
{
	spin_lock(&starved_lock);
	if (!list_empty(&deque->starved))
		deque_starved_remove(deque);
	spin_unlock(&starved_lock);
}

/*
 * A user: @held is the bytes that are charged to it and one for each reference.
 * When it falls to zero nobody knows the user any more but the table.
 */
struct deque_user {
	struct hlist_node by_uid;
	kuid_t uid;
	u32 deques;
	atomic64_t held;
};

static void deque_user_release(struct deque_user *user, u64 held)
{
	if (atomic64_sub_return(held, &user->held))
		return;
	spin_lock(&users_lock);
	hash_del(&user->by_uid);
	spin_unlock(&users_lock);
	kfree(user);
}

static struct deque_user *deque_user_find_locked(kuid_t uid)
{
	struct deque_user *user;

	lockdep_assert_held(&users_lock);
	hash_for_each_possible(users, user, by_uid, __kuid_val(uid)) {
		if (uid_eq(user->uid, uid) &&
		    atomic64_add_unless(&user->held, 1, 0))
			return user;
	}
	return NULL;
}

static struct deque_user *deque_user_find(kuid_t uid)
{
	struct deque_user *user;

	spin_lock(&users_lock);
	user = deque_user_find_locked(uid);
	spin_unlock(&users_lock);
	return user;
}

/**
 * deque_user_get() - what is counted for the caller's effective user
 *
 * Context: may sleep.
 * Return: a reference, for deque_user_put(), or NULL if memory is short.
 */
struct deque_user *deque_user_get(void)
{
	struct deque_user *user = deque_user_find(current_euid());
	struct deque_user *new;

	if (user)
		return user;
	new = kzalloc(sizeof(*new), DEQUE_GFP);
	if (!new)
		return NULL;
	new->uid = current_euid();
	atomic64_set(&new->held, 1);
	spin_lock(&users_lock);
	user = deque_user_find_locked(new->uid);
	if (!user) {
		hash_add(users, &new->by_uid, __kuid_val(new->uid));
		swap(user, new);
	}
	spin_unlock(&users_lock);
	/* Somebody else may have been faster. */
	kfree(new);
	return user;
}

/**
 * deque_user_put() - drop a reference
 * @user: of deque_user_get()
 *
 * Context: any.
 */
void deque_user_put(struct deque_user *user)
{
	deque_user_release(user, 1);
}

/**
 * deque_user_uid() - whose it is
 * @user: a user
 *
 * Return: the uid.
 */
kuid_t deque_user_uid(const struct deque_user *user)
{
	return user->uid;
}

/**
 * deque_user_is_exempt() - whether the shares of users do not hold for the caller
 *
 * Context: process.
 * Return: true with CAP_SYS_RESOURCE.
 */
bool deque_user_is_exempt(void)
{
	return ns_capable_noaudit(&init_user_ns, CAP_SYS_RESOURCE);
}

/**
 * deque_user_add_deque() - count one more deque of a user
 * @user: the creator
 * @most: how many it may have
 *
 * Context: under the registry mutex, by the creator.
 * Return: 0, -EDQUOT.
 */
int deque_user_add_deque(struct deque_user *user, u32 most)
{
	if (user->deques >= most && !deque_user_is_exempt())
		return -EDQUOT;
	user->deques++;
	return 0;
}

/**
 * deque_user_remove_deque() - undo deque_user_add_deque()
 * @user: the creator
 *
 * Context: under the registry mutex.
 */
void deque_user_remove_deque(struct deque_user *user)
{
	user->deques--;
}

/**
 * deque_memory_charge() - before a sender's memory is allocated
 * @user: the sender
 * @exempt: whether the user's share does not hold
 * @cost: bytes
 *
 * Context: any.
 * Return: 0; -EDQUOT if the user's share is used up; -EAGAIN if all deques
 * together are full.
 */
int deque_memory_charge(struct deque_user *user, bool exempt, u64 cost)
{
	u64 share = exempt ? S64_MAX : deque_user_most();

	if (!deque_charge(&user->held, cost, share))
		return -EDQUOT;
	if (deque_charge(&total_used, cost, messages_most))
		return 0;
	deque_user_release(user, cost);
	return -EAGAIN;
}

/**
 * deque_memory_charge_locked() - the same, for a sender in line
 * @deque: where it waits; it is tried again when there is memory
 * @user: as for deque_memory_charge()
 * @exempt: likewise
 * @cost: likewise
 *
 * Context: under the deque's lock.
 * Return: as deque_memory_charge().
 */
int deque_memory_charge_locked(struct deque *deque, struct deque_user *user,
			       bool exempt, u64 cost)
{
	int ret = deque_memory_charge(user, exempt, cost);

	lockdep_assert_held(&deque->lock);
	if (ret != -EAGAIN)
		return ret;
	deque_starve_locked(deque);
	return deque_memory_charge(user, exempt, cost);
}

/**
 * deque_memory_has_locked() - whether there is memory for a message
 * @deque: where it is to go; if there is none, the deque is tried again when
 *	there is
 * @cost: bytes
 *
 * Context: under the deque's lock.
 * Return: whether there is.
 */
bool deque_memory_has_locked(struct deque *deque, u64 cost)
{
	lockdep_assert_held(&deque->lock);
	if (deque_total_has(cost))
		return true;
	deque_starve_locked(deque);
	return deque_total_has(cost);
}

/**
 * deque_memory_release() - after a sender's memory was freed
 * @user: as for deque_memory_charge()
 * @cost: likewise
 *
 * Context: any.
 */
void deque_memory_release(struct deque_user *user, u64 cost)
{
	deque_user_release(user, cost);
	deque_total_release(cost);
}

/**
 * deque_memory_max_size() - the longest message that there can ever be memory for
 *
 * Return: bytes.
 */
u64 deque_memory_max_size(void)
{
	return max_size;
}

/**
 * deque_memory_charge_lease() - before what a lease needs is allocated
 * @cost: bytes
 *
 * Context: any.
 * Return: whether there is memory.
 */
bool deque_memory_charge_lease(u64 cost)
{
	if (!deque_charge(&total_used, cost, leases_most))
		return false;
	atomic64_add(cost, &leases_used);
	return true;
}

/**
 * deque_memory_release_lease() - after it was freed
 * @cost: bytes
 *
 * Context: any.
 */
void deque_memory_release_lease(u64 cost)
{
	atomic64_sub(cost, &leases_used);
	deque_total_release(cost);
}

/**
 * deque_call_alloc() - memory for an array, as long as a call is under way
 * @count: elements
 * @size: bytes of each
 *
 * The memory is charged to the caller's memory cgroup, too.
 *
 * Context: may sleep.
 * Return: the array, zeros, for deque_call_free(), or NULL.
 */
void *deque_call_alloc(size_t count, size_t size)
{
	size_t cost = array_size(count, size);
	void *array;

	if (!deque_charge(&calls_used, cost, calls_most))
		return NULL;
	array = kvcalloc(count, size, DEQUE_GFP);
	if (!array)
		atomic64_sub(cost, &calls_used);
	return array;
}

/**
 * deque_call_free() - undo deque_call_alloc()
 * @array: what that returned; NULL is allowed
 * @count: as for deque_call_alloc()
 * @size: likewise
 *
 * Context: may sleep.
 */
void deque_call_free(void *array, size_t count, size_t size)
{
	if (!array)
		return;
	kvfree(array);
	atomic64_sub(array_size(count, size), &calls_used);
}

/**
 * deque_memory_tell() - how much memory is charged
 * @use: where to
 *
 * Context: any.
 */
void deque_memory_tell(struct deque_memory_use *use)
{
	s64 total = atomic64_read(&total_used);

	use->leases = atomic64_read(&leases_used);
	use->messages = max_t(s64, 0, total - use->leases);
	use->calls = atomic64_read(&calls_used);
	use->total = use->messages + use->leases + use->calls;
	use->most = total_most;
	use->user_most = deque_user_most();
}

/**
 * deque_memory_exit() - after the last deque is gone
 *
 * Context: sleeps.
 */
void deque_memory_exit(void)
{
	cancel_work_sync(&feed_work);
}
