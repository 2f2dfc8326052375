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
 * The flags DEQUE_FRONT, DEQUE_BACK, DEQUE_NOWAIT and DEQUE_PEEK, the structs
 * and the limits are those of <linux/deque.h>.
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
 * defaults; NULL: all defaults.
 *
 * -EEXIST, -EINVAL (bad name or limit), -ENOSPC (too many deques), -ENOMEM,
 * -EACCES (no write access to /dev/deque/control), -ENXIO (module not loaded).
 */
int deque_create(const char *name, const struct deque_limits *limits);

/*
 * Removes a deque.  @flags: 0, or DEQUE_FORCE for one that is open or holds
 * messages; these are lost.
 *
 * -ENOENT, -EBUSY (open or not empty), -EPERM (somebody else's), -EINVAL (bad
 * name), -EACCES, -ENXIO (module not loaded).
 */
int deque_destroy(const char *name, unsigned int flags);

/*
 * Opens a deque.  @mode: O_RDONLY to take, O_WRONLY to put, O_RDWR for both;
 * O_NONBLOCK may be added.  The handle goes to *@deque, for deque_close().
 *
 * -ENOENT (no such deque), -ENXIO (module not loaded), -EACCES, -EINVAL (bad
 * name or mode), -ENODEV (destroyed just now), -ENOMEM, -EMFILE, -ENFILE.
 */
int deque_open(const char *name, int mode, struct deque **deque);

/* Closes the handle; NULL is allowed. */
void deque_close(struct deque *deque);

/* The handle's file descriptor, for poll(2), read(2), write(2); still owned
 * by the handle. */
int deque_fd(const struct deque *deque);

/*
 * Puts one message of @size bytes in: at the back, or with DEQUE_FRONT at the
 * front.  Waits while the deque is full: for ever if @deadline is NULL, else
 * until @deadline, an absolute time of CLOCK_MONOTONIC; not at all with
 * DEQUE_NOWAIT or an O_NONBLOCK handle.  The message's number goes to *@id
 * unless @id is NULL.
 *
 * Returns 0.  -EAGAIN (full), -ETIMEDOUT, -EINTR, -EINVAL (empty message),
 * -EMSGSIZE (longer than the deque takes), -ENOMEM, -EBADF (not open for
 * writing), -ENODEV (destroyed).
 */
int deque_push(struct deque *deque, const void *data, size_t size,
	       unsigned int flags, const struct timespec *deadline,
	       uint64_t *id);

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
 * The same for @count messages, 1 to DEQUE_BATCH_MAX, in one call, as
 * DEQUE_PUSH and DEQUE_POP of <linux/deque.h> describe.
 *
 * Returns how many were put or taken, at least one; errors as above.
 */
int deque_push_batch(struct deque *deque, struct deque_descriptor *messages,
		     unsigned int count, unsigned int flags,
		     const struct timespec *deadline);
int deque_pop_batch(struct deque *deque, struct deque_descriptor *messages,
		    unsigned int count, unsigned int flags,
		    const struct timespec *deadline);

/* Limits and counters, all of one instant.  -ENODEV (destroyed). */
int deque_get(struct deque *deque, struct deque_info *info);

/*
 * Changes the limits; zeros in @limits leave theirs as they are.  Nothing is
 * dropped: senders wait until there is room again.
 *
 * -EPERM (neither the owner's nor CAP_SYS_ADMIN), -EINVAL (out of range),
 * -EBADF (not open for writing), -ENODEV (destroyed).
 */
int deque_set(struct deque *deque, const struct deque_limits *limits);

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
