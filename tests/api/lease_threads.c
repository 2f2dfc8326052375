// SPDX-License-Identifier: GPL-2.0-only
/*
 * Leases of threads that share a file: several settle the same lease, or one closes
 * the descriptor by which another claims.
 */
#include "harness.h"
#include "lease.h"
#include "process.h"

#include <pthread.h>

#define ROUNDS 300

struct racer {
	pthread_t thread;
	pthread_barrier_t *barrier;
	int fd;
	uint64_t token;
	unsigned long command;
	uint32_t flags;
	int result;
	int error;
};

static void *race_to_settle(void *argument)
{
	struct racer *racer = argument;

	pthread_barrier_wait(racer->barrier);
	racer->result = settle(racer->fd, racer->command, racer->token);
	racer->error = errno;
	return NULL;
}

/* Two threads, one token: the first succeeds, and nobody else. */
static void one_of_two_threads_settles_a_lease(void **state)
{
	static const unsigned long commands[] = { DEQUE_ACK, DEQUE_RETURN,
						  DEQUE_BURY };
	int fd = open_deque(O_RDWR);
	pthread_barrier_t barrier;
	struct racer racers[2];

	(void)state;
	assert_int_equal(set_deliveries(fd, DEQUE_DELIVERIES_UNLIMITED), 0);
	pthread_barrier_init(&barrier, NULL, 2);
	for (int i = 0; i < ROUNDS; i++) {
		uint64_t token;

		if (!get(fd).ready)
			put(fd, "a");
		token = claim(fd, "a", 0);
		for (int n = 0; n < 2; n++) {
			racers[n] = (struct racer){
				.barrier = &barrier,
				.fd = fd,
				.token = token,
				.command = commands[(i / (n + 1)) % 3],
			};
			assert_int_equal(pthread_create(&racers[n].thread, NULL,
							race_to_settle,
							&racers[n]),
					 0);
		}
		for (int n = 0; n < 2; n++)
			pthread_join(racers[n].thread, NULL);
		assert_int_equal(racers[0].result + racers[1].result, 0);
		assert_int_equal(racers[racers[0].result > 0].error, ESTALE);
		kick(fd, DEQUE_BURIED, 1, 0);
	}
	assert_int_equal(get(fd).leased, 0);
	expect_balance(fd);
}

static void *race_to_claim(void *argument)
{
	struct racer *racer = argument;
	char byte = 0;
	struct deque_descriptor message = describe(&byte, 1);

	pthread_barrier_wait(racer->barrier);
	racer->result =
		batch(racer->fd, DEQUE_CLAIM, &message, 1, racer->flags);
	racer->error = errno;
	return NULL;
}

/* The descriptor goes while another thread claims by it: nothing stays leased. */
static void close_while_another_claims(void **state)
{
	int fd = open_deque(O_RDWR);
	pthread_barrier_t barrier;
	unsigned int leased = 0;

	(void)state;
	assert_int_equal(set_deliveries(fd, DEQUE_DELIVERIES_UNLIMITED), 0);
	put(fd, "a");
	pthread_barrier_init(&barrier, NULL, 2);
	for (int i = 0; i < ROUNDS; i++) {
		struct racer racer = {
			.barrier = &barrier,
			.fd = open(NODE, O_RDWR | O_CLOEXEC),
			.flags = i % 2 ? DEQUE_PROCESS : 0,
		};

		assert_int_equal(pthread_create(&racer.thread, NULL,
						race_to_claim, &racer),
				 0);
		pthread_barrier_wait(&barrier);
		close(racer.fd);
		pthread_join(racer.thread, NULL);
		leased += racer.result == 1;
		if (racer.result != 1)
			assert_int_equal(racer.error, EBADF);
		assert_int_equal(get(fd).leased, 0);
		assert_int_equal(get(fd).ready, 1);
	}
	print_message("# %u of %u were leased\n", leased, ROUNDS);
	expect(fd, "a");
	expect_balance(fd);
}

/* The same, but the file lives on, in another process. */
static void close_of_the_last_descriptor_while_another_claims(void **state)
{
	int fd = open_deque(O_RDWR);
	pthread_barrier_t barrier;

	(void)state;
	assert_int_equal(set_deliveries(fd, DEQUE_DELIVERIES_UNLIMITED), 0);
	put(fd, "a");
	pthread_barrier_init(&barrier, NULL, 2);
	for (int i = 0; i < ROUNDS / 3; i++) {
		struct racer racer = {
			.barrier = &barrier,
			.fd = open(NODE, O_RDWR | O_CLOEXEC),
			.flags = DEQUE_PROCESS,
		};
		pid_t keeper = forked();

		if (!keeper) {
			pause();
			_exit(0);
		}
		assert_int_equal(pthread_create(&racer.thread, NULL,
						race_to_claim, &racer),
				 0);
		pthread_barrier_wait(&barrier);
		close(racer.fd);
		pthread_join(racer.thread, NULL);
		assert_int_equal(get(fd).leased, 0);
		assert_int_equal(get(fd).ready, 1);
		kill_and_reap(keeper);
	}
	expect(fd, "a");
	expect_balance(fd);
}

/* It blocked in the claim when the descriptor went. */
static void close_while_another_is_blocked_in_a_claim(void **state)
{
	int fd = open_deque(O_RDWR);
	pthread_barrier_t barrier;

	(void)state;
	pthread_barrier_init(&barrier, NULL, 2);
	for (uint32_t flags = 0; flags <= DEQUE_PROCESS;
	     flags += DEQUE_PROCESS) {
		struct racer racer = {
			.barrier = &barrier,
			.fd = open(NODE, O_RDWR | O_CLOEXEC),
			.flags = flags,
		};

		assert_int_equal(pthread_create(&racer.thread, NULL,
						race_to_claim, &racer),
				 0);
		pthread_barrier_wait(&barrier);
		await_takers(fd, 1);
		close(racer.fd);
		put(fd, "a");
		pthread_join(racer.thread, NULL);
		assert_int_equal(racer.result, 1);
		assert_int_equal(get(fd).leased, 0);
		expect(fd, "a");
	}
	expect_balance(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(one_of_two_threads_settles_a_lease),
		TEST(close_while_another_claims),
		TEST(close_of_the_last_descriptor_while_another_claims),
		TEST(close_while_another_is_blocked_in_a_claim),
	};

	return cmocka_run_group_tests_name("leases of threads", tests, NULL,
					   NULL);
}
