// SPDX-License-Identifier: GPL-2.0-only
/*
 * See memory.h.
 */
#include "memory.h"
#include "harness.h"

#include <glob.h>

/*
 * The rest of the system may have come to hold so much meanwhile.  A load makes
 * thousands of everything, so what it loses of one kind is more than that.
 */
#define SLACK_KIB 256
#define WAIT_NS (60 * 1000000000LL)
/* As long as one of udev's workers is kept for the next event. */
#define REST_NS (3 * 1000000000LL)
/*
 * Until udev knows of all devices that came and went: what it has not read yet is
 * kernel memory.  Busy machines take minutes for some thousand devices.
 */
#define SETTLE "udevadm settle --timeout=1000"

/*
 * Inodes hold what is not counted as reclaimable; freed objects are on lists of
 * processors, and in KASAN's quarantine.
 */
static void shrink_caches(void)
{
	glob_t files;

	assert_true(write_file("/proc/sys/vm/drop_caches", "2"));
	assert_int_equal(glob("/sys/kernel/slab/*/shrink", 0, NULL, &files), 0);
	for (size_t i = 0; i < files.gl_pathc; i++)
		(void)write_file(files.gl_pathv[i], "1"); /* it may be gone */
	globfree(&files);
}

static long long held_now(void)
{
	static const char *const kinds[] = { "SUnreclaim", "VmallocUsed",
					     "Percpu" };
	long long sum = 0, value;
	unsigned int found = 0;
	char line[128], kind[32];
	FILE *file;

	shrink_caches();
	file = fopen("/proc/meminfo", "r");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		if (sscanf(line, "%31[^:]: %lld kB", kind, &value) != 2)
			continue;
		for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
			if (strcmp(kind, kinds[i]))
				continue;
			sum += value;
			found++;
		}
	}
	fclose(file);
	assert_int_equal(found, sizeof(kinds) / sizeof(kinds[0]));
	return sum;
}

long long kernel_memory(void)
{
	long long since, least, now;

	assert_int_equal(system(SETTLE), 0);
	since = now_ns();
	least = held_now();
	while (now_ns() < since + REST_NS) {
		now = held_now();
		if (now < least) {
			least = now;
			since = now_ns();
		}
	}
	return least;
}

void assert_memory_returns(long long before)
{
	long long deadline, now;

	assert_int_equal(system(SETTLE), 0);
	deadline = now_ns() + WAIT_NS;
	now = held_now();
	while (now > before + SLACK_KIB && now_ns() < deadline)
		now = held_now();
	print_message("# the kernel holds %lld KiB, before %lld\n", now,
		      before);
	assert_in_range(now, 0, before + SLACK_KIB);
}
