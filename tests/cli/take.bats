#!/usr/bin/env bats
# take: what is taken, how long it waits, and how it is printed.
load common

@test "takes one from the front, or from the back" {
	deque put "$Q" a b c
	[ "$(deque take "$Q")" = a ]
	[ "$(deque take "$Q" --back)" = c ]
	[ "$(deque take "$Q" --front)" = b ]
	[ "$(messages)" = 0 ]
}

@test "-c takes so many at most, or all" {
	deque put "$Q" a b c d e
	[ "$(deque take "$Q" -c 2)" = $'a\nb' ]
	[ "$(deque take "$Q" --count 2 --back)" = $'e\nd' ]
	[ "$(deque take "$Q" -c 9)" = c ]
	seq 1000 | deque put "$Q"
	[ "$(deque take "$Q" -c all)" = "$(seq 1000)" ]
}

@test "empty: says so at once, and prints nothing" {
	expect 75 "deque: $Q: empty; '-w TIME' waits for a message" deque take "$Q"
	expect 75 "deque: $Q: empty; '-w TIME' waits for a message" deque take "$Q" -c all
}

@test "-w waits so long" {
	start=$(milliseconds)
	expect 124 "deque: $Q: timed out: it was empty all that time" deque take "$Q" -w .5
	[ $(($(milliseconds) - start)) -ge 500 ]
}

@test "-w waits for the first, not for more" {
	deque take "$Q" -c 5 -w forever >"$BATS_TEST_TMPDIR/out" &
	until_true is_field takers 1
	deque put "$Q" a
	wait $!
	[ "$(cat "$BATS_TEST_TMPDIR/out")" = a ]
}

@test "who waits first is served first" {
	for i in 1 2 3; do
		deque take "$Q" -w 60s >"$BATS_TEST_TMPDIR/$i" &
		until_true is_field takers $i
	done
	deque put "$Q" a b c
	wait
	[ "$(cat "$BATS_TEST_TMPDIR"/[123])" = $'a\nb\nc' ]
}

@test "--follow goes on until nothing comes for -w" {
	deque take "$Q" --follow -w 5s >"$BATS_TEST_TMPDIR/out" &
	for i in 1 2 3; do
		until_true is_field takers 1
		deque put "$Q" $i
		until_true grep -qx $i "$BATS_TEST_TMPDIR/out"
	done
	wait $!
	[ "$(cat "$BATS_TEST_TMPDIR/out")" = $'1\n2\n3' ]
	run -124 deque take "$Q" --follow -w 100ms
}

@test "a newline is printed unless there is one" {
	printf 'a\n\0b\0' | deque put -0 "$Q"
	deque take "$Q" -c all >"$BATS_TEST_TMPDIR/out"
	printf 'a\nb\n' | cmp - "$BATS_TEST_TMPDIR/out"
}

@test "--raw prints no more than the messages, -0 a NUL after each" {
	deque put "$Q" a b a b
	deque take "$Q" --raw -c 2 >"$BATS_TEST_TMPDIR/out"
	printf 'ab' | cmp - "$BATS_TEST_TMPDIR/out"
	deque take "$Q" --null -c 2 >"$BATS_TEST_TMPDIR/out"
	printf 'a\0b\0' | cmp - "$BATS_TEST_TMPDIR/out"
}

@test "--json tells all of a message" {
	as alice deque put "$Q" 'a "b" /c'
	run -0 deque take --json "$Q"
	[[ $output =~ ^'{"id":1,"arrival":"'20..-..-..T..:..:..\.[0-9]{9}Z'","arrival_epoch":'[0-9]+\.[0-9]{9}',"pid":'[1-9][0-9]*',"uid":1000,"gid":1000,"deliveries":0,"size":8,"data":"a \"b\" /c"}'$ ]]
}

# data BYTES: how --json prints them, as printf(1) has them
data() {
	local json
	# shellcheck disable=SC2059
	printf "$1" | deque put --whole "$Q"
	json=$(deque take --json "$Q")
	echo "{${json#*,\"size\":*,}"
}

@test "--json: text is a string, and all else is base64" {
	[ "$(data 'a\n\t\001')" = '{"data":"a\n\t\u0001"}' ]
	[ "$(data 'h\303\244 \342\202\254 \360\237\230\200')" = '{"data":"hä € 😀"}' ]
	[ "$(data '\001\377')" = '{"data_base64":"Af8="}' ]
	[ "$(data 'a\0b')" = '{"data_base64":"YQBi"}' ]
	[ "$(data '\0')" = '{"data_base64":"AA=="}' ]
	for sequence in '\200' '\303' '\300\200' '\340\237\277' '\355\240\200' '\364\220\200\200' '\370\210\200\200\200' '\303a' '\377'; do
		[[ $(data "$sequence") == '{"data_base64":'* ]]
	done
	[ "$(data '\355\237\277\356\200\200\364\217\277\277')" = "$(printf '{"data":"\355\237\277\356\200\200\364\217\277\277"}')" ]
}

@test "messages of any length are taken, whatever buffer it begins with" {
	deque set "$Q" max_message_size=8M
	seq 300 | deque put "$Q"
	head -c 5000000 /dev/urandom >"$BATS_TEST_TMPDIR/long"
	deque put --whole -f "$Q" "$BATS_TEST_TMPDIR/long"
	seq 300 | deque put "$Q"
	{ seq 300; cat "$BATS_TEST_TMPDIR/long"; echo; seq 300; } >"$BATS_TEST_TMPDIR/all"
	deque take "$Q" -c all >"$BATS_TEST_TMPDIR/out"
	cmp -n 5000000 "$BATS_TEST_TMPDIR/out" "$BATS_TEST_TMPDIR/all"
	[ "$(tail -n 300 "$BATS_TEST_TMPDIR/out")" = "$(seq 300)" ]
}

@test "counts and times out of range" {
	expect 64 "deque: --count: '0' is not from 1 to 4294967295" deque take "$Q" -c 0
	expect 64 "deque: --count: 'x' is not a count: a number, and k, M, G or T for powers of 1000" \
		deque take "$Q" -c x
}

@test "removed while it waits" {
	deque take "$Q" -w 60s 2>"$BATS_TEST_TMPDIR/error" &
	until_true is_field takers 1
	deque rm --force "$Q"
	ends 66 $!
	[ "$(cat "$BATS_TEST_TMPDIR/error")" = "deque: $Q: somebody has just removed it; 'deque create' makes it anew" ]
}

@test "who may only read can take" {
	deque put "$Q" a
	udevadm settle
	chmod 640 "/dev/deque/$Q"
	[ "$(as alice deque take "$Q")" = a ]
	expect 77 "deque: $Q: you need to be in group deque: 'sudo usermod -aG deque mallory' and log in again" \
		as mallory deque take "$Q"
}

@test "no such deque, and one that cannot be" {
	expect 66 "deque: nope: no such deque; 'deque create' makes it, 'deque ls' lists them" deque take nope
	expect 64 "deque: 'a/b' is not a path in /dev/deque, where deques are" \
		deque take a/b
}
