/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The parameters of the module.
 */
#ifndef DEQUE_PARAMS_H
#define DEQUE_PARAMS_H

#include <linux/types.h>

#include <linux/deque.h>

/**
 * struct deque_spec - an element of the parameter deques=
 * @name: of the deque to make at load
 * @limits: its bounds, zeros for the defaults
 */
struct deque_spec {
	char name[DEQUE_NAME_MAX + 1];
	struct deque_limits limits;
};

void deque_params_init(void);
u32 deque_param_max_deques(void);
u32 deque_param_max_user_deques(void);
u64 deque_param_max_total_bytes(void);
const u64 *deque_param_max_user_bytes(void);
void deque_param_limits(struct deque_limits *limits);
const struct deque_spec *deque_param_specs(unsigned int *count);

#endif /* DEQUE_PARAMS_H */
