#!/usr/bin/env bats
# docs/languages.md: the program of each language does its work, one message after the
# other, and loses none.  The programs here were taken from that page, into /root/languages.
load common

setup() {
	T=$BATS_TEST_TMPDIR Q=jobs workers=()
	mkdir "$T/bin"
	# The work: to note the message; "wait" is one that takes for ever, "fail" one that
	# cannot be done while there is no file $T/can.
	cat >"$T/bin/encode" <<-END
		#!/bin/sh
		echo "\$1" >>$T/done
		case \$1 in
		wait*) exec sleep 1000 ;;
		fail*) [ -e $T/can ] ;;
		esac
	END
	chmod +x "$T/bin/encode"
	PATH=$T/bin:$PATH
}

teardown() {
	! deque ls "$Q" >/dev/null 2>&1 || deque rm --force "$Q"
	[ ${#workers[@]} = 0 ] || kill -KILL "${workers[@]}" 2>/dev/null || true
}

# The programs, by what follows the dot of their names in /root/languages.
program() {	# LANGUAGE
	case $1 in
	sh) exec busybox sh /root/languages/worker.sh ;;
	bash) exec bash /root/languages/worker.sh ;;
	python) exec python3 -I -S /root/languages/worker.python ;;
	js) exec node /root/languages/worker.js ;;
	*) exec "/root/languages/worker.$1" ;;
	esac
}

# background COMMAND...: without what bats waits for; in the background, standard input
# would be /dev/null unless it is named
background() {
	"$@" <&0 3>&- 4>&- 2>>"$T/error" &
	workers+=($!)
}

start() {	# LANGUAGE
	background program "$1"
}

# Node and Go are not in every machine: see `make check-languages`.
needs() {	# LANGUAGE
	[ "$1" != js ] || command -v node >/dev/null || skip "no Node here; make check-languages has it"
	[ "$1" != go ] || [ -e /root/languages/worker.go ] || skip "no Go here; make check-languages has it"
}

has_done() {	# WORK...
	[ "$(cat "$T/done")" = "$(printf '%s\n' "$@")" ]
}

# has_acked N LANGUAGE: busybox waits in poll(2), and reads when there is a message: so it
# acknowledges the last one when another comes.
has_acked() {
	local late=0
	[ "$2" != sh ] || late=1
	is_field acked $(($1 - late)) && is_field leased $late
}

loses_nothing() {	# LANGUAGE
	needs "$1"
	deque create "$Q" --lines --ack-on-read --max-deliveries never
	deque put "$Q" one 'two  words ' wait five
	echo six >"/dev/deque/$Q"
	start "$1"
	# It has asked for the third, which acknowledges the first two, and has no other.
	until_true grep -qx wait "$T/done"
	is_field acked 2
	is_field leased 1
	is_field ready 2
	kill -KILL "${workers[0]}"
	ends 137 "${workers[0]}"
	is_field ready 3
	is_field crash_returned 1
	# The next one gets it, and the others after it.
	[ "$(deque take "$Q")" = wait ]
	start "$1"
	until_true has_done one 'two  words ' wait five six
	until_true has_acked 4 "$1"
	# While nothing comes, it waits, and takes what comes then.
	deque put "$Q" seven
	until_true has_done one 'two  words ' wait five six seven
	until_true has_acked 5 "$1"
}

ends_when_work_fails() {	# LANGUAGE
	needs "$1"
	deque create "$Q" --lines --ack-on-read --max-deliveries never
	deque put "$Q" one fail three
	start "$1"
	status=0
	wait "${workers[0]}" || status=$?
	[ "$status" != 0 ]
	is_field acked 1
	is_field ready 2
	touch "$T/can"
	start "$1"
	until_true has_done one fail fail three
	until_true has_acked 3 "$1"
}

@test "bash: loses nothing when it dies" {
	loses_nothing bash
}

@test "bash: ends when work fails, and the message is ready again" {
	ends_when_work_fails bash
}

@test "busybox sh: loses nothing when it dies" {
	loses_nothing sh
}

@test "busybox sh: ends when work fails, and the message is ready again" {
	ends_when_work_fails sh
}

@test "Python: loses nothing when it dies" {
	loses_nothing python
}

@test "Python: ends when work fails, and the message is ready again" {
	ends_when_work_fails python
}

@test "C: loses nothing when it dies" {
	loses_nothing c
}

@test "C: ends when work fails, and the message is ready again" {
	ends_when_work_fails c
}

@test "Node: loses nothing when it dies" {
	loses_nothing js
}

@test "Node: ends when work fails, and the message is ready again" {
	ends_when_work_fails js
}

@test "Go: loses nothing when it dies" {
	loses_nothing go
}

@test "Go: ends when work fails, and the message is ready again" {
	ends_when_work_fails go
}

# The mistakes that the page warns of.
@test "Node: four reads that wait stop the files of the process, three do not" {
	needs js
	deque create "$Q" --lines
	cat >"$T/files.js" <<-'END'
		const fs = require('fs');
		for (let i = 0; i < Number(process.argv[2]); i++)
		  fs.read(fs.openSync('/dev/deque/jobs'), Buffer.alloc(9), 0, 9, null, () => {});
		setTimeout(() => {
		  fs.writeFileSync(process.argv[3] + '.asked', 'x');
		  fs.stat('/', () => fs.writeFileSync(process.argv[3], 'x'));
		}, 1);
	END
	background node "$T/files.js" 3 "$T/three"
	until_true test -s "$T/three"
	until_true is_field takers 3
	kill -KILL "${workers[0]}"
	ends 137 "${workers[0]}"
	background node "$T/files.js" 4 "$T/four"
	until_true test -s "$T/four.asked"
	until_true is_field takers 4
	[ ! -e "$T/four" ]
	# One of them gets something, and the other work is done.
	deque put "$Q" x
	until_true test -s "$T/four"
}

@test "two shells share an open file: each gets whole lines, and none is lost" {
	deque create "$Q" --lines --ack-on-read --max-deliveries never
	seq 100 | deque put "$Q"
	cat >"$T/reader" <<-'END'
		while IFS= read -r job; do
			echo "$job" >>"$1"
		done
	END
	: >"$T/a"
	: >"$T/b"
	exec {q}<"/dev/deque/$Q"
	background bash "$T/reader" "$T/a" <&"$q" >/dev/null
	background bash "$T/reader" "$T/b" <&"$q" >/dev/null
	exec {q}<&-
	until_true is_field acked 100
	[ "$(sort -n "$T/a" "$T/b")" = "$(seq 100)" ]
	is_field openers 1
	# One of them dies; what comes is for the other.
	until_true is_field takers 2
	kill -KILL "${workers[0]}"
	ends 137 "${workers[0]}"
	deque put "$Q" 101
	until_true is_field acked 101
	[ "$(tail -n 1 "$T/b")" = 101 ]
}

@test "line readers get a message each: Python's text mode, busybox read and head" {
	deque create "$Q" --lines
	deque put "$Q" one 'two words' three four
	exec 4<"/dev/deque/$Q"
	[ "$(python3 -I -S -c 'print(next(iter(open(4))), end="")')" = one ]
	[ "$(busybox sh -c 'IFS= read -r line; echo "$line"' <&4)" = 'two words' ]
	[ "$(busybox head -n 1 <&4)" = three ]
	is_field ready 1
	exec 4<&-
}
