#!/usr/bin/env bats
# The files that are put into the test machine, without booting it.
bats_require_minimum_version 1.5.0

setup() {
	export LC_ALL=C
	vm=$(realpath "$BATS_TEST_DIRNAME/../vm")
	root=$BATS_TEST_TMPDIR/root
	mkdir "$root"
}

# pack FILE[:DEST]...: $root is what the machine has
pack() {
	"$vm/mkinitramfs" "$BATS_TEST_TMPDIR/initrd" "$@"
	zcat "$BATS_TEST_TMPDIR/initrd" | (cd "$root" && cpio -idm --quiet)
}

# in_there COMMAND...: as in the machine
in_there() {
	local map=()
	[ "$(id -u)" = 0 ] || map=(--map-root-user)
	unshare "${map[@]}" --root="$root" "$@"
}

# python_works: the machine's Python runs scripts and words, and prints nothing of its own
python_works() {
	local files
	mapfile -t files < <("$vm/python-files" errno struct)
	pack "${files[@]}"
	echo 'import errno, os, struct; print(errno.EPERM)' >"$root/script.py"
	run -0 in_there /usr/bin/python3 -I -S /script.py
	[ "$output" = 1 ]
	run -0 in_there /usr/bin/python3 -I -S -c 'import errno, os, struct; print(errno.EPERM)'
	[ "$output" = 1 ]
}

@test "Python, that of the user's path: it has what it needs, and does not complain" {
	python_works
}

@test "Python, the distribution's: the same" {
	[ -x /usr/bin/python3 ] || skip 'there is none'
	PATH=/usr/bin:/usr/sbin python_works
}
