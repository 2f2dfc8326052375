// SPDX-License-Identifier: GPL-2.0-only
/*
 * A file in /proc whose text is made anew for each open, with seq_file: show() prints,
 * and seq_file does the offsets and short reads, for each opener alone.
 *
 * The old texts had one "finished" flag and one counter for all readers at once, so two
 * of them got each other's end of file, and a reader of single bytes only the first.
 */
#include <linux/atomic.h>
#include <linux/fs.h>
#include <linux/module.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

static atomic_t opens = ATOMIC_INIT(0);

static const char *ordinal(unsigned int number)
{
	if (number % 100 >= 11 && number % 100 <= 13)
		return "th";
	switch (number % 10) {
	case 1:
		return "st";
	case 2:
		return "nd";
	case 3:
		return "rd";
	default:
		return "th";
	}
}

/* May be called again for the same reader, after a seek: it must not count. */
static int count_show(struct seq_file *file, void *unused)
{
	unsigned int number = (unsigned long)file->private;

	seq_printf(file, "For the %u%s time, go away!\n", number, ordinal(number));
	return 0;
}

static int count_open(struct inode *inode, struct file *file)
{
	unsigned int number = atomic_inc_return(&opens);

	return single_open(file, count_show, (void *)(unsigned long)number);
}

static const struct proc_ops count_ops = {
	.proc_open = count_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
};

static int __init count_init(void)
{
	if (!proc_create("procfs_count", 0444, NULL, &count_ops))
		return -ENOMEM;
	return 0;
}
module_init(count_init);

static void __exit count_exit(void)
{
	/* Also calls single_release() for whoever has it open. */
	remove_proc_entry("procfs_count", NULL);
}
module_exit(count_exit);

MODULE_DESCRIPTION("A file in /proc that counts how often it is opened");
MODULE_LICENSE("GPL");
