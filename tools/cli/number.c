// SPDX-License-Identifier: GPL-2.0-only
/*
 * Reads counts, sizes and times from the command line; a wrong one ends the
 * program with a line that says what would be right.
 */
#include "cli/number.h"
#include "cli/clock.h"
#include "cli/say.h"
#include "cli/status.h"

#include <ctype.h>
#include <errno.h>
#include <float.h>
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NS_PER_MS 1000000LL
#define TIME_MOST_S (11574 * 86400LL) /* some thirty years */
#define TIME_MOST "11574d"

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
	{ "d", 86400 * NS_PER_S },
};
/* clang-format on */

static uint64_t power(uint64_t base, int exponent)
{
	uint64_t result = 1;

	while (exponent--)
		result *= base;
	return result;
}

/*
 * Returns the factor that the suffix stands for; 0: it is none.  Sizes are as dd(1) and
 * the like have them: K and KiB are 1024 bytes, KB is 1000.
 */
static uint64_t suffix_factor(const char *suffix, unsigned int unit)
{
	static const char letters[] = "kmgt";
	const char *letter;
	int exponent;

	if (!*suffix)
		return 1;
	letter = strchr(letters, tolower((unsigned char)*suffix++));
	if (!letter)
		return 0;
	exponent = (int)(letter - letters) + 1;
	if (!*suffix)
		return power(unit, exponent);
	if (unit != UNIT_SIZE)
		return 0;
	if (!strcasecmp(suffix, "iB"))
		return power(1024, exponent);
	return strcasecmp(suffix, "B") ? 0 : power(1000, exponent);
}

/* The bytes at @text that are a decimal number; 0: it does not begin with one. */
static size_t decimal_length(const char *text)
{
	size_t length = strspn(text, "0123456789"), fraction;

	if (text[length] != '.')
		return length;
	fraction = strspn(text + length + 1, "0123456789");
	return length + fraction ? length + 1 + fraction : 0;
}

/* No limit has more digits than a double. */
uint64_t parse_number(const char *what, const char *text, unsigned int unit,
		      uint64_t most)
{
	size_t length = decimal_length(text);
	uint64_t factor = suffix_factor(text + length, unit);
	double number = strtod(text, NULL) * (double)factor;

	if (!length || !factor ||
	    (factor == 1 && strspn(text, "0123456789") != length))
		exit(fail(EX_USAGE,
			  unit == UNIT_SIZE
				  ? "%s: '%s' is not a size: a number, and K, "
				    "M, G or T (or KiB ...) for powers of "
				    "1024, KB ... for powers of 1000"
				  : "%s: '%s' is not a count: a number, and k, "
				    "M, G or T for powers of 1000",
			  what, text));
	if (number < 1 || number > (double)most)
		exit(fail(EX_USAGE, "%s: '%s' is not from 1 to %llu", what,
			  text, (unsigned long long)most));
	/* Both strtod() and the product are half a bit off: 4.1M is not 4099999. */
	return (uint64_t)(number * (1 + 2 * DBL_EPSILON));
}

static int64_t time_unit_ns(const char *name, size_t length)
{
	size_t i;

	for (i = 0; i < sizeof(time_units) / sizeof(time_units[0]); i++)
		if (!strncmp(time_units[i].name, name, length) &&
		    !time_units[i].name[length])
			return time_units[i].ns;
	return 0;
}

/* A sum of numbers with units; a number alone is seconds.  Negative: it is none. */
static double time_sum(const char *text)
{
	const char *part = text;
	size_t digits, letters;
	double sum = 0;
	int64_t unit;

	do {
		digits = decimal_length(part);
		letters = strspn(part + digits, "abcdefghijklmnopqrstuvwxyz");
		unit = time_unit_ns(part + digits, letters);
		if (!digits || !unit || (!letters && part != text))
			return -1;
		sum += strtod(part, NULL) * (double)unit;
		part += digits + letters;
	} while (*part);
	return sum;
}

bool is_time(const char *text)
{
	return time_sum(text) >= 0;
}

/* The words for a wrong time depend on whether it may be for ever. */
static int64_t parse_finite(const char *what, const char *text,
			    const char *or_forever, const char *too_long)
{
	double time = time_sum(text);

	if (time < 0)
		exit(fail(EX_USAGE,
			  "%s: '%s' is not a time: numbers with d, h, m, s or "
			  "ms, as 1h30m (seconds without)%s",
			  what, text, or_forever));
	if (time > (double)(TIME_MOST_S * NS_PER_S))
		exit(fail(EX_USAGE, "%s: '%s' is too long; %s", what, text,
			  too_long));
	return (int64_t)time;
}

int64_t parse_time(const char *what, const char *text)
{
	if (!strcmp(text, "forever"))
		return FOREVER;
	return parse_finite(what, text, ", or 'forever'", "say 'forever'");
}

uint64_t parse_delay(const char *what, const char *text)
{
	if (!strcmp(text, "forever"))
		exit(fail(EX_USAGE, "%s: 'forever' would be never", what));
	return (uint64_t)parse_finite(what, text, "", TIME_MOST " is the most");
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
