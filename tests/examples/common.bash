# shellcheck shell=bash
# Functions that the tests of the examples share.  Tests run as root, with the modules
# where modprobe finds them; the console's log has no times in it.
# shellcheck source=tests/harness/bats.bash
. "$BATS_TEST_DIRNAME/bats.bash"

setup() {
	mark
}

teardown() {
	unload_all
}

# ko NAME: the file of a module
ko() {
	echo "/lib/modules/$(uname -r)/updates/$1.ko"
}

# load NAME [PARAMETER=VALUE...]: as insmod does, so without what it depends on
load() {
	insmod "$(ko "$1")" "${@:2}" && udevadm settle
}

unload() {
	rmmod "$@" && udevadm settle
}

# For tests that it would disturb: it works, and deletes files of its own, for a while after
# a module has come or gone.
stop_udev() {
	udevadm settle
	udevadm control --exit
	until_true is_without_udev
}

is_without_udev() {
	! pgrep -f '^systemd-udevd' >/dev/null
}

# As a daemon, with nothing that bats would wait for.
start_udev() (
	for fd in /proc/"$BASHPID"/fd/*; do
		fd=${fd##*/}
		[ "$fd" -le 2 ] || [ "$fd" = 255 ] || exec {fd}>&-
	done
	exec systemd-udevd --daemon </dev/null >/dev/null 2>&1
)

is_loaded() {
	grep -q "^$1 " /proc/modules
}

# unload_all: for teardown, whatever the test has left; the last loaded goes first
unload_all() {
	local names
	mapfile -t names < <(cut -d' ' -f1 /proc/modules)
	[ ${#names[@]} = 0 ] || rmmod "${names[@]}" || true
	udevadm settle
}

# mark, logged: what the kernel has logged since then, but for what it says of every
# module that is not its own
mark() {
	MARK="mark $BATS_TEST_NUMBER $RANDOM"
	echo "$MARK" >/dev/kmsg
}

logged() {
	dmesg | sed "1,/$MARK/d" | grep -vE 'loading out-of-tree module taints|module verification failed' || true
}

# logs LINE...: just these lines
logs() {
	local wanted
	wanted=$(printf '%s\n' "$@")
	[ "$(logged)" = "$wanted" ] || { printf 'wanted:\n%s\nlogged:\n%s\n' "$wanted" "$(logged)"; return 1; }
}

# refuses NAME PARAMETER=VALUE...: with EINVAL, and nothing stays
refuses() {
	run -1 load "$@"
	# shellcheck disable=SC2154	# run sets it
	[[ $output = *'Invalid parameters' ]]
	[ ! -e "/sys/module/$1" ]
	run ! is_loaded "$1"
}

# goes_while NAME COMMAND: it comes and goes, while three others do that all the time
goes_while() {
	local pids=()
	rm -f /tmp/enough
	for _ in {1..3}; do
		while [ ! -e /tmp/enough ]; do
			eval "$2" || true
		done >/dev/null 2>&1 3>&- &
		pids+=($!)
	done
	for _ in {1..10}; do
		insmod "$(ko "$1")"
		eval "$2" >/dev/null
		rmmod "$1"
	done
	touch /tmp/enough
	wait "${pids[@]}"
	rm /tmp/enough
	run ! is_loaded "$1"
}

# goes_between NAME COMMAND: it can be removed whenever none of ten that open it has it open
goes_between() {
	for _ in {1..5}; do
		load "$1"
		for _ in {1..10}; do
			eval "$2" >/dev/null 2>&1 3>&- &
		done
		until rmmod "$1" 2>/tmp/said; do
			grep -E 'in use|temporarily unavailable' /tmp/said
		done
		wait
	done
	rm /tmp/said
}

# traces: what a module may leave behind: files, devices, and names in lists; kernel threads
# but for the workers that come and go by themselves
traces() {
	local debug=/sys/kernel/debug cache caches=()
	# Files that are alike are one, which counts; the links to it stay.
	for cache in /sys/kernel/slab/*; do
		[ -L "$cache" ] || caches+=("$cache/aliases")
	done
	grep -H . "${caches[@]}"
	find /dev /proc /sys/class /sys/class/* /sys/module $debug -maxdepth 1 ! -path '/proc/[0-9]*' | sort
	cat /proc/devices /proc/misc /proc/consoles
	cut -d' ' -f3- $debug/kprobes/list
	cat /proc/[0-9]*/stat 2>/dev/null | awk '$4 == 2 { print $2 }' | grep -v '^(kworker/[0-9u]' | sort
}
