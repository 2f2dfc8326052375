// SPDX-License-Identifier: GPL-2.0-only
/*
 * The fields of a deque, all that is known of it: one table for the columns of ls, the
 * lines of stat, the keys of both in JSON, and the help.
 */
#include "show/field.h"
#include "cli/info.h"
#include "cli/user.h"
#include "show/columns.h"
#include "show/entry.h"
#include "show/json.h"

#include <deque.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define INFO(member) offsetof(struct deque_info, member)

struct field {
	struct column column;
	enum {
		FIELD_TEXT,
		FIELD_U32,
		FIELD_U64,
		FIELD_USER,
		FIELD_DELIVERIES,
		FIELD_ACK_ON_READ,
		FIELD_LINES,
	} kind;
	size_t offset;
};

static const struct field table[] = {
	{ { "name", "the deque's name" }, FIELD_TEXT, INFO(name) },
	{ { "ready", "messages that can be taken" }, FIELD_U64, INFO(ready) },
	{ { "leased", "messages somebody works on" }, FIELD_U64, INFO(leased) },
	{ { "delayed", "messages whose time is to come" },
	  FIELD_U64,
	  INFO(delayed) },
	{ { "buried", "messages laid aside" }, FIELD_U64, INFO(buried) },
	{ { "messages", "messages that count against max_messages" },
	  FIELD_U64,
	  INFO(messages) },
	{ { "max_messages", "most messages at a time" },
	  FIELD_U32,
	  INFO(limits.max_messages) },
	{ { "bytes", "bytes that count against max_bytes" },
	  FIELD_U64,
	  INFO(bytes) },
	{ { "memory", "bytes of kernel memory that the messages take" },
	  FIELD_U64,
	  INFO(memory) },
	{ { "max_bytes", "most bytes in all messages together" },
	  FIELD_U64,
	  INFO(limits.max_bytes) },
	{ { "max_message_size", "most bytes in one message" },
	  FIELD_U32,
	  INFO(limits.max_message_size) },
	{ { "max_deliveries", "claims after which a message is buried" },
	  FIELD_DELIVERIES,
	  INFO(limits.max_deliveries) },
	{ { "ack_on_read", "whether read(2) leases until the next read(2)" },
	  FIELD_ACK_ON_READ,
	  INFO(policy) },
	{ { "lines", "whether read(2) gets messages as lines" },
	  FIELD_LINES,
	  INFO(policy) },
	{ { "pushed", "messages ever put in" }, FIELD_U64, INFO(pushed) },
	{ { "popped", "messages ever taken out for good" },
	  FIELD_U64,
	  INFO(popped) },
	{ { "claimed", "leases ever" }, FIELD_U64, INFO(claimed) },
	{ { "acked", "of those: work was done" }, FIELD_U64, INFO(acked) },
	{ { "returned", "given back" }, FIELD_U64, INFO(returned) },
	{ { "crash_returned", "ended as their holder was gone" },
	  FIELD_U64,
	  INFO(crash_returned) },
	{ { "timed_out", "ended by themselves" }, FIELD_U64, INFO(timed_out) },
	{ { "lease_buried", "buried by their holder" },
	  FIELD_U64,
	  INFO(lease_buried) },
	{ { "buried_ever", "messages ever laid aside" },
	  FIELD_U64,
	  INFO(buried_ever) },
	{ { "owner", "user who made it" }, FIELD_USER, INFO(owner) },
	{ { "openers", "times it is open elsewhere" },
	  FIELD_U32,
	  INFO(openers) },
	{ { "takers", "takers that wait now" }, FIELD_U32, INFO(takers) },
	{ { "senders", "senders that wait now" }, FIELD_U32, INFO(senders) },
	{ { NULL, NULL }, FIELD_TEXT, 0 },
};

const struct columns fields = { table, sizeof(table[0]), FIELDS_MAX };

static const struct field *field_of(const struct column *column)
{
	return (const struct field *)column;
}

void fields_choose(const char *list, const struct column **chosen)
{
	const struct column *column = NULL;

	if (strcmp(list, "all")) {
		columns_choose(&fields, list, chosen);
		return;
	}
	while ((column = columns_next(&fields, column)))
		*chosen++ = column;
	*chosen = NULL;
}

bool field_is_number(const struct column *column)
{
	const struct field *field = field_of(column);

	return field->kind == FIELD_U32 || field->kind == FIELD_U64 ||
	       field->kind == FIELD_DELIVERIES;
}

static const char *field_file(const struct field *field)
{
	return field->offset == INFO(policy) ? "policy" : field->column.key;
}

static int field_read(const char *name, const struct field *field,
		      struct deque_info *info)
{
	char path[sizeof("/sys/class/deque//") + DEQUE_NAME_MAX +
		  FIELD_TEXT_MAX];
	char *member = (char *)info + field->offset;
	unsigned long long value;
	FILE *file;
	int found;

	snprintf(path, sizeof(path), "/sys/class/deque/%s/%s", name,
		 field_file(field));
	file = fopen(path, "re");
	if (!file)
		return -errno;
	found = fscanf(file, "%llu", &value);
	fclose(file);
	if (found != 1)
		return -ENODEV;
	if (field->kind == FIELD_U64)
		*(uint64_t *)member = value;
	else
		*(uint32_t *)member = (uint32_t)value;
	return 0;
}

int fields_read(const char *name, struct deque_info *info)
{
	const struct field *field;
	int error = 0;

	*info = (struct deque_info){ .size = sizeof(*info) };
	strcpy(info->name, name);
	for (field = table; field->column.key && !error; field++)
		if (field->kind != FIELD_TEXT)
			error = field_read(name, field, info);
	return error;
}

/* A user who may not open it still sees what the kernel shows to everybody. */
int fields_look(const char *name, struct deque_info *info)
{
	int error = info_get(name, info);

	return error == -EACCES && !fields_read(name, info) ? 0 : error;
}

static uint64_t field_number(const struct field *field,
			     const struct deque_info *info)
{
	const char *member = (const char *)info + field->offset;

	if (field->kind == FIELD_U64)
		return *(const uint64_t *)member;
	return *(const uint32_t *)member;
}

/* Policies are bits; what is unlimited has no number. */
static bool field_text_word(const struct field *field, uint64_t number,
			    char *text)
{
	const char *word = NULL;

	if (field->kind == FIELD_ACK_ON_READ)
		word = number & DEQUE_ACK_ON_READ ? "yes" : "no";
	if (field->kind == FIELD_LINES)
		word = number & DEQUE_LINES ? "yes" : "no";
	if (field->kind == FIELD_DELIVERIES &&
	    number == DEQUE_DELIVERIES_UNLIMITED)
		word = "never";
	if (word)
		strcpy(text, word);
	return word;
}

void field_text(const struct column *column, const struct deque_info *info,
		char *text)
{
	const struct field *field = field_of(column);
	uint64_t number;

	if (field->kind == FIELD_TEXT) {
		strcpy(text, info->name);
		return;
	}
	number = field_number(field, info);
	if (field->kind == FIELD_USER)
		user_text((uint32_t)number, text);
	else if (!field_text_word(field, number, text))
		snprintf(text, FIELD_TEXT_MAX, "%llu",
			 (unsigned long long)number);
}

static struct json_object *field_json(const struct field *field,
				      const struct deque_info *info)
{
	uint64_t number;

	if (field->kind == FIELD_TEXT)
		return json_object_new_string(info->name);
	number = field_number(field, info);
	if (field->kind == FIELD_ACK_ON_READ)
		return json_object_new_boolean(number & DEQUE_ACK_ON_READ);
	if (field->kind == FIELD_LINES)
		return json_object_new_boolean(number & DEQUE_LINES);
	if (field->kind == FIELD_DELIVERIES &&
	    number == DEQUE_DELIVERIES_UNLIMITED)
		return NULL;
	return json_object_new_uint64(number);
}

void fields_print_json(const struct column **chosen,
		       const struct deque_info *info)
{
	struct json_object *object = json_object_new_object();

	for (; *chosen; chosen++)
		json_object_object_add(object, (*chosen)->key,
				       field_json(field_of(*chosen), info));
	json_print(stdout, object);
}
