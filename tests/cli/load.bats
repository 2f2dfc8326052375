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
	[ "${lines[1]}" = "deque.ko $(modinfo -F version deque) (not loaded)" ]
}

# load_other KEY VALUE: the module, but with that in its .modinfo, which is no longer
load_other() {
	local installed
	installed=$(modinfo -F "$1" deque)
	LC_ALL=C sed -E "s/((^|[^a-z])$1=)$installed/\1$2/" "$(modinfo -n deque)" >"$BATS_TEST_TMPDIR/deque.ko"
	insmod "$BATS_TEST_TMPDIR/deque.ko"
}

@test "--version warns of a module that is not the installed one" {
	local installed remedy
	installed=$(modinfo -F version deque)
	remedy="($installed); that comes with the next boot, or with 'modprobe -r deque && modprobe deque' as soon as no deque is open or holds messages"
	load_other version 0.0.9
	run -0 deque --version
	[ "${lines[1]}" = 'deque.ko 0.0.9' ]
	[ "${lines[2]}" = "deque: the module that is loaded is older than the installed one $remedy" ]
	rmmod deque
	load_other version 9.9.9
	run -0 deque --version
	[ "${lines[2]}" = "deque: the module that is loaded is newer than the installed one $remedy" ]
	rmmod deque
	load_other srcversion 0123456789ABCDEF0123456
	run -0 deque --version
	[ "${lines[2]}" = "deque: the module that is loaded is another build than the installed one $remedy" ]
}

@test "without a module in the system --version says so" {
	local module
	module=$(modinfo -n deque)
	mv "$module" "$BATS_TEST_TMPDIR/"
	run -0 deque --version
	mv "$BATS_TEST_TMPDIR/${module##*/}" "$module"
	[ "${lines[1]}" = 'deque.ko (not installed for this kernel)' ]
}

@test "max_deques" {
	modprobe deque max_deques=2
	run -73 deque create a b c
	[ "$output" = "deque: c: there are as many deques as the module parameter max_deques allows; 'deque rm' makes room
deque: create: made before that: a b" ]
	deque rm a b
}
