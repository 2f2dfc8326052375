#!/usr/bin/env bats
# Row 9: chardev.
load common

device=/dev/chardev

teardown() {
	unload_all
	rm -f /tmp/by_hand /tmp/other
}

major() {
	awk '$2 == "chardev" { print $1 }' /proc/devices
}

@test "it has a major of its own, a class, and a node that is root's" {
	load chardev
	[ -n "$(major)" ]
	[ "$(cat /sys/class/chardev/chardev/dev)" = "$(major):0" ]
	[ "$(stat -c '%F %a %U %t:%T' $device)" = "character special file 600 root $(printf %x "$(major)"):0" ]
	run -1 as nobody cat $device
	[[ $output = *'Permission denied' ]]
	unload chardev
	[ ! -e $device ]
	[ ! -e /sys/class/chardev ]
	[ -z "$(major)" ]
}

@test "it says how often it has told" {
	load chardev
	for i in {0..12}; do
		[ "$(cat $device)" = "I already told you $i times Hello world!" ]
	done
	run -0 --keep-empty-lines cat $device
	[ "$output" = $'I already told you 13 times Hello world!\n' ]
}

@test "single bytes, and any other sizes, give the same" {
	load chardev
	[ "$(dd if=$device bs=1 2>/dev/null)" = 'I already told you 0 times Hello world!' ]
	[ "$(dd if=$device bs=7 2>/dev/null)" = 'I already told you 1 times Hello world!' ]
	[ "$(dd if=$device bs=1M 2>/dev/null)" = 'I already told you 2 times Hello world!' ]
	[ "$(dd if=$device bs=1 skip=10 count=4 2>/dev/null)" = told ]
	[ -z "$(dd if=$device bs=1 skip=100000 count=1 2>/dev/null)" ]
}

@test "a second open is busy, until the last holder has closed" {
	load chardev
	exec {fd}<$device
	run -1 cat $device
	[[ $output = *'Device or resource busy' ]]
	mknod /tmp/by_hand c "$(major)" 0
	run -1 cat /tmp/by_hand
	[[ $output = *'Device or resource busy' ]]
	# A child has the same open file, and reads on where the parent was.
	[ "$(dd bs=1 count=2 <&$fd 2>/dev/null)" = 'I ' ]
	[ "$(cat <&$fd)" = 'already told you 0 times Hello world!' ]
	sleep 100 <&$fd {fd}<&- 3>&- &
	exec {fd}<&-
	run -1 cat $device
	[[ $output = *'Device or resource busy' ]]
	kill $!
	wait $! || true
	[ "$(cat $device)" = 'I already told you 1 times Hello world!' ]
}

@test "of many at once, one gets it" {
	load chardev
	for _ in {1..40}; do
		cat $device 3>&- &
	done >/tmp/other 2>/dev/null
	wait
	# Nobody was told the same, and everybody the whole of it.
	count=$(wc -l </tmp/other)
	[ "$count" -gt 0 ]
	for ((i = 0; i < count; i++)); do
		[ "$(grep -cx "I already told you $i times Hello world!" /tmp/other)" = 1 ]
	done
	[ "$(cat $device)" = "I already told you $count times Hello world!" ]
}

@test "a write is invalid" {
	load chardev
	run -1 bash -c "echo hi >$device"
	[[ $output = *'Invalid argument' ]]
	run -1 bash -c "echo hi 1<>$device"
	[[ $output = *'Invalid argument' ]]
}

@test "the log has the numbers, and a node by hand works by them" {
	load chardev
	major=$(major)
	mknod /tmp/by_hand c "$major" 0
	mknod /tmp/other c "$major" 1
	[ "$(cat /tmp/by_hand)" = 'I already told you 0 times Hello world!' ]
	[ "$(cat $device)" = 'I already told you 1 times Hello world!' ]
	run -1 cat /tmp/other
	[[ $output = *'No such device or address' ]]
	logs "chardev: major $major, minor 0: another node would be 'mknod NAME c $major 0'" \
		"chardev: open of $major:0" "chardev: open of $major:0"
}

@test "nobody fills the log by opening it" {
	load chardev
	for _ in {1..100}; do
		: <$device
	done
	count=$(logged | grep -c 'chardev: open of')
	[ "$count" -ge 10 ]
	[ "$count" -lt 100 ]
}

@test "it cannot be removed while it is open" {
	load chardev
	exec {fd}<$device
	run -1 rmmod chardev
	[[ $output = *'in use'* ]]
	[ "$(cat <&$fd)" = 'I already told you 0 times Hello world!' ]
	exec {fd}<&-
	unload chardev
	run ! is_loaded chardev
}

@test "it can be removed whenever nobody has it open" {
	goes_between chardev "cat $device"
}

@test "hostile callers find nothing" {
	load chardev
	hostile $device
	run -2 as nobody hostile $device
	[[ $output = *'Permission denied' ]]
	[[ $(cat $device) = 'I already told you '*' times Hello world!' ]]
}
