// SPDX-License-Identifier: GPL-2.0-only
/*
 * Message-oriented deques: loading and unloading.
 */
#include <linux/init.h>
#include <linux/module.h>

#include "core/expire.h"
#include "core/memory.h"
#include "core/timer.h"
#include "core/wait.h"
#include "device/device.h"
#include "nodes.h"
#include "params.h"
#include "registry.h"

static const struct deque_nodes deque_nodes = {
	.deque_fops = &deque_fops,
	.control_fops = &deque_control_fops,
	.deque_groups = deque_attribute_groups,
	.control_groups = deque_control_attribute_groups,
};

static int __init deque_init(void)
{
	int ret;

	deque_params_init();
	deque_memory_init(deque_param_max_total_bytes(),
			  deque_param_max_user_bytes(), deque_feed_starved);
	ret = deque_due_init(deque_due_run);
	if (ret)
		return ret;
	ret = deque_nodes_init(&deque_nodes);
	if (ret)
		goto err_due;
	ret = deque_registry_init();
	if (ret)
		goto err_nodes;
	ret = deque_stats_init();
	if (ret)
		goto err_registry;
	ret = deque_nodes_publish();
	if (ret)
		goto err_stats;
	return 0;

err_stats:
	deque_stats_exit();
err_registry:
	deque_registry_exit();
err_nodes:
	deque_nodes_exit();
err_due:
	deque_due_exit();
	return ret;
}

static void __exit deque_exit(void)
{
	deque_nodes_unpublish();
	deque_stats_exit();
	deque_registry_exit();
	deque_nodes_exit();
	deque_due_exit();
}

module_init(deque_init);
module_exit(deque_exit);

MODULE_AUTHOR("The mod developers");
MODULE_DESCRIPTION("Message-oriented deques: work queues as device files, /dev/deque/NAME");
MODULE_LICENSE("GPL");
MODULE_VERSION(DEQUE_VERSION);
