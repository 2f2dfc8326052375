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

# without COMMAND: with the module moved to where COMMAND puts it
without() {
	local module status=0
	module=$(modinfo -n deque)
	mv "$module" "$BATS_TEST_TMPDIR/"
	"$@" "$BATS_TEST_TMPDIR/${module##*/}" || status=$?
	rm -rf /lib/modules/9.9.9-other /var/lib/dkms
	mv "$BATS_TEST_TMPDIR/${module##*/}" "$module"
	return $status
}

# told REASON VERSION: what verbs say, and what --version does
told() {
	local verb said status
	for verb in 'create a' ls 'stat a' 'put a b' 'take a' 'work a b'; do
		status=0
		# shellcheck disable=SC2086	# several words
		said=$(deque $verb 2>&1) || status=$?
		[[ "$status $said" = "69 deque: "*": $1" ]] || return 1
	done
	[ "$(deque --version | sed -n 2p)" = "$2" ]
}

absent() {
	told 'the kernel module is not installed; the package mod-dkms has it' 'deque.ko (not installed)'
}

for_another_kernel() {	# MODULE
	mkdir -p /lib/modules/9.9.9-other/updates
	cp "$1" /lib/modules/9.9.9-other/updates/
	depmod 9.9.9-other
	told "the kernel module is installed for another kernel, not for this one, $(uname -r); build and install it for this one, too" \
		"deque.ko (not built for this kernel, $(uname -r))"
}

# As DKMS leaves it when a kernel comes without headers.
known_to_dkms() {
	mkdir -p /var/lib/dkms/mod/0.1.0/source
	told "the kernel module is not built for this kernel, $(uname -r); with the headers of this kernel installed, 'sudo dkms autoinstall' builds it" \
		"deque.ko (not built for this kernel, $(uname -r))"
}

@test "without a module in the system verbs and --version say so" {
	without absent
}

@test "a module for another kernel only: they do not tell to load it" {
	without for_another_kernel
}

@test "a module that DKMS has not built for this kernel: they tell how to build it" {
	without known_to_dkms
}

@test "where the kernel's modules are not seen, as in a container, they do not say that there is none" {
	local folder
	local status=0
	folder=/lib/modules/$(uname -r)
	mv "$folder" "$BATS_TEST_TMPDIR/modules"
	told "the kernel module is not loaded, and $folder cannot be read here; outside of a container or unit, 'sudo modprobe deque' loads it, or says why not" \
		'deque.ko (not loaded)' || status=$?
	mv "$BATS_TEST_TMPDIR/modules" "$folder"
	[ $status = 0 ]
}

@test "max_deques" {
	modprobe deque max_deques=2
	run -73 deque create a b c
	[ "$output" = "deque: c: there are as many deques as the module parameter max_deques allows; 'deque rm' makes room
deque: create: made before that: a b" ]
	deque rm a b
}
