#!/usr/bin/env bats
# Row 13: hole_fixed, which is right.  hole.bats is for the wrong one.
load common

setup() {
	mark
	load hole_fixed
}

@test "everyone reads the message, and no more, however much they ask for" {
	[ "$(stat -c %a /proc/hole_fixed)" = 444 ]
	local size
	for size in 16 17 40 64 4096 1000000; do
		as nobody dd if=/proc/hole_fixed of=/tmp/shown bs=$size count=1 status=none
		[ "$(stat -c %s /tmp/shown)" = 16 ]
		[ "$(</tmp/shown)" = 'This is for all' ]
	done
	[ -z "$(logged)" ]
}

@test "in pieces, and from an offset" {
	[ "$(dd if=/proc/hole_fixed bs=1 status=none)" = 'This is for all' ]
	[ "$(dd if=/proc/hole_fixed bs=1 skip=12 status=none)" = all ]
	[ -z "$(dd if=/proc/hole_fixed bs=1 skip=16 status=none)" ]
}

@test "it goes while it is open, and while it is read" {
	exec 7</proc/hole_fixed
	unload hole_fixed
	run -1 cat <&7
	[[ $output = *'Input/output error' ]]
	exec 7<&-
	goes_while hole_fixed 'cat /proc/hole_fixed'
}

@test "the hostile caller finds nothing" {
	hostile /proc/hole_fixed
	as nobody hostile /proc/hole_fixed
	[ -z "$(logged)" ]
}
