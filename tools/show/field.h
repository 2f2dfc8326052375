/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What there is to know of a deque.
 */
#ifndef DEQUE_SHOW_FIELD_H
#define DEQUE_SHOW_FIELD_H

#include <deque.h>
#include <stddef.h>

#define FIELDS_MAX 32
#define FIELD_TEXT_MAX (DEQUE_NAME_MAX + 1)
struct field {
	const char *key;
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
	const char *help;
};
/* @chosen has room for FIELDS_MAX, and NULL after them. */
void fields_choose(const char *list, const struct field **chosen);
int fields_print_help(void);
/* What the kernel shows of it to everybody; returns 0 or -errno. */
int fields_read(const char *name, struct deque_info *info);
/* All of it; if that is denied, what is shown to everybody. */
int fields_look(const char *name, struct deque_info *info);
void fields_print_json(const struct field **chosen,
		       const struct deque_info *info);
void field_text(const struct field *field, const struct deque_info *info,
		char *text);

#endif /* DEQUE_SHOW_FIELD_H */
