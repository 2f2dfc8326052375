// SPDX-License-Identifier: GPL-2.0-only
/*
 * Which deques there are: made and destroyed by name, opened by minor.
 */
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/hashtable.h>
#include <linux/jhash.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/stringhash.h>
#include <linux/xarray.h>

#include "core/deque.h"
#include "core/drain.h"
#include "core/limits.h"
#include "core/memory.h"
#include "core/timer.h"
#include "core/wait.h"
#include "core/walk.h"
#include "nodes.h"
#include "params.h"
#include "registry.h"

/* Protects names and registered; deques come and go under it. */
static DEFINE_MUTEX(registry_mutex);
static DEFINE_HASHTABLE(names, 8);
static u32 registered;

/* By minor.  Its own lock lets opens go on while a node is being made. */
static DEFINE_XARRAY_ALLOC1(minors);

static u32 deque_name_hash(const char *name)
{
	return full_name_hash(NULL, name, strlen(name));
}

static struct deque *deque_find(const char *name)
{
	struct deque *deque;

	lockdep_assert_held(&registry_mutex);
	hash_for_each_possible(names, deque, by_name, deque_name_hash(name)) {
		if (!strcmp(deque->name, name))
			return deque;
	}
	return NULL;
}

/* From here on, whoever is in the deque is told so, and nobody else gets in. */
static int deque_mark_dead(struct deque *deque, bool force)
{
	bool busy;

	spin_lock(&deque->lock);
	busy = !force && (deque->openers || deque->messages);
	if (!busy) {
		deque->dead = true;
		deque->pending_events |= EPOLLHUP | EPOLLERR | EPOLLIN | EPOLLOUT;
	}
	deque_unlock_and_wake(deque);
	return busy ? -EBUSY : 0;
}

static void deque_unregister(struct deque *deque)
{
	lockdep_assert_held(&registry_mutex);
	xa_erase(&minors, deque->minor);
	hash_del(&deque->by_name);
	registered--;
	deque_user_remove_deque(deque->user);
	deque_starved_forget(deque);
}

/* The rest; what those need who have it open stays. */
static void deque_dismantle(struct deque *deque)
{
	deque_drain(deque);
	deque_bookmarks_drop(deque);
	deque_due_end(deque);
	if (deque->pinned)
		module_put(THIS_MODULE);
	deque_put(deque);
}

static int deque_register(struct deque *deque)
{
	int ret;

	lockdep_assert_held(&registry_mutex);
	hash_add(names, &deque->by_name, deque_name_hash(deque->name));
	registered++;
	ret = deque_node_create(deque);
	if (ret) {
		deque_mark_dead(deque, true);
		deque_unregister(deque);
		deque_dismantle(deque);
	}
	return ret;
}

/*
 * A name has a number of its own, its hash: a container that was given the node
 * finds the deque again after it was removed and made anew, or the module loaded
 * anew, and finds no other deque there.  Only if two names have the same hash, the
 * one that came second has the next free number.
 */
static int deque_minor_alloc(struct deque *deque)
{
	u32 hash = jhash(deque->name, strlen(deque->name), 0);
	u32 minor = 1 + hash % DEQUE_DEQUES_LIMIT;
	int ret;

	ret = xa_alloc(&minors, &deque->minor, deque,
		       XA_LIMIT(minor, DEQUE_DEQUES_LIMIT), GFP_KERNEL);
	if (ret == -EBUSY)
		ret = xa_alloc(&minors, &deque->minor, deque,
			       XA_LIMIT(1, DEQUE_DEQUES_LIMIT), GFP_KERNEL);
	return ret;
}

static int deque_registry_add(const char *name,
			      const struct deque_limits *limits, u32 policy)
{
	struct deque *deque;
	int ret;

	if (deque_find(name))
		return -EEXIST;
	if (registered >= deque_param_max_deques())
		return -ENOSPC;
	deque = deque_alloc(name, limits, policy);
	if (!deque)
		return -ENOMEM;
	ret = deque_user_add_deque(deque->user, deque_param_max_user_deques());
	if (ret)
		goto err_put;
	ret = deque_minor_alloc(deque);
	if (!ret)
		return deque_register(deque);
	deque_user_remove_deque(deque->user);
err_put:
	deque_put(deque);
	return ret;
}

/**
 * deque_registry_create() - make a deque and its node
 * @name: its name
 * @limits: its bounds, zeros for the defaults
 * @policy: of files that will be opened
 *
 * The caller becomes the owner.
 *
 * Context: sleeps.
 * Return: 0, -EINVAL, -EEXIST, -ENOSPC, -EDQUOT, -ENOMEM, or an error of the
 * device model.
 */
int deque_registry_create(const char *name, const struct deque_limits *limits,
			  u32 policy)
{
	struct deque_limits wanted = *limits;
	struct deque_limits defaults;
	int ret;

	deque_param_limits(&defaults);
	deque_limits_fill(&wanted, &defaults);
	ret = deque_name_check(name) ?: deque_limits_check(&wanted);
	if (ret)
		return ret;

	mutex_lock(&registry_mutex);
	ret = deque_registry_add(name, &wanted, policy);
	mutex_unlock(&registry_mutex);
	return ret;
}

/**
 * deque_may_manage() - whether the caller may change or destroy a deque
 * @deque: the deque
 *
 * Return: true for its owner and with CAP_SYS_ADMIN.
 */
bool deque_may_manage(const struct deque *deque)
{
	return uid_eq(current_euid(), deque->owner) || capable(CAP_SYS_ADMIN);
}

/* Returns the dead deque, or an error. */
static struct deque *deque_registry_remove(const char *name, u32 flags)
{
	struct deque *deque = deque_find(name);
	int ret;

	if (!deque)
		return ERR_PTR(-ENOENT);
	if (!deque_may_manage(deque))
		return ERR_PTR(-EPERM);
	ret = deque_mark_dead(deque, flags & DEQUE_FORCE);
	if (ret)
		return ERR_PTR(ret);
	deque_node_destroy(deque);
	deque_unregister(deque);
	return deque;
}

/**
 * deque_registry_destroy() - destroy a deque and its node
 * @name: its name
 * @flags: 0 or DEQUE_FORCE
 *
 * Context: sleeps.
 * Return: 0, -EINVAL, -ENOENT, -EPERM, -EBUSY.
 */
int deque_registry_destroy(const char *name, u32 flags)
{
	int ret = deque_name_check(name);
	struct deque *deque;

	if (ret)
		return ret;
	mutex_lock(&registry_mutex);
	deque = deque_registry_remove(name, flags);
	mutex_unlock(&registry_mutex);
	if (IS_ERR(deque))
		return PTR_ERR(deque);
	/* There may be millions of messages: nobody else has to wait. */
	deque_dismantle(deque);
	return 0;
}

static struct deque *deque_get_by_minor(u32 minor)
{
	struct deque *deque;

	xa_lock(&minors);
	deque = xa_load(&minors, minor);
	if (deque)
		kref_get(&deque->references);
	xa_unlock(&minors);
	return deque;
}

/**
 * deque_registry_open() - give an open file its deque
 * @minor: of its node
 * @file: out: its deque, a reference for deque_registry_close(), and its policy
 *
 * The file holds the module from now on.
 *
 * Context: process.
 * Return: 0; -ENODEV if there is no such deque any more.
 */
int deque_registry_open(u32 minor, struct deque_file *file)
{
	struct deque *deque = deque_get_by_minor(minor);
	bool pinned = false;
	bool dead;

	if (!deque)
		return -ENODEV;
	spin_lock(&deque->lock);
	dead = deque->dead;
	if (!dead) {
		deque->openers++;
		file->deque = deque;
		file->policy = deque->policy;
		swap(pinned, deque->pinned);
	}
	spin_unlock(&deque->lock);
	if (pinned)
		module_put(THIS_MODULE);
	if (!dead)
		return 0;
	deque_put(deque);
	return -ENODEV;
}

/**
 * deque_registry_close() - undo deque_registry_open()
 * @deque: the deque
 *
 * Messages come and go through open files only; a timer merely moves them.  So
 * it is enough to look here whether some are left that the module must not be
 * unloaded with.
 *
 * Context: process; the file still holds the module.
 */
void deque_registry_close(struct deque *deque)
{
	spin_lock(&deque->lock);
	deque->openers--;
	if (!deque->openers && deque->messages && !deque->dead) {
		__module_get(THIS_MODULE);
		deque->pinned = true;
	}
	spin_unlock(&deque->lock);
	deque_put(deque);
}

/**
 * deque_registry_lock() - before a visit to all deques
 *
 * Context: sleeps; none is made or destroyed until deque_registry_unlock().
 */
void deque_registry_lock(void)
{
	mutex_lock(&registry_mutex);
}

/**
 * deque_registry_next() - the first deque from a minor on
 * @minor: the minor
 *
 * Context: between deque_registry_lock() and deque_registry_unlock().
 * Return: the deque, or NULL.
 */
struct deque *deque_registry_next(u32 minor)
{
	unsigned long index = minor;

	return xa_find(&minors, &index, ULONG_MAX, XA_PRESENT);
}

/**
 * deque_registry_unlock() - after a visit to all deques
 */
void deque_registry_unlock(void)
{
	mutex_unlock(&registry_mutex);
}

/*
 * Not -EEXIST if a name is there twice: modprobe would take that for a module
 * that is loaded already, and be content.
 */
static int deque_create_spec(const struct deque_spec *spec)
{
	int ret = deque_registry_create(spec->name, &spec->limits, 0);

	if (ret == -EEXIST) {
		pr_err("deque: deques=: %s is named twice\n", spec->name);
		return -EINVAL;
	}
	if (ret)
		pr_err("deque: deques=: cannot make %s: %pe\n", spec->name,
		       ERR_PTR(ret));
	return ret;
}

/**
 * deque_registry_init() - make the deques that the parameter deques= asks for
 *
 * Return: 0 or an error; then there is none.
 */
int deque_registry_init(void)
{
	const struct deque_spec *spec;
	unsigned int count;
	int ret = 0;

	for (spec = deque_param_specs(&count); count && !ret; spec++, count--)
		ret = deque_create_spec(spec);
	if (ret)
		deque_registry_exit();
	return ret;
}

/**
 * deque_registry_exit() - destroy all deques, which nobody uses any more
 */
void deque_registry_exit(void)
{
	struct deque *deque;
	unsigned long index;

	mutex_lock(&registry_mutex);
	xa_for_each(&minors, index, deque) {
		deque_mark_dead(deque, true);
		deque_node_destroy(deque);
		deque_unregister(deque);
		deque_dismantle(deque);
	}
	mutex_unlock(&registry_mutex);
	xa_destroy(&minors);
	deque_memory_exit();
}
