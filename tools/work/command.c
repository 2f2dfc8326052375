// SPDX-License-Identifier: GPL-2.0-only
/*
 * Finds out whether a command could be executed, before a message is claimed for it.
 */
#include "work/command.h"
#include "cli/say.h"
#include "cli/status.h"
#include "work/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#define LINE_MAX_BYTES 256 /* so much of "#!" the kernel reads */
#define PATH_DEFAULT "/bin:/usr/bin"

/* Returns 0 or an errno value, as all here do. */
static int file_check(const char *path)
{
	struct stat file;

	if (stat(path, &file))
		return errno;
	if (!S_ISREG(file.st_mode))
		return EACCES;
	return faccessat(AT_FDCWD, path, X_OK, AT_EACCESS) ? errno : 0;
}

/* A file that we may not read may still be executed, if it is not a script. */
static void first_line(const char *path, char *line)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t size = fd < 0 ? 0 : read(fd, line, LINE_MAX_BYTES - 1);

	if (fd >= 0)
		close(fd);
	line[size < 0 ? 0 : size] = '\0';
	line[strcspn(line, "\n")] = '\0';
}

static int interpreter_check(const char *path)
{
	char line[LINE_MAX_BYTES], *interpreter;

	first_line(path, line);
	if (strncmp(line, "#!", 2))
		return 0;
	interpreter = strtok(line + 2, " \t");
	return interpreter ? file_check(interpreter) : 0;
}

static int path_check(const char *path)
{
	int error = file_check(path);

	return error ? error : interpreter_check(path);
}

static int folder_check(const char *folder, size_t length, const char *name)
{
	char *path;
	int error;

	if (asprintf(&path, "%.*s%s%s", (int)length, folder, length ? "/" : "",
		     name) < 0)
		return ENOMEM;
	error = path_check(path);
	free(path);
	return error;
}

/* Searches as execvp(3) does: files that may not be executed are passed over. */
static int search_check(const char *name)
{
	const char *folder = getenv("PATH");
	int error = ENOENT, found;
	size_t length;

	if (!folder)
		folder = PATH_DEFAULT;
	for (;; folder += length + 1) {
		length = strcspn(folder, ":");
		found = folder_check(folder, length, name);
		if (!found)
			return 0;
		if (found == EACCES)
			error = EACCES;
		if (!folder[length])
			return error;
	}
}

/* Returns a status.  A name with {} in it can be checked only with a message. */
int command_check(const char *name)
{
	int error;

	if (strstr(name, PLACEHOLDER))
		return 0;
	if (!*name)
		error = ENOENT;
	else
		error = strchr(name, '/') ? path_check(name)
					  : search_check(name);
	if (!error)
		return 0;
	return fail(error == ENOENT ? EX_NOT_FOUND : EX_NOT_EXECUTABLE,
		    "cannot run '%s': %s", name, strerror(error));
}
