// SPDX-License-Identifier: GPL-2.0-only
/*
 * The settings of a deque, its limits and its policy: names and ranges.
 */
#include "cli/setting.h"
#include "cli/number.h"
#include "cli/say.h"
#include "cli/status.h"

#include <deque.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct kind {
	const char *key;
	unsigned int unit;
	uint64_t most;
} kinds[SETTINGS] = {
	[SETTING_MESSAGES] = { "max_messages", UNIT_COUNT,
			       DEQUE_MESSAGES_LIMIT },
	[SETTING_BYTES] = { "max_bytes", UNIT_SIZE, DEQUE_BYTES_LIMIT },
	[SETTING_MESSAGE_SIZE] = { "max_message_size", UNIT_SIZE,
				   DEQUE_MESSAGE_SIZE_LIMIT },
	[SETTING_DELIVERIES] = { "max_deliveries", UNIT_COUNT,
				 DEQUE_DELIVERIES_LIMIT },
	[SETTING_ACK_ON_READ] = { "ack_on_read", 0, 0 },
	[SETTING_LINES] = { "lines", 0, 0 },
};

int setting_find(const char *key)
{
	int setting;

	for (setting = 0; setting < SETTINGS; setting++)
		if (!strcmp(kinds[setting].key, key))
			return setting;
	return -1;
}

static void policy_parse(struct settings *settings, const char *key,
			 unsigned int policy, const char *text)
{
	bool on = !strcmp(text, "yes");

	if (!on && strcmp(text, "no"))
		exit(fail(EX_USAGE, "%s: '%s' is not yes or no", key, text));
	settings->policy_on &= ~policy;
	settings->policy_off &= ~policy;
	*(on ? &settings->policy_on : &settings->policy_off) |= policy;
}

/* To the kernel, a zero means to leave it as it is. */
static uint32_t deliveries_parse(const struct kind *kind, const char *text)
{
	if (!strcmp(text, "never") || !strcmp(text, "0"))
		return DEQUE_DELIVERIES_UNLIMITED;
	return (uint32_t)parse_number(kind->key, text, kind->unit, kind->most);
}

void setting_parse(struct settings *settings, int setting, const char *text)
{
	const struct kind *kind = &kinds[setting];
	struct deque_limits *limits = &settings->limits;

	switch (setting) {
	case SETTING_MESSAGES:
		limits->max_messages = (uint32_t)parse_number(kind->key, text,
							      kind->unit,
							      kind->most);
		break;
	case SETTING_BYTES:
		limits->max_bytes =
			parse_number(kind->key, text, kind->unit, kind->most);
		break;
	case SETTING_MESSAGE_SIZE:
		limits->max_message_size =
			(uint32_t)parse_number(kind->key, text, kind->unit,
					       kind->most);
		break;
	case SETTING_DELIVERIES:
		limits->max_deliveries = deliveries_parse(kind, text);
		break;
	case SETTING_ACK_ON_READ:
		policy_parse(settings, kind->key, DEQUE_ACK_ON_READ, text);
		break;
	case SETTING_LINES:
		policy_parse(settings, kind->key, DEQUE_LINES, text);
		break;
	}
}

static void limit_differ(char *text, int setting, uint64_t wanted, uint64_t is)
{
	size_t length = strlen(text);

	/* To the kernel, a zero means its default: anything will do. */
	if (!wanted || wanted == is)
		return;
	if (wanted == DEQUE_DELIVERIES_UNLIMITED &&
	    setting == SETTING_DELIVERIES)
		snprintf(text + length, SETTINGS_TEXT_MAX - length, " %s=never",
			 kinds[setting].key);
	else
		snprintf(text + length, SETTINGS_TEXT_MAX - length, " %s=%llu",
			 kinds[setting].key, (unsigned long long)wanted);
}

static void policy_differ(char *text, int setting, unsigned int policy,
			  const struct settings *settings,
			  const struct deque_info *info)
{
	size_t length = strlen(text);

	if (settings->policy_on & ~info->policy & policy)
		snprintf(text + length, SETTINGS_TEXT_MAX - length, " %s=yes",
			 kinds[setting].key);
}

bool settings_differ(const struct settings *settings,
		     const struct deque_info *info, char *text)
{
	const struct deque_limits *want = &settings->limits;
	const struct deque_limits *is = &info->limits;

	text[0] = '\0';
	limit_differ(text, SETTING_MESSAGES, want->max_messages,
		     is->max_messages);
	limit_differ(text, SETTING_BYTES, want->max_bytes, is->max_bytes);
	limit_differ(text, SETTING_MESSAGE_SIZE, want->max_message_size,
		     is->max_message_size);
	limit_differ(text, SETTING_DELIVERIES, want->max_deliveries,
		     is->max_deliveries);
	policy_differ(text, SETTING_ACK_ON_READ, DEQUE_ACK_ON_READ, settings,
		      info);
	policy_differ(text, SETTING_LINES, DEQUE_LINES, settings, info);
	return text[0];
}
