/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages as they are printed.
 */
#ifndef DEQUE_SHOW_RECORD_H
#define DEQUE_SHOW_RECORD_H

#include "cli/verb.h"

#include <json-c/json.h>
#include <linux/deque.h>
#include <stdio.h>

/* Each is the option that asks for it. */
enum format {
	FORMAT_TEXT,
	FORMAT_NUL = '0',
	FORMAT_RAW = 'r',
	FORMAT_JSON = OPTION_JSON,
};
/* With the token before it, if it is leased. */
void record_print(FILE *file, enum format format,
		  const struct deque_descriptor *message);
struct json_object *record_json(const struct deque_descriptor *message);

#endif /* DEQUE_SHOW_RECORD_H */
