// SPDX-License-Identifier: GPL-2.0-only
/*
 * Who waits, and who is woken for what.
 *
 * Takers and senders stand in one line each, first come first served.  When
 * there is a message for the first taker, or room for what the first sender
 * has, the one who brought that about takes the waiter out of the line and
 * gives it that: the message goes into the taker's slot, and the sender has the
 * room, and copies its message when it runs.  So nobody who comes later gets in
 * between, each message wakes one taker, and the first in line gets the first
 * message.  A taker that is killed on its way gives back what it was handed, and
 * that serves the next; so does a sender that cannot copy.
 *
 * The invariant, whenever the lock is dropped for good: a taker waits only if
 * there is no message, the first sender only if its message does not fit.
 */
#include <linux/hrtimer.h>
#include <linux/lockdep.h>
#include <linux/poll.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "core/deque.h"
#include "core/memory.h"
#include "core/message.h"
#include "core/queue.h"
#include "core/room.h"
#include "core/state.h"
#include "core/timer.h"
#include "core/wait.h"

/* How many are served before the lock is dropped to wake them. */
#define DEQUE_WAKE_MAX	16

/**
 * struct deque_waiter - somebody in a line, on its own stack
 * @link: in &deque.takers or &deque.senders until it has a result
 * @task: who
 * @result: -EINPROGRESS, then 0 or an error; written under the lock
 * @take: of a taker: what it wants, and where to put it
 * @grant: of a sender: what it needs room for
 */
struct deque_waiter {
	struct list_head link;
	struct task_struct *task;
	int result;
	const struct deque_take *take;
	struct deque_grant *grant;
};

static struct deque_waiter *deque_first_waiter(struct list_head *line)
{
	return list_first_entry_or_null(line, struct deque_waiter, link);
}

/* The waiter may be gone as soon as the lock is. */
static struct task_struct *deque_waiter_finish(struct deque_waiter *waiter,
					       u32 *waiting, int result)
{
	list_del(&waiter->link);
	--*waiting;
	/* Pairs with READ_ONCE() in deque_waiter_sleep(). */
	WRITE_ONCE(waiter->result, result);
	return waiter->task;
}

/* A result for the first taker, if there is one: 0 with a message. */
static bool deque_taker_next_locked(struct deque *deque, int *result)
{
	struct deque_waiter *taker = deque_first_waiter(&deque->takers);
	struct deque_message *message;

	lockdep_assert_held(&deque->lock);
	if (!taker)
		return false;
	if (deque->dead) {
		*result = -ENODEV;
		return true;
	}
	message = deque_queue_first(&deque->queue, taker->take->end);
	if (!message)
		return false;
	*result = deque_take_one_locked(deque, taker->take, 0, message);
	return true;
}

/* The same for the first sender: 0 with room for its message. */
static bool deque_sender_next_locked(struct deque *deque, int *result)
{
	struct deque_waiter *sender = deque_first_waiter(&deque->senders);

	lockdep_assert_held(&deque->lock);
	if (!sender)
		return false;
	*result = deque->dead ? -ENODEV :
				deque_grant_locked(deque, sender->grant);
	return *result != -EAGAIN;
}

/* Serves the lines; returns how many tasks there are to wake. */
static unsigned int deque_serve_locked(struct deque *deque,
				       struct task_struct **tasks)
{
	struct list_head *line;
	unsigned int n;
	u32 *waiting;
	int result;

	lockdep_assert_held(&deque->lock);
	for (n = 0; n < DEQUE_WAKE_MAX; n++) {
		if (deque_taker_next_locked(deque, &result)) {
			line = &deque->takers;
			waiting = &deque->takers_waiting;
		} else if (deque_sender_next_locked(deque, &result)) {
			line = &deque->senders;
			waiting = &deque->senders_waiting;
		} else {
			break;
		}
		tasks[n] = deque_waiter_finish(deque_first_waiter(line),
					       waiting, result);
	}
	return n;
}

/**
 * deque_events_locked() - what poll() should say
 * @deque: the deque
 * @wanted: of EPOLLIN and EPOLLOUT, what the answer is needed for
 *
 * "OUT" means that any message fits that the deque takes at all: if it meant
 * less, who polls and then writes would go round in circles.
 *
 * Context: under the deque's lock.
 * Return: a mask of EPOLL*.
 */
__poll_t deque_events_locked(struct deque *deque, __poll_t wanted)
{
	__poll_t events = 0;

	lockdep_assert_held(&deque->lock);
	if (deque->dead)
		return EPOLLHUP | EPOLLERR | EPOLLIN | EPOLLOUT |
		       EPOLLRDNORM | EPOLLWRNORM;
	if ((wanted & EPOLLIN) && deque->queue.count)
		events |= EPOLLIN | EPOLLRDNORM;
	/* Last, as it may list the deque as one that waits for memory. */
	if ((wanted & EPOLLOUT) && list_empty(&deque->senders) &&
	    deque_has_room_locked(deque, deque_max_size(deque)))
		events |= EPOLLOUT | EPOLLWRNORM;
	return events;
}

/*
 * The part of the news that is still true, if there is anybody to tell.  Who
 * polls is in the queue of pollers before it takes the lock and looks.
 */
static __poll_t deque_news_locked(struct deque *deque)
{
	__poll_t pending_events = deque->pending_events;

	lockdep_assert_held(&deque->lock);
	deque->pending_events = 0;
	/* Ordered by the deque's lock, see above. */
	if (!pending_events || (!waitqueue_active(&deque->pollers) &&
				!READ_ONCE(deque->fasync_readers) &&
				!READ_ONCE(deque->fasync_writers)))
		return 0;
	/* Of a dead deque the end is told, and nothing after it. */
	if (deque->dead && !(pending_events & EPOLLHUP))
		return 0;
	return deque_events_locked(deque, pending_events);
}

/*
 * Of those who ask to be woken one at a time, one for each message that came.
 * Room is for all of them: how many fit depends on what they have.
 */
static void deque_tell_pollers(struct deque *deque, __poll_t pending_events,
			       u32 new_messages)
{
	if (wq_has_sleeper(&deque->pollers))
		__wake_up(&deque->pollers, TASK_INTERRUPTIBLE,
			  pending_events & EPOLLOUT ? 0 : max_t(int, 1, new_messages),
			  poll_to_key(pending_events));
	if (pending_events & EPOLLIN)
		kill_fasync(&deque->fasync_readers, SIGIO,
			    pending_events & EPOLLHUP ? POLL_HUP : POLL_IN);
	if (pending_events & EPOLLOUT)
		kill_fasync(&deque->fasync_writers, SIGIO,
			    pending_events & EPOLLHUP ? POLL_HUP : POLL_OUT);
}

/*
 * The tasks are woken without a reference to them: each was alive under the
 * lock, as it needs the lock to see its result, and RCU keeps it from being
 * freed until this is done.  One that has moved on meanwhile is woken for
 * nothing, which every sleeper has to bear.
 */
static void deque_unlock_and_wake_tasks(struct deque *deque,
					struct task_struct **tasks,
					unsigned int count)
	__releases(&deque->lock)
{
	rcu_read_lock();
	spin_unlock(&deque->lock);
	while (count--)
		wake_up_process(*tasks++);
	rcu_read_unlock();
}

/**
 * deque_unlock_and_wake() - drop the lock after a change
 * @deque: the deque
 *
 * Serves those who wait for the change, then wakes and tells them.
 *
 * Context: under the deque's lock; without it on return.  May not be called
 * with any other spinlock held.
 */
void deque_unlock_and_wake(struct deque *deque)
	__releases(&deque->lock)
{
	struct task_struct *tasks[DEQUE_WAKE_MAX];
	unsigned int count;
	__poll_t pending_events;
	u32 new_messages;

	while ((count = deque_serve_locked(deque, tasks)) == DEQUE_WAKE_MAX) {
		deque->unserved = true;
		deque_unlock_and_wake_tasks(deque, tasks, count);
		spin_lock(&deque->lock);
	}
	deque->unserved = false;
	deque_due_arm_locked(deque);
	new_messages = deque->new_messages;
	deque->new_messages = 0;
	pending_events = deque_news_locked(deque);
	deque_unlock_and_wake_tasks(deque, tasks, count);
	if (pending_events)
		deque_tell_pollers(deque, pending_events, new_messages);
}

/**
 * deque_serve_all_locked() - finish what somebody else is about to do
 * @deque: the deque
 *
 * Whoever serves many who wait drops the lock in between.  Who comes then must not
 * take those for the ones that will have to wait on: it would be told that the
 * deque is empty, or full, while it is not.
 *
 * Context: under the deque's lock, which may be dropped meanwhile.
 */
void deque_serve_all_locked(struct deque *deque)
{
	lockdep_assert_held(&deque->lock);
	while (unlikely(deque->unserved)) {
		deque_unlock_and_wake(deque);
		spin_lock(&deque->lock);
	}
}

static int deque_waiter_sleep(const struct deque_waiter *waiter,
			      const struct deque_timeout *timeout)
{
	ktime_t deadline = timeout->deadline;
	int ret = 0;

	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		/* Pairs with WRITE_ONCE() in deque_waiter_finish(). */
		if (READ_ONCE(waiter->result) != -EINPROGRESS)
			break;
		if (signal_pending(current)) {
			ret = -ERESTARTSYS;
			break;
		}
		if (!schedule_hrtimeout_range(timeout->bounded ? &deadline :
								  NULL,
					      current->timer_slack_ns,
					      HRTIMER_MODE_ABS)) {
			ret = -ETIMEDOUT;
			break;
		}
	}
	__set_current_state(TASK_RUNNING);
	return ret;
}

/* Stands in a line.  Drops the lock to sleep, and has it again on return. */
static int deque_wait_locked(struct deque *deque, struct list_head *line,
			     u32 *waiting, struct deque_waiter *waiter,
			     const struct deque_timeout *timeout)
	__must_hold(&deque->lock)
{
	int ret;

	lockdep_assert_held(&deque->lock);
	if (timeout->nowait)
		return -EAGAIN;
	waiter->task = current;
	waiter->result = -EINPROGRESS;
	list_add_tail(&waiter->link, line);
	++*waiting;
	deque_unlock_and_wake(deque);
	ret = deque_waiter_sleep(waiter, timeout);
	spin_lock(&deque->lock);
	if (waiter->result == -EINPROGRESS)
		deque_waiter_finish(waiter, waiting, ret);
	return waiter->result;
}

/**
 * deque_wait_for_message_locked() - wait until a message is handed over
 * @deque: the deque
 * @take: what is wanted; the first slot gets it
 * @timeout: how long
 *
 * Context: under the deque's lock, which is dropped meanwhile; sleeps.
 * Return: 0 if the first slot has a message; -EAGAIN, -ETIMEDOUT,
 * -ERESTARTSYS, -EMSGSIZE, -ENODEV.
 */
int deque_wait_for_message_locked(struct deque *deque,
				  const struct deque_take *take,
				  const struct deque_timeout *timeout)
{
	struct deque_waiter waiter = { .take = take };

	lockdep_assert_held(&deque->lock);
	return deque_wait_locked(deque, &deque->takers, &deque->takers_waiting,
				 &waiter, timeout);
}

/**
 * deque_wait_for_room_locked() - wait until there is room
 * @deque: the deque
 * @grant: for what; gets it
 * @timeout: how long
 *
 * Context: under the deque's lock, which is dropped meanwhile; sleeps.
 * Return: 0 if it was granted; -EAGAIN, -ETIMEDOUT, -ERESTARTSYS, -ENODEV,
 * -EMSGSIZE (a limit was lowered, and it cannot ever fit), -EDQUOT.
 */
int deque_wait_for_room_locked(struct deque *deque, struct deque_grant *grant,
			       const struct deque_timeout *timeout)
{
	struct deque_waiter waiter = { .grant = grant };

	lockdep_assert_held(&deque->lock);
	return deque_wait_locked(deque, &deque->senders,
				 &deque->senders_waiting, &waiter, timeout);
}

/**
 * deque_feed_starved() - memory came back: try again in each deque that waits for some
 * @work: not used
 *
 * Those for which it is still not enough list themselves anew, behind the others.
 *
 * Context: sleeps.
 */
void deque_feed_starved(struct work_struct *work)
{
	u32 count = deque_starved_count();
	struct deque *deque;

	while (count-- && (deque = deque_starved_pop())) {
		spin_lock(&deque->lock);
		deque->pending_events |= EPOLLOUT;
		deque_unlock_and_wake(deque);
		deque_put(deque);
		cond_resched();
	}
}
