/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All verbs, for the table in deque.c; each file here ends with its own.
 */
#ifndef DEQUE_VERBS_VERBS_H
#define DEQUE_VERBS_VERBS_H

#include "cli/verb.h"

extern const struct verb verb_ack, verb_browse, verb_bury, verb_claim,
	verb_create, verb_extend, verb_help, verb_kick, verb_leases, verb_ls,
	verb_peek, verb_put, verb_return, verb_rm, verb_set, verb_stat,
	verb_take, verb_version, verb_work;

#endif /* DEQUE_VERBS_VERBS_H */
