// SPDX-License-Identifier: LGPL-2.1-or-later
/*
 * A crash-safe worker in C.  Each message is the name of a file; the work is to
 * print how many bytes it has.
 *
 *   cc -o worker worker.c $(pkg-config --cflags --libs libdeque)
 *   ./worker NAME
 *
 * However it dies, the message that it works on is ready again at once.  One that
 * fails comes again later, each time twice as late, until the deque's
 * max_deliveries; one that is nonsense is buried.
 *
 * DEQUE_PROCESS ties each lease to this process.  Without it a lease belongs to the
 * open file, and that lives on in whatever has inherited it: the parent of a forked
 * worker, or a child that the work has started.
 */
#include <deque.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sysexits.h>

#define SECOND 1000000000ULL
#define LEASE (60 * SECOND) /* longer than any work; or use deque_extend() */

struct job {
	struct deque_descriptor info;
	char *path;
	size_t room;
};

static _Noreturn void die(const char *what, int error)
{
	fprintf(stderr, "worker: %s: %s\n", what, strerror(error));
	exit(EX_OSERR);
}

static void job_grow(struct job *job, size_t room)
{
	job->path = realloc(job->path, room + 1);
	if (!job->path)
		die("memory", ENOMEM);
	job->room = room;
}

/* Waits for a message; one that does not fit stays, and says how long it is. */
static int job_claim(struct deque *jobs, struct job *job)
{
	ssize_t size;

	while ((size = deque_claim(jobs, job->path, job->room, DEQUE_PROCESS,
				   NULL, LEASE, &job->info)) == -EMSGSIZE)
		job_grow(job, job->info.size);
	if (size < 0)
		return (int)size;
	/* echo(1) sends a newline; a second one would be part of the name. */
	if (job->path[size - 1] == '\n')
		size--;
	job->path[size] = '\0';
	return 0;
}

/* The work.  Returns 0 or an errno value; EINVAL: trying again is no use. */
static int work(const char *path)
{
	long long bytes = 0;
	FILE *file;
	int error;

	if (path[0] != '/')
		return EINVAL;
	file = fopen(path, "re");
	if (!file)
		return errno;
	while (fgetc(file) != EOF)
		bytes++;
	error = ferror(file) ? EIO : 0;
	fclose(file);
	if (!error && (printf("%s %lld\n", path, bytes) < 0 || fflush(stdout)))
		error = errno;
	return error;
}

static int job_settle(struct deque *jobs, const struct job *job, int error)
{
	uint32_t doublings = job->info.deliveries - 1;

	if (!error)
		return deque_ack(jobs, job->info.token);
	fprintf(stderr, "worker: %s: %s\n", job->path, strerror(error));
	if (error == EINVAL)
		return deque_bury(jobs, job->info.token);
	return deque_return(jobs, job->info.token, 0,
			    SECOND << (doublings < 10 ? doublings : 10));
}

int main(int argc, char **argv)
{
	struct job job = { .room = 0 };
	struct deque *jobs;
	int error;

	if (argc != 2) {
		fprintf(stderr, "usage: worker NAME\n");
		return EX_USAGE;
	}
	error = deque_open(argv[1], O_RDONLY, &jobs);
	if (error)
		die(argv[1], -error);
	job_grow(&job, 4096);
	do {
		error = job_claim(jobs, &job);
		if (!error)
			error = job_settle(jobs, &job, work(job.path));
		/* Our time was up: it is somebody else's now. */
		if (error == -ESTALE)
			fprintf(stderr, "worker: %s: too late\n", job.path);
	} while (!error || error == -ESTALE || error == -EINTR);
	die(argv[1], -error);
}
