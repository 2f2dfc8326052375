// SPDX-License-Identifier: GPL-2.0-only
/*
 * JSON beyond what json-c does: times, messages that may be no text, and one object
 * a line.
 */
#include "show/json.h"
#include "cli/clock.h"

#include <json-c/json.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t sequence_length(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xc0)
		return 0;
	if (first < 0xe0)
		return 2;
	if (first < 0xf0)
		return 3;
	return first < 0xf8 ? 4 : 0;
}

/* Bytes of the UTF-8 character at @text; 0: it is none, or it is NUL. */
static size_t character_length(const unsigned char *text, size_t size)
{
	static const uint32_t least[] = { 0, 1, 0x80, 0x800, 0x10000 };
	size_t length = sequence_length(text[0]), i;
	uint32_t character;

	if (!length || length > size)
		return 0;
	character = length == 1 ? text[0] : text[0] & (0x7fU >> length);
	for (i = 1; i < length; i++) {
		if ((text[i] & 0xc0) != 0x80)
			return 0;
		character = character << 6 | (text[i] & 0x3f);
	}
	/* Too long a form, a surrogate, or beyond Unicode. */
	if (character < least[length] || character >> 11 == 0x1b ||
	    character > 0x10ffff)
		return 0;
	return length;
}

static bool is_text(const unsigned char *data, size_t size)
{
	size_t length;

	for (; size; data += length, size -= length) {
		length = character_length(data, size);
		if (!length)
			return false;
	}
	return true;
}

static struct json_object *json_base64(const unsigned char *data, size_t size)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				     "abcdefghijklmnopqrstuvwxyz0123456789+/";
	size_t length = (size + 2) / 3 * 4, i, j;
	struct json_object *object;
	char *text = malloc(length);

	if (!text)
		return NULL;
	for (i = 0, j = 0; i < size; i += 3) {
		uint32_t bits = (uint32_t)data[i] << 16;

		bits |= i + 1 < size ? (uint32_t)data[i + 1] << 8 : 0;
		bits |= i + 2 < size ? data[i + 2] : 0;
		text[j++] = digits[bits >> 18];
		text[j++] = digits[bits >> 12 & 63];
		text[j++] = i + 1 < size ? digits[bits >> 6 & 63] : '=';
		text[j++] = i + 2 < size ? digits[bits & 63] : '=';
	}
	object = json_object_new_string_len(text, (int)length);
	free(text);
	return object;
}

void json_add_number(struct json_object *object, const char *key,
		     uint64_t number)
{
	json_object_object_add(object, key, json_object_new_uint64(number));
}

/* As text for people, and as seconds since 1970 to calculate with. */
void json_add_time(struct json_object *object, const char *key, uint64_t ns)
{
	time_t seconds = (time_t)(ns / NS_PER_S);
	char day[32], text[48];
	struct tm utc;

	strftime(day, sizeof(day), "%FT%T", gmtime_r(&seconds, &utc));
	snprintf(text, sizeof(text), "%s.%09lluZ", day,
		 (unsigned long long)(ns % NS_PER_S));
	json_object_object_add(object, key, json_object_new_string(text));
	snprintf(day, sizeof(day), "%s_epoch", key);
	snprintf(text, sizeof(text), "%llu.%09llu",
		 (unsigned long long)(ns / NS_PER_S),
		 (unsigned long long)(ns % NS_PER_S));
	json_object_object_add(object, day,
			       json_object_new_double_s((double)ns / NS_PER_S,
							text));
}

/* Where text is expected; what is none stands as its ASCII characters. */
void json_add_text(struct json_object *object, const char *key, char *text)
{
	char *byte;

	if (!is_text((const unsigned char *)text, strlen(text)))
		for (byte = text; *byte; byte++)
			if ((unsigned char)*byte > 0x7e)
				*byte = '?';
	json_object_object_add(object, key, json_object_new_string(text));
}

/* Text is "data"; what is none, or has a NUL in it, is "data_base64". */
void json_add_data(struct json_object *object, const void *data, size_t size)
{
	const char *key = "data_base64";
	struct json_object *value;

	if (is_text(data, size)) {
		key = "data";
		value = json_object_new_string_len(data, (int)size);
	} else {
		value = json_base64(data, size);
	}
	json_object_object_add(object, key, value);
}

/* Every --json prints one object a line. */
void json_print(FILE *file, struct json_object *object)
{
	fprintf(file, "%s\n",
		json_object_to_json_string_ext(
			object, JSON_C_TO_STRING_PLAIN |
					JSON_C_TO_STRING_NOSLASHESCAPE));
	json_object_put(object);
}
