// SPDX-License-Identifier: GPL-2.0-only
/*
 * Users by their names.
 */
#include "tool.h"

#include <pwd.h>

void user_text(uint32_t uid, char *text)
{
	const struct passwd *user = getpwuid(uid);

	if (user)
		snprintf(text, USER_TEXT_MAX, "%s", user->pw_name);
	else
		snprintf(text, USER_TEXT_MAX, "%u", uid);
}
