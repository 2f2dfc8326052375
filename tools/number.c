// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads counts, sizes and times from the command line; a wrong one ends the
 * program with a line that says what would be right.
 */
#include "tool.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NS_PER_MS 1000000LL
#define NS_PER_S 1000000000LL
#define TIME_MOST_S 1000000000LL /* some thirty years */

/* clang-format off */
static const struct time_unit {
	const char *name;
	int64_t ns;
} time_units[] = {
	{ "", NS_PER_S },
	{ "ms", NS_PER_MS },
	{ "s", NS_PER_S },
	{ "m", 60 * NS_PER_S },
	{ "h", 3600 * NS_PER_S },
};
/* clang-format on */

/* What the suffix multiplies by; 0: it is none. */
static uint64_t suffix_factor(const char *suffix, unsigned int unit)
{
	static const char letters[] = "kmgt";
	uint64_t factor = 1;
	const char *letter;

	if (!*suffix)
		return 1;
	for (letter = letters; *letter; letter++) {
		factor *= unit;
		if (!strncasecmp(suffix, letter, 1) && !suffix[1])
			return factor;
	}
	return 0;
}

uint64_t parse_number(const char *what, const char *text, unsigned int unit,
		      uint64_t most)
{
	size_t digits = strspn(text, "0123456789");
	uint64_t factor = suffix_factor(text + digits, unit);
	uint64_t number;

	/* Too large for strtoull() is ULLONG_MAX: more than any limit. */
	number = strtoull(text, NULL, 10);
	if (!digits || !factor)
		exit(fail(EX_USAGE,
			  "%s: '%s' is not a %s: digits, and k, M, G or T for "
			  "powers of %u",
			  what, text, unit == UNIT_SIZE ? "size" : "count",
			  unit));
	if (!number || number > most / factor)
		exit(fail(EX_USAGE, "%s: '%s' is not from 1 to %llu", what,
			  text, (unsigned long long)most));
	return number * factor;
}

static int64_t time_unit_ns(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(time_units) / sizeof(time_units[0]); i++)
		if (!strcmp(time_units[i].name, name))
			return time_units[i].ns;
	return 0;
}

int64_t parse_time(const char *what, const char *text)
{
	size_t digits = strspn(text, "0123456789.");
	int64_t unit = time_unit_ns(text + digits);
	char *end;
	double time;

	if (!strcmp(text, "forever"))
		return FOREVER;
	time = strtod(text, &end) * (double)unit;
	if (!digits || !unit || end != text + digits)
		exit(fail(EX_USAGE,
			  "%s: '%s' is not a time: a number, and ms, s, m or h "
			  "(seconds without), or 'forever'",
			  what, text));
	if (time > (double)(TIME_MOST_S * NS_PER_S))
		exit(fail(EX_USAGE, "%s: '%s' is too long; say 'forever'", what,
			  text));
	return (int64_t)time;
}

uint64_t parse_delay(const char *what, const char *text)
{
	int64_t time = parse_time(what, text);

	if (time == FOREVER)
		exit(fail(EX_USAGE, "%s: 'forever' would be never", what));
	return (uint64_t)time;
}

uint64_t parse_timeout(const char *what, const char *text)
{
	int64_t time = parse_time(what, text);

	if (!time)
		exit(fail(EX_USAGE, "%s: '%s' leaves no time at all", what,
			  text));
	return time == FOREVER ? 0 : (uint64_t)time;
}

/* A number that the kernel gave: without any suffix. */
static uint64_t parse_plain(const char *what, const char *text, uint64_t most)
{
	size_t digits = strspn(text, "0123456789");
	uint64_t number;

	errno = 0;
	number = strtoull(text, NULL, 10);
	if (!digits || text[digits] || errno || number > most)
		exit(fail(EX_USAGE, "'%s' is not a %s", text, what));
	return number;
}

uint64_t parse_token(const char *text)
{
	return parse_plain("token; 'deque claim' prints one with each message",
			   text, UINT64_MAX);
}

int parse_fd(const char *text)
{
	return (int)parse_plain("number of an open file", text, INT_MAX);
}

void waiting_start(struct waiting *waiting, int64_t patience)
{
	struct timespec *time = &waiting->time;

	waiting->flags = patience ? 0 : DEQUE_NOWAIT;
	waiting->deadline = patience > 0 ? time : NULL;
	clock_gettime(CLOCK_MONOTONIC, time);
	time->tv_sec += patience / NS_PER_S;
	time->tv_nsec += patience % NS_PER_S;
	if (time->tv_nsec >= NS_PER_S) {
		time->tv_sec++;
		time->tv_nsec -= NS_PER_S;
	}
}
