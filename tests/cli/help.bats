#!/usr/bin/env bats
# help, --version, and what is wrong on the command line.
load common

@test "help lists every verb" {
	run -0 deque help
	for verb in create rm ls stat put take peek work claim ack return bury extend kick leases browse set help; do
		grep -q "^  $verb " <<<"$output"
	done
	[ "$output" = "$(deque --help)" ]
	[ "$output" = "$(deque -h)" ]
}

@test "help of a verb is the same in three ways" {
	for verb in create rm ls stat put take peek work claim ack return bury extend kick leases browse set help; do
		run -0 deque help $verb
		[[ ${lines[0]} == "usage: deque $verb "* ]]
		[ "$output" = "$(deque $verb --help)" ]
		[ "$output" = "$(deque $verb -h)" ]
	done
}

@test "a verb that is not one gets the nearest" {
	expect 64 "deque: no verb 'tkae'; 'take' is the nearest, 'deque help' lists all" deque tkae
	expect 64 "deque: no verb 'delete'; 'create' is the nearest, 'deque help' lists all" deque help delete
	expect 64 "deque: no verb; 'deque help' lists them" deque
	run -64 deque "$(printf %04096d 0)"
}

@test "options that are not there are named" {
	expect 64 "deque: put: -z is not an option here; 'deque help put' tells more" deque put -0z a
	expect 64 "deque: take: --nope is not an option here; 'deque help take' tells more" deque take --nope a
	expect 64 "deque: take: --json=1 is not an option here; 'deque help take' tells more" deque take --json=1 a
	expect 64 "deque: take: -c wants a value; 'deque help take' tells more" deque take a -c
	expect 64 "deque: take: --wait wants a value; 'deque help take' tells more" deque take a --wait
}

@test "times that are none are refused" {
	for time in '' x 1x 1,5 -1 5mss 1.2.3 inf nan 0x1 1e3 . 's'; do
		expect 64 "deque: --wait: '$time' is not a time: a number, and ms, s, m or h (seconds without), or 'forever'" \
			deque take "$Q" -w "$time"
	done
	expect 64 "deque: --wait: '300000h' is too long; say 'forever'" deque take "$Q" -w 300000h
}

@test "--version tells the command's and the module's" {
	run -0 deque --version
	version=$(cat /sys/module/deque/version)
	[ "$output" = "deque $version"$'\n'"deque.ko $version" ]
}

@test "what does not arrive on stdout is an error" {
	for verb in help "help put" ls "stat $Q" --version; do
		# shellcheck disable=SC2086
		expect 74 'deque: cannot write to standard output: No space left on device' \
			eval "deque $verb >/dev/full"
	done
}
