// SPDX-License-Identifier: GPL-2.0-only
/*
 * Prints messages for people: one line on stderr, after all output from before.
 */
#include "cli/say.h"
#include "cli/status.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static void say_line(const char *format, va_list arguments)
{
	/* Output from before comes first, also in a common log. */
	fflush(stdout);
	fputs("deque: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
}

void say(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say_line(format, arguments);
	va_end(arguments);
}

int fail(int status, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say_line(format, arguments);
	va_end(arguments);
	return status;
}

static int fail_output(int error)
{
	return fail(EX_IOERR, "cannot write to standard output: %s",
		    strerror(error));
}

/* Output that is still in stdio's buffer has to arrive, too. */
void stdout_check(void)
{
	bool failed = ferror(stdout);

	errno = 0;
	if (fclose(stdout) || failed)
		_exit(fail_output(errno ? errno : EIO));
}
