#!/usr/bin/env bats
# Row 13: hole, which is wrong.  Only in a machine of its own: KASAN complains.
load common

setup() {
	mark
	load hole
}

# The part of it that was allocated: 40 bytes, of which 16 are for all.
@test "who reads what there is, sees that" {
	[ "$(stat -c %a /proc/hole)" = 444 ]
	[ "$(dd if=/proc/hole bs=16 count=1 2>/dev/null)" = 'This is for all' ]
	[ -z "$(logged)" ]
}

@test "an ordinary user who reads more sees the secret, and nothing notices" {
	run -0 as nobody dd if=/proc/hole bs=40 count=1 status=none
	[ "$output" = $'This is for all\nand this is for nobody.' ]
	[ -z "$(logged)" ]
}

# dmesg has it, and it is taken out of what check-examples looks at.
@test "what leaves the allocation KASAN names; without it that is shown, too" {
	as nobody dd if=/proc/hole of=/tmp/shown bs=64 count=1 status=none
	[ "$(stat -c %s /tmp/shown)" = 64 ]
	if grep -qw kasan_report /proc/kallsyms; then
		logged | grep -E 'BUG: KASAN: slab-out-of-bounds in .*(hole_read|copy_to_user)'
		logged | grep -F 'hole_read'
		logged | grep -F 'Read of size 64'
	else
		[ -z "$(logged)" ]
	fi
}
