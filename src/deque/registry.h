/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which deques there are.
 */
#ifndef DEQUE_REGISTRY_H
#define DEQUE_REGISTRY_H

#include <linux/types.h>

#include "core/deque.h"

int deque_registry_create(const char *name, const struct deque_limits *limits,
			  u32 policy);
bool deque_may_manage(const struct deque *deque);
int deque_registry_destroy(const char *name, u32 flags);
int deque_registry_open(u32 minor, struct deque_file *file);
void deque_registry_close(struct deque *deque);
void deque_registry_lock(void);
struct deque *deque_registry_next(u32 minor);
void deque_registry_unlock(void);
int deque_registry_init(void);
void deque_registry_exit(void);

#endif /* DEQUE_REGISTRY_H */
