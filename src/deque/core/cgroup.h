/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who pays.
 */
#ifndef DEQUE_CORE_CGROUP_H
#define DEQUE_CORE_CGROUP_H

#include <linux/types.h>

bool deque_cgroup_has_room(u64 size);
bool deque_cgroup_has_room(u64 size);

#endif /* DEQUE_CORE_CGROUP_H */
