/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * What ioctl_dev and its users have to agree on: /dev/ioctl_dev holds one message for
 * all.
 *
 * The types have the same size everywhere, and there are no pointers and no gaps: a
 * 32-bit program can use it on a 64-bit kernel.  The direction is the user's view: _IOW
 * is what the user writes.  The number holds the size of the struct too, so who has
 * another idea of it gets ENOTTY.
 */
#ifndef IOCTL_DEV_H
#define IOCTL_DEV_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define IOCTL_DEV_PATH "/dev/ioctl_dev"
#define IOCTL_DEV_MAX 80

/*
 * length: how many bytes of text are the message.  There need be no NUL.  More than
 *         IOCTL_DEV_MAX are refused with EINVAL.
 * text:   the rest is ignored when it is set, and 0 when it is got.
 */
struct ioctl_dev_msg {
	__u32 length;
	__u8 text[IOCTL_DEV_MAX];
};

/*
 * index: which byte of the message, from 0.  One that is not there gives EINVAL.
 * byte:  is set to it.
 */
struct ioctl_dev_byte {
	__u32 index;
	__u32 byte;
};

#define IOCTL_SET_MSG _IOW(0xd7, 0, struct ioctl_dev_msg)
#define IOCTL_GET_MSG _IOR(0xd7, 1, struct ioctl_dev_msg)
#define IOCTL_GET_NTH_BYTE _IOWR(0xd7, 2, struct ioctl_dev_byte)

#endif
