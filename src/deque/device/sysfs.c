// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the outside may see of a deque: DEQUE_GET, /sys/class/deque/NAME/ and
 * /proc/deques.
 */
#include <linux/cred.h>
#include <linux/device.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/string.h>
#include <linux/sysfs.h>
#include <linux/user_namespace.h>

#include "core/deque.h"

/**
 * deque_describe() - limits and counters, all of one instant
 * @deque: the deque
 * @info: where to; its size is set to zero
 *
 * Context: process.
 * Return: 0 or -ENODEV.
 */
int deque_describe(struct deque *deque, struct deque_info *info)
{
	bool dead;

	memset(info, 0, sizeof(*info));
	strscpy(info->name, deque->name, sizeof(info->name));
	info->owner = from_kuid_munged(current_user_ns(), deque->owner);

	spin_lock(&deque->lock);
	info->limits = deque->limits;
	info->ready = deque->queue.count;
	info->messages = deque->messages;
	info->bytes = deque->bytes;
	info->pushed = deque->counters.pushed;
	info->popped = deque->counters.popped;
	info->openers = deque->openers;
	info->takers = deque->takers_waiting;
	info->senders = deque->senders_waiting;
	info->leased = deque->parking.leased_count;
	info->delayed = deque->parking.delayed_count;
	info->buried = deque->parking.buried_count;
	info->claimed = deque->counters.claimed;
	info->acked = deque->counters.acked;
	info->returned = deque->counters.returned;
	info->crash_returned = deque->counters.crash_returned;
	info->timed_out = deque->counters.timed_out;
	info->lease_buried = deque->counters.lease_buried;
	info->buried_ever = deque->counters.buried_ever;
	info->policy = deque->policy;
	info->memory = deque->memory;
	dead = deque->dead;
	spin_unlock(&deque->lock);
	return dead ? -ENODEV : 0;
}

#define DEQUE_ATTRIBUTE(_name, _member)					\
static ssize_t _name##_show(struct device *device,			\
			    struct device_attribute *attribute, char *page) \
{									\
	struct deque_info info;						\
	int ret = deque_describe(dev_get_drvdata(device), &info);	\
									\
	return ret ?: sysfs_emit(page, "%llu\n", (u64)info._member);	\
}									\
static DEVICE_ATTR_RO(_name)

DEQUE_ATTRIBUTE(acked, acked);
DEQUE_ATTRIBUTE(buried, buried);
DEQUE_ATTRIBUTE(buried_ever, buried_ever);
DEQUE_ATTRIBUTE(bytes, bytes);
DEQUE_ATTRIBUTE(claimed, claimed);
DEQUE_ATTRIBUTE(crash_returned, crash_returned);
DEQUE_ATTRIBUTE(delayed, delayed);
DEQUE_ATTRIBUTE(lease_buried, lease_buried);
DEQUE_ATTRIBUTE(leased, leased);
DEQUE_ATTRIBUTE(max_bytes, limits.max_bytes);
DEQUE_ATTRIBUTE(max_deliveries, limits.max_deliveries);
DEQUE_ATTRIBUTE(max_message_size, limits.max_message_size);
DEQUE_ATTRIBUTE(max_messages, limits.max_messages);
DEQUE_ATTRIBUTE(memory, memory);
DEQUE_ATTRIBUTE(messages, messages);
DEQUE_ATTRIBUTE(openers, openers);
DEQUE_ATTRIBUTE(owner, owner);
DEQUE_ATTRIBUTE(policy, policy);
DEQUE_ATTRIBUTE(popped, popped);
DEQUE_ATTRIBUTE(pushed, pushed);
DEQUE_ATTRIBUTE(ready, ready);
DEQUE_ATTRIBUTE(returned, returned);
DEQUE_ATTRIBUTE(senders, senders);
DEQUE_ATTRIBUTE(takers, takers);
DEQUE_ATTRIBUTE(timed_out, timed_out);

static struct attribute *deque_attributes[] = {
	&dev_attr_acked.attr,
	&dev_attr_buried.attr,
	&dev_attr_buried_ever.attr,
	&dev_attr_bytes.attr,
	&dev_attr_claimed.attr,
	&dev_attr_crash_returned.attr,
	&dev_attr_delayed.attr,
	&dev_attr_lease_buried.attr,
	&dev_attr_leased.attr,
	&dev_attr_max_bytes.attr,
	&dev_attr_max_deliveries.attr,
	&dev_attr_max_message_size.attr,
	&dev_attr_max_messages.attr,
	&dev_attr_memory.attr,
	&dev_attr_messages.attr,
	&dev_attr_openers.attr,
	&dev_attr_owner.attr,
	&dev_attr_policy.attr,
	&dev_attr_popped.attr,
	&dev_attr_pushed.attr,
	&dev_attr_ready.attr,
	&dev_attr_returned.attr,
	&dev_attr_senders.attr,
	&dev_attr_takers.attr,
	&dev_attr_timed_out.attr,
	NULL,
};

static const struct attribute_group deque_attribute_group = {
	.attrs = deque_attributes,
};

const struct attribute_group *deque_attribute_groups[] = {
	&deque_attribute_group,
	NULL,
};

/* Of all deques together: on the control node. */

#define DEQUE_MEMORY_ATTRIBUTE(_name, _member)				\
static ssize_t _name##_show(struct device *device,			\
			    struct device_attribute *attribute, char *page) \
{									\
	struct deque_memory_use use;					\
									\
	deque_memory_tell(&use);					\
	return sysfs_emit(page, "%llu\n", use._member);			\
}									\
static DEVICE_ATTR_RO(_name)

DEQUE_MEMORY_ATTRIBUTE(call_bytes, calls);
DEQUE_MEMORY_ATTRIBUTE(lease_bytes, leases);
DEQUE_MEMORY_ATTRIBUTE(max_total_bytes, most);
DEQUE_MEMORY_ATTRIBUTE(max_user_bytes, user_most);
DEQUE_MEMORY_ATTRIBUTE(message_bytes, messages);
DEQUE_MEMORY_ATTRIBUTE(total_bytes, total);

static struct attribute *deque_control_attributes[] = {
	&dev_attr_call_bytes.attr,
	&dev_attr_lease_bytes.attr,
	&dev_attr_max_total_bytes.attr,
	&dev_attr_max_user_bytes.attr,
	&dev_attr_message_bytes.attr,
	&dev_attr_total_bytes.attr,
	NULL,
};

static const struct attribute_group deque_control_attribute_group = {
	.attrs = deque_control_attributes,
};

const struct attribute_group *deque_control_attribute_groups[] = {
	&deque_control_attribute_group,
	NULL,
};

/* The position of a row is the minor of its deque, of the heading it is 0. */
static void *deque_table_start(struct seq_file *table, loff_t *position)
{
	struct deque *deque;

	deque_walk_lock();
	if (!*position)
		return SEQ_START_TOKEN;
	deque = deque_walk_from(*position);
	if (deque)
		*position = deque->minor;
	return deque;
}

static void *deque_table_next(struct seq_file *table, void *row,
			      loff_t *position)
{
	struct deque *next = deque_walk_from(*position + 1);

	*position = next ? next->minor : DEQUE_DEQUES_LIMIT + 1;
	return next;
}

static void deque_table_stop(struct seq_file *table, void *row)
{
	deque_walk_unlock();
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
