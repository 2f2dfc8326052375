// SPDX-License-Identifier: GPL-2.0-only
/*
 * What there is to know of a deque: one table for the columns of ls, the
 * lines of stat, the keys of both in JSON, and the help.
 */
#include "show/field.h"
#include "cli/info.h"
#include "cli/say.h"
#include "cli/status.h"
#include "cli/user.h"
#include "show/json.h"

#include <deque.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#define INFO(member) offsetof(struct deque_info, member)

static const struct field fields[] = {
	{ "name", FIELD_TEXT, INFO(name), "the deque's name" },
	{ "ready", FIELD_U64, INFO(ready), "messages that can be taken" },
	{ "leased", FIELD_U64, INFO(leased), "messages somebody works on" },
	{ "delayed", FIELD_U64, INFO(delayed),
	  "messages whose time is to come" },
	{ "buried", FIELD_U64, INFO(buried), "messages laid aside" },
	{ "messages", FIELD_U64, INFO(messages),
	  "messages that count against max_messages" },
	{ "max_messages", FIELD_U32, INFO(limits.max_messages),
	  "most messages at a time" },
	{ "bytes", FIELD_U64, INFO(bytes),
	  "bytes that count against max_bytes" },
	{ "memory", FIELD_U64, INFO(memory),
	  "bytes of kernel memory that the messages take" },
	{ "max_bytes", FIELD_U64, INFO(limits.max_bytes),
	  "most bytes in all messages together" },
	{ "max_message_size", FIELD_U32, INFO(limits.max_message_size),
	  "most bytes in one message" },
	{ "max_deliveries", FIELD_DELIVERIES, INFO(limits.max_deliveries),
	  "claims after which a message is buried" },
	{ "ack_on_read", FIELD_ACK_ON_READ, INFO(policy),
	  "whether read(2) leases until the next read(2)" },
	{ "lines", FIELD_LINES, INFO(policy),
	  "whether read(2) gets messages as lines" },
	{ "pushed", FIELD_U64, INFO(pushed), "messages ever put in" },
	{ "popped", FIELD_U64, INFO(popped),
	  "messages ever taken out for good" },
	{ "claimed", FIELD_U64, INFO(claimed), "leases ever" },
	{ "acked", FIELD_U64, INFO(acked), "of those: work was done" },
	{ "returned", FIELD_U64, INFO(returned), "given back" },
	{ "crash_returned", FIELD_U64, INFO(crash_returned),
	  "ended as their holder was gone" },
	{ "timed_out", FIELD_U64, INFO(timed_out), "ended by themselves" },
	{ "lease_buried", FIELD_U64, INFO(lease_buried),
	  "buried by their holder" },
	{ "buried_ever", FIELD_U64, INFO(buried_ever),
	  "messages ever laid aside" },
	{ "owner", FIELD_USER, INFO(owner), "user who made it" },
	{ "openers", FIELD_U32, INFO(openers), "times it is open elsewhere" },
	{ "takers", FIELD_U32, INFO(takers), "takers that wait now" },
	{ "senders", FIELD_U32, INFO(senders), "senders that wait now" },
	{ NULL, FIELD_TEXT, 0, NULL },
};

static const struct field *field_find(const char *key, size_t length)
{
	const struct field *field;

	for (field = fields; field->key; field++)
		if (!strncasecmp(field->key, key, length) &&
		    !field->key[length])
			return field;
	exit(fail(EX_USAGE, "no column '%.*s'; '-o help' lists them",
		  (int)length, key));
}

/* The fields of a list with commas. */
static void fields_choose_list(const char *list, const struct field **chosen)
{
	size_t length, count = 0;

	do {
		length = strcspn(list, ",");
		if (count == FIELDS_MAX)
			exit(fail(EX_USAGE, "more than %d columns",
				  FIELDS_MAX));
		chosen[count++] = field_find(list, length);
		list += length;
	} while (*list++);
	chosen[count] = NULL;
}

void fields_choose(const char *list, const struct field **chosen)
{
	const struct field *field;

	if (strcmp(list, "all")) {
		fields_choose_list(list, chosen);
		return;
	}
	for (field = fields; field->key; field++)
		*chosen++ = field;
	*chosen = NULL;
}

int fields_print_help(void)
{
	const struct field *field;

	for (field = fields; field->key; field++)
		printf("%-18s%s\n", field->key, field->help);
	return 0;
}

static const char *field_file(const struct field *field)
{
	return field->offset == INFO(policy) ? "policy" : field->key;
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
	for (field = fields; field->key && !error; field++)
		if (field->kind != FIELD_TEXT)
			error = field_read(name, field, info);
	return error;
}

/* Whoever may not open it still sees what the kernel shows to everybody. */
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

void field_text(const struct field *field, const struct deque_info *info,
		char *text)
{
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

void fields_print_json(const struct field **chosen,
		       const struct deque_info *info)
{
	struct json_object *object = json_object_new_object();

	for (; *chosen; chosen++)
		json_object_object_add(object, (*chosen)->key,
				       field_json(*chosen, info));
	json_print(stdout, object);
}
