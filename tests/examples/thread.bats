#!/usr/bin/env bats
# Row 17: thread.
load common

# The numbers of the threads with this name.
threads() {
	grep -lx thread /proc/[0-9]*/comm | cut -d/ -f3
}

begun() {
	[[ $(logged) = *'The thread is here.'* ]]
}

rounds() {
	cat /sys/module/thread/parameters/rounds
}

has_rounds() {
	[ "$(rounds)" -ge "$1" ]
}

@test "the thread is there while the module is, and says so" {
	[ -z "$(threads)" ]
	load thread
	until_true begun
	[ "$(threads | wc -l)" = 1 ]
	unload thread
	[ -z "$(threads)" ]
	logs 'thread: The thread is here.' 'thread: The thread goes.' 'thread: Nobody is left.'
}

@test "it is the kernel's: it has no program, and no signal ends it" {
	load thread
	until_true begun
	local pid
	pid=$(threads)
	[ -z "$(readlink "/proc/$pid/exe")" ]
	kill -KILL "$pid"
	kill -TERM "$pid"
	[ "$(threads)" = "$pid" ]
	unload thread
}

@test "it goes round and round, each time after the interval" {
	load thread interval_ms=10
	until_true has_rounds 20
	unload thread
}

@test "not before" {
	load thread interval_ms=86400000
	until_true begun
	[ "$(rounds)" = 0 ]
}

@test "rmmod wakes it at once, though it would have slept for a day" {
	load thread interval_ms=86400000
	until_true begun
	# A slow machine takes its time; a day it is not.
	run -0 timeout 300 rmmod thread
	[ -z "$(threads)" ]
	run ! is_loaded thread
}

@test "it sleeps without being a load: its state is idle" {
	load thread interval_ms=86400000
	until_true begun
	local pid
	pid=$(threads)
	until_true grep -q '^State:.I (idle)' "/proc/$pid/status"
}

@test "an interval of none, or of more than a day, is refused" {
	run -1 load thread interval_ms=0
	[[ $output = *'Invalid parameters' ]]
	logs 'thread: interval_ms=0 is not in 1 to 86400000'
	run -1 load thread interval_ms=86400001
	run ! is_loaded thread
	[ -z "$(threads)" ]
}

@test "neither root nor others change its numbers" {
	load thread
	[ "$(stat -c %a /sys/module/thread/parameters/rounds)" = 444 ]
	[ "$(stat -c %a /sys/module/thread/parameters/interval_ms)" = 444 ]
	run ! as nobody bash -c 'echo 1 >/sys/module/thread/parameters/interval_ms'
	[ "$(</sys/module/thread/parameters/interval_ms)" = 1000 ]
}
