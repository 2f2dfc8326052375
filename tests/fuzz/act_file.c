// SPDX-License-Identifier: GPL-2.0-only
/*
 * Workers that use a deque as a file, and pass it on to each other.
 */
#include "act.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

void act_close(void)
{
	struct handle *handle = handle_any();

	if (!handle)
		return;
	if (act_call(CALL_CLOSE, SYS_close, handle->fd, 0, 0))
		broken("close fails");
	*handle = worker.handles[--worker.handle_count];
}

void act_open(void)
{
	static const int modes[] = { O_RDONLY, O_WRONLY, O_RDWR, O_RDWR };
	unsigned int deque = below(DEQUES);
	int flags = PRNG_PICK(&worker.prng, modes);
	char path[64];
	long fd;

	if (worker.handle_count == HANDLES) {
		act_close();
		return;
	}
	if (one_in(2))
		flags |= O_NONBLOCK;
	snprintf(path, sizeof(path), "/dev/deque/%s", deque_name(deque));
	fd = act_call(CALL_OPEN, SYS_open, (long)path, flags, 0);
	if (deque < STABLE)
		ALLOW("open", fd, 0);
	else
		ALLOW("open", fd, ENOENT, ENODEV, ENXIO);
	if (fd >= 0)
		handle_add(fd, deque, flags);
}

void act_dup(void)
{
	struct handle *handle = handle_any();
	long fd;

	if (!handle || worker.handle_count == HANDLES)
		return;
	fd = act_call(CALL_DUP, SYS_dup, handle->fd, 0, 0);
	ALLOW("dup", fd, 0);
	handle_add(fd, handle->deque, handle->flags);
}

struct passed {
	unsigned int deque;
	int flags;
};

union passed_fd {
	struct cmsghdr head;
	char bytes[CMSG_SPACE(sizeof(int))];
};

void act_pass(void)
{
	struct handle *handle = handle_any();
	union passed_fd control = { .head = {
					    .cmsg_len = CMSG_LEN(sizeof(int)),
					    .cmsg_level = SOL_SOCKET,
					    .cmsg_type = SCM_RIGHTS,
				    } };
	struct passed passed;
	struct iovec data = { &passed, sizeof(passed) };
	struct msghdr message = { .msg_iov = &data,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };

	if (!handle)
		return;
	passed = (struct passed){ handle->deque, handle->flags };
	memcpy(CMSG_DATA(&control.head), &handle->fd, sizeof(int));
	sendmsg(exchange[0], &message, MSG_DONTWAIT);
}

void act_receive(void)
{
	union passed_fd control;
	struct passed passed;
	struct iovec data = { &passed, sizeof(passed) };
	struct msghdr message = { .msg_iov = &data,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	int fd;

	if (worker.handle_count == HANDLES ||
	    recvmsg(exchange[1], &message, MSG_DONTWAIT) != sizeof(passed) ||
	    message.msg_controllen < CMSG_LEN(sizeof(int)))
		return;
	memcpy(&fd, CMSG_DATA(&control.head), sizeof(fd));
	handle_add(fd, passed.deque, passed.flags);
	call_count(CALL_PASS, 0);
}

void act_poll(void)
{
	struct handle *handle = handle_any();
	struct pollfd poll = { .events = POLLIN | POLLOUT };

	if (!handle)
		return;
	poll.fd = handle->fd;
	ALLOW("poll", act_call(CALL_POLL, SYS_poll, (long)&poll, 1, below(5)),
	      EINTR);
	if ((poll.revents & (POLLHUP | POLLERR)) && handle->deque < STABLE)
		broken("%s hangs up", deque_name(handle->deque));
}

void act_next_size(void)
{
	struct handle *handle = handle_for(O_RDONLY);
	int size = 0;
	long result;

	if (!handle)
		return;
	result = act_call(CALL_NEXT_SIZE, SYS_ioctl, handle->fd, FIONREAD,
			  (long)&size);
	if (handle->deque < STABLE)
		ALLOW("FIONREAD", result, 0);
	else
		ALLOW("FIONREAD", result, ENODEV);
	if (size < 0 || size > SIZE_MOST)
		broken("FIONREAD tells %d", size);
}
