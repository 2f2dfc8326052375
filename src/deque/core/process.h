/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Who a process was.
 */
#ifndef DEQUE_CORE_PROCESS_H
#define DEQUE_CORE_PROCESS_H

#include <linux/types.h>

/**
 * struct deque_process - who a process was
 * @numbers: its numbers, if it has a pid namespace of its own; else NULL
 * @number: its number in the initial pid namespace
 */
struct deque_process {
	struct deque_numbers *numbers;
	pid_t number;
} __packed __aligned(4);

u32 deque_process_cost(void);
u32 deque_process_memory(const struct deque_process *process);
int deque_process_note(struct deque_process *process);
void deque_process_copy(struct deque_process *to,
			const struct deque_process *from);
void deque_process_forget(struct deque_process *process);
pid_t deque_process_number(const struct deque_process *process);

#endif /* DEQUE_CORE_PROCESS_H */
