/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * Message-oriented deques: the interface between the kernel and its users.
 */
#ifndef _UAPI_LINUX_DEQUE_H
#define _UAPI_LINUX_DEQUE_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * DOC: Introduction
 *
 * A deque is a named, bounded, two-ended queue of messages.  It is a device
 * file, /dev/deque/NAME: write(2) puts one message in at the back, read(2)
 * takes one from the front.  What the plain calls cannot say goes through the
 * ioctls below: batches of up to %DEQUE_BATCH_MAX messages, both ends,
 * deadlines, metadata, leases, limits.  Deques are made and removed through
 * /dev/deque/control.
 *
 * A message is in one state at a time, and counts against the bounds in each.
 * The words in capitals on the arrows are the commands below, without DEQUE_ in front::
 *
 *         PUSH, write(2)                   POP, read(2)
 *          ----------> +---------+ -------------------------> gone
 *                      |  ready  |
 *        +-----------> +---------+ <--------------------+
 *        | the delay     |     ^                        |
 *        | ends,   CLAIM |     | RETURN, or the end     |
 *        | or KICK       v     | of the lease           |
 *   +---------+        +---------+                      |
 *   | delayed | <----- | leased  | -------> gone        |
 *   +---------+ RETURN +---------+   ACK                |
 *        ^       with    |                              |
 *        |      a delay  | BURY, or max_deliveries      |
 *    PUSH with           v is reached                   | KICK
 *     a delay          +---------+                      |
 *                      | buried  | ---------------------+
 *                      +---------+
 *
 *  - ready: it can be taken.  A pop takes it for good, a claim leases it.
 *  - leased: somebody works on it.  It is gone when that is acknowledged, and
 *    ready again when it is returned, when the lease times out, or at once when
 *    the open file is closed that it was claimed through, as the kernel does
 *    for a process that dies.
 *  - delayed: it becomes ready by itself when its time has come.
 *  - buried: it was claimed as often as the deque allows and never
 *    acknowledged, or somebody buried it; it stays until it is kicked.
 *
 * Rules that hold for every command:
 *
 *  - Each takes a pointer to one struct.  Its first member, @size, is the size
 *    in bytes of the struct as the caller was compiled with it.  Members that
 *    the caller does not know are taken as zero; members that the kernel does
 *    not know have to be zero (E2BIG).  So both sides may be older or newer.
 *  - Flags and reserved members that a command does not know are refused,
 *    flags with EOPNOTSUPP and the rest with EINVAL; nothing is ignored.
 *  - Pointers are passed as __u64, and the layout is the same for 32-bit and
 *    64-bit callers.
 *  - An error means that nothing was done.  A batch that fails after k > 0
 *    messages did k of them, and returns k.  %DEQUE_KICK alone may have done it
 *    and say EFAULT, if its struct can be read but not be written to.
 *
 * Errors of every command: %EFAULT (bad pointer), %EINVAL (@size smaller than
 * the first version of the struct, or a value out of range), %E2BIG, %ENOTTY
 * (no such command), %EOPNOTSUPP, %EBADF (the file was not opened for it).
 */

/* Bytes in a deque's name, the terminating NUL not counted. */
#define DEQUE_NAME_MAX		63
/* Messages in one batch. */
#define DEQUE_BATCH_MAX		256
/* Hard ceilings on the limits of one deque; the defaults are lower. */
#define DEQUE_MESSAGES_LIMIT		(1U << 30)
#define DEQUE_MESSAGE_SIZE_LIMIT	(16U << 20)
#define DEQUE_BYTES_LIMIT		(1ULL << 40)
#define DEQUE_DELIVERIES_LIMIT		(1U << 30)
/* As max_deliveries: nothing is buried for having been claimed too often. */
#define DEQUE_DELIVERIES_UNLIMITED	(~0U)
/* The longest delay and lease, in ns: 100 years of 365 days. */
#define DEQUE_TIME_LIMIT		(100ULL * 365 * 86400 * 1000000000)
#define DEQUE_IOC_TYPE		0xDE

enum {
	DEQUE_NR_CREATE		= 0x00,
	DEQUE_NR_DESTROY	= 0x01,
	DEQUE_NR_PUSH		= 0x10,
	DEQUE_NR_POP		= 0x11,
	DEQUE_NR_CLAIM		= 0x12,
	DEQUE_NR_ACK		= 0x13,
	DEQUE_NR_RETURN		= 0x14,
	DEQUE_NR_BURY		= 0x15,
	DEQUE_NR_EXTEND		= 0x16,
	DEQUE_NR_KICK		= 0x17,
	DEQUE_NR_BROWSE		= 0x18,
	DEQUE_NR_GET		= 0x20,
	DEQUE_NR_SET		= 0x21,
};

/**
 * struct deque_limits - the bounds of one deque
 * @max_messages: most messages at a time, 1 to %DEQUE_MESSAGES_LIMIT
 * @max_message_size: most bytes in one message, 1 to %DEQUE_MESSAGE_SIZE_LIMIT
 * @max_bytes: most bytes of payload in all messages together, 1 to
 *	%DEQUE_BYTES_LIMIT.  Also bounds the size of one message.
 * @max_deliveries: a message whose lease ends without being acknowledged is
 *	buried if it was claimed so often, 1 to %DEQUE_DELIVERIES_LIMIT; never
 *	with %DEQUE_DELIVERIES_UNLIMITED
 * @padding: zero
 * @reserved: zero
 *
 * In %DEQUE_CREATE, a zero stands for the default (the module parameter of the
 * same name); in %DEQUE_SET, it leaves the limit as it is.
 */
struct deque_limits {
	__u32 max_messages;
	__u32 max_message_size;
	__u64 max_bytes;
	__u32 max_deliveries;
	__u32 padding;
	__u64 reserved[3];
};

/*
 * Policy: read(2) claims, and acknowledges the message that the previous
 * read(2) of the same reader on the same open file returned.  So a message that
 * a reader was working on when it died is delivered again.
 *
 * Each thread is a reader of its own, and its lease also ends with its process, as
 * with %DEQUE_PROCESS.  The message that a thread read last before it ended stays
 * leased until then.  All reads of io_uring on one open file are those of one
 * reader, whose lease ends with the open file.
 */
#define DEQUE_ACK_ON_READ	(1U << 0)
/*
 * Policy: a read(2) of any size gets the next bytes of a message, never of two, and
 * then a newline unless the message ends with one: for programs that read lines.
 * The rest stays leased to the process that reads, all of whose threads are one
 * reader here, and comes back whole if that closes the file or dies.  The message
 * is gone when all of it was read; with %DEQUE_ACK_ON_READ, when the next is begun.
 */
#define DEQUE_LINES		(1U << 1)
#define DEQUE_POLICIES		(DEQUE_ACK_ON_READ | DEQUE_LINES)

/**
 * struct deque_create - argument of %DEQUE_CREATE
 * @size: sizeof(struct deque_create)
 * @flags: zero
 * @name: 1 to %DEQUE_NAME_MAX bytes of [A-Za-z0-9._-], the first of them a
 *	letter or a digit, and a NUL; not "control"
 * @limits: the bounds; zeros for the defaults
 * @policy: a set of %DEQUE_ACK_ON_READ and %DEQUE_LINES, for files that will be opened
 * @reserved: zero
 */
struct deque_create {
	__u32 size;
	__u32 flags;
	char name[DEQUE_NAME_MAX + 1];
	struct deque_limits limits;
	__u32 policy;
	__u32 reserved;
};

/**
 * DOC: DEQUE_CREATE - make a deque, and its node /dev/deque/NAME
 *
 * On /dev/deque/control, opened for writing.  The caller's effective uid
 * becomes the owner.
 *
 * Errors: %EEXIST (there is one of that name), %EINVAL (bad name or limit),
 * %ENOSPC (there are max_deques already), %EDQUOT (the creator has max_user_deques
 * already, and no CAP_SYS_RESOURCE), %ENOMEM.
 */
#define DEQUE_CREATE		_IO(DEQUE_IOC_TYPE, DEQUE_NR_CREATE)

/* Destroy the deque even if it is open somewhere or holds messages. */
#define DEQUE_FORCE		(1U << 0)

/**
 * struct deque_destroy - argument of %DEQUE_DESTROY
 * @size: sizeof(struct deque_destroy)
 * @flags: zero or %DEQUE_FORCE
 * @name: as in &struct deque_create
 */
struct deque_destroy {
	__u32 size;
	__u32 flags;
	char name[DEQUE_NAME_MAX + 1];
};

/**
 * DOC: DEQUE_DESTROY - remove a deque and its node
 *
 * On /dev/deque/control, opened for writing, by the deque's owner or with
 * CAP_SYS_ADMIN.  Calls on files that are still open fail with ENODEV from then
 * on, and poll says POLLHUP; calls that are blocked return with the same.  With
 * %DEQUE_FORCE its messages are lost, those that are leased as well.
 *
 * Errors: %ENOENT (no such deque), %EBUSY (open or not empty, and not forced),
 * %EPERM (somebody else's).
 */
#define DEQUE_DESTROY		_IO(DEQUE_IOC_TYPE, DEQUE_NR_DESTROY)

/**
 * struct deque_descriptor - one message of a batch
 * @data: address of the payload, or of the buffer for it
 * @size: push: bytes of payload.  pop: bytes in the buffer; on return, the
 *	size of the message
 * @reserved: zero
 * @id: out: the message's number in its deque, from 1, rising, never reused
 * @arrival_ns: out, not push: when it came in, in ns since the epoch
 *	(CLOCK_REALTIME)
 * @pid: out, not push: the sender's process in the reader's pid namespace, 0 if
 *	it has no number there
 * @uid: out, not push: the sender's effective user, mapped to the reader's user
 *	namespace, the overflow uid (65534) if it has none there
 * @gid: out, not push: the sender's effective group, likewise
 * @deliveries: out, not push: how often it was claimed since it came in, or
 *	was kicked; claim: this time included
 * @token: out, claim: names the lease, not zero, never used again by any deque;
 *	browse: likewise, of a leased message; else zero
 *
 * Members that are marked "out" are not read.
 */
struct deque_descriptor {
	__u64 data;
	__u32 size;
	__u32 reserved;
	__u64 id;
	__u64 arrival_ns;
	__u32 pid;
	__u32 uid;
	__u32 gid;
	__u32 deliveries;
	__u64 token;
};

/* Act on the back; without it, pop and claim take from the front. */
#define DEQUE_BACK		(1U << 0)
/* Act on the front; without it, push puts in at the back. */
#define DEQUE_FRONT		(1U << 1)
/* Do not wait (EAGAIN), as if the file were O_NONBLOCK. */
#define DEQUE_NOWAIT		(1U << 2)
/* Wait until @deadline_ns at most (ETIMEDOUT). */
#define DEQUE_DEADLINE		(1U << 3)
/* Pop: look only; the messages stay where they are. */
#define DEQUE_PEEK		(1U << 4)
/*
 * Claim: the lease also ends when the process goes that claims, even if another
 * has the file open, too.  More exactly, as for fcntl(2)'s record locks: when
 * no descriptor in the table that the process used is for this open file any
 * more.
 */
#define DEQUE_PROCESS		(1U << 5)
/*
 * Return: the messages were not to blame, so that this delivery does not count
 * towards max_deliveries; up to 255 of a message do not.
 */
#define DEQUE_UNCOUNTED		(1U << 7)

/**
 * struct deque_batch - argument of %DEQUE_PUSH, %DEQUE_POP and %DEQUE_CLAIM
 * @size: sizeof(struct deque_batch)
 * @flags: %DEQUE_FRONT or %DEQUE_BACK, at most one of the two; %DEQUE_NOWAIT;
 *	%DEQUE_DEADLINE; %DEQUE_PEEK with pop only; %DEQUE_PROCESS with claim
 *	only
 * @descriptors: address of an array of &struct deque_descriptor
 * @count: its length, 1 to %DEQUE_BATCH_MAX
 * @reserved: zero
 * @deadline_ns: with %DEQUE_DEADLINE, when to give up, in ns of
 *	CLOCK_MONOTONIC; else zero.  A time in the past: do not wait (ETIMEDOUT)
 * @time_ns: push: the messages become ready so many ns after they went in;
 *	claim: the leases end by themselves after so many ns.  Up to
 *	%DEQUE_TIME_LIMIT; zero: at once, or never.  pop: zero.  The time in
 *	which the machine sleeps does not count.
 */
struct deque_batch {
	__u32 size;
	__u32 flags;
	__u64 descriptors;
	__u32 count;
	__u32 reserved;
	__u64 deadline_ns;
	__u64 time_ns;
};

/**
 * DOC: DEQUE_PUSH - put messages in
 *
 * Puts the messages in one after the other, in the order of the array: at the
 * front, the last of them ends up foremost.  Waits while the deque is full,
 * until all of them are in or the deadline passes; senders are served first
 * come, first served.
 *
 * Return: how many went in (the ids of those are set), or -1 if none did:
 * %EINVAL (an empty message, or a bad batch), %EMSGSIZE (longer than the deque
 * takes), %EAGAIN (full, or all deques together are), %EDQUOT (the sender's
 * messages take max_user_bytes already, and it has no CAP_SYS_RESOURCE),
 * %ETIMEDOUT, %EINTR, %ENOMEM (the machine or the sender's memory cgroup has no
 * more), %EFAULT, %EBADF (not open for writing), %ENODEV (destroyed).
 */
#define DEQUE_PUSH		_IO(DEQUE_IOC_TYPE, DEQUE_NR_PUSH)

/**
 * DOC: DEQUE_POP - take messages out, or look at them
 *
 * Takes what is there, @count messages at most, and waits only while there is
 * none; takers are served first come, first served.  Messages whose copy
 * fails stay in the deque, where they were.
 *
 * Return: how many were taken, or -1 if none was: %EMSGSIZE (the first does
 * not fit its buffer and stays; @size of the first descriptor tells what it
 * needs), %EAGAIN (empty), %ETIMEDOUT, %EINTR, %ENOMEM, %EFAULT, %EBADF (not
 * open for reading), %ENODEV (destroyed).
 */
#define DEQUE_POP		_IO(DEQUE_IOC_TYPE, DEQUE_NR_POP)

/**
 * DOC: DEQUE_CLAIM - lease messages
 *
 * As %DEQUE_POP, but the messages stay in the deque, leased to the open file
 * that this is called on; the @token of each descriptor names its lease.  When
 * the last descriptor for that open file is closed, all its leases end at once,
 * and the messages are ready again: also when the process is killed.
 *
 * A message whose lease ends goes back where it was, as if it had not been
 * claimed: to the end that it was taken from, in its order with all others.
 * Only messages that were put in at that end meanwhile lie outside of it.
 *
 * Return: how many were leased, or -1; errors as for %DEQUE_POP.
 */
#define DEQUE_CLAIM		_IO(DEQUE_IOC_TYPE, DEQUE_NR_CLAIM)

/**
 * struct deque_leases - argument of the commands that act on leases
 * @size: sizeof(struct deque_leases)
 * @flags: %DEQUE_RETURN only: %DEQUE_FRONT or %DEQUE_BACK, %DEQUE_UNCOUNTED
 * @tokens: address of an array of __u64, the tokens of the leases
 * @count: its length, 1 to %DEQUE_BATCH_MAX
 * @reserved: zero
 * @time_ns: return: the messages become ready in so many ns; extend: the
 *	leases end in so many ns from now, with zero never.  Up to
 *	%DEQUE_TIME_LIMIT.  Else zero.
 */
struct deque_leases {
	__u32 size;
	__u32 flags;
	__u64 tokens;
	__u32 count;
	__u32 reserved;
	__u64 time_ns;
};

/**
 * DOC: DEQUE_ACK - the work is done, the messages are gone
 *
 * On the open file that the leases were claimed through, by whichever process.
 *
 * Return: for how many that was done, from the first; or -1 if for none:
 * %ESTALE (this file does not hold such a lease, or not any more), %EFAULT,
 * %EINVAL, %EBADF (not open for reading), %ENODEV (destroyed).
 */
#define DEQUE_ACK		_IO(DEQUE_IOC_TYPE, DEQUE_NR_ACK)

/**
 * DOC: DEQUE_RETURN - the messages are to be delivered again
 *
 * They go where they were, see %DEQUE_CLAIM; or with %DEQUE_FRONT or %DEQUE_BACK to
 * that end, outside of all that is there, in the order of the array.  A message that
 * was claimed max_deliveries times is buried instead.
 *
 * Two kinds of deliveries do not count.  One ended by a return with
 * %DEQUE_UNCOUNTED.  The other is that of all messages but the first that one call
 * has claimed and whose leases end together, as their holder died or their time was
 * up: a worker that takes one after the other has not begun with the rest.  Leases
 * that were extended one by one, by %DEQUE_EXTEND, do not time out together: each may
 * count.
 *
 * Return: as %DEQUE_ACK.
 */
#define DEQUE_RETURN		_IO(DEQUE_IOC_TYPE, DEQUE_NR_RETURN)

/**
 * DOC: DEQUE_BURY - keep the messages, but deliver them no more
 *
 * Return: as %DEQUE_ACK.
 */
#define DEQUE_BURY		_IO(DEQUE_IOC_TYPE, DEQUE_NR_BURY)

/**
 * DOC: DEQUE_EXTEND - set anew when the leases end by themselves
 *
 * Return: as %DEQUE_ACK.
 */
#define DEQUE_EXTEND		_IO(DEQUE_IOC_TYPE, DEQUE_NR_EXTEND)

/* States of a message, and sets of them. */
#define DEQUE_READY		(1U << 0)
#define DEQUE_LEASED		(1U << 1)
#define DEQUE_DELAYED		(1U << 2)
#define DEQUE_BURIED		(1U << 3)

/**
 * struct deque_kick - argument of %DEQUE_KICK
 * @size: sizeof(struct deque_kick)
 * @flags: %DEQUE_FRONT or %DEQUE_BACK
 * @states: %DEQUE_BURIED, %DEQUE_DELAYED or both
 * @reserved: zero
 * @count: most messages to kick, at least 1; out: how many were
 */
struct deque_kick {
	__u32 size;
	__u32 flags;
	__u32 states;
	__u32 reserved;
	__u64 count;
};

/**
 * DOC: DEQUE_KICK - make buried or delayed messages ready
 *
 * Buried messages come first, in the order in which they were buried; then delayed
 * ones, in the order in which their time would come.  They go where they would have
 * gone when returned or due, or to the end that the flags say, outside of all that
 * is there, in that order.  Their deliveries are counted from zero again.
 *
 * Return: 0, and @count says how many; or -1: %EINVAL, %EBADF (not open for
 * writing), %ENODEV (destroyed).
 */
#define DEQUE_KICK		_IO(DEQUE_IOC_TYPE, DEQUE_NR_KICK)

/**
 * struct deque_entry - one message of those that %DEQUE_BROWSE shows
 * @message: its payload and what is known of it.  @size: in: bytes in the
 *	buffer at @data, 0 if the payload is not wanted; out: size of the
 *	message, of which no more was copied than fits
 * @state: out: one of %DEQUE_READY, %DEQUE_LEASED, %DEQUE_DELAYED, %DEQUE_BURIED
 * @holder: out: leased: the process that claimed it, in the reader's pid
 *	namespace, 0 if it has no number there; else 0
 * @since_ns: out: when it got into that state, in ns since the epoch
 *	(CLOCK_REALTIME); of a ready one 0
 * @due_ns: out: when it becomes ready by itself, in ns of the caller's
 *	CLOCK_MONOTONIC; 0 if it does not
 */
struct deque_entry {
	struct deque_descriptor message;
	__u32 state;
	__u32 holder;
	__u64 since_ns;
	__u64 due_ns;
};

/**
 * struct deque_browse - argument of %DEQUE_BROWSE
 * @size: sizeof(struct deque_browse)
 * @flags: zero
 * @entries: address of an array of &struct deque_entry
 * @count: its length, 1 to %DEQUE_BATCH_MAX
 * @states: which to show, a set of the states above, not empty
 * @cursor: where to begin: 0, or what the last call left here; out: where to
 *	go on, which any open file of the deque understands
 */
struct deque_browse {
	__u32 size;
	__u32 flags;
	__u64 entries;
	__u32 count;
	__u32 states;
	__u64 cursor;
};

/**
 * DOC: DEQUE_BROWSE - look at messages without touching them
 *
 * Ready messages come first, from the front; then the others, in the order in which
 * they were claimed, or put in with a delay.  The deque does not stand still between
 * two calls, nor during one that shows many messages: a message that changes its
 * state meanwhile may be shown twice or not at all, all others are shown once.
 *
 * Return: how many entries were filled, 0 at the end; or -1: %EINVAL, %EFAULT,
 * %ENOMEM, %EBADF (not open for reading), %ENODEV (destroyed).
 */
#define DEQUE_BROWSE		_IO(DEQUE_IOC_TYPE, DEQUE_NR_BROWSE)

/**
 * struct deque_info - what %DEQUE_GET tells
 * @size: in: sizeof(struct deque_info); out: the size that the kernel knows
 * @flags: zero
 * @name: the deque's name
 * @limits: its bounds
 * @ready: messages that can be taken
 * @messages: messages that count against max_messages: @ready, @leased,
 *	@delayed, @buried, and those being copied to a taker or from a sender
 * @bytes: payload bytes of the messages that @messages counts
 * @pushed: messages that went in since the deque was made
 * @popped: messages that were taken out for good since the deque was made, by pop
 *	or read
 * @owner: the creator's effective uid, in the caller's user namespace
 * @openers: open file descriptions, the caller's included
 * @takers: takers that are blocked now
 * @senders: senders that are blocked now
 * @leased: messages that are leased
 * @delayed: messages that are delayed
 * @buried: messages that are buried
 * @claimed: leases since the deque was made; each is still @leased, or counts in
 *	one of the next five
 * @acked: leases whose message was acknowledged
 * @returned: leases whose message was returned
 * @crash_returned: leases that ended because the file was closed, or the process
 *	had gone
 * @timed_out: leases whose time was up
 * @lease_buried: leases that ended as their holder buried the message
 * @buried_ever: messages that were buried since the deque was made, for whichever
 *	reason
 * @policy: policy of files that will be opened, a set of %DEQUE_ACK_ON_READ and
 *	%DEQUE_LINES
 * @file_policy: policy of the file that this was called on
 * @memory: bytes of kernel memory that the messages take, see deque(4)
 *
 * At rest, when nothing is being copied to a taker, @pushed is the sum of
 * @popped, @acked, @ready, @leased, @delayed and @buried.
 */
struct deque_info {
	__u32 size;
	__u32 flags;
	char name[DEQUE_NAME_MAX + 1];
	struct deque_limits limits;
	__u64 ready;
	__u64 messages;
	__u64 bytes;
	__u64 pushed;
	__u64 popped;
	__u32 owner;
	__u32 openers;
	__u32 takers;
	__u32 senders;
	__u64 leased;
	__u64 delayed;
	__u64 buried;
	__u64 claimed;
	__u64 acked;
	__u64 returned;
	__u64 crash_returned;
	__u64 timed_out;
	__u64 lease_buried;
	__u64 buried_ever;
	__u32 policy;
	__u32 file_policy;
	__u64 memory;
};

/**
 * DOC: DEQUE_GET - limits and counters, all of one instant
 *
 * Errors: %ENODEV (destroyed).
 */
#define DEQUE_GET		_IO(DEQUE_IOC_TYPE, DEQUE_NR_GET)

/* Set: the policy of this open file, not that of the deque. */
#define DEQUE_FILE		(1U << 6)

/**
 * struct deque_set - argument of %DEQUE_SET
 * @size: sizeof(struct deque_set)
 * @flags: zero or %DEQUE_FILE
 * @limits: the new bounds; zeros leave theirs as they are.  With %DEQUE_FILE
 *	all zeros.
 * @policy_on: policies to switch on, a set of %DEQUE_ACK_ON_READ and %DEQUE_LINES
 * @policy_off: policies to switch off
 */
struct deque_set {
	__u32 size;
	__u32 flags;
	struct deque_limits limits;
	__u32 policy_on;
	__u32 policy_off;
};

/**
 * DOC: DEQUE_SET - change the limits and the policy
 *
 * By the deque's owner or with CAP_SYS_ADMIN, on a file open for writing; with
 * %DEQUE_FILE by anybody, on a file open for reading.  The deque's policy is
 * that of files that will be opened; those that are open keep theirs.
 * Limits may go below what is there: nothing is dropped, senders wait.  A
 * sender whose message can never fit any more gets EMSGSIZE when it is first
 * in line.
 *
 * Errors: %EINVAL (a limit out of range, a policy that is to be on and off),
 * %EPERM, %EBADF, %ENODEV.
 */
#define DEQUE_SET		_IO(DEQUE_IOC_TYPE, DEQUE_NR_SET)

#endif /* _UAPI_LINUX_DEQUE_H */
