#!/usr/bin/env bats
# Row 1: hello_1, hello_2, hello_3.
load common

@test "hello_1 says hello and goodbye" {
	load hello_1
	unload hello_1
	logs 'Hello, world 1.' 'Goodbye, world 1.'
}

@test "hello_2 does, and says who it is" {
	load hello_2
	unload hello_2
	logs 'hello_2: Hello, world 2.' 'hello_2: Goodbye, world 2.'
}

@test "hello_3 does, with 3 from memory that is then freed" {
	load hello_3
	run ! grep -w hello_data /proc/kallsyms
	unload hello_3
	logs 'hello_3: Hello, world 3.' 'hello_3: Goodbye, world 3.'
}

@test "hello_3 fails to load with the errno it is given, and nothing stays" {
	run -1 load hello_3 fail=-12
	[[ $output = *'Cannot allocate memory' ]]
	run ! is_loaded hello_3
	run -1 load hello_3 fail=-16
	[[ $output = *'Device or resource busy' ]]
	run ! is_loaded hello_3
	[ ! -e /sys/module/hello_3 ]
	[ -z "$(logged)" ]
}

@test "hello_3 refuses what is no errno, and says what would be" {
	run -1 load hello_3 fail=5
	[[ $output = *'Invalid parameters' ]]
	logs 'hello_3: fail=5 is no errno: use -1 to -4095'
	run -1 load hello_3 fail=-4096
}

@test "an ordinary user cannot load it" {
	run -1 as nobody insmod "$(ko hello_1)"
	[[ $output = *'Operation not permitted' ]]
	run ! is_loaded hello_1
}
