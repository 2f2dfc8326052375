/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the files of the module share: its objects, its locks, and who offers
 * what.  In the order of the layers, from the bottom up.
 */
#ifndef DEQUE_CORE_DEQUE_H
#define DEQUE_CORE_DEQUE_H

#include <linux/fs.h>
#include <linux/hrtimer.h>
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
#include <linux/workqueue.h>

#include <linux/deque.h>

/*
 * Locks, outermost first:
 *
 *   registry mutex     which deques there are, and their names (registry.c)
 *   struct deque.lock  all that changes in one deque
 *   starved_lock       which deques wait for memory that others hold (memory.c)
 *
 * and beside them the lock inside the table of minors, which opens take alone,
 * the one inside the wait queue of the pollers, taken with none of these
 * spinlocks held, and those of the kernel's timers, inside of a deque's.
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

/* Where in the queue of those that can be taken a message is. */
enum deque_place {
	DEQUE_ELSEWHERE,
	DEQUE_IN_LINE,
	DEQUE_IN_RESTORED,
};

/*
 * What is allocated for a caller is charged to its memory cgroup.  If that has no
 * more, or the machine, the caller gets ENOMEM: nothing is killed for it.
 */
#define DEQUE_GFP	(GFP_KERNEL_ACCOUNT | __GFP_NOWARN | __GFP_RETRY_MAYFAIL)

struct deque;
struct deque_user;

/* core/memory.c: the memory of all deques, and the shares of users */

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

void deque_memory_init(void);
struct deque_user *deque_user_get(void);
void deque_user_put(struct deque_user *user);
kuid_t deque_user_uid(const struct deque_user *user);
bool deque_user_is_exempt(void);
int deque_user_add_deque(struct deque_user *user);
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
void deque_starved_forget(struct deque *deque);
void deque_memory_exit(void);

/* core/cgroup.c: who pays */

bool deque_cgroup_has_room(u64 size);

/* core/process.c: who a process was */

/**
 * struct deque_process - who a process was
 * @numbers: its numbers, if it has a pid namespace of its own; else NULL
 * @number: its number in the initial pid namespace
 */
struct deque_process {
	struct deque_numbers *numbers;
	pid_t number;
} __packed __aligned(4);

u32 deque_process_cost(void);
u32 deque_process_memory(const struct deque_process *process);
int deque_process_note(struct deque_process *process);
void deque_process_copy(struct deque_process *to,
			const struct deque_process *from);
void deque_process_forget(struct deque_process *process);
pid_t deque_process_number(const struct deque_process *process);

/* core/message.c: one message */

/**
 * struct deque_message - one message, and what is known of it
 * @link: its place in &deque_queue.line, or
 * @node: in &deque_queue.restored
 * @position: its rank: whatever is nearer the front has a smaller one
 * @id: number in its deque, from 1; 0 if it never was in one
 * @arrival_ns: when it came in, CLOCK_REALTIME
 * @sender: the process that sent it
 * @place: whether @link is in use, or @node
 * @uncounted: of @deliveries, how many do not count; 255 at most
 * @head_size: bytes of payload that are in here; the rest is in chunks
 * @ends_line: whether the last byte is a newline
 * @user: the sender's effective user, who is charged with the memory
 * @gid: the sender's effective group
 * @references: one of who owns it (deque or taker), one of each who looks
 * @size: bytes of payload
 * @deliveries: how often it was claimed; under the deque's lock, but read without
 * @data: the payload; before it a &struct deque_rest, if chunks follow
 *
 * Constant once it is in a deque, but for the place, @deliveries, @uncounted and
 * @references.
 */
struct deque_message {
	union {
		struct list_head link;
		struct rb_node node;
	};
	s64 position;
	u64 id;
	u64 arrival_ns;
	struct deque_process sender;
	u8 place;
	u8 uncounted;
	u16 head_size : 15;
	u16 ends_line : 1;
	struct deque_user *user;
	kgid_t gid;
	refcount_t references;
	u32 size;
	u32 deliveries;
	u8 data[];
};

/**
 * struct deque_span - a part of the payload that lies in one piece
 * @data: where
 * @size: bytes
 * @next: the chunk behind it, or NULL
 */
struct deque_span {
	u8 *data;
	u32 size;
	struct deque_chunk *next;
};

u32 deque_object_cost(u32 size);
u32 deque_message_cost(u32 size);
struct deque_message *deque_message_alloc(struct deque_user *user, bool exempt,
					  u32 size);
u32 deque_message_memory(const struct deque_message *message);
void deque_message_put(struct deque_message *message);
void deque_span_begin(struct deque_span *span, struct deque_message *message);
bool deque_span_next(struct deque_span *span);
void deque_message_describe(const struct deque_message *message,
			    struct deque_descriptor *descriptor);

/* device/payload.c: the payload from and to user space */

int deque_payload_read_iter(struct deque_message *message,
			    struct iov_iter *from);
int deque_payload_write_iter(struct deque_message *message,
			     struct iov_iter *to);
int deque_payload_write_part(struct deque_message *message, u32 offset,
			     u32 size, struct iov_iter *to);
int deque_payload_read_user(struct deque_message *message,
			    const void __user *from);
int deque_payload_write_user(struct deque_message *message, void __user *to,
			     u32 size);

/* core/queue.c: the order of the messages that can be taken */

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
s64 deque_queue_place(struct deque_queue *queue, enum deque_end end);
s64 deque_queue_reserve(struct deque_queue *queue, u64 count);
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
void deque_queue_begin_behind(const struct deque_queue *queue, s64 position,
			      const struct deque_message *seen,
			      struct deque_cursor *cursor);
struct deque_message *deque_queue_step(struct deque_cursor *cursor);

/* core/parked.c: messages that are not ready, and when they will be */

struct deque_file;

/**
 * struct deque_parked - a message that is leased, delayed or buried
 * @by_token: in &deque_parking.by_token
 * @by_due: in &deque_parking.due, unless @due is KTIME_MAX
 * @by_holder: in &deque_file.held, if @held
 * @link: leased: in &deque_file.leases; buried: in &deque_parking.buried; when it
 *	is done with: among those to be freed
 * @message: the message; NULL if it is somebody else's again
 * @file: leased: the open file that it was claimed through
 * @table: leased to a process: its table of descriptors, else NULL
 * @holder: leased: the process that claimed it
 * @era: remembered: &deque_file.era when it was read; DEQUE_ERA_REST: not to the end;
 *	else DEQUE_ERA_NONE
 * @thread: remembered: the thread that read it, see &deque_reader.thread; else 0
 * @user: put in with a delay: who is charged with this; else NULL
 * @token: its number: of the lease, when it is one
 * @index: leased: its place among those that the same call has claimed, from 0
 * @since_ns: when it got into this state, CLOCK_REALTIME
 * @due: when it becomes ready by itself, CLOCK_MONOTONIC, or KTIME_MAX
 * @state: DEQUE_LEASED, DEQUE_DELAYED or DEQUE_BURIED
 * @left: remembered: bytes of its line that the reader has not got yet
 * @held: leased: it is tied to a process, or remembered: the next read of the reader
 *	is to acknowledge it, or to go on with it
 * @is_new: it was never ready: it goes to @end as if it was put in then
 * @outside: it is to go outside of all others at @end, not where it was
 * @end: which end
 */
struct deque_parked {
	struct rb_node by_token;
	struct rb_node by_due;
	struct rb_node by_holder;
	struct list_head link;
	struct deque_message *message;
	struct deque_file *file;
	fl_owner_t table;
	struct deque_process holder;
	u32 era;
	u64 thread;
	struct deque_user *user;
	u64 token;
	u64 since_ns;
	ktime_t due;
	u32 state;
	u32 left;
	u8 index;
	bool held;
	bool is_new;
	bool outside;
	enum deque_end end;
};

/**
 * struct deque_parking - the messages of a deque that are not ready
 * @by_token: all of them
 * @due: those that will be ready by themselves, in that order: leases, and
 *	delayed ones
 * @buried: those that are buried, in the order in which they were
 * @leased_count: how many are leased
 * @delayed_count: delayed
 * @buried_count: and buried
 */
struct deque_parking {
	struct rb_root by_token;
	struct rb_root_cached due[2];
	struct list_head buried;
	u64 leased_count;
	u64 delayed_count;
	u64 buried_count;
};

u32 deque_parked_cost(void);
struct deque_parked *deque_parked_alloc(void);
struct deque_parked *deque_parked_alloc_delay(struct deque_user *user);
void deque_parked_free(struct deque_parked *parked);
void deque_parked_free_list(struct list_head *list);
void deque_parking_init(struct deque_parking *parking);
void deque_parking_add(struct deque_parking *parking,
		       struct deque_parked *parked, u32 state, ktime_t due);
void deque_parking_remove(struct deque_parking *parking,
			  struct deque_parked *parked);
void deque_parking_delay(struct deque_parking *parking,
			 struct deque_parked *parked, ktime_t due);
struct deque_parked *deque_parking_find(const struct deque_parking *parking,
					u64 token);
struct deque_parked *deque_parking_after(const struct deque_parking *parking,
					 u64 token);
struct deque_parked *deque_parking_next(const struct deque_parked *parked);
struct deque_parked *deque_parking_first_due(const struct deque_parking *parking);
struct deque_parked *deque_parking_first(struct deque_parking *parking,
					 u32 state);

/* The deque itself */

/* What happened since a deque was made, see struct deque_info. */
struct deque_counters {
	u64 pushed;
	u64 popped;
	u64 claimed;
	u64 acked;
	u64 returned;
	u64 crash_returned;
	u64 timed_out;
	u64 lease_buried;
	u64 buried_ever;
};

/**
 * struct deque - a named, bounded, two-ended queue of messages
 * @name: constant
 * @owner: effective uid of the creator; constant
 * @user: the creator, whose share of deques this one counts for; constant
 * @minor: of its node; constant
 * @references: see above
 * @by_name: in the registry's table; under the registry mutex
 * @lock: protects all between here and @starved
 * @queue: the messages that can be taken ("ready")
 * @parking: those that cannot
 * @limits: the bounds
 * @policy: of files that will be opened
 * @messages: what counts against the bounds: the ready ones, the parked ones, and
 *	those being copied to a taker or from a sender
 * @bytes: likewise, payload
 * @memory: likewise, but without what is only promised to a sender: what the kernel
 *	has taken for them
 * @last_id: of the message that went in last
 * @counters: what ever happened
 * @armed: when @due_timer will fire, at the latest; KTIME_MAX if it is not armed,
 *	0 while @due_work is at it
 * @bookmarked: the open files that have a bookmark
 * @takers: &deque_waiter of those who wait for a message, first come first
 * @senders: and for room
 * @takers_waiting: length of @takers
 * @senders_waiting: length of @senders
 * @openers: open file descriptions
 * @news: poll events that may have become true since the lock was taken
 * @came: how many messages came since then
 * @unserved: somebody serves those who wait, and has dropped the lock in between
 * @pinned: nobody has it open but it holds messages, so it holds the module
 * @dead: destroyed
 * @due_timer: fires when the first of the parked ones is due, and starts
 * @due_work: which makes them ready; both have locks of their own
 * @starved: in the list of deques that wait for memory; under starved_lock
 * @pollers: of poll, select and epoll; has its own lock
 * @fasync_readers: receivers of SIGIO for messages; likewise
 * @fasync_writers: and for room
 */
struct deque {
	char name[DEQUE_NAME_MAX + 1];
	kuid_t owner;
	struct deque_user *user;
	u32 minor;
	struct kref references;
	struct hlist_node by_name;

	spinlock_t lock ____cacheline_aligned_in_smp;
	struct deque_queue queue;
	struct deque_parking parking;
	struct deque_limits limits;
	u32 policy;
	u64 messages;
	u64 bytes;
	u64 memory;
	u64 last_id;
	struct deque_counters counters;
	ktime_t armed;
	struct list_head bookmarked;
	struct list_head takers;
	struct list_head senders;
	u32 takers_waiting;
	u32 senders_waiting;
	u32 openers;
	__poll_t news;
	u32 came;
	bool unserved;
	bool pinned;
	bool dead;

	struct hrtimer due_timer;
	struct work_struct due_work;
	struct list_head starved;
	wait_queue_head_t pollers;
	struct fasync_struct *fasync_readers;
	struct fasync_struct *fasync_writers;
};

/**
 * struct deque_file - an open file of a deque
 * @deque: the deque; constant
 * @user: who opened it; constant
 * @leases: what was claimed through it, in that order; this and what follows
 *	under the deque's lock
 * @lease_count: how many
 * @held: those of them that are tied to a process or remembered for their reader, by
 *	process and reader
 * @era: rises when DEQUE_ACK_ON_READ is switched off: what was read before that is
 *	not acknowledged by a read any more
 * @policy: of this file; read without the lock
 * @bookmark: how far a walk along the queue has come, or NULL
 * @bookmarked: in &deque.bookmarked, if there is a bookmark
 */
struct deque_file {
	struct deque *deque;
	struct deque_user *user;
	struct list_head leases;
	u64 lease_count;
	struct rb_root held;
	u32 era;
	u32 policy;
	struct deque_message *bookmark;
	struct list_head bookmarked;
};

/* core/room.c: room for messages in one deque */

int deque_limits_check(const struct deque_limits *limits);
void deque_limits_fill(struct deque_limits *limits,
		       const struct deque_limits *others);
int deque_limits_set(struct deque *deque, const struct deque_limits *limits,
		     u32 policy_on, u32 policy_off);
u32 deque_max_size(const struct deque *deque);
bool deque_has_room_locked(struct deque *deque, u32 size);
bool deque_may_have_room(const struct deque *deque, u32 count, u64 bytes);
bool deque_reserve_locked(struct deque *deque, u32 size);
void deque_unreserve_locked(struct deque *deque, u32 size);
void deque_leave_locked(struct deque *deque,
			const struct deque_message *message);

/* What the files below hand each other: messages on their way */

/**
 * struct deque_slot - a message on its way
 * @message: the message
 * @parked: push with a delay, and claim: where to keep it; NULL once it is in use
 * @id: push: out, its number; the message itself may be gone by then
 * @delay_ns: push: how long it stays delayed
 * @capacity: take: the largest size that is wanted here
 */
struct deque_slot {
	struct deque_message *message;
	struct deque_parked *parked;
	u64 id;
	u64 delay_ns;
	u32 capacity;
};

/**
 * struct deque_sender - who sends
 * @user: its effective user
 * @exempt: whether the share of the user does not hold
 */
struct deque_sender {
	struct deque_user *user;
	bool exempt;
};

/**
 * struct deque_grant - room for one message
 * @sender: who needs it
 * @size: bytes of payload
 * @cost: bytes of memory
 * @end: where it is to go
 * @position: out: the place that is kept for it
 * @id: out: its number
 */
struct deque_grant {
	const struct deque_sender *sender;
	u32 size;
	u64 cost;
	enum deque_end end;
	s64 position;
	u64 id;
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

/* core/wait.c: who waits, and who is woken for what */

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
int deque_wait_for_room_locked(struct deque *deque, struct deque_grant *grant,
			       const struct deque_patience *patience);
void deque_serve_all_locked(struct deque *deque);
__poll_t deque_events_locked(struct deque *deque, __poll_t wanted);
void deque_unlock_and_wake(struct deque *deque) __releases(&deque->lock);

/* core/transfer.c: messages in, messages out */

u64 deque_sender_cost(u32 size, u64 delay_ns);
int deque_slot_load(struct deque_slot *slot, const struct deque_sender *sender,
		    u32 size, u64 delay_ns);
void deque_slot_unload(struct deque_slot *slot);
int deque_push(struct deque *deque, struct deque_slot *slots,
	       unsigned int count, enum deque_end end);
int deque_grant_locked(struct deque *deque, struct deque_grant *grant);
int deque_push_reserve(struct deque *deque, struct deque_grant *grant,
		       const struct deque_patience *patience);
int deque_push_granted(struct deque *deque, struct deque_slot *slot,
		       const struct deque_grant *grant);
void deque_grant_return(struct deque *deque, const struct deque_grant *grant);
int deque_take_one_locked(struct deque *deque, const struct deque_take *take,
			  unsigned int n, struct deque_message *message);
int deque_take(struct deque *deque, const struct deque_take *take,
	       const struct deque_patience *patience);
void deque_take_finish(struct deque *deque, const struct deque_take *take,
		       unsigned int taken, unsigned int delivered);
void deque_take_restore_locked(struct deque *deque,
			       const struct deque_take *take,
			       unsigned int from, unsigned int to);
void deque_drain(struct deque *deque);

/* device/send.c: messages from user space into a deque */

/**
 * struct deque_source - a message in user space
 * @iter: where it is, or NULL: it is at
 * @data: that address
 * @size: bytes
 */
struct deque_source {
	struct iov_iter *iter;
	const void __user *data;
	u32 size;
};

/**
 * struct deque_send - a call that puts messages in
 * @deque: where
 * @opener: the user who opened the file
 * @sender: who calls
 * @end: where to put them
 * @delay_ns: how long they are to be delayed, or 0
 * @patience: how long to wait while the deque is full
 */
struct deque_send {
	struct deque *deque;
	struct deque_user *opener;
	struct deque_sender sender;
	enum deque_end end;
	u64 delay_ns;
	struct deque_patience patience;
};

int deque_send_begin(struct deque_send *send, const struct deque_file *file);
void deque_send_end(const struct deque_send *send);
int deque_send_some(struct deque_send *send, struct deque_slot *slots,
		    const struct deque_source *sources, unsigned int count);

/* core/settle.c: messages that somebody works on, and what becomes of them */

struct deque_reader;

/**
 * struct deque_terms - on what terms a message is leased
 * @time_ns: for how long, or 0
 * @table: the table of descriptors that it is tied to, or NULL
 * @reader: whose next read acknowledges it, or goes on with it, or NULL
 * @left: how many bytes there are to go on with
 */
struct deque_terms {
	u64 time_ns;
	fl_owner_t table;
	const struct deque_reader *reader;
	u32 left;
};

/**
 * struct deque_settlement - what is to become of leased messages
 * @settle: does that to one of them, and puts what is to be freed in @done;
 *	under the deque's lock
 * @due: when the message is to be ready by itself; KTIME_MAX: never, or at once
 * @outside: it is to go outside of all others at @end, not where it was
 * @uncounted: these deliveries do not count
 * @call: of the leases that were lost last, the token of the first that the same call
 *	has claimed
 * @end: which end
 * @places: how many places at the front to set aside for it and those that follow
 * @place: the next of them
 * @places_left: how many there are left
 * @done: what has to be freed
 */
struct deque_settlement {
	void (*settle)(struct deque *deque, struct deque_parked *parked,
		       struct deque_settlement *settlement);
	ktime_t due;
	bool outside;
	bool uncounted;
	u64 call;
	enum deque_end end;
	u64 places;
	s64 place;
	u64 places_left;
	struct list_head done;
};

u64 deque_token_next(unsigned int count);
int deque_claim(struct deque_file *file, struct deque_take *take,
		const struct deque_patience *patience);
int deque_claim_finish(struct deque_file *file, const struct deque_take *take,
		       unsigned int taken, unsigned int delivered,
		       const struct deque_terms *terms);
void deque_settle_ack(struct deque *deque, struct deque_parked *parked,
		      struct deque_settlement *settlement);
void deque_settle_return(struct deque *deque, struct deque_parked *parked,
			 struct deque_settlement *settlement);
void deque_settle_bury(struct deque *deque, struct deque_parked *parked,
		       struct deque_settlement *settlement);
void deque_settle_extend(struct deque *deque, struct deque_parked *parked,
			 struct deque_settlement *settlement);
int deque_settle(struct deque_file *file, const u64 *tokens,
		 unsigned int count, struct deque_settlement *settlement);
void deque_leases_return(struct deque_file *file, fl_owner_t table);
void deque_parked_lose_locked(struct deque *deque, struct deque_parked *parked,
			      struct deque_settlement *settlement);
void deque_lease_lapse_locked(struct deque *deque, struct deque_parked *parked,
			      struct deque_settlement *settlement);
void deque_delay_end_locked(struct deque *deque, struct deque_parked *parked,
			    struct deque_settlement *settlement);
long deque_kick(struct deque *deque, u32 states, u64 count,
		struct deque_settlement *settlement);

/* core/timer.c: what becomes ready by itself */

int deque_due_init(void);
void deque_due_exit(void);
ktime_t deque_due_in(u64 ns);
void deque_due_begin(struct deque *deque);
void deque_due_arm_locked(struct deque *deque);
void deque_due_end(struct deque *deque);

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
int deque_create(const char *name, const struct deque_limits *limits,
		 u32 policy);
int deque_destroy(const char *name, u32 flags);
bool deque_may_manage(const struct deque *deque);
int deque_open(u32 minor, struct deque_file *file);
void deque_close(struct deque *deque);
void deque_put(struct deque *deque);
void deque_walk_lock(void);
struct deque *deque_walk_from(u32 minor);
void deque_walk_unlock(void);

/* device/sysfs.c: what the outside may see */

extern const struct attribute_group *deque_attribute_groups[];
extern const struct attribute_group *deque_control_attribute_groups[];
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
u32 deque_param_max_user_deques(void);
u64 deque_param_max_total_bytes(void);
u64 deque_param_max_user_bytes(void);
void deque_param_limits(struct deque_limits *limits);
const struct deque_spec *deque_param_specs(unsigned int *count);
void deque_params_init(void);

/* device/ioctl.c: commands, and how they are called */

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

/* device/batch.c: DEQUE_PUSH, DEQUE_POP and DEQUE_CLAIM */

long deque_batch_push(struct file *file, void *argument);
long deque_batch_pop(struct file *file, void *argument);
long deque_batch_claim(struct file *file, void *argument);

/* device/leases.c: the commands on what was claimed */

long deque_command_ack(struct file *file, void *argument);
long deque_command_return(struct file *file, void *argument);
long deque_command_bury(struct file *file, void *argument);
long deque_command_extend(struct file *file, void *argument);
long deque_command_kick(struct file *file, void *argument);

/* device/browse.c: DEQUE_BROWSE */

long deque_command_browse(struct file *file, void *argument);
void deque_bookmark_drop(struct deque_file *opened);
void deque_bookmarks_drop(struct deque *deque);

/* core/holder.c: which process holds what, and what each reader was given last */

/*
 * The eras of messages that were not read, and that were not read to their end; files
 * begin with the next.
 */
#define DEQUE_ERA_NONE	0
#define DEQUE_ERA_REST	1

/**
 * struct deque_reader - a reader of an open file
 * @table: its table of descriptors, or NULL: what it reads is tied to that
 * @thread: a number that each thread has its own of; 0: no thread in particular
 * @shares_table: other threads may close the file meanwhile
 */
struct deque_reader {
	fl_owner_t table;
	u64 thread;
	bool shares_table;
};

void deque_reader_begin(struct deque_reader *reader, struct kiocb *iocb);
void deque_reader_end(const struct deque_reader *reader, struct file *file);
void deque_held_add_locked(struct deque_file *file,
			   struct deque_parked *parked,
			   const struct deque_reader *reader);
void deque_held_remove_locked(struct deque_file *file,
			      struct deque_parked *parked);
struct deque_parked *deque_held_first_locked(const struct deque_file *file,
					     fl_owner_t table);
struct deque_parked *
deque_reader_find_locked(const struct deque_file *file,
			 const struct deque_reader *reader, u32 era);
void deque_reader_ack(struct deque_file *file,
		      const struct deque_reader *reader);

/* device/lines.c: read(2) for programs that read lines */

u32 deque_line_size(const struct deque_message *message);
u32 deque_line_left_locked(const struct deque_file *file);
ssize_t deque_line_read(struct kiocb *iocb,
			const struct deque_patience *patience,
			struct iov_iter *to);

/* device/read.c: read(2) */

struct deque_patience deque_iocb_patience(const struct kiocb *iocb);
ssize_t deque_read_iter(struct kiocb *iocb, struct iov_iter *to);

/* device/stream.c and device/control.c: what the nodes do */

extern const struct file_operations deque_fops;
extern const struct file_operations deque_control_fops;

int deque_size_check(const struct deque *deque, size_t size);
bool deque_file_in_table(struct file *file);

#endif /* DEQUE_CORE_DEQUE_H */
