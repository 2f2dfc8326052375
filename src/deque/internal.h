/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the module share: its objects, its locks, and who offers
 * what.  In the order of the layers, from the bottom up.
 */
#ifndef DEQUE_INTERNAL_H
#define DEQUE_INTERNAL_H

#include <linux/fs.h>
#include <linux/kref.h>
#include <linux/ktime.h>
#include <linux/list.h>
#include <linux/poll.h>
#include <linux/rbtree.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/uidgid.h>
#include <linux/wait.h>

#include <linux/deque.h>

/*
 * Locks, outermost first:
 *
 *   registry mutex     which deques there are, and their names (registry.c)
 *   struct deque.lock  all that changes in one deque
 *   starved_lock       which deques wait for memory that others hold (bounds.c)
 *
 * and beside them the lock inside the table of minors, which opens take alone,
 * and the one inside the wait queue of the pollers, taken with none of these
 * spinlocks held.
 *
 * A deque's lock is held for a few list operations for each message of a
 * batch, at most DEQUE_BATCH_MAX.  Nothing is copied, allocated, freed or
 * woken under it.  It is dropped by deque_unlock_and_wake() alone wherever
 * something changed that somebody may wait for.
 *
 * A deque lives as long as somebody holds a reference: the registry has one
 * while the deque has a name, and each open file has one.  "dead" is set once,
 * under the lock, when it is destroyed; nothing is put in, taken, promised or
 * waited for after that.
 */

enum deque_end {
	DEQUE_AT_BACK,
	DEQUE_AT_FRONT,
};

/* message.c: one message */

/**
 * struct deque_message - one message, and what is known of it
 * @link: its place in &deque_queue.line, or
 * @node: in &deque_queue.restored
 * @position: its rank: whatever is nearer the front has a smaller one
 * @id: number in its deque, from 1; 0 if it never was in one
 * @arrival_ns: when it came in, CLOCK_REALTIME
 * @nested: the sender, if it has a pid namespace of its own; else NULL, and
 * @pid: its number, which only the initial namespace knows
 * @uid: the sender's effective user
 * @gid: and group
 * @references: one of who owns it (deque or taker), one of each who looks
 * @size: bytes of payload
 * @in_restored: whether @node is in use, or @link
 * @data: the payload
 *
 * Constant once it is in a deque, but for the place and @references.
 */
struct deque_message {
	union {
		struct list_head link;
		struct rb_node node;
	};
	s64 position;
	u64 id;
	u64 arrival_ns;
	struct pid *nested;
	pid_t pid;
	kuid_t uid;
	kgid_t gid;
	refcount_t references;
	u32 size;
	bool in_restored;
	u8 data[];
};

struct deque_message *deque_message_alloc(u32 size);
void deque_message_put(struct deque_message *message);
void deque_message_describe(const struct deque_message *message,
			    struct deque_descriptor *descriptor);

/* queue.c: the order of the messages that can be taken */

/**
 * struct deque_queue - messages in order of their position
 * @line: those that nobody took yet
 * @restored: those that were taken and put back; nearly always empty
 * @count: how many in both
 * @front: the smallest position given away so far
 * @back: the largest
 *
 * A message that comes back belongs where it was, between others that have
 * come and gone since.  Keeping such messages apart in a tree makes that exact
 * in O(log n), whatever happened meanwhile, at no cost to the others.
 */
struct deque_queue {
	struct list_head line;
	struct rb_root_cached restored;
	u32 count;
	s64 front;
	s64 back;
};

void deque_queue_init(struct deque_queue *queue);
void deque_queue_add(struct deque_queue *queue, struct deque_message *message,
		     enum deque_end end);
void deque_queue_restore(struct deque_queue *queue,
			 struct deque_message *message);
void deque_queue_remove(struct deque_queue *queue,
			struct deque_message *message);
struct deque_message *deque_queue_first(const struct deque_queue *queue,
					enum deque_end end);

/**
 * struct deque_cursor - a place between two messages
 * @queue: the queue
 * @end: where it started
 * @link: next in &deque_queue.line
 * @node: next in &deque_queue.restored
 */
struct deque_cursor {
	const struct deque_queue *queue;
	enum deque_end end;
	const struct list_head *link;
	struct rb_node *node;
};

void deque_queue_begin(const struct deque_queue *queue, enum deque_end end,
		       struct deque_cursor *cursor);
struct deque_message *deque_queue_step(struct deque_cursor *cursor);

/* The deque itself */

/**
 * struct deque - a named, bounded, two-ended queue of messages
 * @name: constant
 * @owner: effective uid of the creator; constant
 * @minor: of its node; constant
 * @references: see above
 * @by_name: in the registry's table; under the registry mutex
 * @lock: protects all between here and @starved
 * @queue: the messages that can be taken ("ready")
 * @limits: the bounds
 * @messages: what counts against them: the ready ones, and those being copied to
 *	a taker
 * @bytes: likewise, payload
 * @last_id: of the message that went in last
 * @pushed: messages that went in, ever
 * @popped: messages that were taken out and copied, ever
 * @takers: &deque_waiter of those who wait for a message, first come first
 * @senders: and for room
 * @takers_waiting: length of @takers
 * @senders_waiting: length of @senders
 * @openers: open file descriptions
 * @news: poll events that may have become true since the lock was taken
 * @came: how many messages came since then
 * @pinned: nobody has it open but it holds messages, so it holds the module
 * @dead: destroyed
 * @starved: in the list of deques that wait for memory; under starved_lock
 * @pollers: of poll, select and epoll; has its own lock
 * @fasync_readers: receivers of SIGIO for messages; likewise
 * @fasync_writers: and for room
 */
struct deque {
	char name[DEQUE_NAME_MAX + 1];
	kuid_t owner;
	u32 minor;
	struct kref references;
	struct hlist_node by_name;

	spinlock_t lock ____cacheline_aligned_in_smp;
	struct deque_queue queue;
	struct deque_limits limits;
	u64 messages;
	u64 bytes;
	u64 last_id;
	u64 pushed;
	u64 popped;
	struct list_head takers;
	struct list_head senders;
	u32 takers_waiting;
	u32 senders_waiting;
	u32 openers;
	__poll_t news;
	u32 came;
	bool pinned;
	bool dead;

	struct list_head starved;
	wait_queue_head_t pollers;
	struct fasync_struct *fasync_readers;
	struct fasync_struct *fasync_writers;
};

/* bounds.c: room for messages, in one deque and in all together */

int deque_limits_check(const struct deque_limits *limits);
void deque_limits_fill(struct deque_limits *limits,
		       const struct deque_limits *others);
int deque_limits_set(struct deque *deque, const struct deque_limits *limits);
u32 deque_max_size(const struct deque *deque);
bool deque_has_room_locked(struct deque *deque, u32 size);
bool deque_reserve_locked(struct deque *deque, u32 size);
void deque_give_room_locked(struct deque *deque, u64 messages, u64 bytes);
void deque_total_release(u32 size);
void deque_starved_forget(struct deque *deque);
void deque_bounds_exit(void);

/* What the two files below hand each other: messages on their way */

/**
 * struct deque_slot - a message on its way
 * @message: the message
 * @id: push: out, its number; the message itself may be gone by then
 * @capacity: take: the largest size that is wanted here
 */
struct deque_slot {
	struct deque_message *message;
	u64 id;
	u32 capacity;
};

/**
 * struct deque_take - what a taker wants
 * @slots: where to put it
 * @count: how many at most, at least 1
 * @end: from which end
 * @peek: only look, the messages stay
 */
struct deque_take {
	struct deque_slot *slots;
	unsigned int count;
	enum deque_end end;
	bool peek;
};

/* wait.c: who waits, and who is woken for what */

/**
 * struct deque_patience - how long a caller is ready to wait
 * @nowait: not at all
 * @bounded: until @deadline
 * @deadline: CLOCK_MONOTONIC
 */
struct deque_patience {
	bool nowait;
	bool bounded;
	ktime_t deadline;
};

int deque_wait_for_message_locked(struct deque *deque,
				  const struct deque_take *take,
				  const struct deque_patience *patience);
int deque_wait_for_room_locked(struct deque *deque, struct deque_slot *slot,
			       enum deque_end end,
			       const struct deque_patience *patience);
__poll_t deque_events_locked(struct deque *deque, __poll_t wanted);
void deque_unlock_and_wake(struct deque *deque) __releases(&deque->lock);

/* transfer.c: messages in, messages out */

int deque_push(struct deque *deque, struct deque_slot *slots,
	       unsigned int count, enum deque_end end,
	       const struct deque_patience *patience);
bool deque_put_one_locked(struct deque *deque, struct deque_slot *slot,
			  enum deque_end end);
int deque_take_one_locked(struct deque *deque, const struct deque_take *take,
			  unsigned int n, struct deque_message *message);
int deque_take(struct deque *deque, const struct deque_take *take,
	       const struct deque_patience *patience);
void deque_take_finish(struct deque *deque, const struct deque_take *take,
		       unsigned int taken, unsigned int delivered);
void deque_drain(struct deque *deque);

/* nodes.c: device numbers and nodes */

/* Minors: one for the control node, then one for each deque. */
#define DEQUE_MINOR_CONTROL	0
#define DEQUE_DEQUES_LIMIT	65536

int deque_nodes_init(void);
int deque_nodes_publish(void);
void deque_nodes_unpublish(void);
void deque_nodes_exit(void);
int deque_node_create(struct deque *deque);
void deque_node_destroy(const struct deque *deque);

/* registry.c: which deques there are */

int deque_registry_init(void);
void deque_registry_exit(void);
int deque_name_check(const char *name);
int deque_create(const char *name, const struct deque_limits *limits);
int deque_destroy(const char *name, u32 flags);
bool deque_may_manage(const struct deque *deque);
struct deque *deque_open(u32 minor);
void deque_close(struct deque *deque);
void deque_put(struct deque *deque);
void deque_walk_lock(void);
struct deque *deque_walk_from(u32 minor);
void deque_walk_unlock(void);

/* stats.c: what the outside may see */

extern const struct attribute_group *deque_attribute_groups[];
int deque_describe(struct deque *deque, struct deque_info *info);
int deque_stats_init(void);
void deque_stats_exit(void);

/* params.c: module parameters */

/**
 * struct deque_spec - an element of the parameter deques=
 * @name: of the deque to make at load
 * @limits: its bounds, zeros for the defaults
 */
struct deque_spec {
	char name[DEQUE_NAME_MAX + 1];
	struct deque_limits limits;
};

u32 deque_param_max_deques(void);
u64 deque_param_max_total_bytes(void);
void deque_param_limits(struct deque_limits *limits);
const struct deque_spec *deque_param_specs(unsigned int *count);
void deque_params_init(void);

/* ioctl.c: commands, and how they are called */

/**
 * struct deque_command - an ioctl, as the dispatcher needs it
 * @number: as in the ABI header
 * @mode: FMODE_READ or FMODE_WRITE if the file has to be open for it, or 0
 * @size: of the struct that it takes
 * @min_size: of the first version of that
 * @flags: that it knows
 * @reply: whether the struct goes back to the caller
 * @run: does it, on a copy of the struct; may sleep
 */
struct deque_command {
	unsigned int number;
	fmode_t mode;
	u32 size;
	u32 min_size;
	u32 flags;
	bool reply;
	long (*run)(struct file *file, void *argument);
};

long deque_dispatch(struct file *file, unsigned int number,
		    unsigned long argument,
		    const struct deque_command *commands, unsigned int count);
long deque_ioctl(struct file *file, unsigned int number,
		 unsigned long argument);

/* batch.c: DEQUE_PUSH and DEQUE_POP */

long deque_batch_push(struct file *file, void *argument);
long deque_batch_pop(struct file *file, void *argument);

/* cdev.c and control.c: what the nodes do */

extern const struct file_operations deque_fops;
extern const struct file_operations deque_control_fops;

int deque_size_check(const struct deque *deque, size_t size);

#endif /* DEQUE_INTERNAL_H */
