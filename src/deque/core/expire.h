/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What time does.
 */
#ifndef DEQUE_CORE_EXPIRE_H
#define DEQUE_CORE_EXPIRE_H

#include <linux/workqueue.h>

void deque_due_run(struct work_struct *work);

#endif /* DEQUE_CORE_EXPIRE_H */
