#!/usr/bin/env bats
# Handlers of work that ask for more time.
# shellcheck disable=SC2016	# handlers expand what is theirs
load common

setup() {
	Q=q$BATS_TEST_NUMBER T=$BATS_TEST_TMPDIR
	export T
	deque create "$Q"
	deque put "$Q" a
}

summary() {
	echo "deque: $Q: acked $1, returned $2, buried $3, leases lost $4"
}

@test "a handler may have no timeout any more, or a longer one, and its lease with it" {
	expect 0 "$(summary 1 0 0 0)" deque work "$Q" --max 1 --timeout 30s --extendable -- \
		sh -c 'deque extend --timeout forever && deque leases -no left $DEQUE_NAME >$T/left'
	[ "$(tr -d ' ' <"$T/left")" = - ]
	deque put "$Q" b
	expect 0 "$(summary 1 0 0 0)" deque work "$Q" --max 1 --timeout 1m --extendable -- \
		sh -c '(deque extend --timeout 10h) && deque leases -no left $DEQUE_NAME >$T/left'
	[[ $(tr -d ' ' <"$T/left") == *h* ]] || { cat "$T/left"; false; }
	is_field timed_out 0
}

@test "extend without a time means the timeout anew" {
	expect 75 "deque: $Q: message 1: timed out; returned
$(summary 0 1 0 0)" deque work "$Q" --max 1 --retry-delay 0 --timeout 30s --extendable -- \
		sh -c 'deque extend --timeout forever && sleep 32 && touch $T/alive && deque extend && sleep 1000'
	[ -e "$T/alive" ]
}

@test "too late is told" {
	run -75 deque work "$Q" --max 1 --retry-delay 0 --timeout 30s --extendable -- \
		sh -c 'trap "deque extend 2>\$T/said; echo \$? >>\$T/said; exit" TERM; sleep 1000 & wait'
	[ "$(cat "$T/said")" = $'deque: extend: too late: it has timed out\n76' ]
	run -75 deque work "$Q" --max 1 --retry-delay 0 --timeout 1h --extendable -- bash -c \
		'eval "exec $DEQUE_EXTEND_FD>&-"; deque extend 2>$T/said; exit 1'
	[ "$(cat "$T/said")" = "deque: extend: what 'deque work --extendable' gave is not open any more" ]
	run -66 deque work "$Q" --max 1 --timeout 1h --extendable -- \
		sh -c 'deque rm --force $DEQUE_NAME; deque extend 2>$T/said; echo $? >>$T/said'
	[ "$(cat "$T/said")" = $'deque: extend: too late: somebody has removed the deque\n76' ]
}

@test "each asks for itself, many at a time, and a handler without the option cannot" {
	seq 7 | deque put "$Q"
	deque work "$Q" -j 8 --idle-exit --timeout 1h --extendable -- sh -c 'deque extend && deque extend --timeout 2h'
	is_field acked 8
	deque put "$Q" x
	DEQUE_EXTEND_FD=0 deque work "$Q" --max 1 -- sh -c 'deque extend 2>$T/said; echo $? >>$T/said'
	[ "$(cat "$T/said")" = $'deque: extend: until when? --timeout TIME says how long from now\n64' ]
	expect 64 "deque: work: --extendable: without --timeout there is nothing to extend" \
		deque work "$Q" --extendable -- true
}
