#!/usr/bin/env bats
# put: what becomes a message, and what is said of that which does not.
load common

@test "operands are messages, whatever is in them" {
	deque put "$Q" one 'two words' $'two\nlines' ' '
	[ "$(deque peek -0 "$Q" -c 9 | tr '\0' '|')" = $'one|two words|two\nlines| |' ]
	deque put "$Q" -- -5 --json
	[ "$(deque peek "$Q" --back -c 2)" = $'--json\n-5' ]
}

@test "lines of standard input are messages, also the last without newline" {
	printf 'a\nb c\nd' | deque put "$Q"
	[ "$(deque take "$Q" -c all)" = $'a\nb c\nd' ]
	printf 'x\n' | deque put "$Q" before - after
	[ "$(deque take "$Q" -c all)" = $'before\nx\nafter' ]
}

@test "nothing on standard input is nothing to put" {
	deque put "$Q" < <(:)
	[ "$(messages)" = 0 ]
}

@test "-0: NUL ends a message" {
	printf 'a\nb\0c\0' | deque put -0 "$Q"
	[ "$(messages)" = 2 ]
	[ "$(deque take "$Q")" = $'a\nb' ]
	printf 'd\n\0e' | deque put --null "$Q"
	[ "$(deque take -0 "$Q" -c all | tr '\0' '|')" = $'c|d\n|e|' ]
}

@test "--files: operands are files, each line a message" {
	printf '1\n2\n' >"$BATS_TEST_TMPDIR/a"
	printf '3\n' >"$BATS_TEST_TMPDIR/b"
	printf '0\n' | deque put --files "$Q" - "$BATS_TEST_TMPDIR/a" "$BATS_TEST_TMPDIR/b"
	[ "$(deque take "$Q" -c all)" = $'0\n1\n2\n3' ]
}

@test "--whole: an input is one message, byte by byte" {
	head -c 60000 /dev/urandom >"$BATS_TEST_TMPDIR/a"
	deque put --whole -f "$Q" "$BATS_TEST_TMPDIR/a"
	deque put --whole "$Q" <"$BATS_TEST_TMPDIR/a"
	[ "$(messages)" = 2 ]
	deque take --raw "$Q" | cmp - "$BATS_TEST_TMPDIR/a"
	deque take "$Q" -r | cmp - "$BATS_TEST_TMPDIR/a"
}

@test "--front puts each before those that are there" {
	deque put "$Q" a
	deque put --front "$Q" b c
	deque put --back "$Q" d
	[ "$(deque take "$Q" -c all)" = $'c\nb\na\nd' ]
}

@test "many lines arrive as they were, also long ones" {
	seq 20000 >"$BATS_TEST_TMPDIR/lines"
	printf '%060000d\n%065536d\n' 1 2 >>"$BATS_TEST_TMPDIR/lines"
	deque put "$Q" <"$BATS_TEST_TMPDIR/lines"
	[ "$(messages)" = 20002 ]
	deque take "$Q" -c all | cmp - "$BATS_TEST_TMPDIR/lines"
}

@test "a message is put at once, even if the input pauses then" {
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	deque put "$Q" <"$BATS_TEST_TMPDIR/pipe" &
	exec {fd}>"$BATS_TEST_TMPDIR/pipe"
	printf 'one\ntw' >&"$fd"
	until_true is_field ready 1
	printf 'o\n' >&"$fd"
	until_true is_field ready 2
	exec {fd}>&-
	wait $!
	[ "$(deque take "$Q" -c all)" = $'one\ntwo' ]
}

@test "--json prints ids" {
	expect 0 $'{"id":1}\n{"id":2}' deque put --json "$Q" a b
}

@test "an empty message is refused, with its place, after those before it" {
	line="deque: $Q: a message cannot be empty; --skip-empty passes over such; messages put in: 2, the first that was not:"
	expect 65 "$line stdin:3" deque put "$Q" < <(printf 'a\nb\n\nc\n')
	[ "$(deque take "$Q" -c all)" = $'a\nb' ]
	expect 65 "$line operand:3" deque put "$Q" a b '' c
	expect 65 "${line/2/0} stdin:1" deque put --whole "$Q" </dev/null
	[ "$(messages)" = 2 ]
}

@test "--skip-empty passes over empty ones" {
	printf '\na\n\n\nb\n\n' | deque put --skip-empty "$Q" - '' c
	deque put --skip-empty --whole "$Q" </dev/null
	[ "$(deque take "$Q" -c all)" = $'a\nb\nc' ]
}

@test "a message that is too long is refused, with its place and the limit" {
	deque set "$Q" max_message_size=4
	line="deque: $Q: too long: 5 bytes, more than 4; messages put in: 2, the first that was not:"
	expect 65 "$line stdin:3" deque put "$Q" < <(printf '1234\n1\n12345\n1\n')
	expect 65 "$line operand:3" deque put "$Q" 1234 1 12345 1
	[ "$(messages)" = 4 ]
	deque set "$Q" max_message_size=64 max_bytes=10
	expect 65 "deque: $Q: too long: 11 bytes, more than 10; messages put in: 0, the first that was not: operand:1" \
		deque put "$Q" 12345678901
}

@test "a line without end does not eat the memory" {
	expect 65 "deque: $Q: longer than any message may be; messages put in: 1, the first that was not: stdin:2" \
		deque put "$Q" < <(echo a; head -c 40000000 /dev/zero | tr '\0' x)
}

@test "full: -w 0 says so, and where it stopped" {
	deque set "$Q" max_messages=2
	line="deque: $Q: full; '-w TIME' waits for room, 'deque set' makes more; messages put in: 2, the first that was not: stdin:3"
	expect 75 "$line" deque put -w 0 "$Q" < <(printf 'a\nb\nc\nd\n')
	[ "$(deque take "$Q" -c all)" = $'a\nb' ]
}

@test "full: -w TIME waits so long" {
	deque set "$Q" max_bytes=2
	start=$(milliseconds)
	expect 124 "deque: $Q: timed out: it was full all that time; messages put in: 2, the first that was not: operand:3" \
		deque put -w 500ms "$Q" a b c
	[ $(($(milliseconds) - start)) -ge 500 ]
}

@test "full: otherwise it waits until there is room, and keeps the order" {
	deque set "$Q" max_messages=3
	seq 50 | deque put "$Q" &
	until_true is_field senders 1
	[ "$(deque take "$Q" --follow -c 50 -w 60s)" = "$(seq 50)" ]
	wait $!
}

@test "removed while it waits" {
	deque set "$Q" max_messages=1
	deque put "$Q" a b 2>"$BATS_TEST_TMPDIR/error" &
	until_true is_field senders 1
	deque rm --force "$Q"
	ends 66 $!
	[ "$(cat "$BATS_TEST_TMPDIR/error")" = "deque: $Q: somebody has just removed it; 'deque create' makes it anew; messages put in: 1, the first that was not: operand:2" ]
}

@test "a signal stops it, with its place" {
	set -m
	deque set "$Q" max_messages=3
	seq 5 | deque put "$Q" - 2>"$BATS_TEST_TMPDIR/error" &
	until_true is_field senders 1
	kill -INT -$!
	ends 130 $!
	[ "$(cat "$BATS_TEST_TMPDIR/error")" = "deque: $Q: Interrupted system call; messages put in: 3, the first that was not: stdin:4" ]
	# Nobody ever writes there, and nobody can end first.
	mkfifo "$BATS_TEST_TMPDIR/never"
	exec 8<>"$BATS_TEST_TMPDIR/never"
	deque put "$Q" - <&8 2>"$BATS_TEST_TMPDIR/error" &
	until_true catches $!
	kill -TERM $!
	ends 143 $!
	[ "$(cat "$BATS_TEST_TMPDIR/error")" = "deque: $Q: Interrupted system call; messages put in: 0, the first that was not: stdin:1" ]
}

@test "files that cannot be read are told of" {
	expect 74 "deque: $Q: No such file or directory; messages put in: 0, the first that was not: /nope:1" \
		deque put -f "$Q" /nope
	expect 74 "deque: $Q: Is a directory; messages put in: 0, the first that was not: /tmp:1" \
		deque put -f "$Q" /tmp
	expect 74 "deque: $Q: Bad file descriptor; messages put in: 0, the first that was not: stdin:1" \
		eval "deque put $Q <&-"
}

@test "--json stops when its ids do not arrive" {
	expect 74 "deque: $Q: cannot write to standard output: No space left on device; messages put in: 1" \
		eval "deque put --json $Q a >/dev/full"
}

@test "denied to who is not in the group, or may only read" {
	expect 77 "deque: $Q: you need to be in group deque: 'sudo usermod -aG deque mallory' and log in again" \
		as mallory deque put "$Q" a
	udevadm settle
	chmod 640 "/dev/deque/$Q"
	expect 77 "deque: $Q: its mode does not let you; look at it with 'ls -l /dev/deque'" \
		as alice deque put "$Q" a
	chown root:root "/dev/deque/$Q"
	expect 77 "deque: $Q: only root may; is deque's udev rule there?" as alice deque put "$Q" a
}

@test "no such deque" {
	expect 66 "deque: nope: no such deque; 'deque create' makes it, 'deque ls' lists them" deque put nope a
}

@test "put without a TEXT from /dev/null says that nothing was put in" {
	unset=
	# shellcheck disable=SC2086
	expect 0 "deque: $Q: nothing was put in: there is no TEXT, and standard input is /dev/null" \
		deque put "$Q" $unset </dev/null
	expect 0 '' deque put "$Q" - </dev/null
	: >"$BATS_TEST_TMPDIR/empty"
	expect 0 '' deque put "$Q" <"$BATS_TEST_TMPDIR/empty"
	[ "$(messages)" = 0 ]
}
