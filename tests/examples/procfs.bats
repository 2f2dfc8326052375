#!/usr/bin/env bats
# Row 10: procfs_hello, procfs_count, procfs_rw.
load common

hello=/proc/helloworld
count=/proc/procfs_count
rw=/proc/rw_test

teardown() {
	unload_all
	rm -f /tmp/all
}

mode() {
	stat -c '%F %a %U' "$1"
}

# bytes FILE SIZE: all of it, in reads of this size
bytes() {
	dd if="$1" bs="$2" 2>/dev/null
}

# text: as it is, with a dot so that $() keeps the last newline
text() {
	cat "$1" && echo .
}

# goes_while_open NAME FILE: the module goes, and its open file is dead
goes_while_open() {
	local fd
	load "$1"
	exec {fd}<"$2"
	dd bs=1 count=1 <&$fd >/dev/null 2>&1
	unload "$1"
	run ! is_loaded "$1"
	[ ! -e "$2" ]
	run -1 cat <&$fd
	[[ $output = *'Input/output error' ]]
	# Loaded again, it is another file.
	load "$1"
	run -1 cat <&$fd
	[[ $output = *'Input/output error' ]]
	exec {fd}<&-
	cat "$2"
}

@test "procfs_hello: everyone reads it, nobody writes" {
	load procfs_hello
	[ "$(mode $hello)" = 'regular empty file 444 root' ]
	[ "$(text $hello)" = $'HelloWorld!\n.' ]
	[ "$(as nobody cat $hello)" = 'HelloWorld!' ]
	run -1 as nobody bash -c "echo hi >$hello"
	[[ $output = *'Permission denied' ]]
	run -1 bash -c "echo hi >$hello"
	[[ $output = *'Input/output error' ]]
	unload procfs_hello
	[ ! -e $hello ]
	[ -z "$(logged)" ]
}

@test "procfs_hello: single bytes, other sizes, far offsets" {
	load procfs_hello
	for size in 1 5 12 13 1M; do
		[ "$(bytes $hello $size)" = 'HelloWorld!' ]
	done
	[ "$(dd if=$hello bs=1 skip=5 count=5 2>/dev/null)" = World ]
	[ -z "$(dd if=$hello bs=1 skip=100000 count=1 2>/dev/null)" ]
}

@test "procfs_hello: each reader has its own place" {
	load procfs_hello
	exec {one}<$hello {two}<$hello
	[ "$(dd bs=1 count=5 <&$one 2>/dev/null)" = Hello ]
	[ "$(cat <&$two)" = 'HelloWorld!' ]
	[ "$(cat <&$one)" = 'World!' ]
	[ -z "$(cat <&$two)" ]
	exec {one}<&- {two}<&-
}

@test "procfs_hello: it goes while it is open, and while it is read" {
	goes_while_open procfs_hello $hello
	unload procfs_hello
	goes_while procfs_hello "cat $hello"
}

@test "procfs_count: it counts as one does" {
	load procfs_count
	[ "$(mode $count)" = 'regular empty file 444 root' ]
	[ "$(text $count)" = $'For the 1st time, go away!\n.' ]
	[ "$(as nobody cat $count)" = 'For the 2nd time, go away!' ]
	for i in 3rd 4th 5th 6th 7th 8th 9th 10th 11th 12th 13th 14th; do
		[ "$(cat $count)" = "For the $i time, go away!" ]
	done
	for i in {15..100}; do
		cat $count
	done >/tmp/all
	[ "$(head -n 9 /tmp/all | cut -d' ' -f3 | tr '\n' ' ')" = '15th 16th 17th 18th 19th 20th 21st 22nd 23rd ' ]
	[ "$(tail -n 1 /tmp/all)" = 'For the 100th time, go away!' ]
	for i in 101st 102nd 103rd 104th 105th 106th 107th 108th 109th 110th 111th 112th 113th 114th; do
		[ "$(cat $count)" = "For the $i time, go away!" ]
	done
	[ -z "$(logged)" ]
}

@test "procfs_count: an ordinary user cannot write, nor root" {
	load procfs_count
	run -1 as nobody bash -c "echo hi >$count"
	[[ $output = *'Permission denied' ]]
	run -1 bash -c "echo hi >$count"
	[[ $output = *'Input/output error' ]]
}

@test "procfs_count: an open counts once, however it is read" {
	load procfs_count
	[ "$(bytes $count 1)" = 'For the 1st time, go away!' ]
	[ "$(bytes $count 1M)" = 'For the 2nd time, go away!' ]
	[ "$(dd if=$count bs=1 skip=8 count=3 2>/dev/null)" = 3rd ]
	[ -z "$(dd if=$count bs=1 skip=100000 count=1 2>/dev/null)" ]
	[ "$(cat $count)" = 'For the 5th time, go away!' ]
}

@test "procfs_count: two readers at once have a number each" {
	load procfs_count
	exec {one}<$count {two}<$count
	[ "$(dd bs=1 count=8 <&$two 2>/dev/null)" = 'For the ' ]
	[ "$(cat <&$one)" = 'For the 1st time, go away!' ]
	[ "$(cat <&$two)" = '2nd time, go away!' ]
	[ -z "$(cat <&$one)" ]
	exec {one}<&- {two}<&-
	for _ in {1..98}; do
		cat $count 3>&- &
	done >/tmp/all
	wait
	[ "$(wc -l </tmp/all)" = 98 ]
	[ "$(sort -u /tmp/all | wc -l)" = 98 ]
	[ "$(cat $count)" = 'For the 101st time, go away!' ]
}

@test "procfs_count: it goes while it is open, and while it is read" {
	goes_while_open procfs_count $count
	unload procfs_count
	goes_while procfs_count "cat $count"
}

@test "procfs_rw: root writes, everyone reads" {
	load procfs_rw
	[ "$(mode $rw)" = 'regular empty file 644 root' ]
	[ "$(text $rw)" = 'Last input:.' ]
	echo hello >$rw
	[ "$(text $rw)" = $'Last input:hello\n.' ]
	printf bye >$rw
	[ "$(text $rw)" = 'Last input:bye.' ]
	[ "$(as nobody cat $rw)" = 'Last input:bye' ]
	run -1 as nobody bash -c "echo mine >$rw"
	[[ $output = *'Permission denied' ]]
	[ "$(text $rw)" = 'Last input:bye.' ]
	unload procfs_rw
	[ ! -e $rw ]
	[ -z "$(logged)" ]
}

@test "procfs_rw: 80 bytes and no more" {
	load procfs_rw
	long=$(printf '%080d' 1)
	printf %s "$long" >$rw
	[ "$(text $rw)" = "Last input:$long." ]
	run -1 bash -c "echo $long >$rw"
	[[ $output = *'Invalid argument' ]]
	run -1 dd if=/dev/zero of=$rw bs=1M count=1
	[[ $output = *'Invalid argument'* ]]
	[ "$(text $rw)" = "Last input:$long." ]
}

@test "procfs_rw: any bytes, and no rest of what was there" {
	load procfs_rw
	printf 'longer than the next' >$rw
	printf 'a\0b\377\n' >$rw
	printf 'Last input:a\0b\377\n' >/tmp/all
	cat $rw | cmp - /tmp/all
	printf '' | dd of=$rw bs=1 2>/dev/null	# no write at all
	cat $rw | cmp - /tmp/all
	[ "$(call 5 write 0 5>$rw)" = 0 ]
	[ "$(text $rw)" = 'Last input:.' ]
}

@test "procfs_rw: a bad address changes nothing" {
	load procfs_rw
	printf hello >$rw
	exec {fd}<>$rw
	[ "$(call $fd write 80 bad)" = 'Bad address' ]
	[ "$(text $rw)" = 'Last input:hello.' ]
	[ "$(call $fd read 80 bad)" = 'Bad address' ]
	[ "$(cat <&$fd)" = 'Last input:hello' ]
	exec {fd}>&-
}

@test "procfs_rw: single bytes, far offsets, two readers, and a reader who has begun" {
	load procfs_rw
	printf hello >$rw
	[ "$(bytes $rw 1)" = 'Last input:hello' ]
	[ "$(dd if=$rw bs=1 skip=11 count=4 2>/dev/null)" = hell ]
	[ -z "$(dd if=$rw bs=1 skip=100000 count=1 2>/dev/null)" ]
	exec {one}<$rw {two}<$rw
	[ "$(dd bs=1 count=5 <&$one 2>/dev/null)" = 'Last ' ]
	printf bye >$rw
	[ "$(cat <&$one)" = input:hello ]
	[ "$(cat <&$two)" = 'Last input:bye' ]
	exec {one}<&- {two}<&-
}

@test "procfs_rw: nobody reads half of a text" {
	load procfs_rw
	a=$(printf 'a%.0s' {1..80})
	b=$(printf 'b%.0s' {1..40})
	printf %s "$a" >$rw
	for _ in {1..300}; do
		printf %s "$a" >$rw || exit
		printf %s "$b" >$rw || exit
	done 3>&- &
	for _ in {1..300}; do
		cat $rw
		echo
	done >/tmp/all
	wait $!
	[ "$(wc -l </tmp/all)" = 300 ]
	[ "$(sort -u /tmp/all)" = "$(printf 'Last input:%s\n' "$a" "$b")" ]
}

@test "procfs_rw: it goes while it is open, and while it is read" {
	goes_while_open procfs_rw $rw
	exec {fd}>$rw
	unload procfs_rw
	run -1 bash -c "echo hi >&$fd"
	[[ $output = *'Input/output error' ]]
	exec {fd}>&-
	goes_while procfs_rw "echo hi >$rw && cat $rw"
}

@test "hostile callers find nothing in any of them" {
	load procfs_hello
	load procfs_count
	load procfs_rw
	for file in $hello $count $rw; do
		hostile "$file"
		as nobody hostile "$file"
	done
	[ "$(cat $hello)" = 'HelloWorld!' ]
	[[ $(cat $count) = 'For the '*' time, go away!' ]]
	echo hello >$rw
	[ "$(cat $rw)" = 'Last input:hello' ]
	[ -z "$(logged)" ]
}
