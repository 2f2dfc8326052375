#!/usr/bin/env bats
# work stands in the deque's line of takers, and sees to all else meanwhile.
# shellcheck disable=SC2016	# handlers expand what is theirs
load common

setup() {
	Q=q$BATS_TEST_NUMBER T=$BATS_TEST_TMPDIR
	export T
	deque create "$Q"
}

# A process that a failed test leaves running would keep bats from ending.
teardown() {
	jobs -p | xargs -r kill -KILL 2>/dev/null || true
	deque rm --force "$Q" 2>/dev/null || true
}

# share_with_taker COUNT: puts so many, each when work and a taker are in the line
share_with_taker() {
	local i taker
	deque take "$Q" --follow >"$T/taken" &
	taker=$!
	for ((i = 0; i < $1; i++)); do
		until_true is_field takers 2
		deque put "$Q" "$i"
	done
	until_true is_field takers 2
	# Before work is killed, as it would be given what comes back then.
	kill -KILL $taker
	wait $taker || true
	[ "$(sort -n "$T/taken" "$T/worked")" = "$(seq 0 $(($1 - 1)))" ]
	[ "$(wc -l <"$T/taken")" = $(($1 / 2)) ]
}

@test "beside a taker that waits, work gets each second message" {
	deque work "$Q" -- sh -c 'echo "$1" >>"$T/worked"' sh {} &
	share_with_taker 60
}

@test "so it does with a handler that runs, and one that could" {
	local options
	for options in '' '--group' '--extendable --timeout 1h'; do
		rm -f "$T"/*
		deque put "$Q" long
		# shellcheck disable=SC2086	# several words
		deque work "$Q" -j 2 $options -- sh -c '[ "$1" != long ] || { touch $T/long; exec sleep 1000; }
			echo "$1" >>"$T/worked"' sh {} &
		until_true test -e "$T/long"
		share_with_taker 6
		jobs -p | xargs kill -KILL
		wait
		deque take "$Q" -c all
	done
}

@test "so does a taker whose output is a pipe" {
	deque work "$Q" -- sh -c 'echo "$1" >>"$T/worked"' sh {} &
	deque take "$Q" --follow | cat >"$T/taken" &
	has_come() { [ "$(cat "$T/taken" "$T/worked" 2>/dev/null | wc -l)" = "$1" ]; }
	for i in {1..20}; do
		until_true is_field takers 2
		deque put "$Q" "$i"
		until_true has_come "$i"
	done
	# It leaves the line, and joins it again, when cat has read.
	[ "$(wc -l <"$T/taken")" -ge 5 ]
	[ "$(wc -l <"$T/worked")" -ge 5 ]
}

# Each handler runs alone, while work waits in the line for another message.
@test "in the line it hears handlers that end, print much, and ask for time" {
	deque work "$Q" -j 2 --group --extendable --timeout 1h -- sh -c 'eval "$1"' sh {} >"$T/out" 2>"$T/error" &
	until_true is_field takers 1
	deque put "$Q" true
	until_true is_field acked 1
	until_true is_field takers 1
	deque put "$Q" 'deque extend --timeout 2h && head -c 1000000 /dev/zero'
	until_true is_field acked 2
	[ "$(wc -c <"$T/out")" = 1000000 ]
	kill -TERM $!
	ends 143 $!
	[ "$(cat "$T/error")" = "deque: $Q: acked 2, returned 0, buried 0, leases lost 0" ]
}

@test "in the line it hears a timeout, a guard that dies, and the deque that is removed" {
	deque work "$Q" -j 2 --timeout 1s --retry-delay 1h -- sleep 1000 2>"$T/error" &
	until_true is_field takers 1
	guard=$(children $!)
	kill -KILL "$guard"
	until_true eval "children $! | grep -vx $guard"
	deque put "$Q" a
	until_true is_field delayed 1
	deque rm --force "$Q"
	ends 66 $!
	[[ $(head -n 1 "$T/error") == "deque: $Q: message 1: timed out; returned, to wait 3600.0 s" ]]
}

# However the signal and the message meet: it is handled, or there for others, and each
# delivery that nobody has begun with does not count.
@test "a message that comes with the signal to end is not lost" {
	local i worker
	deque set "$Q" max_deliveries=1
	for i in {1..20}; do
		deque work "$Q" -- true 2>"$T/error" &
		worker=$!
		until_true is_field takers 1
		kill -TERM $worker &
		deque put "$Q" "$i"
		ends 143 $worker
		[ "$(field "$Q" buried)" = 0 ]
		[ "$(($(field "$Q" acked) + $(field "$Q" ready)))" = "$(field "$Q" pushed)" ]
		deque work "$Q" --idle-exit -- true 2>/dev/null
		is_field acked "$i"
	done
}

@test "--idle-exit and --max end it in the line" {
	local options
	for options in --idle-exit=1s '--max 1' '-j 2 --max 1'; do
		# shellcheck disable=SC2086	# several words
		deque work "$Q" $options -- true &
		if [[ $options != --idle* ]]; then
			until_true is_field takers 1
			deque put "$Q" a
		fi
		ends 0 $!
	done
	is_field acked 2
}
