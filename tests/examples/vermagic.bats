#!/usr/bin/env bats
# Row 20: a module that was built for another kernel.
load common

@test "it is refused, and the log says why" {
	[ "$(modinfo -F vermagic /lib/modules/other/hello_1.ko | cut -d' ' -f1)" != "$(uname -r)" ]
	run -1 insmod /lib/modules/other/hello_1.ko
	[[ $output = *'Invalid module format' ]]
	run ! is_loaded hello_1
	# The string that modinfo shows, or a checksum of each symbol; newer kernels first ask
	# whether struct module is as long, and in a debug kernel it is longer.
	logged | grep -E "^hello_1: (version magic '.*' should be '.*'|disagrees about version of symbol [a-z_]+)|\
^module hello_1: .gnu.linkonce.this_module section size must match"
}

@test "that for this kernel has its version" {
	[ "$(modinfo -F vermagic "$(ko hello_1)" | cut -d' ' -f1)" = "$(uname -r)" ]
	load hello_1
}
