/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages in every state, as they are looked at.
 */
#ifndef DEQUE_SHOW_ENTRY_H
#define DEQUE_SHOW_ENTRY_H

#include "show/columns.h"

#include <linux/deque.h>
#include <stdbool.h>

#define ENTRY_COLUMNS_MAX 16
extern const struct columns entry_columns; /* all there are */

struct entry {
	const char *deque;
	const struct deque_entry *is;
};
void entry_print_headings(const struct column **chosen);
void entry_print(const struct column **chosen, const struct entry *entry);
void entry_print_json(const struct entry *entry, bool data);
unsigned int states_parse(const char *list);

#endif /* DEQUE_SHOW_ENTRY_H */
