/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The settings of a deque: its limits and its policy.
 */
#ifndef DEQUE_CLI_SETTING_H
#define DEQUE_CLI_SETTING_H

#include <deque.h>
#include <stdbool.h>

enum {
	SETTING_MESSAGES,
	SETTING_BYTES,
	SETTING_MESSAGE_SIZE,
	SETTING_DELIVERIES,
	SETTING_ACK_ON_READ,
	SETTING_LINES,
	SETTINGS,
};
struct settings {
	struct deque_limits limits;
	unsigned int policy_on;
	unsigned int policy_off;
};
/* Those of @settings that a deque does not have, as operands of `deque set`. */
#define SETTINGS_TEXT_MAX 256
bool settings_differ(const struct settings *settings,
		     const struct deque_info *info, char *text);
int setting_find(const char *key);
void setting_parse(struct settings *settings, int setting, const char *text);

#endif /* DEQUE_CLI_SETTING_H */
