// SPDX-License-Identifier: GPL-2.0-only
/*
 * A deque: made, and freed with the last reference.
 */
#include <linux/cred.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "core/deque.h"
#include "core/memory.h"
#include "core/parked.h"
#include "core/queue.h"
#include "core/timer.h"

static void deque_free(struct kref *references)
{
	struct deque *deque =
		container_of(references, struct deque, references);

	deque_user_put(deque->user);
	kfree(deque);
}

/**
 * deque_put() - drop a reference
 * @deque: the deque
 *
 * Context: any.
 */
void deque_put(struct deque *deque)
{
	kref_put(&deque->references, deque_free);
}

/**
 * deque_alloc() - make a deque, which nobody knows yet
 * @name: its name
 * @limits: its bounds
 * @policy: of files that will be opened
 *
 * Context: sleeps.
 * Return: the deque with a reference, or NULL.
 */
struct deque *deque_alloc(const char *name, const struct deque_limits *limits,
			  u32 policy)
{
	struct deque *deque = kzalloc(sizeof(*deque), DEQUE_GFP);

	if (!deque)
		return NULL;
	deque->user = deque_user_get();
	if (!deque->user) {
		kfree(deque);
		return NULL;
	}
	strscpy(deque->name, name, sizeof(deque->name));
	deque->owner = current_euid();
	deque->limits = *limits;
	deque->policy = policy;
	kref_init(&deque->references);
	spin_lock_init(&deque->lock);
	deque_queue_init(&deque->queue);
	deque_parking_init(&deque->parking);
	deque_due_begin(deque);
	INIT_LIST_HEAD(&deque->takers);
	INIT_LIST_HEAD(&deque->senders);
	INIT_LIST_HEAD(&deque->bookmarked);
	INIT_LIST_HEAD(&deque->starved);
	init_waitqueue_head(&deque->pollers);
	return deque;
}
