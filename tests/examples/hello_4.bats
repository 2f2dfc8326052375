#!/usr/bin/env bats
# Row 2: hello_4.
load common

@test "modinfo tells licence, author and description, without loading it" {
	[ "$(modinfo -F license hello_4)" = GPL ]
	[ "$(modinfo -F author hello_4)" = 'The mod developers' ]
	[ "$(modinfo -F description hello_4)" = 'A sample driver' ]
	[ "$(modinfo -F name hello_4)" = hello_4 ]
	run ! is_loaded hello_4
	[ -z "$(logged)" ]
}

@test "an ordinary user may ask, too" {
	[ "$(as nobody /usr/sbin/modinfo -F description "$(ko hello_4)")" = 'A sample driver' ]
}

@test "it says hello and goodbye" {
	load hello_4
	unload hello_4
	logs 'hello_4: Hello, world 4.' 'hello_4: Goodbye, world 4.'
}

@test "it taints: as not the kernel's own, and as unsigned where signatures are looked at" {
	local wanted=O
	[ ! -e /sys/module/module/parameters/sig_enforce ] || wanted=OE
	load hello_4
	[ "$(cat /sys/module/hello_4/taint)" = $wanted ]
	[ "$(stat -c %a /sys/module/hello_4/taint)" = 444 ]
	[ "$(as nobody cat /sys/module/hello_4/taint)" = $wanted ]
	grep "^hello_4 .*($wanted)$" /proc/modules
}

@test "the kernel stays tainted when it has gone, but not as proprietary" {
	load hello_4
	unload hello_4
	[ ! -e /sys/module/hello_4 ]
	(($(cat /proc/sys/kernel/tainted) & 1 << 12))
	run ! test $(($(cat /proc/sys/kernel/tainted) & 1)) = 1
}
