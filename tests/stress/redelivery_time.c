// SPDX-License-Identifier: GPL-2.0-only
/*
 * How long it takes from the death of a worker until somebody else, who is waiting
 * for it, has its message; and how long with beanstalkd, if that is here.  The times
 * are printed; what is tested is that it takes no timer.
 */
#include "harness.h"
#include "lease.h"
#include "process.h"

#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>

#define KILLS 200
#define SOCKET "/tmp/beanstalkd"
#define TIME_LIMIT_S 900

/**
 * struct queue - a kind of queue
 * @name: its name
 * @put: puts a job in
 * @open: makes a connection
 * @take: takes one through that, waits for it; it comes back when that is closed
 * @done: that job is done with
 * @await_held: until somebody has it
 * @await_waiting: until somebody waits
 */
struct queue {
	const char *name;
	void (*put)(void);
	int (*open)(void);
	uint64_t (*take)(int own);
	void (*done)(int own, uint64_t job);
	void (*await_held)(void);
	void (*await_waiting)(void);
};

static const struct queue *queue;
static int mine; /* the connection of who watches */

/* Ours. */

static void our_put(void)
{
	put(mine, "x");
}

static int our_open(void)
{
	return open(NODE, O_RDWR | O_CLOEXEC);
}

static uint64_t our_take(int own)
{
	return claim(own, "x", 0);
}

static void our_done(int own, uint64_t job)
{
	if (settle(own, DEQUE_ACK, job) != 1)
		_exit(1);
}

static void our_await_held(void)
{
	while (get(mine).leased != 1)
		sched_yield();
}

static void our_await_waiting(void)
{
	await_takers(mine, 1);
}

static const struct queue ours = {
	"deque",  our_put,	  our_open,	     our_take,
	our_done, our_await_held, our_await_waiting,
};

/* beanstalkd's: see its protocol.txt. */

static int bean_open(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX,
				       .sun_path = SOCKET };
	int own = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	while (connect(own, (struct sockaddr *)&address, sizeof(address)))
		sched_yield();
	return own;
}

/* Says something, and gets the answer, as far as @until. */
static void bean_ask(int own, const char *question, const char *until,
		     char answer[8192])
{
	size_t size = strlen(question), got = 0;
	ssize_t more;

	if (write(own, question, size) != (ssize_t)size)
		_exit(2);
	do {
		more = read(own, answer + got, 8191 - got);
		if (more <= 0)
			_exit(3);
		got += more;
		answer[got] = '\0';
	} while (!strstr(answer, until));
}

static void bean_put(void)
{
	char answer[8192];

	bean_ask(mine, "put 0 0 3600 1\r\nx\r\n", "INSERTED", answer);
}

static uint64_t bean_take(int own)
{
	char answer[8192];
	unsigned long job;

	bean_ask(own, "reserve\r\n", "x\r\n", answer);
	if (sscanf(answer, "RESERVED %lu", &job) != 1)
		_exit(4);
	return job;
}

static void bean_done(int own, uint64_t job)
{
	char question[64], answer[8192];

	snprintf(question, sizeof(question), "delete %lu\r\n",
		 (unsigned long)job);
	bean_ask(own, question, "DELETED\r\n", answer);
}

static void bean_await(const char *name)
{
	char answer[8192];

	do {
		bean_ask(mine, "stats\r\n", "\n\r\n", answer);
		assert_non_null(strstr(answer, name));
	} while (atoi(strstr(answer, name) + strlen(name)) != 1);
}

static void bean_await_held(void)
{
	bean_await("current-jobs-reserved: ");
}

static void bean_await_waiting(void)
{
	bean_await("current-waiting: ");
}

static const struct queue beanstalkd = {
	"beanstalkd", bean_put,	       bean_open,	   bean_take,
	bean_done,    bean_await_held, bean_await_waiting,
};

/* Both. */

static pid_t start_worker(void)
{
	pid_t worker = forked();

	if (!worker) {
		queue->take(queue->open());
		for (;;)
			pause();
	}
	return worker;
}

/* Takes a job whenever it is told to, and tells when it had it. */
static pid_t start_heir(int orders, int reports)
{
	pid_t heir = forked();
	long long when;
	uint64_t job;
	char byte;
	int own;

	if (heir)
		return heir;
	own = queue->open();
	while (read(orders, &byte, 1) == 1) {
		job = queue->take(own);
		when = now_ns();
		queue->done(own, job);
		if (write(reports, &when, sizeof(when)) != sizeof(when))
			break;
	}
	_exit(0);
}

static long long kill_one(int orders, int reports)
{
	pid_t worker = start_worker();
	long long before, after;

	queue->put();
	queue->await_held();
	assert_int_equal(write(orders, "", 1), 1);
	queue->await_waiting();
	before = now_ns();
	assert_int_equal(kill(worker, SIGKILL), 0);
	assert_int_equal(read(reports, &after, sizeof(after)), sizeof(after));
	assert_int_equal(waitpid(worker, NULL, 0), worker);
	return after - before;
}

static int compare(const void *a, const void *b)
{
	long long difference = *(const long long *)a - *(const long long *)b;

	return (difference > 0) - (difference < 0);
}

static void measure(const struct queue *which)
{
	long long times[KILLS];
	int orders[2], reports[2];
	pid_t heir;

	alarm(TIME_LIMIT_S);
	queue = which;
	mine = queue->open();
	assert_int_equal(pipe2(orders, O_CLOEXEC), 0);
	assert_int_equal(pipe2(reports, O_CLOEXEC), 0);
	heir = start_heir(orders[0], reports[1]);
	for (int i = 0; i < KILLS; i++)
		times[i] = kill_one(orders[1], reports[0]);
	qsort(times, KILLS, sizeof(*times), compare);
	print_message(
		"# %s: from death to redelivery, of %d: median %lld us, maximum %lld us\n",
		queue->name, KILLS, times[KILLS / 2] / 1000,
		times[KILLS - 1] / 1000);
	assert_int_equal(kill(heir, SIGKILL), 0);
	assert_int_equal(waitpid(heir, NULL, 0), heir);
	for (int i = 0; i < 2; i++) {
		close(orders[i]);
		close(reports[i]);
	}
}

/* No lease here has a time-out: nothing but the death itself can return it. */
static void a_death_is_noticed_at_once(void **state)
{
	(void)state;
	measure(&ours);
	assert_int_equal(get(mine).crash_returned, KILLS);
	assert_int_equal(get(mine).acked, KILLS);
	assert_int_equal(get(mine).timed_out, 0);
	expect_empty(mine);
	expect_balance(mine);
	close(mine);
}

static void beanstalkd_for_comparison(void **state)
{
	pid_t server;

	(void)state;
	if (access("/usr/bin/beanstalkd", X_OK)) {
		print_message("# no beanstalkd here\n");
		skip();
	}
	unlink(SOCKET);
	server = forked();
	if (!server) {
		/* It complains about connections that are cut. */
		if (!freopen("/dev/null", "w", stderr))
			_exit(1);
		execl("/usr/bin/beanstalkd", "beanstalkd", "-l", "unix:" SOCKET,
		      NULL);
		_exit(1);
	}
	measure(&beanstalkd);
	close(mine);
	assert_int_equal(kill(server, SIGKILL), 0);
	assert_int_equal(waitpid(server, NULL, 0), server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_death_is_noticed_at_once),
		TEST(beanstalkd_for_comparison),
	};

	return cmocka_run_group_tests_name("redelivery time", tests, NULL,
					   NULL);
}
