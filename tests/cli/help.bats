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
	# shellcheck disable=SC2154  # run sets it
	[ "$stderr" = "$(deque help)" ]
}

@test "options that are not there are named" {
	expect 64 "deque: put: -z is not an option here; before a TEXT that begins with - comes --; 'deque help put' tells more" deque put -0z a
	expect 64 "deque: put: -d is not an option here; before a TEXT that begins with - comes --; 'deque help put' tells more" deque put "$Q" -dash
	deque put "$Q" -- -dash
	[ "$(deque take "$Q")" = -dash ]
	for word in --nope --nope=1 -é -=; do
		expect 64 "deque: take: $word is not an option here; 'deque help take' tells more" deque take $word a
	done
	for words in -x -0x -x0 -0xr '--raw -xr' '--wait=1s -0xr'; do
		# shellcheck disable=SC2086	# several
		expect 64 "deque: take: -x is not an option here; 'deque help take' tells more" deque take a $words
	done
	expect 64 "deque: take: -0é is not an option here; 'deque help take' tells more" deque take --front -0é a
	expect 64 "deque: create: --max may be several options; 'deque help create' tells more" deque create --max 5 a
}

@test "an option that takes no value, and one that wants one, are named" {
	while read -r words; do
		# shellcheck disable=SC2086	# several
		expect 64 "deque: ${words%% *}: ${words##* } takes no value; 'deque help ${words%% *}' tells more" deque ${words% *} a
	done <<-'END'
		take --json=1 --json
		take --js=1 --json
		take --null= --null
		take --help=1 --help
		create --lines=yes --lines
		create --ack-on-read=yes --ack-on-read
		rm --force=yes --force
		rm --f=1 --force
		stat --total=1 --total
	END
	for words in '-c -c' '-0c -c' '--wait --wait' '--wa --wait'; do
		expect 64 "deque: take: ${words#* } wants a value; 'deque help take' tells more" deque take a "${words% *}"
	done
}

@test "times that are none are refused" {
	what="is not a time: numbers with d, h, m, s or ms, as 1h30m (seconds without)"
	for time in '' x 1x 1,5 -1 5mss 1.2.3 inf nan 0x1 1e3 . s 1h30 1h-1m '1h 1m' 1H d; do
		expect 64 "deque: --wait: '$time' $what, or 'forever'" deque take "$Q" -w "$time"
		expect 64 "deque: --delay: '$time' $what" deque put "$Q" --delay "$time" x
	done
}

@test "a time that is too long gets 'forever' proposed only where that will do" {
	for time in 300000h 9999999999999 11574d1ms; do
		expect 64 "deque: --wait: '$time' is too long; say 'forever'" deque take "$Q" -w "$time"
		expect 64 "deque: --delay: '$time' is too long; 11574d is the most" deque put "$Q" --delay "$time" x
		expect 64 "deque: --retry-delay: '$time' is too long; 11574d is the most" \
			deque work --retry-delay "$time" "$Q" true
	done
	deque put "$Q" --delay 11574d x
	expect 64 "deque: --delay: 'forever' would be never" deque put "$Q" --delay forever x
}

# seconds_left: until the only message is ready, to the next ten minutes; bash's clock may
# be a second behind the kernel's
seconds_left() {
	deque browse --json "$Q" | sed 's/.*"due_epoch":\([0-9]*\).*/\1/' | {
		read -r due
		echo $(((due - EPOCHSECONDS + 300) / 600 * 600))
	}
}

@test "times are sums of numbers with units" {
	while read -r time seconds; do
		deque put "$Q" --delay "$time" x
		[ "$(seconds_left)" = "$seconds" ]
		deque rm -f "$Q"
		deque create "$Q"
	done <<-'END'
		1d 86400
		1h30m 5400
		1.5d 129600
		2d12h 216000
		1m1h59m 7200
		1200s600000ms 1800
		.5h 1800
		7200 7200
	END
}

@test "options that contradict each other are refused, both named" {
	for verb in 'take q' 'peek q' 'claim --fd 9' 'put q x' 'kick q' 'return --fd 9 1'; do
		# shellcheck disable=SC2086
		expect 64 "deque: ${verb%% *}: --front and --back contradict each other" deque $verb --back --front
	done
	expect 64 'deque: take: --null and --raw contradict each other' deque take -0r q
	expect 64 'deque: peek: --raw and --json contradict each other' deque peek --json -r q
	expect 64 'deque: claim: --null and --json contradict each other' deque claim --fd 9 -0 --json
	expect 64 'deque: put: --null and --whole contradict each other' deque put -0 --whole q
	for verb in browse leases; do
		expect 64 "deque: $verb: --json and --output contradict each other" deque $verb --json -o id "$Q"
		deque $verb --json -n "$Q"
	done
	deque put "$Q" --front --front x
	deque kick --buried --delayed "$Q"
}

@test "--idle-exit with its time behind a blank says what is missing" {
	for time in 5 1h30m; do
		line="deque: work: '=' is missing: --idle-exit=$time; or put a deque or command '$time' elsewhere"
		expect 64 "$line" deque work --idle-exit $time "$Q" true
		expect 64 "$line" deque work "$Q" --idle-exit $time true
	done
	deque create 5
	expect 0 'deque: 5: acked 0, returned 0, buried 0, leases lost 0' deque work 5 --idle-exit true
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
