/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The node of a deque in /dev, or the obstacle in its place.
 *
 * node_number() is as the kernel shows it; false: there is no such deque.
 * node_obstacle() names what stands there and is not its node; else NULL.
 * node_blocker() names what keeps a deque that is yet to be made from having its node.
 * node_is_foreign(): what would be opened under that name is not the deque.
 * node_is_gone() waits for a node that is missing.
 */
#ifndef DEQUE_CLI_NODE_H
#define DEQUE_CLI_NODE_H

#include <linux/deque.h>
#include <stdbool.h>
#include <sys/types.h>

struct node_path {
	char path[sizeof("/sys/class/deque//uevent") + DEQUE_NAME_MAX];
};
struct node_path node_path(const char *name);
struct node_path node_shown_path(const char *name,
				 const char *file); /* sysfs */
bool node_module_loaded(void);
bool node_control_here(void);
bool node_number(const char *name, dev_t *number);
const char *node_obstacle(const char *name);
const char *node_blocker(const char *name);
bool node_is_foreign(const char *name);
const char *node_remover(const char *name);
bool node_is_missing(const char *name);
bool node_is_gone(const char *name);

#endif /* DEQUE_CLI_NODE_H */
