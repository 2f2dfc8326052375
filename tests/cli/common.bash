# shellcheck shell=bash
# Functions that the tests of the command share: each test has a deque of its own, $Q.
# shellcheck source=tests/harness/bats.bash
. "$BATS_TEST_DIRNAME/bats.bash"

setup() {
	Q=q$BATS_TEST_NUMBER
	deque create "$Q"
}

teardown() {
	local names
	mapfile -t names < <(deque ls -no name)
	[ ${#names[@]} = 0 ] || deque rm --force "${names[@]}"
}

# field NAME KEY: what is known of a deque
field() {
	deque ls -no "$2" "$1"
}

# messages: how many are in $Q
messages() {
	field "$Q" messages
}

# expect STATUS LINE COMMAND...: it ends so, and says that and no more
expect() {
	run -"$1" "${@:3}"
	# shellcheck disable=SC2154  # run sets it
	[ "$output" = "$2" ] || { echo "expected: $2"; return 1; }
}

# catches PID: it is deque, no longer the shell that starts it; it has handlers for
# signals, and sleeps
catches() {
	[ "$(cat "/proc/$1/comm")" = deque ] &&
		[ $((0x$(awk '/^SigCgt/ { print $2 }' "/proc/$1/status") & 0x4000)) != 0 ] &&
		grep -q '^State:.S' "/proc/$1/status"
}

children() {	# PID
	# A process may end meanwhile: awk gives up there, cat goes on.
	cat /proc/[0-9]*/stat 2>/dev/null | awk -v parent="$1" '$4 == parent { print $1 }'
}

is_field() {	# KEY VALUE
	[ "$(field "$Q" "$1")" = "$2" ]
}

# ends STATUS PID: the background process ends so
ends() {
	local status=0
	wait "$2" || status=$?
	[ "$status" = "$1" ] || { echo "exit status $status"; return 1; }
}

milliseconds() {
	echo $((${EPOCHREALTIME/./} / 1000))
}
