#!/usr/bin/env bats
# Each example comes and goes a hundred times, and nothing is left.
#
# All do so at the same time, as most of it is waiting: with CONFIG_DEBUG_KOBJECT_RELEASE
# each unloading takes seconds.  A test is called as what it loads.
load common

results=/tmp/loads

# The tests here that load something.
names() {
	sed -n 's/^@test "\(.*\)" { hundred_times; }$/\1/p' "$BATS_TEST_FILENAME"
}

# begin MODULE [PARAMETER=VALUE...]...: in the background; who then reads the fifo waits for
# the end, and gets the exit status
begin() {
	local word modules=() file="$results/$*"
	for word; do
		case $word in
		*=*) modules[-1]+=" $word" ;;
		*) modules+=("$(ko "$word")") ;;
		esac
	done
	mkfifo "$file"
	(
		status=0
		reload 100 "${modules[@]}" >"$file.said" 2>&1 || status=$?
		echo $status >"$file"
	) >/dev/null 2>&1 3>&- &
}

setup_file() {
	local words
	# udev is told of each, and would take longer for that than all of the loads.
	stop_udev
	mkdir -p $results
	traces >$results/before
	while read -r words; do
		# shellcheck disable=SC2086	# several words
		begin $words
	done < <(names)
}

teardown_file() {
	unload_all
	start_udev
	rm -rf $results
}

setup() { :; }
teardown() { :; }

hundred_times() {
	local file=$results/$BATS_TEST_DESCRIPTION
	read -r status <"$file"
	cat "$file.said"
	[ "$status" = 0 ]
}

@test "hello_1" { hundred_times; }
@test "hello_2" { hundred_times; }
@test "hello_3" { hundred_times; }
@test "hello_4" { hundred_times; }
@test "hello_5" { hundred_times; }
@test "startstop" { hundred_times; }
@test "params" { hundred_times; }
@test "levels" { hundred_times; }
@test "levels_console" { hundred_times; }
@test "export_a export_b" { hundred_times; }
@test "autoload autoload_service" { hundred_times; }
@test "chardev" { hundred_times; }
@test "procfs_hello" { hundred_times; }
@test "procfs_count" { hundred_times; }
@test "procfs_rw" { hundred_times; }
@test "ioctl_dev" { hundred_times; }
@test "memory" { hundred_times; }
@test "unwind" { hundred_times; }
@test "thread" { hundred_times; }
@test "procwrite" { hundred_times; }
@test "opens_spy uid=1 opens_spy_2 uid=1" { hundred_times; }
@test "tickle" { hundred_times; }
@test "hole" { hundred_times; }
@test "hole_fixed" { hundred_times; }
@test "proc_deque" { hundred_times; }

# The files that a module makes, to be read or written.
files_of() {	# NAME
	local file
	for file in "/proc/$1" "/dev/$1" "/sys/module/$1/parameters"/* ${made[$1]:-}; do
		[ ! -e "$file" ] || echo "$file"
	done
}

# Here, where kmemleak looks at what is left, if the kernel has it.
@test "hostile callers of all files that they make" {
	local -A made=([procfs_hello]=/proc/helloworld [procfs_rw]=/proc/rw_test
		[procwrite]=/proc/minimal_proc_lkm [proc_deque]=/proc/full_ex)
	local name file count=0
	for name in hello_3 hello_5 params levels_console autoload chardev procfs_hello procfs_count \
		procfs_rw ioctl_dev memory unwind thread procwrite opens_spy hole_fixed proc_deque; do
		case $name in
		opens_spy) insmod "$(ko $name)" uid=1 ;;
		memory) insmod "$(ko $name)" size=100 ;;	# far beyond it is its end
		*) insmod "$(ko $name)" ;;
		esac
		for file in $(files_of $name); do
			[ "$file" != /dev/unwind ] || continue	# which nobody can open
			echo "$file"
			hostile "$file"
			count=$((count + 1))
		done
		# A number in /sys is gone for a process that has it open.
		file=$(compgen -G "/sys/module/$name/parameters/*" | head -n 1)
		if [ -n "$file" ]; then
			exec 7<"$file"
			rmmod $name
			run ! cat <&7
			exec 7<&-
		fi
		unload_all
	done
	[ $count -ge 20 ]
}

@test "these are all examples, and of none anything is left" {
	names | tr ' ' '\n' | grep -v = | sort | diff - <(basename -s .ko "$(dirname "$(ko x)")"/*.ko | grep -vx deque | sort)
	diff $results/before <(traces)
}
