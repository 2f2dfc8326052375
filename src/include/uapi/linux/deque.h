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
 * deadlines, metadata, limits.  Deques are made and removed through
 * /dev/deque/control.
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
 *    messages did k of them, and returns k.
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
/*
 * What each message is taken to cost on top of its payload, in bytes, where
 * the bound is about kernel memory (the module parameter max_total_bytes).
 */
#define DEQUE_MESSAGE_OVERHEAD	128

#define DEQUE_IOC_TYPE		0xDE

enum {
	DEQUE_NR_CREATE		= 0x00,
	DEQUE_NR_DESTROY	= 0x01,
	DEQUE_NR_PUSH		= 0x10,
	DEQUE_NR_POP		= 0x11,
	DEQUE_NR_GET		= 0x20,
	DEQUE_NR_SET		= 0x21,
};

/**
 * struct deque_limits - the bounds of one deque
 * @max_messages: most messages at a time, 1 to %DEQUE_MESSAGES_LIMIT
 * @max_message_size: most bytes in one message, 1 to %DEQUE_MESSAGE_SIZE_LIMIT
 * @reserved: zero
 * @max_bytes: most bytes of payload in all messages together, 1 to
 *	%DEQUE_BYTES_LIMIT.  Also bounds the size of one message.
 *
 * In %DEQUE_CREATE, a zero stands for the default (the module parameter of the
 * same name); in %DEQUE_SET, it leaves the limit as it is.
 */
struct deque_limits {
	__u32 max_messages;
	__u32 max_message_size;
	__u64 max_bytes;
	__u64 reserved[4];
};

/**
 * struct deque_create - argument of %DEQUE_CREATE
 * @size: sizeof(struct deque_create)
 * @flags: zero
 * @name: 1 to %DEQUE_NAME_MAX bytes of [A-Za-z0-9._-], the first of them a
 *	letter or a digit, and a NUL; not "control"
 * @limits: the bounds; zeros for the defaults
 */
struct deque_create {
	__u32 size;
	__u32 flags;
	char name[DEQUE_NAME_MAX + 1];
	struct deque_limits limits;
};

/**
 * DOC: DEQUE_CREATE - make a deque, and its node /dev/deque/NAME
 *
 * On /dev/deque/control, opened for writing.  The caller's effective uid
 * becomes the owner.
 *
 * Errors: %EEXIST (there is one of that name), %EINVAL (bad name or limit),
 * %ENOSPC (there are max_deques already), %ENOMEM.
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
 * CAP_SYS_ADMIN.  Who still has it open gets ENODEV from then on, and POLLHUP;
 * who is blocked in it wakes up with that.  With %DEQUE_FORCE its messages are
 * lost.
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
 * @arrival_ns: out, pop: when it came in, in ns since the epoch (CLOCK_REALTIME)
 * @pid: out, pop: the sender's process in the reader's pid namespace, 0 if it
 *	has no number there
 * @uid: out, pop: the sender's effective user, mapped to the reader's user
 *	namespace, the overflow uid (65534) if it has none there
 * @gid: out, pop: the sender's effective group, likewise
 * @deliveries: out, pop: how often it was claimed before; 0 so far
 *
 * What is marked "out" is not read.
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
};

/* Act on the back; without it, pop takes from the front. */
#define DEQUE_BACK		(1U << 0)
/* Act on the front; without it, push puts in at the back. */
#define DEQUE_FRONT		(1U << 1)
/* Do not wait (EAGAIN), as if the file were O_NONBLOCK. */
#define DEQUE_NOWAIT		(1U << 2)
/* Wait until @deadline_ns at most (ETIMEDOUT). */
#define DEQUE_DEADLINE		(1U << 3)
/* Pop: look only; the messages stay where they are. */
#define DEQUE_PEEK		(1U << 4)

/**
 * struct deque_batch - argument of %DEQUE_PUSH and %DEQUE_POP
 * @size: sizeof(struct deque_batch)
 * @flags: %DEQUE_FRONT or %DEQUE_BACK, at most one of the two; %DEQUE_NOWAIT;
 *	%DEQUE_DEADLINE; %DEQUE_PEEK with pop only
 * @descriptors: address of an array of &struct deque_descriptor
 * @count: its length, 1 to %DEQUE_BATCH_MAX
 * @reserved: zero
 * @deadline_ns: with %DEQUE_DEADLINE, when to give up, in ns of
 *	CLOCK_MONOTONIC; else zero.  In the past: do not wait (ETIMEDOUT)
 */
struct deque_batch {
	__u32 size;
	__u32 flags;
	__u64 descriptors;
	__u32 count;
	__u32 reserved;
	__u64 deadline_ns;
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
 * takes), %EAGAIN (full), %ETIMEDOUT, %EINTR, %ENOMEM, %EFAULT, %EBADF (not
 * open for writing), %ENODEV (destroyed).
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
 * struct deque_info - what %DEQUE_GET tells
 * @size: in: sizeof(struct deque_info); out: the size that the kernel knows
 * @flags: zero
 * @name: the deque's name
 * @limits: its bounds
 * @ready: messages that can be taken
 * @messages: messages that count against max_messages: @ready, and those being
 *	copied to a taker
 * @bytes: payload bytes, counted likewise
 * @pushed: messages that went in since the deque was made
 * @popped: messages that were taken out since
 * @owner: the creator's effective uid, in the caller's user namespace
 * @openers: open file descriptions, the caller's included
 * @takers: takers that are blocked now
 * @senders: senders that are blocked now
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
};

/**
 * DOC: DEQUE_GET - limits and counters, all of one instant
 *
 * Errors: %ENODEV (destroyed).
 */
#define DEQUE_GET		_IO(DEQUE_IOC_TYPE, DEQUE_NR_GET)

/**
 * struct deque_set - argument of %DEQUE_SET
 * @size: sizeof(struct deque_set)
 * @flags: zero
 * @limits: the new bounds; zeros leave theirs as they are
 */
struct deque_set {
	__u32 size;
	__u32 flags;
	struct deque_limits limits;
};

/**
 * DOC: DEQUE_SET - change the limits
 *
 * By the deque's owner or with CAP_SYS_ADMIN, on a file open for writing.
 * Limits may go below what is there: nothing is dropped, senders wait.  A
 * sender whose message can never fit any more gets EMSGSIZE when it is first
 * in line.
 *
 * Errors: %EINVAL (a limit out of range), %EPERM, %EBADF, %ENODEV.
 */
#define DEQUE_SET		_IO(DEQUE_IOC_TYPE, DEQUE_NR_SET)

#endif /* _UAPI_LINUX_DEQUE_H */
