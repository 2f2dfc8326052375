// SPDX-License-Identifier: GPL-2.0-only
/*
 * /proc/deques.
 */
#include <linux/proc_fs.h>
#include <linux/seq_file.h>

#include "core/deque.h"
#include "core/info.h"
#include "device/device.h"
#include "nodes.h"
#include "registry.h"

/* The position of a row is the minor of its deque, of the heading it is 0. */
static void *deque_table_start(struct seq_file *table, loff_t *position)
{
	struct deque *deque;

	deque_registry_lock();
	if (!*position)
		return SEQ_START_TOKEN;
	deque = deque_registry_next(*position);
	if (deque)
		*position = deque->minor;
	return deque;
}

static void *deque_table_next(struct seq_file *table, void *row,
			      loff_t *position)
{
	struct deque *next = deque_registry_next(*position + 1);

	*position = next ? next->minor : DEQUE_DEQUES_LIMIT + 1;
	return next;
}

static void deque_table_stop(struct seq_file *table, void *row)
{
	deque_registry_unlock();
}

static int deque_table_show(struct seq_file *table, void *row)
{
	struct deque_info info;

	if (row == SEQ_START_TOKEN) {
		seq_puts(table, "name ready messages max_messages bytes max_bytes pushed popped openers takers senders owner leased delayed buried acked\n");
		return 0;
	}
	if (deque_describe(row, &info))
		return SEQ_SKIP;
	seq_printf(table, "%s %llu %llu %u %llu %llu %llu %llu %u %u %u %u %llu %llu %llu %llu\n",
		   info.name, info.ready, info.messages,
		   info.limits.max_messages, info.bytes, info.limits.max_bytes,
		   info.pushed, info.popped, info.openers, info.takers,
		   info.senders, info.owner, info.leased, info.delayed,
		   info.buried, info.acked);
	return 0;
}

static const struct seq_operations deque_table_operations = {
	.start = deque_table_start,
	.next = deque_table_next,
	.stop = deque_table_stop,
	.show = deque_table_show,
};

/**
 * deque_stats_init() - make /proc/deques
 *
 * Return: 0 or -ENOMEM.
 */
int deque_stats_init(void)
{
	if (!IS_ENABLED(CONFIG_PROC_FS) ||
	    proc_create_seq("deques", 0444, NULL, &deque_table_operations))
		return 0;
	return -ENOMEM;
}

/**
 * deque_stats_exit() - remove it
 */
void deque_stats_exit(void)
{
	remove_proc_entry("deques", NULL);
}
