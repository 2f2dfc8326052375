// SPDX-License-Identifier: GPL-2.0-only
/*
 * Users by their names.
 */
#include "cli/user.h"

#include <pwd.h>
#include <stdint.h>
#include <stdio.h>

void user_text(uint32_t uid, char *text)
{
	const struct passwd *user = getpwuid(uid);

	if (user)
		snprintf(text, USER_TEXT_MAX, "%s", user->pw_name);
	else
		snprintf(text, USER_TEXT_MAX, "%u", uid);
}
