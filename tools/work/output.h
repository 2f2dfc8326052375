/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The output of a handler, to be printed as a whole.
 */
#ifndef DEQUE_WORK_OUTPUT_H
#define DEQUE_WORK_OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

struct output {
	int fd; /* -1: none, or no more */
	char *data;
	size_t size;
	size_t room;
	size_t written;
};
bool output_read(struct output *output);
int output_write(struct output *output); /* 0 or an errno value */
void output_close(struct output *output);
bool output_is_written(const struct output *output);
void output_free(struct output *output);

#endif /* DEQUE_WORK_OUTPUT_H */
