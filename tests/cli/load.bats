#!/usr/bin/env bats
# Without the module, and with its bounds on the number of deques.

bats_require_minimum_version 1.5.0

teardown() {
	rmmod deque 2>/dev/null || true
}

hint="the kernel module is not loaded; 'sudo modprobe deque' loads it"

@test "without the module every verb says so" {
	for verb in 'create a' 'rm a' ls 'ls a' 'stat a' 'put a b' 'take a' 'peek a' 'set a max_bytes=1' \
		'work a b' 'kick a' 'leases a' 'browse a'; do
		# shellcheck disable=SC2086
		run -69 deque $verb
		read -r verb name _ <<<"$verb"
		[ "$output" = "deque: ${name:-$verb}: $hint" ]
	done
}

@test "without the module there is still help, and a version" {
	deque help
	run -0 deque --version
	[ "${lines[1]}" = 'deque.ko (not loaded)' ]
}

@test "max_deques" {
	modprobe deque max_deques=2
	run -73 deque create a b c
	[ "$output" = "deque: c: there are as many deques as the module parameter max_deques allows; 'deque rm' makes room" ]
	deque rm a b
}
