// SPDX-License-Identifier: GPL-2.0-only
/*
 * Loading and unloading the module, with each allocation in our part of it
 * failing: a load that fails leaves nothing behind, an unload does not fail.
 */
#include "inject.h"
#include "module.h"

/*
 * Each try takes seconds.  So what the loader itself does is left out, and how
 * the kernel makes a device, which DEQUE_CREATE goes through in sweep-calls.
 */
#define LOADING "do_init_module"
#define NUMBER "__xa_alloc"
#define DEVICE "device_add"

static const char *const traces[] = {
	"/sys/module/deque", "/sys/class/deque", "/proc/deques",
	"/dev/deque/control", "/dev/deque/a", "/dev/deque/b",
	/* Where the nodes are if the kernel is not told our folder. */
	"/dev/control", "/dev/a", "/dev/b"
};

static bool has_numbers(void)
{
	FILE *file = fopen("/proc/devices", "r");
	bool found = false;
	char line[64];

	assert_non_null(file);
	while (!found && fgets(line, sizeof(line), file))
		found = strstr(line, " deque\n");
	fclose(file);
	return found;
}

static void assert_nothing_left(void)
{
	for (size_t i = 0; i < sizeof(traces) / sizeof(traces[0]); i++) {
		if (!access(traces[i], F_OK))
			fail_msg("%s is still there", traces[i]);
	}
	assert_false(has_numbers());
}

static void assert_works(const char *node)
{
	int fd = open(node, O_RDWR | O_CLOEXEC);

	assert_true(fd >= 0);
	put(fd, "works");
	expect(fd, "works");
	close(fd);
}

static void assert_all_work(void)
{
	assert_true(has_numbers());
	assert_works("/dev/deque/a");
	assert_works("/dev/deque/b");
	assert_int_equal(create(NAME, 0, 0, 0), 0);
	assert_works(NODE);
	assert_int_equal(destroy(NAME, 0), 0);
}

static long call_load(void)
{
	return module_load("deques=a,b");
}

static void check_load(const struct outcome *outcome)
{
	assert_error_fits(outcome);
	if (!outcome->result) {
		assert_all_work();
		assert_int_equal(module_unload(), 0);
	}
	assert_nothing_left();
}

static void prepare_unload(void)
{
	assert_int_equal(call_load(), 0);
}

static long call_unload(void)
{
	return module_unload();
}

static void check_unload(const struct outcome *outcome)
{
	assert_error_fits(outcome);
	if (outcome->result) {
		assert_all_work();
		assert_int_equal(module_unload(), 0);
	}
	assert_nothing_left();
}

static void load(void **state)
{
	static const struct sweep sweep = {
		.name = "load",
		.strikes = SLAB,
		.skips = MEMORY,
		.within = LOADING,
		.without = DEVICE,
		.prepare = assert_nothing_left,
		.call = call_load,
		.check = check_load,
	};

	(void)state;
	sweep_run(&sweep);
}

/*
 * The table of minors is empty, so the first deque needs memory there.  Later ones
 * find room in what is there already, if they have to.
 */
static void load_without_numbers(void **state)
{
	static const struct sweep sweep = {
		.name = "load, no memory for a number",
		.strikes = MEMORY,
		.skips = SLAB | PAGE | USERCOPY,
		.within = NUMBER,
		.prepare = assert_nothing_left,
		.call = call_load,
		.check = check_load,
	};

	(void)state;
	sweep_run(&sweep);
}

/*
 * The last steps alone: how much the workers need, which come first, is not the
 * same each time, so that a sweep of all may end before it gets here.
 */
static void load_last_steps(void **state)
{
	static const char *const steps[] = { "proc_create_seq_private",
					     "cdev_alloc", "cdev_add" };

	(void)state;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		const struct sweep sweep = {
			.name = steps[i],
			.strikes = SLAB,
			.skips = PAGE | USERCOPY | MEMORY,
			.within = steps[i],
			.prepare = assert_nothing_left,
			.call = call_load,
			.check = check_load,
		};

		sweep_run(&sweep);
	}
}

static void unload(void **state)
{
	static const struct sweep sweep = {
		.name = "unload",
		.strikes = SLAB | USERCOPY,
		.skips = MEMORY,
		.prepare = prepare_unload,
		.call = call_unload,
		.check = check_unload,
	};

	(void)state;
	sweep_run(&sweep);
}

static int setup(void **state)
{
	if (inject_begin(state))
		return -1;
	module_ensure_unloaded();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(load),
		cmocka_unit_test(load_without_numbers),
		cmocka_unit_test(load_last_steps),
		cmocka_unit_test(unload),
	};

	return cmocka_run_group_tests(tests, setup, module_restore);
}
