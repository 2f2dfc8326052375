// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/full_ex: a deque of numbers for each open file, the exercise of a university
 * class.  The first write is one byte, how many numbers it shall hold, 1 to 100; each
 * after that is a number of four bytes, odd ones go to the left, even ones to the
 * right.  A read takes the leftmost.
 *
 * Solutions in circulation read the user's memory without copy_from_user(), keep the
 * deque by thread, so that a fork loses it, and drop a number whose copy fails.  Here
 * it belongs to the open file, as in src/deque/device/file.c, and goes with it: so a process
 * that opened one has it open until the last descriptor is closed, also if only a child
 * of it holds that.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/fs.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/pid.h>
#include <linux/proc_fs.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#define NUMBERS_MAX 100

/*
 * struct numbers - what belongs to one open file
 * @entry:   in all_numbers
 * @owner:   the process that opened it
 * @room:    how many it may hold, 0 until the first write
 * @count:   how many it holds
 * @left:    where the leftmost is in @values, a ring of @room
 * @values:  the numbers
 */
struct numbers {
	struct list_head entry;
	struct pid *owner;
	/* Protects all below; may be held while a copy sleeps. */
	struct mutex lock;
	unsigned int room;
	unsigned int count;
	unsigned int left;
	s32 values[NUMBERS_MAX];
};

static LIST_HEAD(all_numbers);
static DEFINE_MUTEX(all_lock); /* protects all_numbers */

static bool owner_has_one_locked(struct pid *owner)
{
	struct numbers *numbers;

	lockdep_assert_held(&all_lock);
	list_for_each_entry(numbers, &all_numbers, entry)
		if (numbers->owner == owner)
			return true;
	return false;
}

static int numbers_publish(struct numbers *numbers)
{
	int ret = 0;

	mutex_lock(&all_lock);
	if (owner_has_one_locked(numbers->owner))
		ret = -EACCES;
	else
		list_add(&numbers->entry, &all_numbers);
	mutex_unlock(&all_lock);
	return ret;
}

static void numbers_free(struct numbers *numbers)
{
	put_pid(numbers->owner);
	mutex_destroy(&numbers->lock);
	kfree(numbers);
}

static int proc_deque_open(struct inode *inode, struct file *file)
{
	struct numbers *numbers = kzalloc(sizeof(*numbers), GFP_KERNEL_ACCOUNT);
	int ret;

	if (!numbers)
		return -ENOMEM;
	mutex_init(&numbers->lock);
	/* Not the thread, nor its number, which another process may get later. */
	numbers->owner = get_pid(task_tgid(current));
	ret = numbers_publish(numbers);
	if (ret) {
		numbers_free(numbers);
		return ret;
	}
	file->private_data = numbers;
	/* No offsets: pread() and lseek() fail with ESPIPE. */
	return stream_open(inode, file);
}

/* The last descriptor is closed, or the module goes: proc calls this in both cases. */
static int proc_deque_release(struct inode *inode, struct file *file)
{
	struct numbers *numbers = file->private_data;

	mutex_lock(&all_lock);
	list_del(&numbers->entry);
	mutex_unlock(&all_lock);
	numbers_free(numbers);
	return 0;
}

static int numbers_set_room_locked(struct numbers *numbers,
				   const char __user *from)
{
	u8 room;

	lockdep_assert_held(&numbers->lock);
	if (copy_from_user(&room, from, sizeof(room)))
		return -EFAULT;
	if (room < 1 || room > NUMBERS_MAX)
		return -EINVAL;
	numbers->room = room;
	return 0;
}

static void numbers_add_locked(struct numbers *numbers, s32 value)
{
	unsigned int where;

	lockdep_assert_held(&numbers->lock);
	if (value & 1) {
		numbers->left = (numbers->left + numbers->room - 1) % numbers->room;
		where = numbers->left;
	} else {
		where = (numbers->left + numbers->count) % numbers->room;
	}
	numbers->values[where] = value;
	numbers->count++;
}

static int numbers_push_locked(struct numbers *numbers,
			       const char __user *from)
{
	s32 value;

	lockdep_assert_held(&numbers->lock);
	if (numbers->count == numbers->room)
		return -EACCES;
	if (copy_from_user(&value, from, sizeof(value)))
		return -EFAULT;
	numbers_add_locked(numbers, value);
	return 0;
}

static ssize_t proc_deque_write(struct file *file, const char __user *from,
				size_t size, loff_t *offset)
{
	struct numbers *numbers = file->private_data;
	int ret = -EINVAL;

	/* Two threads may write at once. */
	if (mutex_lock_interruptible(&numbers->lock))
		return -ERESTARTSYS;
	if (!numbers->room && size == sizeof(u8))
		ret = numbers_set_room_locked(numbers, from);
	else if (numbers->room && size == sizeof(s32))
		ret = numbers_push_locked(numbers, from);
	mutex_unlock(&numbers->lock);
	return ret ?: size;
}

static int numbers_pop_locked(struct numbers *numbers, char __user *to)
{
	lockdep_assert_held(&numbers->lock);
	if (!numbers->count)
		return -EACCES;
	/* First the copy: if it fails, the number is still there. */
	if (copy_to_user(to, &numbers->values[numbers->left], sizeof(s32)))
		return -EFAULT;
	numbers->left = (numbers->left + 1) % numbers->room;
	numbers->count--;
	return 0;
}

static ssize_t proc_deque_read(struct file *file, char __user *to, size_t size,
			       loff_t *offset)
{
	struct numbers *numbers = file->private_data;
	int ret;

	if (size < sizeof(s32))
		return -EINVAL;
	if (mutex_lock_interruptible(&numbers->lock))
		return -ERESTARTSYS;
	ret = numbers_pop_locked(numbers, to);
	mutex_unlock(&numbers->lock);
	return ret ?: sizeof(s32);
}

static const struct proc_ops proc_deque_ops = {
	.proc_open = proc_deque_open,
	.proc_release = proc_deque_release,
	.proc_read = proc_deque_read,
	.proc_write = proc_deque_write,
};

static int __init proc_deque_init(void)
{
	/* The mode is a mode: 0 would mean 0444. */
	if (!proc_create("full_ex", 0666, NULL, &proc_deque_ops))
		return -ENOMEM;
	return 0;
}
module_init(proc_deque_init);

/*
 * rmmod works while the file is open: remove_proc_entry() waits for calls that are
 * under way and releases each open file; later calls fail with EIO.
 */
static void __exit proc_deque_exit(void)
{
	remove_proc_entry("full_ex", NULL);
}
module_exit(proc_deque_exit);

MODULE_DESCRIPTION("A deque of numbers for each open file");
MODULE_LICENSE("GPL");
