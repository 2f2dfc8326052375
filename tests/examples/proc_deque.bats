#!/usr/bin/env bats
# Row 19: /proc/full_ex, a deque of numbers for each open file.
load common

setup() {
	load proc_deque
}

# write BYTES [FILE]: to the file that is open as 5, at once, even if there is a newline
write() {
	local file=${2:-/tmp/bytes}
	# shellcheck disable=SC2059	# with the escapes
	printf "$1" >"$file"
	cat "$file" >&5
}

# push NUMBER [FILE]: four bytes of it
push() {
	write "$(printf '\\x%02x\\x%02x\\x%02x\\x%02x' $(($1 & 255)) $(($1 >> 8 & 255)) $(($1 >> 16 & 255)) $(($1 >> 24 & 255)))" "${2:-}"
}

# pop: the number
pop() {
	dd bs=4 count=1 <&5 2>/tmp/dd | od -An -td4 | tr -d ' '
	[ "${PIPESTATUS[0]}" = 0 ] || { cat /tmp/dd; return 1; }
}

@test "an ordinary user may read and write it" {
	[ "$(stat -c '%a %U' /proc/full_ex)" = '666 root' ]
	# shellcheck disable=SC2016	# the inner shell expands that
	as nobody bash -c 'exec 5<>/proc/full_ex; printf "\1" >&5; printf "\5\0\0\0" >&5; [ "$(dd bs=4 count=1 <&5 2>/dev/null | od -An -td4)" -eq 5 ]'
}

@test "odd numbers go to the left, even ones to the right, the leftmost is read" {
	exec 5<>/proc/full_ex
	write '\3'
	push 1
	push 2
	push 3
	[ "$(pop)" = 3 ]
	[ "$(pop)" = 1 ]
	[ "$(pop)" = 2 ]
}

@test "any number of 32 bits, negative ones too, and of each all bytes" {
	exec 5<>/proc/full_ex
	write '\x08'
	for number in 2147483647 -2147483648 -1 -2 16909060 305419897; do
		push $number
	done
	for number in 305419897 -1 2147483647 -2147483648 -2 16909060; do
		[ "$(pop)" = $number ]
	done
}

@test "it wraps around as often as one likes" {
	exec 5<>/proc/full_ex
	write '\3'
	for i in {1..20}; do
		push $((2 * i))
		push $((2 * i + 1))
		[ "$(pop)" = $((2 * i + 1)) ]
		[ "$(pop)" = $((2 * i)) ]
	done
}

@test "the first write is one byte, from 1 to 100; until then it has no room" {
	exec 5<>/proc/full_ex
	for bytes in '\0' '\x65' '\xff' '\1\1' '\1\0\0\0'; do
		run -1 write "$bytes"
		[[ $output = *'Invalid argument' ]]
		run -1 pop
		[[ $output = *'Permission denied'* ]]
	done
	write '\x64'
	for i in {1..100}; do
		push "$i"
	done
	run -1 push 101
	[[ $output = *'Permission denied' ]]
	[ "$(pop)" = 99 ]
}

@test "then a write is four bytes, and nothing else" {
	exec 5<>/proc/full_ex
	write '\1'
	for bytes in '\1' '\1\0' '\1\0\0' '\1\0\0\0\0' '\1\0\0\0\2\0\0\0'; do
		run -1 write "$bytes"
		[[ $output = *'Invalid argument' ]]
	done
	run -1 pop
	[[ $output = *'Permission denied'* ]]
	push 7
	run -1 push 8
	[[ $output = *'Permission denied' ]]
}

@test "a read of less than four bytes takes nothing" {
	exec 5<>/proc/full_ex
	write '\1'
	push 9
	run -1 dd bs=3 count=1 <&5
	[[ $output = *'Invalid argument'* ]]
	[ "$(call 5 read 0)" = 'Invalid argument' ]
	[ "$(pop)" = 9 ]
}

@test "a read of more takes one number, and an empty write is none" {
	exec 5<>/proc/full_ex
	[ "$(call 5 write 0)" = 'Invalid argument' ]
	write '\2'
	[ "$(call 5 write 0)" = 'Invalid argument' ]
	push 2
	push 4
	[ "$(call 5 read 100)" = 4 ]
	[ "$(pop)" = 4 ]
}

@test "there are no offsets" {
	exec 5<>/proc/full_ex
	write '\2'
	push 2
	[ "$(call 5 read 4 0)" = 'Illegal seek' ]
	[ "$(call 5 read 4 100000)" = 'Illegal seek' ]
	[ "$(call 5 write 4 0)" = 'Illegal seek' ]
	[ "$(pop)" = 2 ]
}

@test "of what four write at once nothing is lost, and nothing comes twice" {
	exec 5<>/proc/full_ex
	write '\x64'
	for i in {1..4}; do
		seq "$i" 4 100 | while read -r n; do
			push "$n" "/tmp/bytes.$i" || exit
		done 3>&- &
		pids+=($!)
	done
	for pid in "${pids[@]}"; do
		wait "$pid"
	done
	[ "$(for _ in {1..100}; do pop; done | sort -n)" = "$(seq 100)" ]
	run -1 pop
}

@test "opened anew it is empty, and has no room" {
	exec 5<>/proc/full_ex
	write '\2'
	push 1
	exec 5>&-
	exec 5<>/proc/full_ex
	run -1 push 1
	[[ $output = *'Invalid argument' ]]
	run -1 pop
}

@test "a process has it open once, all threads together; another has its own" {
	run -0 twice /proc/full_ex
	[ "$output" = $'thread: Permission denied\nchild: opened\nafter: opened' ]
}

@test "a child that inherits it has the same numbers" {
	exec 5<>/proc/full_ex
	write '\2'
	(push 4)
	[ "$(pop)" = 4 ]
}

@test "who opened it has it open as long as a child does" {
	exec 5<>/proc/full_ex
	sleep 100 3>&- &
	exec 5>&-
	run -1 bash -c 'exec 6<>/proc/full_ex; exec 5<>/proc/full_ex'
	if : 6<>/proc/full_ex; then return 1; fi
	kill $!
	wait $! || true
	exec 5<>/proc/full_ex
}

@test "a copy that fails loses nothing" {
	exec 5<>/proc/full_ex
	write '\2'
	push 6
	[ "$(call 5 read 4 bad)" = 'Bad address' ]
	[ "$(call 5 write 4 bad)" = 'Bad address' ]
	[ "$(pop)" = 6 ]
	run -1 pop
	exec 5>&-
	exec 5<>/proc/full_ex
	[ "$(call 5 write 1 bad)" = 'Bad address' ]
	run -1 push 1	# for it has no room yet
}

@test "rmmod while it is open: later calls fail, and closing it does no harm" {
	exec 5<>/proc/full_ex
	write '\2'
	push 6
	unload proc_deque
	run -1 pop
	[[ $output = *'Input/output error'* ]]
	run -1 push 6
	[[ $output = *'Input/output error' ]]
	exec 5>&-
	[ ! -e /proc/full_ex ]
	goes_while proc_deque '{ printf "\1" >&7; printf "\2\0\0\0" >&7; dd bs=4 count=1 <&7; } 7<>/proc/full_ex'
}

@test "hostile callers, root and not" {
	run -0 hostile /proc/full_ex
	[ -z "$output" ]
	run -0 as nobody hostile /proc/full_ex
	[ -z "$output" ]
}
