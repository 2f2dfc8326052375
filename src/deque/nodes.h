/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Device numbers and nodes.
 */
#ifndef DEQUE_NODES_H
#define DEQUE_NODES_H

#include <linux/fs.h>
#include <linux/types.h>

#include "core/deque.h"

struct attribute_group;

/* Minors: one for the control node, then one for each deque. */
#define DEQUE_MINOR_CONTROL	0
#define DEQUE_DEQUES_LIMIT	65536

/**
 * struct deque_nodes - what stands behind the nodes
 * @deque_fops: what the node of a deque does
 * @control_fops: what the control node does
 * @deque_groups: the attributes of a deque
 * @control_groups: and those of the control node
 */
struct deque_nodes {
	const struct file_operations *deque_fops;
	const struct file_operations *control_fops;
	const struct attribute_group **deque_groups;
	const struct attribute_group **control_groups;
};

int deque_node_create(struct deque *deque);
void deque_node_destroy(const struct deque *deque);
int deque_nodes_init(const struct deque_nodes *behind);
int deque_nodes_publish(void);
void deque_nodes_unpublish(void);
void deque_nodes_exit(void);

#endif /* DEQUE_NODES_H */
