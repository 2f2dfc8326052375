// SPDX-License-Identifier: GPL-2.0-only
/*
 * DEQUE_PUSH and DEQUE_POP: both ends, metadata, deadlines, and what happens
 * to a batch that fails half-way.
 */
#include "harness.h"
#include "process.h"

#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static char buffers[DEQUE_BATCH_MAX + 1][8];
static struct deque_descriptor messages[DEQUE_BATCH_MAX + 1];

static void describe_buffers(void)
{
	memset(buffers, 0, sizeof(buffers));
	for (unsigned int i = 0; i < COUNT(messages); i++)
		messages[i] = describe(buffers[i], sizeof(buffers[i]) - 1);
}

/* Describes the letters of a word, a message each. */
static void describe_letters(const char *letters)
{
	for (unsigned int i = 0; letters[i]; i++)
		messages[i] = describe(&letters[i], 1);
}

static void push_letters(int fd, const char *letters, uint32_t flags)
{
	describe_letters(letters);
	assert_int_equal(batch(fd, DEQUE_PUSH, messages, strlen(letters),
			       flags),
			 strlen(letters));
}

/* Pops as many one-letter messages, which have to make up the word. */
static void pop_letters(int fd, const char *letters, uint32_t flags)
{
	char word[64] = "";

	describe_buffers();
	assert_int_equal(batch(fd, DEQUE_POP, messages, strlen(letters),
			       flags | DEQUE_NOWAIT),
			 strlen(letters));
	for (unsigned int i = 0; letters[i]; i++)
		word[i] = buffers[i][0];
	assert_string_equal(word, letters);
}

static void whole_batch_keeps_order(void **state)
{
	int fd = open_deque(O_RDWR);

	(void)state;
	describe_buffers();
	for (unsigned int i = 0; i < DEQUE_BATCH_MAX; i++)
		messages[i].size = sprintf(buffers[i], "m%u", i);
	assert_int_equal(batch(fd, DEQUE_PUSH, messages, DEQUE_BATCH_MAX, 0),
			 DEQUE_BATCH_MAX);
	assert_int_equal(get(fd).ready, DEQUE_BATCH_MAX);
	describe_buffers();
	assert_int_equal(batch(fd, DEQUE_POP, messages, DEQUE_BATCH_MAX, 0),
			 DEQUE_BATCH_MAX);
	for (unsigned int i = 0; i < DEQUE_BATCH_MAX; i++) {
		char expected[8];

		assert_int_equal(messages[i].size, sprintf(expected, "m%u", i));
		assert_string_equal(buffers[i], expected);
		assert_int_equal(messages[i].id, i + 1);
	}
	expect_empty(fd);
}

static void batch_counts_have_limits(void **state)
{
	int fd = open_deque(O_RDWR);

	(void)state;
	describe_buffers();
	assert_fails(EINVAL, batch(fd, DEQUE_PUSH, messages, 0, 0));
	assert_fails(EINVAL, batch(fd, DEQUE_POP, messages, 0, 0));
	assert_fails(EINVAL,
		     batch(fd, DEQUE_PUSH, messages, DEQUE_BATCH_MAX + 1, 0));
	assert_fails(EINVAL,
		     batch(fd, DEQUE_POP, messages, DEQUE_BATCH_MAX + 1, 0));
	expect_empty(fd);
}

static void both_ends_work(void **state)
{
	int fd = open_deque(O_RDWR);

	(void)state;
	push_letters(fd, "cd", 0);
	push_letters(fd, "ba", DEQUE_FRONT);
	push_letters(fd, "e", DEQUE_BACK);
	pop_letters(fd, "ab", DEQUE_FRONT);
	pop_letters(fd, "ed", DEQUE_BACK);
	pop_letters(fd, "c", 0);
	expect_empty(fd);
}

static void pop_takes_what_is_there(void **state)
{
	int fd = open_deque(O_RDWR);

	(void)state;
	push_letters(fd, "abc", 0);
	describe_buffers();
	assert_int_equal(batch(fd, DEQUE_POP, messages, 10, 0), 3);
	assert_int_equal(messages[2].size, 1);
	/* The unused ones are as they were. */
	assert_int_equal(messages[3].size, sizeof(buffers[3]) - 1);
}

static void metadata_is_told(void **state)
{
	int fd = open_deque(O_RDWR);
	long long before, after;

	(void)state;
	before = clock_ns(CLOCK_REALTIME);
	push_letters(fd, "ab", 0);
	after = clock_ns(CLOCK_REALTIME);
	assert_int_equal(messages[0].id, 1);
	assert_int_equal(messages[1].id, 2);
	describe_buffers();
	assert_int_equal(batch(fd, DEQUE_POP, messages, 2, 0), 2);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(messages[i].size, 1);
		assert_int_equal(messages[i].id, i + 1);
		assert_int_equal(messages[i].pid, getpid());
		assert_int_equal(messages[i].uid, geteuid());
		assert_int_equal(messages[i].gid, getegid());
		assert_int_equal(messages[i].deliveries, 0);
		assert_in_range(messages[i].arrival_ns, before, after);
	}
	/* Ids go on; they do not start again. */
	push_letters(fd, "c", DEQUE_FRONT);
	assert_int_equal(messages[0].id, 3);
}

static void senders_ids_are_effective_ones(void **state)
{
	int fd = open_deque(O_RDWR);
	int status;

	(void)state;
	if (!fork()) {
		if (setegid(2001) || seteuid(2000))
			_exit(1);
		_exit(write(fd, "x", 1) != 1);
	}
	wait(&status);
	assert_int_equal(status, 0);
	describe_buffers();
	assert_int_equal(batch(fd, DEQUE_POP, messages, 1, 0), 1);
	assert_int_equal(messages[0].uid, 2000);
	assert_int_equal(messages[0].gid, 2001);
}

/* Runs @act in a child that is process 1 of a new pid namespace. */
static void in_pid_namespace(void (*act)(int fd), int fd)
{
	pid_t child;
	int status;

	child = syscall(SYS_clone, CLONE_NEWPID | SIGCHLD, NULL, NULL, NULL,
			NULL);
	assert_true(child >= 0);
	if (!child) {
		act(fd);
		_exit(0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static void push_from_inside(int fd)
{
	if (getpid() != 1 || write(fd, "x", 1) != 1)
		_exit(1);
}

static void pop_inside(int fd)
{
	describe_buffers();
	if (batch(fd, DEQUE_POP, messages, 1, 0) != 1 || messages[0].pid != 0)
		_exit(1);
}

static void push_and_pop_inside(int fd)
{
	push_from_inside(fd);
	describe_buffers();
	if (batch(fd, DEQUE_POP, messages, 1, 0) != 1 || messages[0].pid != 1)
		_exit(1);
}

static void pids_are_translated(void **state)
{
	int fd = open_deque(O_RDWR);

	(void)state;
	in_pid_namespace(push_and_pop_inside, fd);
	in_pid_namespace(push_from_inside, fd);
	describe_buffers();
	assert_int_equal(batch(fd, DEQUE_POP, messages, 1, 0), 1);
	assert_int_not_equal(messages[0].pid, 1);
	assert_int_not_equal(messages[0].pid, 0);
	put(fd, "seen from inside, we have no number");
	describe_buffers();
	messages[0] = describe(buffers, sizeof(buffers));
	put(fd, "x");
	expect(fd, "seen from inside, we have no number");
	in_pid_namespace(pop_inside, fd);
}

static void users_are_translated(void **state)
{
	int fd = open_deque(O_RDWR);
	int status;

	(void)state;
	put(fd, "x");
	if (!fork()) {
		describe_buffers();
		_exit(unshare(CLONE_NEWUSER) ||
		      batch(fd, DEQUE_POP, messages, 1, 0) != 1 ||
		      messages[0].uid != 65534 || messages[0].gid != 65534);
	}
	wait(&status);
	assert_int_equal(status, 0);
}

static void deadline_ends_the_wait(void **state)
{
	int fd = open_deque(O_RDWR);
	long long start = now_ns();

	(void)state;
	describe_buffers();
	assert_fails(ETIMEDOUT, batch_until(fd, DEQUE_POP, messages, 1, 0, 50));
	assert_true(now_ns() - start >= 50 * 1000000);
	assert_fails(ETIMEDOUT,
		     batch_until(fd, DEQUE_POP, messages, 1, 0, -1000));
	assert_int_equal(set(fd, 1, 0, 0), 0);
	push_letters(fd, "a", 0);
	describe_letters("b");
	assert_fails(ETIMEDOUT,
		     batch_until(fd, DEQUE_PUSH, messages, 1, 0, 50));
	assert_int_equal(get(fd).senders, 0);
	/* The call does what it can, however late it is. */
	describe_buffers();
	assert_int_equal(batch_until(fd, DEQUE_POP, messages, 1, 0, -1000), 1);
}

/* Runs in a time namespace whose monotonic clock is a day ahead. */
static int deadline_a_day_ahead(int fd)
{
	long long start;
	int failed = set_clock_a_day_ahead(), status;

	if (failed)
		return failed;
	if (!fork()) {
		describe_buffers();
		start = now_ns();
		if (batch_until(fd, DEQUE_POP, messages, 1, 0, 50) != -1 ||
		    errno != ETIMEDOUT)
			_exit(3);
		_exit(now_ns() - start < 50 * 1000000 ? 4 : 0);
	}
	wait(&status);
	return WEXITSTATUS(status);
}

static void deadline_is_the_callers_clock(void **state)
{
	int fd = open_deque(O_RDWR);
	int status;

	(void)state;
	if (!fork())
		_exit(deadline_a_day_ahead(fd));
	wait(&status);
	assert_int_equal(WEXITSTATUS(status), 0);
}

static void full_deque_takes_part_of_a_batch(void **state)
{
	int fd = open_deque(O_RDWR);

	(void)state;
	assert_int_equal(set(fd, 3, 0, 0), 0);
	describe_letters("abcde");
	assert_int_equal(batch(fd, DEQUE_PUSH, messages, 5, DEQUE_NOWAIT), 3);
	assert_int_equal(messages[2].id, 3);
	assert_int_equal(messages[3].id, 0xa5a5a5a5a5a5a5a5);
	assert_fails(EAGAIN,
		     batch(fd, DEQUE_PUSH, messages + 3, 2, DEQUE_NOWAIT));
	/* The same with a deadline: it took what it could. */
	pop_letters(fd, "a", 0);
	describe_letters("de");
	assert_int_equal(batch_until(fd, DEQUE_PUSH, messages, 2, 0, 20), 1);
	pop_letters(fd, "bcd", 0);
}

static void bad_message_ends_a_push(void **state)
{
	int fd = open_deque(O_RDWR);

	(void)state;
	describe_letters("abc");
	messages[2].data = 0;
	assert_int_equal(batch(fd, DEQUE_PUSH, messages, 3, 0), 2);
	assert_fails(EFAULT, batch(fd, DEQUE_PUSH, messages + 2, 1, 0));
	messages[1].size = 0;
	assert_int_equal(batch(fd, DEQUE_PUSH, messages, 3, 0), 1);
	assert_fails(EINVAL, batch(fd, DEQUE_PUSH, messages + 1, 2, 0));
	messages[1].size = MAX_SIZE + 1;
	assert_int_equal(batch(fd, DEQUE_PUSH, messages, 3, 0), 1);
	assert_fails(EMSGSIZE, batch(fd, DEQUE_PUSH, messages + 1, 2, 0));
	pop_letters(fd, "abaa", 0);
	expect_empty(fd);
}

static void push_counts_even_if_ids_cannot_be_told(void **state)
{
	int fd = open_deque(O_RDWR);
	struct deque_descriptor *fixed =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)state;
	fixed[0] = describe("a", 1);
	fixed[1] = describe("b", 1);
	assert_int_equal(mprotect(fixed, 4096, PROT_READ), 0);
	assert_int_equal(batch(fd, DEQUE_PUSH, fixed, 2, 0), 2);
	pop_letters(fd, "ab", 0);
}

static void bad_buffer_ends_a_pop(void **state)
{
	int fd = open_deque(O_RDWR);

	(void)state;
	push_letters(fd, "abcdef", 0);
	describe_buffers();
	messages[2].data = 8;
	assert_int_equal(batch(fd, DEQUE_POP, messages, 4, 0), 2);
	assert_int_equal(get(fd).popped, 2);
	assert_fails(EFAULT, batch(fd, DEQUE_POP, messages + 2, 2, 0));
	assert_fails(EFAULT, batch(fd, DEQUE_POP, messages + 2, 2, DEQUE_BACK));
	assert_int_equal(get(fd).ready, 4);
	pop_letters(fd, "cd", 0);
	pop_letters(fd, "fe", DEQUE_BACK);
	expect_empty(fd);
}

static void unwritable_descriptors_lose_nothing(void **state)
{
	int fd = open_deque(O_RDWR);
	struct deque_descriptor *fixed =
		mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	(void)state;
	push_letters(fd, "abc", 0);
	describe_buffers();
	memcpy(fixed, messages, 3 * sizeof(*fixed));
	assert_int_equal(mprotect(fixed, 4096, PROT_READ), 0);
	assert_fails(EFAULT, batch(fd, DEQUE_POP, fixed, 3, 0));
	assert_fails(EFAULT, batch(fd, DEQUE_POP, fixed, 3, DEQUE_BACK));
	assert_int_equal(get(fd).popped, 0);
	pop_letters(fd, "abc", 0);
}

static void short_buffer_ends_a_pop(void **state)
{
	int fd = open_deque(O_RDWR);

	(void)state;
	put(fd, "a");
	put(fd, "1234567890");
	put(fd, "b");
	describe_buffers();
	assert_int_equal(batch(fd, DEQUE_POP, messages, 3, 0), 1);
	assert_fails(EMSGSIZE, batch(fd, DEQUE_POP, messages + 1, 2, 0));
	assert_int_equal(messages[1].size, 10);
	messages[1].size = 0;
	messages[1].data = 0;
	assert_fails(EMSGSIZE, batch(fd, DEQUE_POP, messages + 1, 1, 0));
	assert_int_equal(messages[1].size, 10);
	expect(fd, "1234567890");
	expect(fd, "b");
}

static void peek_leaves_everything(void **state)
{
	int fd = open_deque(O_RDWR);
	uint64_t id;

	(void)state;
	describe_buffers();
	assert_fails(EAGAIN, batch(fd, DEQUE_POP, messages, 1,
				   DEQUE_PEEK | DEQUE_NOWAIT));
	push_letters(fd, "abc", 0);
	pop_letters(fd, "abc", DEQUE_PEEK);
	id = messages[0].id;
	pop_letters(fd, "cb", DEQUE_PEEK | DEQUE_BACK);
	assert_int_equal(messages[0].id, id + 2);
	describe_buffers();
	assert_int_equal(batch(fd, DEQUE_POP, messages, 10, DEQUE_PEEK), 3);
	messages[0].data = 0;
	assert_fails(EFAULT, batch(fd, DEQUE_POP, messages, 1, DEQUE_PEEK));
	assert_int_equal(get(fd).popped, 0);
	assert_int_equal(get(fd).ready, 3);
	pop_letters(fd, "abc", 0);
	expect_empty(fd);
}

/* Of messages in mid-air. */
struct stuck_pop {
	pthread_t thread;
	struct hang hang;
	int fd, ret, error;
	uint32_t flags;
	unsigned int count;
};

static void *pop_into_hanging_buffer(void *argument)
{
	struct stuck_pop *pop = argument;
	struct deque_descriptor hanging[4];

	for (unsigned int i = 0; i < pop->count; i++)
		hanging[i] = describe(pop->hang.page + i, 1);
	pop->ret = batch(pop->fd, DEQUE_POP, hanging, pop->count, pop->flags);
	pop->error = errno;
	return NULL;
}

/* Starts to pop, and returns when the messages are in mid-air. */
static void pop_begin(struct stuck_pop *pop, int fd, unsigned int count,
		      uint32_t flags)
{
	pop->fd = fd;
	pop->count = count;
	pop->flags = flags;
	hang_begin(&pop->hang);
	assert_int_equal(pthread_create(&pop->thread, NULL,
					pop_into_hanging_buffer, pop),
			 0);
	hang_await(&pop->hang);
}

static void pop_fail(struct stuck_pop *pop)
{
	hang_end(&pop->hang);
	assert_int_equal(pthread_join(pop->thread, NULL), 0);
	assert_int_equal(pop->ret, -1);
	assert_int_equal(pop->error, EFAULT);
}

static void message_goes_back_between_its_neighbours(void **state)
{
	int fd = open_deque(O_RDWR);
	struct stuck_pop first, second;

	(void)state;
	push_letters(fd, "abcdef", 0);
	pop_begin(&first, fd, 2, 0);
	pop_begin(&second, fd, 1, 0);
	pop_letters(fd, "d", 0);
	push_letters(fd, "xy", DEQUE_FRONT);
	assert_int_equal(get(fd).ready, 4);
	assert_int_equal(get(fd).messages, 7);
	pop_fail(&second);
	pop_letters(fd, "yxcef", DEQUE_PEEK);
	pop_fail(&first);
	pop_letters(fd, "yxabcef", DEQUE_PEEK);
	pop_letters(fd, "fecbaxy", DEQUE_PEEK | DEQUE_BACK);
	pop_letters(fd, "yxa", 0);
	pop_letters(fd, "fe", DEQUE_BACK);
	pop_letters(fd, "bc", 0);
	expect_empty(fd);
}

static void message_goes_back_from_the_back(void **state)
{
	int fd = open_deque(O_RDWR);
	struct stuck_pop first, second;

	(void)state;
	push_letters(fd, "abcdef", 0);
	pop_begin(&first, fd, 2, DEQUE_BACK);
	pop_begin(&second, fd, 1, DEQUE_BACK);
	push_letters(fd, "z", 0);
	pop_fail(&first);
	pop_fail(&second);
	pop_letters(fd, "abcdefz", 0);
	expect_empty(fd);
}

/* In mid-air it still counts: so there is room for it when it comes back. */
static void bounds_hold_for_messages_in_mid_air(void **state)
{
	int fd = open_deque(O_RDWR);
	struct stuck_pop pop;

	(void)state;
	assert_int_equal(set(fd, 2, 0, 0), 0);
	push_letters(fd, "ab", 0);
	pop_begin(&pop, fd, 2, 0);
	assert_int_equal(get(fd).ready, 0);
	describe_letters("c");
	assert_fails(EAGAIN, batch(fd, DEQUE_PUSH, messages, 1, DEQUE_NOWAIT));
	pop_fail(&pop);
	assert_int_equal(get(fd).messages, 2);
	pop_letters(fd, "ab", 0);
	push_letters(fd, "c", 0);
}

static void message_in_mid_air_survives_destroy(void **state)
{
	int fd = open_deque(O_RDWR);
	struct stuck_pop pop;

	(void)state;
	push_letters(fd, "ab", 0);
	pop_begin(&pop, fd, 1, 0);
	assert_int_equal(destroy(NAME, DEQUE_FORCE), 0);
	pop_fail(&pop);
}

static void failed_pop_wakes_the_next_taker(void **state)
{
	int fd = open_deque(O_RDWR);
	struct stuck_pop pop;
	int status;

	(void)state;
	push_letters(fd, "a", 0);
	pop_begin(&pop, fd, 1, 0);
	if (!fork()) {
		char byte = 0;

		_exit(read(fd, &byte, 1) != 1 || byte != 'a');
	}
	await_takers(fd, 1);
	pop_fail(&pop);
	wait(&status);
	assert_int_equal(status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(whole_batch_keeps_order),
		TEST(batch_counts_have_limits),
		TEST(both_ends_work),
		TEST(pop_takes_what_is_there),
		TEST(metadata_is_told),
		TEST(senders_ids_are_effective_ones),
		TEST(pids_are_translated),
		TEST(users_are_translated),
		TEST(deadline_ends_the_wait),
		TEST(deadline_is_the_callers_clock),
		TEST(full_deque_takes_part_of_a_batch),
		TEST(bad_message_ends_a_push),
		TEST(push_counts_even_if_ids_cannot_be_told),
		TEST(bad_buffer_ends_a_pop),
		TEST(unwritable_descriptors_lose_nothing),
		TEST(short_buffer_ends_a_pop),
		TEST(peek_leaves_everything),
		TEST(message_goes_back_between_its_neighbours),
		TEST(message_goes_back_from_the_back),
		TEST(bounds_hold_for_messages_in_mid_air),
		TEST(message_in_mid_air_survives_destroy),
		TEST(failed_pop_wakes_the_next_taker),
	};

	return cmocka_run_group_tests_name("batch", tests, NULL, NULL);
}
