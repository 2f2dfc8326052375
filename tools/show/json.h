/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * JSON beyond what json-c does.
 */
#ifndef DEQUE_SHOW_JSON_H
#define DEQUE_SHOW_JSON_H

#include <json-c/json.h>
#include <stdint.h>
#include <stdio.h>

void json_add_number(struct json_object *object, const char *key,
		     uint64_t number);
void json_add_time(struct json_object *object, const char *key, uint64_t ns);
void json_add_text(struct json_object *object, const char *key, char *text);
void json_add_data(struct json_object *object, const void *data, size_t size);
void json_print(FILE *file, struct json_object *object);

#endif /* DEQUE_SHOW_JSON_H */
