/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The memory of all deques, and the shares of users.
 */
#ifndef DEQUE_CORE_MEMORY_H
#define DEQUE_CORE_MEMORY_H

#include <linux/gfp.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <linux/workqueue.h>

struct deque;
struct deque_user;

/*
 * What is allocated for a caller is charged to its memory cgroup.  If that has no
 * more, or the machine, the caller gets ENOMEM: nothing is killed for it.
 */
#define DEQUE_GFP	(GFP_KERNEL_ACCOUNT | __GFP_NOWARN | __GFP_RETRY_MAYFAIL)

/**
 * struct deque_memory_use - how many bytes are charged now
 * @total: all of them
 * @messages: for messages, with what delays need
 * @leases: for leases
 * @calls: for calls that are under way
 * @most: the bound on @total
 * @user_most: the bound on the messages of one user
 */
struct deque_memory_use {
	u64 total;
	u64 messages;
	u64 leases;
	u64 calls;
	u64 most;
	u64 user_most;
};

void deque_memory_init(u64 total, const u64 *user, work_func_t feed);
u32 deque_starved_count(void);
struct deque *deque_starved_pop(void);
void deque_starved_forget(struct deque *deque);
struct deque_user *deque_user_get(void);
void deque_user_put(struct deque_user *user);
kuid_t deque_user_uid(const struct deque_user *user);
bool deque_user_is_exempt(void);
int deque_user_add_deque(struct deque_user *user, u32 most);
void deque_user_remove_deque(struct deque_user *user);
int deque_memory_charge(struct deque_user *user, bool exempt, u64 cost);
int deque_memory_charge_locked(struct deque *deque, struct deque_user *user,
			       bool exempt, u64 cost);
bool deque_memory_has_locked(struct deque *deque, u64 cost);
void deque_memory_release(struct deque_user *user, u64 cost);
u64 deque_memory_max_size(void);
bool deque_memory_charge_lease(u64 cost);
void deque_memory_release_lease(u64 cost);
void *deque_call_alloc(size_t count, size_t size);
void deque_call_free(void *array, size_t count, size_t size);
void deque_memory_tell(struct deque_memory_use *use);
void deque_memory_exit(void);

#endif /* DEQUE_CORE_MEMORY_H */
