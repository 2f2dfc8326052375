/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libdeque - message-oriented deques, /dev/deque/NAME
 *
 * A deque is a named, bounded, two-ended queue of messages that the kernel
 * keeps.  Link with -ldeque, or ask pkg-config for libdeque.
 *
 * Every function that can fail returns a negative errno value when it does,
 * and leaves errno alone.  Descriptors are opened O_CLOEXEC.  The library has
 * no state of its own: a handle may be used by several threads at once, but
 * closed by one only, when no other uses it any more.
 *
 * The flags, the states, the structs and the limits are those of
 * <linux/deque.h>.  Deadlines are absolute, in the time of CLOCK_MONOTONIC;
 * delays and timeouts, called ..._ns, begin with the call, are in nanoseconds,
 * and at most DEQUE_TIME_LIMIT.
 */
#ifndef DEQUE_H
#define DEQUE_H

#include <fcntl.h>
#include <linux/deque.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#ifdef __cplusplus
extern "C" {
#endif

/* An open deque. */
struct deque;

/*
 * The library's version, "MAJOR.MINOR.PATCH"; never freed.
 */
const char *deque_version(void);

/*
 * The version of the loaded kernel module, in @version, of @size bytes (the
 * NUL included).  -ENODEV: the module is not loaded; -ENAMETOOLONG.
 */
int deque_module_version(char *version, size_t size);

/*
 * 0 if @name can be a deque's name: 1 to DEQUE_NAME_MAX bytes of
 * [A-Za-z0-9._-], the first a letter or a digit, and not "control".
 * Else -EINVAL.
 */
int deque_check_name(const char *name);

/*
 * Makes a deque and waits, up to five seconds, until its node is there and
 * this process may open it as far as its permissions let it (udev sets these
 * a moment after the node appears).  @limits: its bounds, zeros for the
 * defaults; NULL: all defaults.  @policy: a set of DEQUE_ACK_ON_READ and
 * DEQUE_LINES.
 *
 * -EEXIST, -EINVAL (bad name, limit or policy), -ENOSPC (too many deques),
 * -ENOMEM, -EACCES (no write access to /dev/deque/control), -ENXIO (module not
 * loaded, or its control node not in this /dev).  Where something else stands in
 * the node's place, the deque is made, and deque_open() fails.
 */
int deque_create(const char *name, const struct deque_limits *limits,
		 unsigned int policy);

/*
 * Removes a deque.  @flags: 0, or DEQUE_FORCE for one that is open or holds
 * messages; these are lost.
 *
 * -ENOENT, -EBUSY (open or not empty), -EPERM (somebody else's), -EINVAL (bad
 * name), -EACCES, -ENXIO (module not loaded, or its control node not in this
 * /dev).
 */
int deque_destroy(const char *name, unsigned int flags);

/*
 * Opens a deque.  @mode: O_RDONLY to take, O_WRONLY to put, O_RDWR for both;
 * O_NONBLOCK may be added.  The handle goes to *@deque, for deque_close().
 *
 * -ENOENT (no such deque, or not in this /dev), -ENXIO (module not loaded),
 * -ENOTTY (no device stands there), -EPERM (the device cgroup), -EACCES, -EINVAL (bad
 * name or mode), -ENODEV (destroyed just now), -ENOMEM, -EMFILE, -ENFILE.
 */
int deque_open(const char *name, int mode, struct deque **deque);

/*
 * Makes a handle of @fd, a descriptor of a deque that is open already: an
 * inherited one, or one that came over a socket.  Then it is the handle's, for
 * deque_close(); if this fails, it stays the caller's.  Its flags stay as they
 * are, FD_CLOEXEC too.
 *
 * -EBADF (not open), -ENOTTY (not a deque), -ENODEV (destroyed), -ENOMEM.
 */
int deque_fdopen(int fd, struct deque **deque);

/* Closes the handle; NULL is allowed.  What was claimed through it is ready
 * again, unless another descriptor for the same open file is left. */
void deque_close(struct deque *deque);

/* The handle's file descriptor, for poll(2), read(2), write(2); still owned
 * by the handle. */
int deque_fd(const struct deque *deque);

/*
 * Puts one message of @size bytes in: at the back, or with DEQUE_FRONT at the
 * front.  Waits while the deque is full: for ever if @deadline is NULL, else
 * until @deadline; not at all with DEQUE_NOWAIT or an O_NONBLOCK handle.  The
 * message's number goes to *@id unless @id is NULL.
 *
 * Returns 0.  -EAGAIN (full), -ETIMEDOUT, -EINTR, -EINVAL (empty message),
 * -EMSGSIZE (longer than the deque takes), -ENOMEM, -EBADF (not open for
 * writing), -ENODEV (destroyed).
 */
int deque_push(struct deque *deque, const void *data, size_t size,
	       unsigned int flags, const struct timespec *deadline,
	       uint64_t *id);

/*
 * The same, but nobody gets the message before @delay_ns have passed since it
 * went in.  It counts against the bounds meanwhile.  -EINVAL also: too long.
 */
int deque_push_delayed(struct deque *deque, const void *data, size_t size,
		       unsigned int flags, const struct timespec *deadline,
		       uint64_t delay_ns, uint64_t *id);

/*
 * Takes one message: from the front, or with DEQUE_BACK from the back; with
 * DEQUE_PEEK it also stays.  Waits while there is none, as deque_push() does
 * while there is no room.  The message goes to @data, of @size bytes; what is
 * known of it goes to *@info unless @info is NULL (its member @data is @data).
 *
 * Returns the message's size.  -EAGAIN (empty), -ETIMEDOUT, -EINTR, -EMSGSIZE
 * (the message stays; info->size tells its size), -EBADF (not open for
 * reading), -ENODEV (destroyed), -EFAULT, -ENOMEM.
 */
ssize_t deque_pop(struct deque *deque, void *data, size_t size,
		  unsigned int flags, const struct timespec *deadline,
		  struct deque_descriptor *info);

/*
 * Leases one message, taken as deque_pop() takes one: it stays in the deque, and
 * info->token names the lease.  The lease ends by itself after @timeout_ns, with
 * 0 never; and when the last descriptor for the open file is closed, as the
 * kernel does for a process that dies; with DEQUE_PROCESS also when only this
 * process has closed it.  Then, and when it is returned, the message is ready
 * again where it was, or buried if it was claimed max_deliveries times.
 *
 * Returns the message's size; errors as for deque_pop().  -EINVAL also: @timeout_ns
 * is too long, or @info is NULL.
 */
ssize_t deque_claim(struct deque *deque, void *data, size_t size,
		    unsigned int flags, const struct timespec *deadline,
		    uint64_t timeout_ns, struct deque_descriptor *info);

/*
 * The same for @count messages, 1 to DEQUE_BATCH_MAX, in one call, as
 * DEQUE_PUSH, DEQUE_POP and DEQUE_CLAIM of <linux/deque.h> describe.
 *
 * Returns how many were put, taken or leased, at least one; errors as above.
 */
int deque_push_batch(struct deque *deque, struct deque_descriptor *messages,
		     unsigned int count, unsigned int flags,
		     const struct timespec *deadline, uint64_t delay_ns);
int deque_pop_batch(struct deque *deque, struct deque_descriptor *messages,
		    unsigned int count, unsigned int flags,
		    const struct timespec *deadline);
int deque_claim_batch(struct deque *deque, struct deque_descriptor *messages,
		      unsigned int count, unsigned int flags,
		      const struct timespec *deadline, uint64_t timeout_ns);

/*
 * What becomes of a leased message.  Any process may say so that has the open
 * file through which it was claimed.
 *
 * deque_ack: the work is done, the message is gone.
 * deque_return: it is to be delivered again, after @delay_ns; @flags: 0 to
 *	where it was, or DEQUE_FRONT or DEQUE_BACK to that end; DEQUE_UNCOUNTED:
 *	this delivery does not count towards max_deliveries, up to 255 of a message.
 * deque_bury: it is kept, but delivered no more until somebody kicks it.
 * deque_extend: the lease ends by itself after @timeout_ns from now, with 0 never.
 *
 * Each returns 0.  -ESTALE (the lease is lost: it has timed out, or was ended
 * before; somebody else may have the message), -EINVAL (bad flags, or a time that
 * is too long), -EBADF (not open for reading), -ENODEV (destroyed).
 */
int deque_ack(struct deque *deque, uint64_t token);
int deque_return(struct deque *deque, uint64_t token, unsigned int flags,
		 uint64_t delay_ns);
int deque_bury(struct deque *deque, uint64_t token);
int deque_extend(struct deque *deque, uint64_t token, uint64_t timeout_ns);

/*
 * The same for @count leases, 1 to DEQUE_BATCH_MAX, in one call.
 *
 * Returns for how many it was done, from the first; errors as above if for none.
 */
int deque_ack_batch(struct deque *deque, const uint64_t *tokens,
		    unsigned int count);
int deque_return_batch(struct deque *deque, const uint64_t *tokens,
		       unsigned int count, unsigned int flags,
		       uint64_t delay_ns);
int deque_bury_batch(struct deque *deque, const uint64_t *tokens,
		     unsigned int count);
int deque_extend_batch(struct deque *deque, const uint64_t *tokens,
		       unsigned int count, uint64_t timeout_ns);

/*
 * Makes up to @count messages ready, at least 1, and counts their deliveries from
 * zero again.  @states: DEQUE_BURIED, DEQUE_DELAYED, or both.  @flags: 0 to where
 * they would have gone, or DEQUE_FRONT or DEQUE_BACK to that end.
 *
 * Returns how many there were.  -EINVAL, -EBADF (not open for writing), -ENODEV
 * (destroyed).
 */
int64_t deque_kick(struct deque *deque, uint64_t count, unsigned int states,
		   unsigned int flags);

/*
 * Looks at up to @count messages, 1 to DEQUE_BATCH_MAX, that are in one of
 * @states, without touching them.  In each of @entries, message.data and
 * message.size say where its payload shall go and how much of it; both zero: it
 * is not wanted.  *@cursor is 0 to begin with, and then what the last call left.
 *
 * Returns how many entries were filled, 0 at the end.  -EINVAL, -EFAULT, -ENOMEM,
 * -EBADF (not open for reading), -ENODEV (destroyed).
 */
int deque_browse(struct deque *deque, struct deque_entry *entries,
		 unsigned int count, unsigned int states, uint64_t *cursor);

/* Limits and counters, all of one instant.  -ENODEV (destroyed). */
int deque_get(struct deque *deque, struct deque_info *info);

/*
 * Changes the limits, and switches policies on and off (DEQUE_ACK_ON_READ,
 * DEQUE_LINES), for handles and files that will be opened.  Zeros in @limits
 * leave theirs as they are; NULL: all.  Nothing is dropped: senders wait until
 * there is room again.
 *
 * -EPERM (neither the owner's nor CAP_SYS_ADMIN), -EINVAL (out of range, or on
 * and off), -EBADF (not open for writing), -ENODEV (destroyed).
 */
int deque_set(struct deque *deque, const struct deque_limits *limits,
	      unsigned int policy_on, unsigned int policy_off);

/*
 * Switches policies of this handle's open file on and off.
 *
 * -EINVAL (on and off), -EBADF (not open for reading), -ENODEV (destroyed).
 */
int deque_set_file(struct deque *deque, unsigned int policy_on,
		   unsigned int policy_off);

/*
 * Calls @visit with the name of each deque, in the order of their names,
 * until it returns other than 0, and returns that; else 0.
 *
 * -ENXIO (module not loaded), -ENOMEM, or the errno of reading sysfs.
 */
int deque_for_each(int (*visit)(const char *name, void *context),
		   void *context);

#ifdef __cplusplus
}
#endif

#endif /* DEQUE_H */
