// SPDX-License-Identifier: GPL-2.0-only
/*
 * A fuzzer for the ABI of /dev/deque: random calls that are valid, nearly, or
 * not at all, in two ways.
 *
 * Sequential: one after the other, each compared at once with a model that
 * knows what has to come of it.  A seed replays it exactly.
 *
 * Concurrent: from many processes at once, some of which are killed.  The
 * result is checked against the promises: nothing lost, nothing twice, order
 * kept, bounds held, counters right.
 *
 * The output is TAP.  The seed comes first.
 */
#include "fuzz.h"
#include "call.h"

#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/deque.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <unistd.h>

static const struct {
	const char *name;
	bool (*run)(const struct options *options);
} fuzzers[] = {
	{ "sequential", sequential_run },
	{ "concurrent", concurrent_run },
};

#define FUZZERS (sizeof(fuzzers) / sizeof(fuzzers[0]))

static void usage(FILE *to)
{
	fprintf(to,
		"usage: fuzz [option...]\n"
		"  --seed N        decides everything; default: random\n"
		"  --time S        for so many seconds; default 60\n"
		"  --steps N       sequential: so many steps instead\n"
		"  --processes N   concurrent: at a time; default 4\n"
		"  --mode MODE     sequential or concurrent; default: both\n");
}

uint64_t parameter(const char *name)
{
	unsigned long long value;
	char path[96];
	FILE *file;

	snprintf(path, sizeof(path), "/sys/module/deque/parameters/%s", name);
	file = fopen(path, "re");
	if (!file || fscanf(file, "%llu", &value) != 1)
		err(2, "%s", path);
	fclose(file);
	return value;
}

/* The remains of a fuzzer that failed must not be in anybody's way. */
static void clean_up(void)
{
	int control = open("/dev/deque/control", O_WRONLY);
	DIR *folder = opendir("/sys/class/deque");
	const struct dirent *entry;

	while (folder && (entry = readdir(folder))) {
		struct deque_destroy destroy = { .size = sizeof(destroy),
						 .flags = DEQUE_FORCE };

		snprintf(destroy.name, sizeof(destroy.name), "%.63s",
			 entry->d_name);
		ioctl(control, DEQUE_DESTROY, &destroy);
	}
	if (folder)
		closedir(folder);
	close(control);
}

/* In a process of its own: whatever it does to itself, the other one runs. */
static bool run_apart(bool (*run)(const struct options *options),
		      const struct options *options)
{
	int status;
	pid_t pid;

	fflush(stdout);
	calls_forget();
	pid = fork();
	if (!pid) {
		bool well = run(options);

		fflush(stdout);
		_exit(!well);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		err(2, "fork");
	if (WIFSIGNALED(status))
		printf("# ended by signal %s%s\n",
		       sigabbrev_np(WTERMSIG(status)),
		       WTERMSIG(status) == SIGALRM ? ": something hangs" : "");
	calls_summary();
	if (status)
		clean_up();
	return !status;
}

/* Returns the one mode that is asked for, or NULL for both. */
static const char *parse(int argc, char **argv, struct options *options)
{
	static const struct option longs[] = {
		{ "seed", required_argument, NULL, 's' },
		{ "time", required_argument, NULL, 't' },
		{ "steps", required_argument, NULL, 'n' },
		{ "processes", required_argument, NULL, 'p' },
		{ "mode", required_argument, NULL, 'm' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	const char *mode = NULL;
	int option;

	while ((option = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		switch (option) {
		case 's':
			options->seed = strtoull(optarg, NULL, 0);
			break;
		case 't':
			options->seconds = strtoul(optarg, NULL, 0);
			break;
		case 'n':
			options->steps = strtoul(optarg, NULL, 0);
			break;
		case 'p':
			options->processes = strtoul(optarg, NULL, 0);
			break;
		case 'm':
			mode = optarg;
			break;
		default:
			usage(option == 'h' ? stdout : stderr);
			exit(option == 'h' ? 0 : 2);
		}
	}
	return mode;
}

int main(int argc, char **argv)
{
	struct options options = { .seconds = 60, .processes = 4 };
	unsigned int count = 0, failed = 0;
	const char *mode;
	bool well;

	if (getrandom(&options.seed, sizeof(options.seed), 0) < 0)
		err(2, "getrandom");
	mode = parse(argc, argv, &options);
	printf("# seed %#llx\n", (unsigned long long)options.seed);
	calls_setup();
	for (unsigned int n = 0; n < FUZZERS; n++) {
		if (mode && strcmp(mode, fuzzers[n].name))
			continue;
		well = run_apart(fuzzers[n].run, &options);
		failed += !well;
		printf("%s %u - %s\n", well ? "ok" : "not ok", ++count,
		       fuzzers[n].name);
	}
	printf("1..%u\n", count);
	return failed || !count;
}
