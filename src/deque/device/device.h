/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What user space sees: files, commands, attributes.
 */
#ifndef DEQUE_DEVICE_DEVICE_H
#define DEQUE_DEVICE_DEVICE_H

#include <linux/fs.h>
#include <linux/poll.h>
#include <linux/types.h>
#include <linux/uio.h>

#include "core/deque.h"
#include "core/holder.h"
#include "core/wait.h"

struct attribute_group;
struct seq_file;

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
 * @timeout: how long to wait while the deque is full
 */
struct deque_send {
	struct deque *deque;
	struct deque_user *opener;
	struct deque_sender sender;
	enum deque_end end;
	u64 delay_ns;
	struct deque_timeout timeout;
};

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

extern const struct attribute_group *deque_attribute_groups[];
extern const struct attribute_group *deque_control_attribute_groups[];
ssize_t deque_write_iter(struct kiocb *iocb, struct iov_iter *from);
__poll_t deque_poll(struct file *file, poll_table *wait);
int deque_fasync(int fd, struct file *file, int on);
long deque_command_browse(struct file *file, void *argument);
ssize_t deque_line_read(struct kiocb *iocb,
			const struct deque_timeout *timeout,
			struct iov_iter *to);
void deque_reader_begin(struct deque_reader *reader, struct kiocb *iocb);
void deque_reader_end(const struct deque_reader *reader, struct file *file);
void deque_reader_ack(struct deque_file *file,
		      const struct deque_reader *reader);
int deque_file_open(struct inode *inode, struct file *file);
int deque_file_release(struct inode *inode, struct file *file);
bool deque_file_in_table(struct file *file);
int deque_file_flush(struct file *file, fl_owner_t table);
void deque_show_fdinfo(struct seq_file *info, struct file *file);
extern const struct file_operations deque_fops;
long deque_ioctl(struct file *file, unsigned int number,
		 unsigned long argument);
long deque_dispatch(struct file *file, unsigned int number,
		    unsigned long argument,
		    const struct deque_command *commands, unsigned int count);
long deque_command_get(struct file *file, void *argument);
long deque_command_set(struct file *file, void *argument);
int deque_stats_init(void);
void deque_stats_exit(void);
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
int deque_send_begin(struct deque_send *send, const struct deque_file *file);
void deque_send_end(const struct deque_send *send);
int deque_send_some(struct deque_send *send, struct deque_slot *slots,
		    const struct deque_source *sources, unsigned int count);
long deque_command_ack(struct file *file, void *argument);
long deque_command_return(struct file *file, void *argument);
long deque_command_bury(struct file *file, void *argument);
long deque_command_extend(struct file *file, void *argument);
long deque_command_kick(struct file *file, void *argument);
extern const struct file_operations deque_control_fops;
long deque_batch_push(struct file *file, void *argument);
long deque_batch_pop(struct file *file, void *argument);
long deque_batch_claim(struct file *file, void *argument);
struct deque_timeout deque_iocb_timeout(const struct kiocb *iocb);
ssize_t deque_read_iter(struct kiocb *iocb, struct iov_iter *to);

#endif /* DEQUE_DEVICE_DEVICE_H */
