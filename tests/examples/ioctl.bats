#!/usr/bin/env bats
# Row 11: ioctl_dev, with ioctl_user and the tests of its header as programs of 64 and of 32 bits.
load common

device=/dev/ioctl_dev

teardown() {
	unload_all
	rm -f /tmp/all
}

@test "a node for everyone, with a number from the kernel" {
	load ioctl_dev
	minor=$(awk '$2 == "ioctl_dev" { print $1 }' /proc/misc)
	[ -n "$minor" ]
	[ "$(cat /sys/class/misc/ioctl_dev/dev)" = "10:$minor" ]
	[ "$(stat -c '%F %a %U %t:%T' $device)" = "character special file 666 root a:$(printf %x "$minor")" ]
	unload ioctl_dev
	[ ! -e $device ]
	[ -z "$(logged)" ]
}

@test "what one sets all get: root, an ordinary user, with 64 bits and with 32" {
	load ioctl_dev
	for program in ioctl_user ioctl_user32; do
		[ -z "$($program set '')" ]
		[ -z "$(ioctl_user get)" ]
		[ -z "$($program set 'Message passed by ioctl')" ]
		[ "$(ioctl_user get)" = 'Message passed by ioctl' ]
		[ "$(ioctl_user32 get)" = 'Message passed by ioctl' ]
		[ "$(as nobody $program get)" = 'Message passed by ioctl' ]
		[ "$($program byte 0)" = 77 ]	# M
		[ "$(as nobody $program byte 22)" = 108 ]	# l
		as nobody $program set "by nobody"
		[ "$(ioctl_user get)" = 'by nobody' ]
		[ "$(ioctl_user32 get)" = 'by nobody' ]
	done
}

@test "80 bytes and no more, and no byte that is not there" {
	load ioctl_dev
	long=$(printf '%080d' 1)
	for program in ioctl_user ioctl_user32; do
		$program set "$long"
		[ "$($program get)" = "$long" ]
		[ "$($program byte 79)" = 49 ]	# 1
		run -1 $program set "${long}2"
		[ "$output" = 'ioctl_user: SET_MSG: Invalid argument' ]
		[ "$($program get)" = "$long" ]
		$program set short
		for index in 5 79 80 100 100000000 4294967295; do
			run -1 $program byte $index
			[ "$output" = 'ioctl_user: GET_NTH_BYTE: Invalid argument' ]
		done
	done
}

@test "at first the message is empty" {
	load ioctl_dev
	[ -z "$(ioctl_user get)" ]
	run -1 ioctl_user byte 0
	[ "$output" = 'ioctl_user: GET_NTH_BYTE: Invalid argument' ]
}

@test "every word of the header is so, with 64 bits and with 32" {
	load ioctl_dev
	ioctl_abi
	ioctl_abi32
	as nobody ioctl_abi
	as nobody ioctl_abi32
}

@test "the program says how it is used, and what fails" {
	run -1 ioctl_user get
	[ "$output" = 'ioctl_user: /dev/ioctl_dev: No such file or directory' ]
	load ioctl_dev
	run -2 ioctl_user
	[ "$output" = 'usage: ioctl_user set TEXT | get | byte N' ]
	run -2 ioctl_user get more
	[ "$output" = 'usage: ioctl_user set TEXT | get | byte N' ]
	for number in x 1x '' -1 ' -1' 4294967296 99999999999999999999; do
		run -2 ioctl_user byte "$number"
		[ "$output" = "ioctl_user: $number is not in 0 to 4294967295" ]
	done
}

@test "it is for ioctl only" {
	load ioctl_dev
	run -1 cat $device
	[[ $output = *'Invalid argument' ]]
	run -1 bash -c "echo hi >$device"
	[[ $output = *'Invalid argument' ]]
}

@test "nobody gets half of a message" {
	load ioctl_dev
	a=$(printf 'a%.0s' {1..80})
	b=$(printf 'b%.0s' {1..40})
	ioctl_user set "$a"
	for _ in {1..200}; do
		ioctl_user set "$a" || exit
		ioctl_user32 set "$b" || exit
	done 3>&- &
	for _ in {1..200}; do
		ioctl_user get
		ioctl_user32 get
	done >/tmp/all
	wait $!
	[ "$(wc -l </tmp/all)" = 400 ]
	[ "$(sort -u /tmp/all)" = "$a"$'\n'"$b" ]
}

@test "it cannot be removed while it is open" {
	load ioctl_dev
	exec {fd}<$device {other}<$device
	run -1 rmmod ioctl_dev
	[[ $output = *'in use'* ]]
	exec {fd}<&-
	run -1 rmmod ioctl_dev
	[[ $output = *'in use'* ]]
	ioctl_user set 'still here'
	[ "$(ioctl_user get)" = 'still here' ]
	exec {other}<&-
	unload ioctl_dev
	run ! is_loaded ioctl_dev
}

@test "it can be removed whenever nobody has it open" {
	goes_between ioctl_dev 'ioctl_user get'
}

@test "hostile callers find nothing" {
	load ioctl_dev
	hostile $device
	as nobody hostile $device
	ioctl_abi
	[ -z "$(logged)" ]
}
