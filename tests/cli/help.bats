#!/usr/bin/env bats
# help, --version, and what is wrong on the command line.
load common

@test "help lists every verb" {
	run -0 deque help
	for verb in create rm ls stat put take peek work claim ack return bury extend kick leases browse set help version; do
		grep -q "^  $verb " <<<"$output"
	done
	[ "$output" = "$(deque --help)" ]
	[ "$output" = "$(deque -h)" ]
}

@test "help of a verb is the same in three ways" {
	for verb in create rm ls stat put take peek work claim ack return bury extend kick leases browse set help version; do
		run -0 deque help $verb
		[[ ${lines[0]} == "usage: deque $verb "* ]]
		[ "$output" = "$(deque $verb --help)" ]
		[ "$output" = "$(deque $verb -h)" ]
	done
}

@test "a verb that is not one gets the nearest" {
	for pair in tkae:take stta:stat creat:create PUT:put lease:leases retrun:return; do
		expect 64 "deque: no verb '${pair%:*}'; did you mean '${pair#*:}'? 'deque help' lists all" deque "${pair%:*}"
	done
	long=$(printf %04096d 0)
	expect 64 "deque: no verb '$long'; 'deque help' lists them" deque "$long"
}

@test "a verb of another queue gets ours, and is not obeyed" {
	while read -r ours words; do
		for word in $words; do
			expect 64 "deque: no verb '$word'; did you mean '$ours'? 'deque help' lists all" deque "$word" "$Q"
		done
	done <<-'END'
		rm delete remove destroy del Delete
		put push enqueue send add
		take pop recv receive dequeue get
		ls list
		stat info status
		work run
	END
	expect 64 "deque: no verb 'delete'; did you mean 'rm'? 'deque help' lists all" deque help delete
	[ -e "/dev/deque/$Q" ]
}

@test "a verb that is like none gets no proposal" {
	for word in mv top cp kil xyzzy '' 1; do
		expect 64 "deque: no verb '$word'; 'deque help' lists them" deque "$word"
	done
}

@test "without a verb, the help is on standard error, and that is no success" {
	run -64 --separate-stderr deque
	[ -z "$output" ]
	[ "$stderr" = "$(deque help)" ]
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
	[ "$(deque -V)" = "$output" ]
	[ "$(deque version)" = "$output" ]
	expect 64 'deque: version: too many operands; usage: deque version [-h]' deque version jobs
}

@test "what does not arrive on stdout is an error" {
	for verb in help "help put" ls "stat $Q" --version; do
		# shellcheck disable=SC2086
		expect 74 'deque: cannot write to standard output: No space left on device' \
			eval "deque $verb >/dev/full"
	done
}
