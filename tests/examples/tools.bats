#!/usr/bin/env bats
# Row 21: what a user looks at modules with.
load common

teardown() {
	rm -f /tmp/node
	unload_all
}

@test "lsmod and /proc/modules have what is loaded, its size and its users" {
	load hello_1
	lsmod | grep -Ex 'hello_1 +[0-9]+ +0'
	grep -E '^hello_1 [0-9]+ 0 - Live 0x[0-9a-f]+ \(OE?\)$' /proc/modules
	unload hello_1
	run ! grep hello_1 /proc/modules
}

@test "modinfo tells of a file, loaded or not" {
	[ "$(modinfo -F license "$(ko hello_1)")" = GPL ]
	[ "$(modinfo -F name "$(ko hello_1)")" = hello_1 ]
	[ "$(modinfo -F parm "$(ko hello_3)")" = 'fail:Do not load, but fail with this errno, as in -12 (int)' ]
	run ! is_loaded hello_1
}

@test "a node made by hand with mknod is as good as udev's" {
	load chardev
	major=$(awk '$2 == "chardev" { print $1 }' /proc/devices)
	mknod /tmp/node c "$major" 0
	run -0 dd if=/tmp/node bs=80 count=1
	[[ $output = *'Hello world!'* ]]
	rm /tmp/node
	mknod /tmp/node c "$major" 200
	run ! dd if=/tmp/node bs=80 count=1
	[[ $output = *'No such device or address'* ]]
}

@test "strace shows the write behind a program's output" {
	run -0 strace -e trace=write echo hello
	[[ $output = *'write(1, "hello\n", 6'* ]]
}
