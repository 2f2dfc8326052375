// SPDX-License-Identifier: GPL-2.0-only
/*
 * See inject.h.  The kernel's side of it is in fault-injection.rst: a thread
 * writes N to its file fail-nth, and the Nth occasion of all that can be made to
 * fail does.  Reading the file tells how many are left to go.
 */
#include "inject.h"
#include "module.h"

#include <glob.h>
#include <limits.h>
#include <sys/mman.h>

#define DEBUGFS "/sys/kernel/debug/"
/* No call has that many occasions, so it would be a sweep without an end. */
#define MANY 5000
/* For a test: hundreds of calls, each with a long message after it. */
#define TIME_LIMIT_S 1200

static const char *const names[FAULT_COUNT] = {
	[FAULT_SLAB] = "slab",
	[FAULT_PAGE] = "page",
	[FAULT_USERCOPY] = "user copy",
	[FAULT_MEMORY] = "all memory from there on",
};

struct range {
	unsigned long start, end;
};

int deque_fd;
static int fail_nth, make_it_fail;

/* The call in progress, for the diagnostics of a test that fails. */
static struct {
	const struct sweep *sweep;
	enum fault fault;
	unsigned int nth;
} current;

static int open_or_fail(const char *path, int flags)
{
	int fd = open(path, flags | O_CLOEXEC);

	if (fd < 0)
		fail_msg("%s: %s: does the kernel have fault injection?", path,
			 strerror(errno));
	return fd;
}

static void knob(const char *folder, const char *name, unsigned long value)
{
	char path[128];
	int fd;

	snprintf(path, sizeof(path), DEBUGFS "%s/%s", folder, name);
	fd = open_or_fail(path, O_WRONLY);
	assert_true(dprintf(fd, "%lu", value) > 0);
	close(fd);
}

/* The addresses of a function. */
static struct range find_function(const char *name)
{
	FILE *file = fopen("/proc/kallsyms", "r");
	struct range range = { 0, 0 };
	unsigned long address;
	char symbol[512];

	assert_non_null(file);
	while (!range.end &&
	       fscanf(file, "%lx %*c %511s%*[^\n]", &address, symbol) == 2) {
		if (!strcmp(symbol, name))
			range.start = address;
		else if (range.start && address > range.start)
			range.end = address;
	}
	fclose(file);
	assert_int_not_equal(range.end, 0);
	return range;
}

/*
 * Makes fail-nth count the occasions whose backtrace passes through one place
 * and not through another.  With no depth to look at, it passes through nothing.
 */
static void choose(const char *folder, bool wanted, bool for_good,
		   struct range within, struct range without)
{
	knob(folder, "stacktrace-depth", wanted ? 32 : 0);
	knob(folder, "require-start", wanted ? within.start : 1);
	knob(folder, "require-end", within.end);
	knob(folder, "reject-start", without.start);
	knob(folder, "reject-end", without.end);
	knob(folder, "probability", for_good ? 100 : 0);
}

static void choose_fault(enum fault fault, const struct sweep *sweep)
{
	struct range within = { 0, ULONG_MAX }, without = { 0, 0 };
	bool memory = fault == FAULT_MEMORY;

	if (sweep->within)
		within = find_function(sweep->within);
	if (sweep->without)
		without = find_function(sweep->without);
	choose("failslab", memory || fault == FAULT_SLAB, memory, within,
	       without);
	choose("fail_page_alloc", memory || fault == FAULT_PAGE, memory, within,
	       without);
	choose("fail_usercopy", fault == FAULT_USERCOPY, false, within,
	       without);
}

/* kmemleak allocates something for each allocation: that is no occasion for us. */
static void choose_caches(void)
{
	glob_t files;
	int fd;

	assert_int_equal(glob("/sys/kernel/slab/*/failslab", 0, NULL, &files),
			 0);
	for (size_t i = 0; i < files.gl_pathc; i++) {
		fd = open_or_fail(files.gl_pathv[i], O_WRONLY);
		dprintf(fd, "%d", !strstr(files.gl_pathv[i], "/kmemleak_"));
		close(fd);
	}
	globfree(&files);
	knob("failslab", "cache-filter", 1);
}

static void setup(const char *folder)
{
	/* Reports of what is done on purpose would be taken for bugs. */
	knob(folder, "verbose", 0);
	/* Once fail-nth has struck, probability counts for those with make-it-fail. */
	knob(folder, "task-filter", 1);
	knob(folder, "times", INT_MAX);
	knob(folder, "interval", 0);
}

static void write_number(int fd, unsigned int number)
{
	char text[16];
	int length = snprintf(text, sizeof(text), "%u", number);

	if (write(fd, text, length) != length)
		fail_msg("fail-nth: %s", strerror(errno));
}

/* Whether the fault has struck; the copy of the answer itself is an occasion. */
static bool struck(void)
{
	char left[16] = "";
	ssize_t length = pread(fail_nth, left, sizeof(left) - 1, 0);

	if (length < 0 && errno == EFAULT)
		return false;
	assert_true(length > 0);
	return atoi(left) == 0;
}

static struct outcome inject(const struct sweep *sweep, enum fault fault,
			     unsigned int nth)
{
	struct outcome outcome = { .fault = fault };

	write_number(make_it_fail, 1);
	write_number(fail_nth, nth);
	errno = 0;
	outcome.result = sweep->call();
	outcome.error = errno;
	outcome.struck = struck();
	write_number(fail_nth, 0);
	write_number(make_it_fail, 0);
	return outcome;
}

static unsigned int sweep_fault(const struct sweep *sweep, enum fault fault)
{
	unsigned int stride = sweep->stride ? sweep->stride : 1;
	struct outcome outcome;
	unsigned int count = 0;

	choose_fault(fault, sweep);
	do {
		current.sweep = sweep;
		current.fault = fault;
		current.nth = 1 + count * stride;
		sweep->prepare();
		outcome = inject(sweep, fault, current.nth);
		if (!outcome.struck && outcome.result < 0)
			fail_msg("%s: untouched, and yet: %s", sweep->name,
				 strerror(outcome.error));
		sweep->check(&outcome);
		count += outcome.struck;
		assert_true(count < MANY);
	} while (outcome.struck);
	current.sweep = NULL;
	return count;
}

void sweep_run(const struct sweep *sweep)
{
	unsigned int counts[FAULT_COUNT] = { 0 };

	for (int fault = 0; fault < FAULT_COUNT; fault++) {
		if (sweep->skips & 1U << fault)
			continue;
		counts[fault] = sweep_fault(sweep, fault);
	}
	printf("# %s: %u slab, %u page, %u user copy, %u out of memory\n",
	       sweep->name, counts[FAULT_SLAB], counts[FAULT_PAGE],
	       counts[FAULT_USERCOPY], counts[FAULT_MEMORY]);
	for (int fault = 0; fault < FAULT_COUNT; fault++) {
		if (sweep->strikes & 1U << fault)
			assert_int_not_equal(counts[fault], 0);
	}
}

void assert_error_fits(const struct outcome *outcome)
{
	int fits = outcome->fault == FAULT_USERCOPY ? EFAULT : ENOMEM;

	if (outcome->result < 0 && outcome->error != fits)
		fail_msg("%s failed, and the call with: %s",
			 names[outcome->fault], strerror(outcome->error));
}

int inject_begin(void **state)
{
	(void)state;
	fail_nth = open_or_fail("/proc/thread-self/fail-nth", O_RDWR);
	make_it_fail = open_or_fail("/proc/thread-self/make-it-fail", O_RDWR);
	module_find();
	setup("failslab");
	setup("fail_page_alloc");
	setup("fail_usercopy");
	knob("failslab", "ignore-gfp-wait", 0);
	knob("fail_page_alloc", "ignore-gfp-wait", 0);
	knob("fail_page_alloc", "ignore-gfp-highmem", 0);
	knob("fail_page_alloc", "min-order", 0);
	choose_caches();
	choose_fault(FAULT_SLAB, &(struct sweep){ .name = "none" });
	/* A page that is missing in the middle would count, and could fail. */
	return mlockall(MCL_CURRENT);
}

int inject_begin_full(void **state)
{
	char parameters[64];

	snprintf(parameters, sizeof(parameters), "max_total_bytes=%d", TOTAL);
	if (inject_begin(state))
		return -1;
	module_ensure_unloaded();
	return module_load(parameters);
}

int begin_full(void **state)
{
	if (begin(state))
		return -1;
	deque_fd = open_deque(O_RDWR);
	alarm(TIME_LIMIT_S);
	return set(deque_fd, 0, TOTAL, TOTAL);
}

int end_full(void **state)
{
	if (current.sweep)
		printf("# %s: at %s, occasion %u\n", current.sweep->name,
		       names[current.fault], current.nth);
	current.sweep = NULL;
	return end(state);
}

int sweep_table(int argc, char **argv, const void *rows, size_t count,
		size_t size, CMUnitTestFunction run, CMFixtureFunction finish)
{
	struct CMUnitTest tests[count];

	for (size_t i = 0; i < count; i++) {
		const struct sweep *row =
			(const void *)((const char *)rows + i * size);

		tests[i] = (struct CMUnitTest){ .name = row->name,
						.test_func = run,
						.setup_func = begin_full,
						.teardown_func = finish,
						.initial_state = (void *)row };
	}
	if (argc > 1)
		cmocka_set_test_filter(argv[1]);
	return cmocka_run_group_tests(tests, inject_begin_full, NULL);
}

void assert_all_room(void)
{
	static char in[FULL], out[FULL];
	struct deque_descriptor message = describe(in, FULL);

	assert_int_equal(control_value("total_bytes"), 0);
	memset(in, 'x', FULL);
	memset(out, 0, FULL);
	assert_int_equal(batch(deque_fd, DEQUE_PUSH, &message, 1, DEQUE_NOWAIT),
			 1);
	assert_int_equal(read(deque_fd, out, FULL), FULL);
	assert_memory_equal(in, out, FULL);
}
