#!/usr/bin/env bats
# create, rm, set: making deques, removing them, changing their limits.
load common

bad_name="cannot name a deque: 1 to 63 of A-Z a-z 0-9 . _ -, the first a letter or digit; not 'control'"

@test "create makes the node, and the limits are the module's" {
	[ -c "/dev/deque/$Q" ]
	[ "$(cat /sys/module/deque/parameters/max_messages)" = "$(field "$Q" max_messages)" ]
}

@test "create takes limits, counts in thousands and sizes in 1024s" {
	deque create a --max-messages 2k --max-bytes 3M --max-message-size=4K
	run -0 deque ls -no max_messages,max_bytes,max_message_size a
	[ "$output" = "$((2000)) $((3 << 20)) $((4 << 10))" ]
}

@test "create takes suffixes of either case, up to the largest value" {
	deque create a --max-bytes 1t --max-messages 1G --max-message-size 16m
	run -0 deque ls -no max_bytes a
	[ "$output" = $((1 << 40)) ]
}

@test "numbers are decimals, too, and sizes have the units of dd" {
	while read -r text messages; do
		deque set "$Q" max_messages="$text"
		is_field max_messages "$messages"
	done <<-'END'
		1.5k 1500
		4.1M 4100000
		1.001k 1001
		.5M 500000
		0.001G 1000000
		1.0015k 1001
	END
	while read -r text bytes; do
		deque set "$Q" max_bytes="$text"
		is_field max_bytes "$bytes"
	done <<-'END'
		64MiB 67108864
		64MB 64000000
		64M 67108864
		64mib 67108864
		1.5K 1536
		1.5kB 1500
		0.5GiB 536870912
		1TB 1000000000000
	END
}

@test "create refuses what is not a number" {
	for number in '' x 5x 1.5 0.5 1. -1 +1 ' 1' 0x10 1e3 1kk 1k1 1.5.5k .k 1E 1KB 1KiB; do
		expect 64 "deque: max_messages: '$number' is not a count: a number, and k, M, G or T for powers of 1000" \
			deque create a --max-messages "$number"
	done
	for size in 1.5 1B 1Ki 1KBi 1KiBs 1iB; do
		expect 64 "deque: max_bytes: '$size' is not a size: a number, and K, M, G or T (or KiB ...) for powers of 1024, KB ... for powers of 1000" \
			deque create a --max-bytes "$size"
	done
}

@test "create refuses numbers out of range, however large" {
	for number in 0 0k 1073741825 1073742k 18446744073709551616 99999999999999999999 18014398509481984K; do
		expect 64 "deque: max_messages: '$number' is not from 1 to 1073741824" \
			deque create a --max-messages "$number"
	done
	expect 64 "deque: max_bytes: '2T' is not from 1 to 1099511627776" deque create a --max-bytes 2T
	expect 64 "deque: max_message_size: '16777217' is not from 1 to 16777216" \
		deque create a --max-message-size 16777217
	[ ! -e /dev/deque/a ]
}

@test "create refuses bad names before it makes any" {
	long=$(printf %064d 0)
	for name in '' . .. .a -a _a /dev/deque/ /dev/deque/.a /dev/deque/control 'a b' control ä "$long"; do
		expect 64 "deque: '${name##*/}' $bad_name" deque create -- a "$name"
	done
	[ ! -e /dev/deque/a ]
}

@test "every verb takes the path of a deque, too" {
	path=/dev/deque/$Q
	deque create /dev/deque/a
	deque rm /dev/deque/a
	[ ! -e /dev/deque/a ]
	deque put "$path" one two three
	[ "$(deque peek "$path")" = one ]
	[ "$(deque take "$path")" = one ]
	deque set "$path" max_messages=7
	[ "$(deque ls -no name,max_messages "$path")" = "$Q 7" ]
	run -0 deque stat "$path"
	[ "${lines[0]}" = "name              $Q" ]
	[ "$(deque browse -no size "$path" | xargs)" = '3 5' ]
	run -0 deque leases -n "$path"
	# shellcheck disable=SC2016  # the handler expands it
	[ "$(deque work --max 1 "$path" sh -c 'echo "$DEQUE_NAME"' 2>/dev/null)" = "$Q" ]
	# shellcheck disable=SC2016
	[ "$(deque work "$path" --max 1 sh -c 'echo "$DEQUE_NAME"' 2>/dev/null)" = "$Q" ]
	[ "$(deque kick "$path")" = 0 ]
	deque rm "$path"
	[ ! -e "$path" ]
}

@test "a path may be relative, or lead through a link, to that folder and to no other" {
	ln -s /dev/deque "$BATS_TEST_TMPDIR/link"
	deque put "$BATS_TEST_TMPDIR/link/$Q" one two three four
	(cd /dev && deque take "deque/$Q")
	(cd /dev/deque && deque take "./$Q" && deque take "../deque/$Q" && deque take "$Q")
	[ "$(messages)" = 0 ]
	for path in "/tmp/$Q" "/$Q" "x/$Q" "./$Q"; do
		expect 64 "deque: '$path' is not a path in /dev/deque, where deques are" deque rm "$path"
	done
	[ -e "/dev/deque/$Q" ]
}

@test "create takes a name of 63 bytes, with all that may be in it" {
	name=Az09._-$(printf %056d 0)
	deque create "$name"
	[ "$(deque ls -no name "$name")" = "$name" ]
}

@test "create makes none if one exists" {
	expect 73 "deque: $Q: exists already; --exist-ok lets that pass" deque create a "$Q" b
	[ ! -e /dev/deque/a ]
	[ ! -e /dev/deque/b ]
	deque create --exist-ok a "$Q" b
	[ -e /dev/deque/a ]
	[ -e /dev/deque/b ]
}

@test "create says what it has made before it failed" {
	run -73 deque create a b a c
	[ "${lines[0]}" = 'deque: a: exists already; --exist-ok lets that pass' ]
	[ "${lines[1]}" = 'deque: create: made before that: a b' ]
	[ ! -e /dev/deque/c ]
}

@test "create --exist-ok says which limits are not those that were asked for" {
	expect 0 '' deque create --exist-ok --max-messages 65536 --max-deliveries 5 "$Q"
	expect 0 "deque: $Q: exists already, with other limits, which stay; 'deque set $Q max_messages=10 max_deliveries=never lines=yes' changes them" \
		deque create --exist-ok --max-messages 10 --max-deliveries never --lines "$Q"
	is_field max_messages 65536
	deque set "$Q" max_messages=10 max_deliveries=never lines=yes
	expect 0 '' deque create --exist-ok --max-messages 10 --max-deliveries never --lines "$Q"
}

@test "create leaves a node that a user in the group can use at once" {
	as alice deque create a
	as alice deque put a hello
	[ "$(as alice deque take a)" = hello ]
	[ "$(field a owner)" = alice ]
	as alice deque rm a
}

@test "create is denied to others, with what to do" {
	expect 77 "deque: a: you need to be in group deque: 'sudo usermod -aG deque mallory' and log in again" \
		as mallory deque create a
}

@test "create, rm, set, put, take, peek and others want a name" {
	for verb in create rm set put take peek work kick; do
		run -64 deque $verb
		[[ $output == "deque: $verb: not enough operands; usage: deque $verb "* ]]
	done
	run -64 deque take a b
	[[ $output == "deque: take: too many operands; usage: deque take "* ]]
}

@test "rm removes several, and goes on after one that is not there" {
	deque create a b
	expect 66 "deque: nope: no such deque; 'deque create' makes it, 'deque ls' lists them" \
		deque rm a nope b
	[ ! -e /dev/deque/a ]
	[ ! -e /dev/deque/b ]
}

@test "rm refuses a deque that holds messages, unless forced" {
	deque put "$Q" one two
	expect 75 "deque: $Q: holds 2 messages; take them first, or lose them with --force" deque rm "$Q"
	[ "$(messages)" = 2 ]
	deque rm -f "$Q"
	[ ! -e "/dev/deque/$Q" ]
}

@test "rm refuses a deque with messages that are claimed, and says by whom to learn that" {
	exec {fd}<>"/dev/deque/$Q"
	deque put "$Q" one two
	deque claim --fd "$fd" >/dev/null
	expect 75 "deque: $Q: holds 2 messages, 1 of them claimed; 'deque leases $Q' tells by whom; --force loses them" \
		deque rm "$Q"
	exec {fd}<&-
	[ "$(messages)" = 2 ]
}

@test "rm refuses a deque that is open, unless forced" {
	exec {fd}<"/dev/deque/$Q"
	expect 75 "deque: $Q: is open somewhere; wait, or cut it off with --force" deque rm "$Q"
	deque rm --force "$Q"
	exec {fd}<&-
}

# sleeps_or_ends PID: it is in clock_nanosleep(2), and has found the deque open once
sleeps_or_ends() {
	local call
	! read -r call _ 2>/dev/null <"/proc/$1/syscall" || [ "$call" = 230 ] || [ "$call" = 35 ]
}

@test "rm is not kept from it by those who just look" {
	local removed=''
	# It gives up after half a second, in which a busy machine may not let us close.
	for _ in {1..20}; do
		exec {fd}<"/dev/deque/$Q"
		deque rm "$Q" 2>/dev/null {fd}<&- &
		until_true sleeps_or_ends $!
		exec {fd}<&-
		if wait $!; then
			removed=yes
			break
		fi
	done
	[ $removed ]
}

@test "rm and set are for the owner" {
	line="deque: $Q: only its owner, root (uid 0), or root may"
	expect 77 "$line" as alice deque rm "$Q"
	expect 77 "$line" as alice deque set "$Q" max_messages=1
	expect 77 "deque: $Q: you need to be in group deque: 'sudo usermod -aG deque mallory' and log in again" \
		as mallory deque rm "$Q"
	as alice deque create a
	as alice deque set a max_messages=5
	[ "$(field a max_messages)" = 5 ]
}

@test "set changes what is named and leaves the rest" {
	before=$(field "$Q" max_bytes)
	deque set "$Q" max_messages=7 max_message_size=1K
	[ "$(field "$Q" max_messages)" = 7 ]
	[ "$(field "$Q" max_message_size)" = 1024 ]
	[ "$(field "$Q" max_bytes)" = "$before" ]
	deque set "$Q" max_bytes=2M
	[ "$(field "$Q" max_bytes)" = $((2 << 20)) ]
}

@test "set refuses what is no KEY=VALUE, and then changes nothing" {
	before=$(deque stat "$Q")
	for word in max_messages max_message=1 =1 owner=0 MAX_BYTES=1; do
		run -64 deque set "$Q" max_bytes=1 "$word"
		[[ $output == "deque: set: '${word%%=*}"*"' is not KEY=VALUE with a KEY of max_messages, max_bytes, max_message_size, max_deliveries, ack_on_read, lines" ]]
	done
	expect 64 "deque: max_bytes: '0' is not from 1 to 1099511627776" deque set "$Q" max_messages=1 max_bytes=0
	[ "$before" = "$(deque stat "$Q")" ]
}

@test "set says what is not there" {
	expect 66 "deque: nope: no such deque; 'deque create' makes it, 'deque ls' lists them" \
		deque set nope max_messages=1
}
