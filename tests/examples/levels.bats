#!/usr/bin/env bats
# Row 6: levels, and levels_console to look with.
load common

lines=(
	'levels: 0, emerg: the system is unusable'
	'levels: 1, alert: act at once'
	'levels: 2, crit: a critical condition'
	'levels: 3, err: something failed'
	'levels: 4, warning: something may be wrong'
	'levels: 5, notice: normal, but worth to know'
	'levels: 6, info: for information'
	'levels: 7, debug: for who looks for bugs'
)

setup() {
	printk=$(cat /proc/sys/kernel/printk)
	mark
}

teardown() {
	echo "$printk" >/proc/sys/kernel/printk
	unload_all
}

shown() {
	grep '^levels: ' /proc/levels_console
}

# shows COUNT: just the first so many
shows() {
	[ "$(shown)" = "$(printf '%s\n' "${lines[@]:0:$1}")" ]
}

@test "the log has a line at each level" {
	load levels
	logs "${lines[@]}"
}

@test "each line has the level that it names" {
	load levels
	[ "$(dmesg -r | sed "1,/$MARK/d" | grep -o '<.*levels: .,' | sed 's/\[.*\] //')" = \
		"$(printf '<%d>levels: %d,\n' 0 0 1 1 2 2 3 3 4 4 5 5 6 6 7 7)" ]
}

@test "the console shows the lines below the level of printk, the log has all" {
	for level in {1..8}; do
		echo "$level" >/proc/sys/kernel/printk
		mark
		load levels_console
		load levels
		until_true shows "$level"
		unload levels
		unload levels_console
		[ "$(logged | grep '^levels: ')" = "$(printf '%s\n' "${lines[@]}")" ]
	done
}

@test "dmesg -n sets the same number" {
	dmesg -n 3
	[ "$(cut -f1 /proc/sys/kernel/printk)" = 3 ]
	load levels_console
	load levels
	until_true shows 3
}

@test "an ordinary user can neither set it nor read the console" {
	load levels_console
	[ "$(stat -c %a /proc/levels_console)" = 400 ]
	run -1 as nobody bash -c 'echo 8 >/proc/sys/kernel/printk'
	[[ $output = *'Permission denied' ]]
	run -1 as nobody cat /proc/levels_console
	[[ $output = *'Permission denied' ]]
	[ "$(cut -f1 /proc/sys/kernel/printk)" = "${printk%%[^0-9]*}" ]
}

@test "the console's file is safe from hostile callers, and does not keep it from going" {
	load levels_console
	hostile /proc/levels_console
	run -2 as nobody hostile /proc/levels_console
	exec 7</proc/levels_console
	rmmod levels_console
	run ! cat <&7
	exec 7<&-
	run ! grep keep /proc/consoles
	goes_while levels_console 'cat /proc/levels_console'
}
