#!/usr/bin/env bats
# Row 18: procwrite.
load common

file=/proc/minimal_proc_lkm

lines() {
	logged | grep -c '^procwrite: "'
}

@test "root writes, and it is in the log" {
	load procwrite
	[ "$(stat -c '%F %a %U' $file)" = 'regular empty file 200 root' ]
	echo hello >$file
	printf 'no newline' >$file
	printf '%%s %%n\n' >$file
	unload procwrite
	[ ! -e $file ]
	logs 'procwrite: "hello"' 'procwrite: "no newline"' 'procwrite: "%s %n"'
}

@test "an ordinary user cannot, and nobody reads it" {
	load procwrite
	run -1 as nobody bash -c "echo hi >$file"
	[[ $output = *'Permission denied' ]]
	run -1 as nobody cat $file
	[[ $output = *'Permission denied' ]]
	run -1 cat $file
	[[ $output = *'Input/output error' ]]
	[ -z "$(logged)" ]
}

@test "the log gets what was written, and not one byte after it" {
	load procwrite
	echo 'longer than the next one' >$file
	printf abc >$file
	[ "$(call 5 write 0 5>$file)" = 0 ]
	[ "$(call 5 write 10 bad 5>$file)" = 'Bad address' ]
	printf '\n' >$file
	logs 'procwrite: "longer than the next one"' 'procwrite: "abc"' 'procwrite: ""' 'procwrite: ""'
}

@test "no second line, nothing for the terminal, nothing hidden behind a NUL" {
	load procwrite
	# bash would write each line by itself.
	printf 'a\nprocwrite: fake\033[2J\0hidden' | dd of=$file bs=1K 2>/dev/null
	logs 'procwrite: "a\nprocwrite: fake\e[2J\0hidden"'
}

@test "a long text is cut after 100 bytes, and the writer is told" {
	load procwrite
	long=$(printf '%0100d' 1)
	printf %s "$long" >$file
	# bash writes the rest, as it is told that it has not been written.
	printf %s "${long}rest" >$file
	printf '%s\n' "$long" >$file
	logs "procwrite: \"$long\"" "procwrite: \"$long\"" 'procwrite: "rest"' \
		"procwrite: \"$long\"" 'procwrite: ""'
}

@test "nobody fills the log" {
	load procwrite
	for i in {1..10}; do
		echo "line $i" >$file
	done
	[ "$(lines)" = 10 ]
	for i in {11..500}; do
		echo "line $i" >$file
	done
	# Ten in five seconds, and it may have taken longer.
	[ "$(lines)" -ge 10 ]
	[ "$(lines)" -lt 250 ]
	# Dropped lines are counted, with the next that is not.
	more() {
		echo more >$file
		logged | grep -q 'procwrite_write: [0-9]* callbacks suppressed'
	}
	until_true more
}

@test "it goes while it is open, and while it is written" {
	load procwrite
	exec {fd}>$file
	unload procwrite
	run ! is_loaded procwrite
	[ ! -e $file ]
	run -1 bash -c "echo hi >&$fd"
	[[ $output = *'Input/output error' ]]
	load procwrite
	run -1 bash -c "echo hi >&$fd"
	[[ $output = *'Input/output error' ]]
	exec {fd}>&-
	echo again >$file
	logs 'procwrite: "again"'
	unload procwrite
	mark
	goes_while procwrite "{ echo hi 1<>$file; }"
	[ "$(lines)" -ge 10 ]
}

@test "hostile callers find nothing" {
	local start=$SECONDS
	load procwrite
	hostile $file
	run -2 as nobody hostile $file
	[[ $output = *'Permission denied' ]]
	# Its own lines, not too many, and how many more there would have been.
	run ! grep -vE '^procwrite: "|^procwrite_write: [0-9]+ callbacks suppressed$' <<<"$(logged)"
	[ "$(lines)" -ge 1 ]
	[ "$(lines)" -le $((10 * (2 + (SECONDS - start) / 5))) ]
}
