#!/usr/bin/env bats
# ls, stat, peek: looking without touching.
load common

@test "ls prints a table" {
	deque put "$Q" one two
	run -0 deque ls -o name,ready,bytes,max_messages "$Q"
	[ "${lines[0]}" = 'NAME READY BYTES MAX_MESSAGES' ]
	read -r -a words <<<"${lines[1]}"
	[ "${words[*]}" = "$Q 2 6 65536" ]
}

@test "ls lists all, in the order of their names, but not the control node" {
	deque create b a Z
	run -0 deque ls -n -o name
	[ "${lines[*]}" = "Z a b $Q" ]
}

@test "ls of nothing is nothing" {
	deque rm "$Q"
	expect 0 '' deque ls
}

@test "ls takes columns in any order and case, or all" {
	[ "$(deque ls -no READY,Name "$Q")" = "0 $Q" ]
	run -0 deque ls -o all "$Q"
	[ "$(wc -w <<<"${lines[0]}")" = "$(deque ls -o help | wc -l)" ]
}

@test "ls -o help lists the columns; others are refused" {
	run -0 deque ls -o help
	[ "${lines[1]}" = 'ready             messages that can be taken' ]
	for list in nope '' 'name,,' name,nam; do
		run -64 deque ls -o "$list"
		[[ $output == "deque: no column '"*"'; '-o help' lists them" ]]
	done
	run -64 deque ls -o "$(printf 'name,%.0s' {1..40})name"
	[ "$output" = 'deque: more than 32 columns' ]
}

@test "ls --json is one object a line" {
	deque put "$Q" one
	expect 0 "{\"name\":\"$Q\",\"ready\":1,\"bytes\":3,\"owner\":0}" deque ls --json -o name,ready,bytes,owner "$Q"
}

@test "ls and stat show to everybody what the kernel does" {
	deque create a
	udevadm settle
	deque put a x yy
	[ "$(as mallory deque ls)" = "$(deque ls)" ]
	[ "$(as mallory deque ls a)" = "$(deque ls a)" ]
	[ "$(as mallory deque stat a)" = "$(deque stat a)" ]
	[ "$(as mallory deque stat --json)" = "$(deque stat --json)" ]
	expect 77 "deque: a: you need to be in group deque: 'sudo usermod -aG deque mallory' and log in again" \
		as mallory deque browse a
}

@test "stat tells all there is, of several" {
	deque put "$Q" abc
	run -0 deque stat "$Q" "$Q"
	[ "${#lines[@]}" = $((2 * $(deque ls -o help | wc -l))) ]
	[ "${lines[0]}" = "name              $Q" ]
	for line in 'ready             1' 'bytes             3' 'pushed            1' 'popped            0' \
		'leased            0' 'max_deliveries    5' 'ack_on_read       no' 'lines             no' 'acked             0' \
		'owner             root' 'openers           0' 'takers            0' 'senders           0'; do
		grep -qx "$line" <<<"$output"
	done
}

@test "stat --json has every field" {
	expect 0 "{\"name\":\"$Q\",\"ready\":0,\"leased\":0,\"delayed\":0,\"buried\":0,\"messages\":0,\"max_messages\":65536,\"bytes\":0,\"memory\":0,\"max_bytes\":67108864,\"max_message_size\":65536,\"max_deliveries\":5,\"ack_on_read\":false,\"lines\":false,\"pushed\":0,\"popped\":0,\"claimed\":0,\"acked\":0,\"returned\":0,\"crash_returned\":0,\"timed_out\":0,\"lease_buried\":0,\"buried_ever\":0,\"owner\":0,\"openers\":0,\"takers\":0,\"senders\":0}" \
		deque stat --json "$Q"
}

@test "stat counts those who have it open or wait, but not itself" {
	exec {fd}<"/dev/deque/$Q"
	deque take "$Q" -w 60s &
	until_true is_field takers 1
	[ "$(field "$Q" openers)" = 2 ]
	deque put "$Q" x
	wait $!
	exec {fd}<&-
	[ "$(field "$Q" openers)" = 0 ]
}

@test "stat tells of the one that is not there, and of the others" {
	run -66 deque stat nope "$Q"
	[ "${lines[0]}" = "deque: nope: no such deque; 'deque create' makes it, 'deque ls' lists them" ]
	[ "${lines[1]}" = "name              $Q" ]
}

@test "peek leaves the messages there" {
	deque put "$Q" a b c
	[ "$(deque peek "$Q")" = a ]
	[ "$(deque peek "$Q" --back)" = c ]
	[ "$(deque peek "$Q" -c 2)" = $'a\nb' ]
	[ "$(deque peek "$Q" -c 256 --back)" = $'c\nb\na' ]
	[ "$(messages)" = 3 ]
	is_field popped 0
}

@test "peek shows messages of very different lengths together" {
	deque set "$Q" max_message_size=2M
	deque put "$Q" short
	head -c 1500000 /dev/zero | deque put --whole "$Q"
	deque put "$Q" last
	[ "$(deque peek -0 "$Q" -c 3 | wc -c)" = $((6 + 1500001 + 5)) ]
}

@test "peek of an empty deque, and of none" {
	expect 75 "deque: $Q: empty" deque peek "$Q"
	expect 66 "deque: nope: no such deque; 'deque create' makes it, 'deque ls' lists them" deque peek nope
	expect 64 "deque: --count: '257' is not from 1 to 256" deque peek "$Q" -c 257
}

@test "times in JSON are numbers, too, and the same" {
	before=$EPOCHSECONDS
	deque put "$Q" x
	run -0 deque peek "$Q" --json
	[[ $output =~ '"arrival":"'([^\"]*)\.([0-9]{9})'Z","arrival_epoch":'([0-9]+)\.([0-9]{9}), ]]
	[ "$(date -u -d "@${BASH_REMATCH[3]}" +%FT%T)" = "${BASH_REMATCH[1]}" ]
	[ "${BASH_REMATCH[4]}" = "${BASH_REMATCH[2]}" ]
	[ "${BASH_REMATCH[3]}" -ge "$before" ]
	# Its clock may be a moment behind.
	[ "${BASH_REMATCH[3]}" -le $((EPOCHSECONDS + 1)) ]
	exec {fd}<>"/dev/deque/$Q"
	deque claim --timeout 1h --fd "$fd" >/dev/null
	run -0 deque browse "$Q" --json
	[[ $output == *',"since_epoch":'[0-9]*',"due":"'*'","due_epoch":'[0-9]* ]]
	exec {fd}<&-
}

@test "peek --json tells the sender" {
	udevadm settle
	chmod 666 "/dev/deque/$Q"
	as mallory deque put "$Q" hi
	run -0 deque peek "$Q" --json
	[[ $output =~ ^'{"id":1,"arrival":"'20..-..-..T..:..:..\.[0-9]{9}Z'","arrival_epoch":'[0-9]+\.[0-9]{9}',"pid":'[1-9][0-9]*',"uid":1001,"gid":1001,"deliveries":0,"size":2,"data":"hi"}'$ ]]
}
