#!/usr/bin/env bats
# Row 4: startstop, one module of startstop_start.c, startstop_stop.c and startstop.h.
load common

@test "one part says hello, the other goodbye, and both are startstop" {
	load startstop
	logs 'startstop: Hello, world - this is the kernel speaking'
	unload startstop
	[ "$(logged | wc -l)" = 2 ]
	logged | tail -1 | grep -xE 'startstop: Short is the life of a kernel module: [0-9]{1,5} ms'
}

@test "the second part sees what the first has written: the time between them" {
	local before after
	load startstop
	before=$(cut -d' ' -f1 /proc/uptime)
	sleep 0.5
	after=$(cut -d' ' -f1 /proc/uptime)
	unload startstop
	lived=$(logged | sed -n 's/.*: \([0-9]*\) ms$/\1/p')
	# /proc/uptime has hundredths.
	[ "$lived" -ge $((10#${after/./} * 10 - 10#${before/./} * 10 - 10)) ]
	[ "$lived" -lt 100000 ]
}

@test "it is one module, and there are none of its parts" {
	load startstop
	[ "$(grep -c startstop /proc/modules)" = 1 ]
	is_loaded startstop
	[ ! -e "$(ko startstop_start)" ]
	[ ! -e "$(ko startstop_stop)" ]
	[ "$(modinfo -F name startstop)" = startstop ]
	[ "$(modinfo -F license startstop)" = GPL ]
}

@test "what they share is seen by nobody else" {
	load startstop
	run ! grep __ksymtab_startstop_started /proc/kallsyms
	grep ' startstop_started.*\[startstop\]' /proc/kallsyms
}
