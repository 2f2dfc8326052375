/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The fields of a deque: all that is known of it.
 */
#ifndef DEQUE_SHOW_FIELD_H
#define DEQUE_SHOW_FIELD_H

#include "show/columns.h"

#include <deque.h>
#include <stdbool.h>
#include <stddef.h>

#define FIELDS_MAX 32
#define FIELD_TEXT_MAX (DEQUE_NAME_MAX + 1)
/* All there are. */
extern const struct columns fields;
/* As columns_choose(); "all" is all of them. */
void fields_choose(const char *list, const struct column **chosen);
bool field_is_number(const struct column *field);
/* Reads what the kernel shows to everybody; returns 0 or -errno. */
int fields_read(const char *name, struct deque_info *info);
/* All of it; if that is denied, what is shown to everybody. */
int fields_look(const char *name, struct deque_info *info);
void fields_print_json(const struct column **chosen,
		       const struct deque_info *info);
void field_text(const struct column *column, const struct deque_info *info,
		char *text);

#endif /* DEQUE_SHOW_FIELD_H */
