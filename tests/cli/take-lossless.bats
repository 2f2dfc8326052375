#!/usr/bin/env bats
# take: what it cannot deliver goes back to where it was.
load common

all=30000

@test "a reader that leaves a pipe early gets no more than it reads" {
	seq $all | deque put "$Q"
	# bash reads from a pipe byte by byte
	first=$(deque take "$Q" -c all 2>"$BATS_TEST_TMPDIR/error" | { read -r line; echo "$line"; })
	[ "$first" = 1 ]
	[[ $(cat "$BATS_TEST_TMPDIR/error") =~ ^"deque: $Q: cannot write to standard output: Broken pipe; messages put back: "[1-9][0-9]*", lost: 0"$ ]]
	[ "$(messages)" = $((all - 1)) ]
	[ "$(deque take "$Q" -c all | md5sum)" = "$(seq 2 $all | md5sum)" ]
}

@test "so it is from the back" {
	seq $all | deque put "$Q"
	[ "$(deque take "$Q" --back -c all 2>/dev/null | { read -r line; echo "$line"; })" = $all ]
	[ "$(deque take "$Q" -c all | md5sum)" = "$(seq $((all - 1)) | md5sum)" ]
}

@test "so it is with JSON" {
	seq $all | deque put "$Q"
	[[ $(deque take "$Q" --json -c all 2>/dev/null | { read -r line; echo "$line"; }) == *'"data":"1"}' ]]
	[ "$(deque take "$Q" -c all | md5sum)" = "$(seq 2 $all | md5sum)" ]
}

@test "head gets what it reads, and the rest stays, in order" {
	seq $all | deque put "$Q"
	[ "$(deque take "$Q" -c all 2>/dev/null | head -n 1)" = 1 ]
	next=$(deque peek "$Q")
	[ "$next" -le 20000 ]
	[ "$(deque take "$Q" -c all | md5sum)" = "$(seq "$next" $all | md5sum)" ]
}

@test "nothing is taken when the reader has gone already" {
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	deque put "$Q" a
	exec {both}<>"$BATS_TEST_TMPDIR/pipe"
	exec {end}>"$BATS_TEST_TMPDIR/pipe"
	exec {both}>&-
	expect 74 "deque: $Q: cannot write to standard output: Broken pipe; messages put back: 0, lost: 0" \
		eval "deque take $Q >&$end"
	exec {end}>&-
	is_field popped 0
}

@test "a full disk" {
	deque put "$Q" a b c
	expect 74 "deque: $Q: cannot write to standard output: No space left on device; messages put back: 2, lost: 0" \
		eval "deque take $Q -c 2 >/dev/full"
	[ "$(deque take "$Q" -c all)" = $'a\nb\nc' ]
}

@test "a closed stdout is not the deque" {
	deque put "$Q" a
	expect 74 "deque: $Q: cannot write to standard output: Bad file descriptor; messages put back: 1, lost: 0" \
		eval "deque take $Q >&-"
	[ "$(messages)" = 1 ]
}

@test "who may only read is told what is lost" {
	deque put "$Q" a b
	udevadm settle
	chmod 640 "/dev/deque/$Q"
	expect 74 "deque: $Q: cannot write to standard output: No space left on device; messages put back: 0, lost: 1" \
		as alice bash -c "deque take $Q >/dev/full"
	[ "$(messages)" = 1 ]
}

# Runs a taker of the first 3 of 5 whose output is stuck, and fills the deque;
# $reader is what it writes to, and $! the taker.
take_and_fill() {
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	deque set "$Q" max_messages=5
	seq 5 | deque put "$Q"
	exec {reader}<>"$BATS_TEST_TMPDIR/pipe"	# holds 64 KiB, and is full
	head -c 65536 /dev/zero >&"$reader"
	deque take "$Q" -c 3 >"$BATS_TEST_TMPDIR/pipe" 2>"$BATS_TEST_TMPDIR/error" {reader}<&- &
	until_true is_field ready 2
	deque put "$Q" x y z
}

# make_room: takes what was filled in, and then the old order is to be back
make_room() {
	until_true is_field senders 1
	grep -qx "deque: $Q: full; waits for room to put messages back" "$BATS_TEST_TMPDIR/error"
	[ "$(deque take "$Q" -c 3 --back)" = $'z\ny\nx' ]
	until_true is_field ready 5
	[ "$(deque take "$Q" -c all)" = "$(seq 5)" ]
}

@test "putting back waits while others have filled the deque" {
	take_and_fill
	exec {reader}<&-
	make_room
	ends 74 $!
}

@test "so it does after a signal" {
	take_and_fill
	kill -TERM $!
	make_room
	ends 143 $!
}

@test "a signal ends the waiting for a message" {
	set -m	# else bash lets its children ignore INT and QUIT
	for signal in INT TERM HUP QUIT; do
		deque take "$Q" -w forever &
		until_true is_field takers 1
		kill -$signal $!
		ends $((128 + $(kill -l $signal))) $!
	done
}

# has_filled_the_pipe PID: it waits in write(2), to standard output
has_filled_the_pipe() {
	[[ $(cat "/proc/$1/syscall") == '1 0x1 '* ]]
}

@test "a signal while a pipe is full: what is not in it is put back" {
	mkfifo "$BATS_TEST_TMPDIR/pipe"
	seq $all | deque put "$Q"
	exec {both}<>"$BATS_TEST_TMPDIR/pipe"
	exec {end}<"$BATS_TEST_TMPDIR/pipe"
	deque take "$Q" -c all >"$BATS_TEST_TMPDIR/pipe" 2>/dev/null {both}>&- {end}<&- &
	until_true has_filled_the_pipe $!
	kill -TERM $!
	ends 143 $!
	exec {both}>&-
	cat <&"$end" >"$BATS_TEST_TMPDIR/got"
	got=$(wc -l <"$BATS_TEST_TMPDIR/got")
	[ "$got" -gt 0 ]
	[ "$(messages)" = $((all - got)) ]
	[ "$(deque take "$Q" -c all | md5sum)" = "$(seq $((got + 1)) $all | md5sum)" ]
}

@test "signals at any instant lose nothing that was not printed" {
	seq $all | deque put "$Q"
	for i in {1..20}; do
		deque take "$Q" -c all >>"$BATS_TEST_TMPDIR/got" 2>/dev/null &
		sleep 0.0$((i % 10))
		kill -TERM $! 2>/dev/null || true
		wait $! || true
	done
	deque take "$Q" -c all >>"$BATS_TEST_TMPDIR/got" || true
	seq $all | cmp - "$BATS_TEST_TMPDIR/got"
}

# It has read two messages of three, and no other comes.
@test "--follow: the end of the reader is noticed while there is no message" {
	local pipe=$BATS_TEST_TMPDIR/pipe
	mkfifo "$pipe"
	# A signal tells of it, which whoever starts us may have blocked.
	env --block-signal=POLL timeout 60 deque take "$Q" --follow >"$pipe" 2>"$BATS_TEST_TMPDIR/error" &
	exec {reader}<"$pipe"
	deque put "$Q" a b c
	# bash reads from a pipe byte by byte
	for line in a b; do
		read -r -u "$reader"
		[ "$REPLY" = $line ]
	done
	until_true is_field messages 0
	exec {reader}<&-
	ends 74 $!
	[ "$(cat "$BATS_TEST_TMPDIR/error")" = "deque: $Q: cannot write to standard output: Broken pipe; messages put back: 1, lost: 0" ]
	[ "$(deque take "$Q")" = c ]
}

@test "--follow into a pipe: what comes is printed; -w ends it when nothing comes" {
	local pipe=$BATS_TEST_TMPDIR/pipe
	mkfifo "$pipe"
	deque take "$Q" --follow >"$pipe" &
	exec {reader}<"$pipe"
	for i in 1 2 3; do
		deque put "$Q" $i
		read -r -u "$reader"
		[ "$REPLY" = $i ]
	done
	exec {reader}<&-
	ends 74 $!
	run -124 eval "deque take $Q --follow -w 100ms | cat; exit \${PIPESTATUS[0]}"
}

@test "--follow into a pipe: a signal ends the waiting, and the deque's end does" {
	local pipe=$BATS_TEST_TMPDIR/pipe status
	mkfifo "$pipe"
	for status in 143 66; do
		deque take "$Q" --follow >"$pipe" 2>/dev/null &
		exec {reader}<"$pipe"
		until_true catches $!
		if [ $status = 143 ]; then kill -TERM $!; else deque rm --force "$Q"; fi
		ends $status $!
		exec {reader}<&-
	done
}
