// SPDX-License-Identifier: GPL-2.0-only
/*
 * Messages as they are printed: text, bytes or JSON.
 */
#include "show/record.h"
#include "show/json.h"

#include <deque.h>
#include <json-c/json.h>
#include <stdio.h>

/* All but the payload. */
struct json_object *record_json(const struct deque_descriptor *message)
{
	struct json_object *object = json_object_new_object();

	if (message->token)
		json_add_number(object, "token", message->token);
	json_add_number(object, "id", message->id);
	json_add_time(object, "arrival", message->arrival_ns);
	json_add_number(object, "pid", message->pid);
	json_add_number(object, "uid", message->uid);
	json_add_number(object, "gid", message->gid);
	json_add_number(object, "deliveries", message->deliveries);
	json_add_number(object, "size", message->size);
	return object;
}

static void record_print_json(FILE *file,
			      const struct deque_descriptor *message,
			      const char *data)
{
	struct json_object *object = record_json(message);

	json_add_data(object, data, message->size);
	json_print(file, object);
}

void record_print(FILE *file, enum format format,
		  const struct deque_descriptor *message)
{
	const char *data = (const void *)(uintptr_t)message->data;

	if (format == FORMAT_JSON) {
		record_print_json(file, message, data);
		return;
	}
	/* A leased message comes with the name of its lease. */
	if (message->token)
		fprintf(file, "%llu ", (unsigned long long)message->token);
	fwrite(data, 1, message->size, file);
	if (format == FORMAT_NUL)
		fputc('\0', file);
	if (format == FORMAT_TEXT && data[message->size - 1] != '\n')
		fputc('\n', file);
}
