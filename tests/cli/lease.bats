#!/usr/bin/env bats
# claim, ack, return, bury, extend: leases on a descriptor that a shell keeps open.
load common

setup_file() {
	lost='is lost: it has timed out, or was ended before; leave the message to who has it now'
	export lost
}

# open_deque: $q is an open file of $Q, for this shell and what it starts
open_deque() {
	exec {q}<>"/dev/deque/$Q"
}

close_deque() {
	exec {q}<&-
}

# counters: leased, ready, buried, acked, returned of $Q
counters() {
	deque ls -no leased,ready,buried,acked,returned "$Q" | tr -s ' '
}

@test "a shell claims a message, and acknowledges it when it is done" {
	deque put "$Q" 'job one' two
	open_deque
	read -r token job < <(deque claim --fd "$q")
	[ "$job" = 'job one' ]
	[ "$(counters)" = '1 1 0 0 0' ]
	deque ack --fd "$q" "$token"
	[ "$(counters)" = '0 1 0 1 0' ]
	close_deque
	[ "$(deque take "$Q")" = two ]
}

@test "what a shell has claimed is ready again when it dies, where it was" {
	deque put "$Q" one two three
	run -137 bash -c "exec {q}<>/dev/deque/$Q; deque claim -c 2 --fd \$q; kill -9 \$\$"
	[ "$(deque take "$Q" -c all)" = $'one\ntwo\nthree' ]
	is_field crash_returned 2
}

@test "closing the descriptor returns what is left" {
	deque put "$Q" one two
	open_deque
	read -r token _ < <(deque claim -c 2 --fd "$q")
	deque ack --fd "$q" "$token"
	close_deque
	[ "$(counters)" = '0 1 0 1 0' ]
	[ "$(deque peek "$Q")" = two ]
}

@test "claim prints a token and the message, in every format, from either end" {
	deque put "$Q" a b c d e
	open_deque
	[[ $(deque claim --fd "$q" -c 2) =~ ^[0-9]+' a'$'\n'[0-9]+' b'$ ]]
	[[ $(deque claim --fd "$q" --back) =~ ^[0-9]+' e'$ ]]
	[[ $(deque claim --fd "$q" --raw | od -c) =~ ' '[0-9]' '+'c'$'\n' ]]
	[[ $(deque claim --fd "$q" -0 | tr '\0' '|') =~ ^[0-9]+' d|'$ ]]
	deque put "$Q" 'x "y"'
	[[ $(deque claim --fd "$q" --json) =~ ^'{"token":'[0-9]+',"id":6,"arrival":"'.*',"pid":'.*',"deliveries":1,"size":5,"data":"x \"y\""}'$ ]]
}

@test "claim does not wait, unless told to" {
	open_deque
	expect 75 "deque: $Q: empty; '-w TIME' waits for a message" deque claim --fd "$q"
	expect 124 "deque: $Q: timed out: it was empty all that time" deque claim --fd "$q" -w 100ms
	deque claim --fd "$q" -w forever >"$BATS_TEST_TMPDIR/out" &
	until_true is_field takers 1
	deque put "$Q" a
	wait $!
	[[ $(cat "$BATS_TEST_TMPDIR/out") == *' a' ]]
}

@test "claim takes long messages" {
	deque set "$Q" max_message_size=2M
	head -c 1500000 /dev/zero | tr '\0' x | deque put --whole "$Q"
	open_deque
	[ "$(deque claim --fd "$q" | wc -c)" -gt 1500000 ]
}

@test "a signal ends the waiting, and the open file is as it was" {
	open_deque
	before=$(grep flags "/proc/$$/fdinfo/$q")
	deque claim --fd "$q" -w forever &
	until_true is_field takers 1
	kill -TERM $!
	ends 143 $!
	[ "$before" = "$(grep flags "/proc/$$/fdinfo/$q")" ]
}

@test "what claim cannot print it returns" {
	deque put "$Q" a b
	open_deque
	expect 74 "deque: $Q: cannot write to standard output: No space left on device; messages returned: 2" \
		eval "deque claim --fd $q -c 2 >/dev/full"
	[ "$(counters)" = '0 2 0 0 2' ]
	[ "$(deque peek "$Q")" = a ]
}

@test "a lease that is lost has a status of its own, and does not keep from others" {
	deque put "$Q" a b c
	open_deque
	mapfile -t tokens < <(deque claim -c 3 --fd "$q" | cut -d ' ' -f 1)
	deque ack --fd "$q" "${tokens[1]}"
	expect 76 "deque: $Q: lease ${tokens[1]} $lost" deque ack --fd "$q" "${tokens[@]}"
	[ "$(counters)" = '0 0 0 3 0' ]
	for verb in ack bury return 'extend --timeout 1s'; do
		# shellcheck disable=SC2086
		expect 76 "deque: $Q: lease 4294967295 $lost" deque $verb --fd "$q" 4294967295
	done
}

@test "more tokens than a batch has" {
	seq 600 | deque put "$Q"
	open_deque
	for _ in 1 2 3; do
		deque claim --fd "$q" -c 256
	done | cut -d ' ' -f 1 >"$BATS_TEST_TMPDIR/tokens"
	xargs deque ack --fd "$q" <"$BATS_TEST_TMPDIR/tokens"
	[ "$(counters)" = '0 0 0 600 0' ]
}

@test "return: where it was, or to an end" {
	deque put "$Q" a b c
	open_deque
	read -r token _ < <(deque claim --fd "$q")
	deque return --fd "$q" "$token"
	[ "$(deque peek "$Q" -c 3 | tr -d '\n')" = abc ]
	read -r token _ < <(deque claim --fd "$q")
	deque return --fd "$q" --back "$token"
	[ "$(deque peek "$Q" -c 3 | tr -d '\n')" = bca ]
	read -r token _ < <(deque claim --fd "$q" --back)
	deque return --fd "$q" --front "$token"
	[ "$(deque peek "$Q" -c 3 | tr -d '\n')" = abc ]
}

@test "return --delay: ready when its time has come" {
	deque put "$Q" a
	open_deque
	read -r token _ < <(deque claim --fd "$q")
	start=$(milliseconds)
	deque return --fd "$q" --delay 500ms "$token"
	[ "$(deque take "$Q" -w 60s)" = a ]
	[ $(($(milliseconds) - start)) -ge 500 ]
}

@test "bury: it is there, but nobody gets it until it is kicked" {
	deque put "$Q" a
	open_deque
	read -r token _ < <(deque claim --fd "$q")
	deque bury --fd "$q" "$token"
	[ "$(counters)" = '0 0 1 0 0' ]
	is_field lease_buried 1
	[ "$(deque kick "$Q")" = 1 ]
	[ "$(deque take "$Q")" = a ]
}

@test "a lease with a timeout ends by itself, and extend sets that anew" {
	deque put "$Q" a b
	open_deque
	read -r long _ < <(deque claim --fd "$q" --timeout 1h)
	read -r short _ < <(deque claim --fd "$q" --timeout 300ms)
	until_true is_field timed_out 1
	expect 76 "deque: $Q: lease $short $lost" deque ack --fd "$q" "$short"
	deque extend --fd "$q" --timeout forever "$long"
	[ "$(deque leases -no left "$Q" | tr -d ' ')" = - ]
	deque extend --fd "$q" --timeout 100ms "$long"
	until_true is_field timed_out 2
	[ "$(deque take "$Q" -c all)" = $'a\nb' ]
}

@test "max_deliveries: what is returned so often is buried" {
	deque set "$Q" max_deliveries=2
	deque put "$Q" a
	open_deque
	for _ in 1 2; do
		read -r token _ < <(deque claim --fd "$q")
		deque return --fd "$q" "$token"
	done
	[ "$(counters)" = '0 0 1 0 2' ]
	is_field buried_ever 1
}

@test "who cannot take cannot claim, and says so" {
	exec {w}>"/dev/deque/$Q"
	expect 64 "deque: $Q: the file was not opened for that; '<>/dev/deque/NAME' opens it for all" \
		deque claim --fd "$w"
}

@test "--fd has to be an open file of a deque" {
	expect 64 "deque: claim: on which open file? 'exec {q}<>/dev/deque/NAME' opens one, --fd \"\$q\" names it" \
		deque claim
	expect 64 "deque: --fd: 99 is not open; 'exec {q}<>/dev/deque/NAME' opens \$q" deque claim --fd 99
	expect 64 'deque: --fd: 0 is not a deque' eval 'deque ack --fd 0 1 </dev/null'
	expect 64 'deque: --fd: 0 is not a deque' eval 'deque ack --fd 0 1 </dev/deque/control'
	for fd in '' -1 x 1k 99999999999; do
		expect 64 "deque: '$fd' is not a number of an open file" deque claim --fd "$fd"
	done
}

@test "tokens and times that are none are refused, and then nothing is done" {
	deque put "$Q" a
	open_deque
	read -r token _ < <(deque claim --fd "$q")
	for word in '' x 1k -- -5 18446744073709551616; do
		run -64 deque ack --fd "$q" -- "$token" "$word"
		[ "$output" = "deque: '$word' is not a token; 'deque claim' prints one with each message" ]
	done
	expect 64 "deque: --timeout: '0' leaves no time at all" deque extend --fd "$q" --timeout 0 "$token"
	expect 64 "deque: --delay: 'forever' would be never" deque return --fd "$q" --delay forever "$token"
	expect 64 'deque: extend: until when? --timeout TIME says how long from now' deque extend --fd "$q" "$token"
	run -64 deque ack --fd "$q"
	[[ $output == "deque: ack: not enough operands; usage: deque ack "* ]]
	[ "$(counters)" = '1 0 0 0 0' ]
}
