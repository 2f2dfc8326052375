// SPDX-License-Identifier: GPL-2.0-only
/*
 * All that is known of a message in any state: one table for the columns of browse and
 * leases, and their help; and all of it as JSON.
 */
#include "show/entry.h"
#include "cli/clock.h"
#include "cli/say.h"
#include "cli/status.h"
#include "show/columns.h"
#include "show/field.h"
#include "show/holder.h"
#include "show/json.h"
#include "show/record.h"

#include <ctype.h>
#include <deque.h>
#include <fcntl.h>
#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#define TEXT_MAX 80 /* room for any column */
#define PREVIEW 40
#define COMMAND_MAX 4096 /* more of a command line says nothing */

/* Until @due of a clock that may have passed it already. */
static uint64_t ns_between(uint64_t begin, uint64_t end)
{
	return end > begin ? end - begin : 0;
}

static void number_text(uint64_t number, char *text)
{
	if (number)
		snprintf(text, TEXT_MAX, "%llu", (unsigned long long)number);
	else
		strcpy(text, "-");
}

/* Two units are enough. */
static void duration_text(uint64_t ns, char *text)
{
	unsigned long long s = ns / NS_PER_S;

	if (s < 60)
		snprintf(text, TEXT_MAX, "%llu.%llus", s,
			 (unsigned long long)(ns % NS_PER_S / (NS_PER_S / 10)));
	else if (s < 3600)
		snprintf(text, TEXT_MAX, "%llum%02llus", s / 60, s % 60);
	else if (s < 86400)
		snprintf(text, TEXT_MAX, "%lluh%02llum", s / 3600, s / 60 % 60);
	else
		snprintf(text, TEXT_MAX, "%llud%02lluh", s / 86400,
			 s / 3600 % 24);
}

static void deque_text(const struct entry *entry, char *text)
{
	snprintf(text, TEXT_MAX, "%s", entry->deque);
}

static void token_text(const struct entry *entry, char *text)
{
	number_text(entry->is->message.token, text);
}

static void id_text(const struct entry *entry, char *text)
{
	number_text(entry->is->message.id, text);
}

static const struct state {
	unsigned int state;
	const char *name;
} states[] = {
	{ DEQUE_READY, "ready" },
	{ DEQUE_LEASED, "leased" },
	{ DEQUE_DELAYED, "delayed" },
	{ DEQUE_BURIED, "buried" },
};
#define STATES (sizeof(states) / sizeof(states[0]))

static const char *state_name(unsigned int state)
{
	size_t i;

	for (i = 0; i < STATES; i++)
		if (states[i].state == state)
			return states[i].name;
	return "?";
}

static void state_text(const struct entry *entry, char *text)
{
	strcpy(text, state_name(entry->is->state));
}

/* The one that has claimed it, if it is not known who has the open file. */
static unsigned int holder_number(const struct entry *entry)
{
	unsigned int pid = holder_find(entry->is);

	return pid ? pid : entry->is->holder;
}

static void holder_text(const struct entry *entry, char *text)
{
	number_text(holder_number(entry), text);
}

/* The beginning, without what would disturb a terminal. */
static void preview_text(const char *data, size_t whole, char *text)
{
	size_t size = whole < PREVIEW ? whole : PREVIEW, i;

	for (i = 0; i < size; i++)
		text[i] = isascii((unsigned char)data[i]) &&
					  isprint((unsigned char)data[i])
				  ? data[i]
				  : '.';
	strcpy(text + size, whole > PREVIEW ? "..." : "");
}

/* Its arguments, with blanks between them; kernel threads have none. */
static size_t holder_read(unsigned int pid, const char *file, char *text,
			  size_t size)
{
	char path[32];
	ssize_t length;
	int fd;

	snprintf(path, sizeof(path), "/proc/%u/%s", pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	length = read(fd, text, size - 1);
	close(fd);
	return length > 0 ? (size_t)length : 0;
}

/* A process that has gone, or that we may not see, has none. */
static bool holder_command(const struct entry *entry, char *text, size_t size)
{
	unsigned int pid = holder_find(entry->is);
	size_t length, i;

	if (!pid)
		return false;
	length = holder_read(pid, "cmdline", text, size);
	if (!length)
		length = holder_read(pid, "comm", text, size);
	while (length && (!text[length - 1] || text[length - 1] == '\n'))
		length--;
	for (i = 0; i < length; i++)
		if (!text[i])
			text[i] = ' ';
	text[length] = '\0';
	return length;
}

static void command_text(const struct entry *entry, char *text)
{
	char command[COMMAND_MAX];
	const char *state;

	if (!holder_command(entry, command, sizeof(command))) {
		strcpy(text, "-");
		return;
	}
	preview_text(command, strlen(command), text);
	state = holder_state(holder_find(entry->is));
	if (state)
		sprintf(text + strlen(text), " (%s)", state);
}

static void age_text(const struct entry *entry, char *text)
{
	uint64_t since = entry->is->since_ns;

	if (!since)
		strcpy(text, "-");
	else
		duration_text(ns_between(since, clock_ns(CLOCK_REALTIME)),
			      text);
}

static void left_text(const struct entry *entry, char *text)
{
	uint64_t due = entry->is->due_ns;

	if (!due)
		strcpy(text, "-");
	else
		duration_text(ns_between(clock_ns(CLOCK_MONOTONIC), due), text);
}

static void deliveries_text(const struct entry *entry, char *text)
{
	snprintf(text, TEXT_MAX, "%u", entry->is->message.deliveries);
}

static void size_text(const struct entry *entry, char *text)
{
	number_text(entry->is->message.size, text);
}

static void data_text(const struct entry *entry, char *text)
{
	const struct deque_descriptor *message = &entry->is->message;

	preview_text((const void *)(uintptr_t)message->data, message->size,
		     text);
}

struct entry_column {
	struct column column;
	int width; /* negative: to the left */
	void (*text)(const struct entry *entry, char *text);
};

static const struct entry_column table[] = {
	{ { "deque", "the deque that it is in" }, -12, deque_text },
	{ { "id", "the message's number" }, 8, id_text },
	{ { "state", "ready, leased, delayed or buried" }, -7, state_text },
	{ { "token", "names its lease" }, 10, token_text },
	{ { "holder", "the process that has it" }, 8, holder_text },
	{ { "command", "its command line, and what keeps it from its work" },
	  -15,
	  command_text },
	{ { "age", "how long it has been in that state" }, 7, age_text },
	{ { "left", "until it becomes ready by itself" }, 7, left_text },
	{ { "deliveries", "how often it was claimed" }, 10, deliveries_text },
	{ { "size", "bytes" }, 8, size_text },
	{ { "data", "how it begins, in ASCII" }, -1, data_text },
	{ { NULL, NULL }, 0, NULL },
};

const struct columns entry_columns = { table, sizeof(table[0]),
				       ENTRY_COLUMNS_MAX };

static const struct entry_column *column_of(const struct column *column)
{
	return (const struct entry_column *)column;
}

/* There may be millions of lines, so widths are not made to measure. */
static void column_print(const struct column *const *column, const char *text)
{
	int width = column_of(*column)->width;

	if (column[1])
		printf("%*s ", width, text);
	else if (width < 0)
		printf("%s\n", text);
	else
		printf("%*s\n", width, text);
}

void entry_print_headings(const struct column **chosen)
{
	char heading[TEXT_MAX];

	for (; *chosen; chosen++) {
		column_heading(*chosen, heading);
		column_print(chosen, heading);
	}
}

void entry_print(const struct column **chosen, const struct entry *entry)
{
	char text[TEXT_MAX];

	for (; *chosen; chosen++) {
		column_of(*chosen)->text(entry, text);
		column_print(chosen, text);
	}
}

/* A monotonic time says nothing to anybody else. */
static uint64_t due_realtime(uint64_t due)
{
	return clock_ns(CLOCK_REALTIME) +
	       ns_between(clock_ns(CLOCK_MONOTONIC), due);
}

static void holder_json(const struct entry *entry, struct json_object *object)
{
	unsigned int pid = holder_find(entry->is);
	const char *state = pid ? holder_state(pid) : NULL;
	char command[COMMAND_MAX];

	if (holder_number(entry))
		json_add_number(object, "holder", holder_number(entry));
	if (holder_command(entry, command, sizeof(command)))
		json_add_text(object, "command", command);
	if (state)
		json_object_object_add(object, "holder_state",
				       json_object_new_string(state));
}

void entry_print_json(const struct entry *entry, bool data)
{
	const struct deque_entry *is = entry->is;
	struct json_object *object = record_json(&is->message);

	json_object_object_add(object, "deque",
			       json_object_new_string(entry->deque));
	json_object_object_add(object, "state",
			       json_object_new_string(state_name(is->state)));
	holder_json(entry, object);
	if (is->since_ns)
		json_add_time(object, "since", is->since_ns);
	if (is->due_ns)
		json_add_time(object, "due", due_realtime(is->due_ns));
	if (data)
		json_add_data(object, (const void *)(uintptr_t)is->message.data,
			      is->message.size);
	json_print(stdout, object);
}

static unsigned int state_find(const char *name, size_t length)
{
	size_t i;

	for (i = 0; i < STATES; i++)
		if (!strncmp(states[i].name, name, length) &&
		    !states[i].name[length])
			return states[i].state;
	exit(fail(EX_USAGE,
		  "no state '%.*s'; there are ready, leased, delayed, buried",
		  (int)length, name));
}

unsigned int states_parse(const char *list)
{
	unsigned int set = 0;
	size_t length;

	do {
		length = strcspn(list, ",");
		set |= state_find(list, length);
		list += length;
	} while (*list++);
	return set;
}
