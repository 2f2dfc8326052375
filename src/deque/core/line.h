/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages as lines.
 */
#ifndef DEQUE_CORE_LINE_H
#define DEQUE_CORE_LINE_H

#include <linux/types.h>

#include "core/holder.h"

/**
 * struct deque_line_rest - what is left of a line, as it was at some moment
 * @message: the message, a reference
 * @token: its lease
 * @left: bytes, with the newline
 */
struct deque_line_rest {
	struct deque_message *message;
	u64 token;
	u32 left;
};

u32 deque_line_size(const struct deque_message *message);
u32 deque_line_left_locked(const struct deque_file *file);
int deque_line_rest_get(struct deque_file *file,
			const struct deque_reader *reader,
			struct deque_line_rest *rest);
bool deque_line_rest_advance(struct deque_file *file,
			     const struct deque_reader *reader,
			     const struct deque_line_rest *rest, u32 size);
int deque_file_next_size(const struct deque_file *file, u32 *size);

#endif /* DEQUE_CORE_LINE_H */
