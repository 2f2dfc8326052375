// SPDX-License-Identifier: GPL-2.0-only
/*
 * The attributes of a deque, and of all deques together: /sys/class/deque/.
 */
#include <linux/device.h>
#include <linux/sysfs.h>

#include "core/info.h"
#include "core/memory.h"
#include "device/device.h"

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
