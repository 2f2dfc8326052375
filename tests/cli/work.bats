#!/usr/bin/env bats
# work: handlers, their exit statuses, and what outlives whom.
# shellcheck disable=SC2016,SC2046	# handlers expand what is theirs; numbers are words
load common

setup() {
	Q=q$BATS_TEST_NUMBER T=$BATS_TEST_TMPDIR
	export T
	deque create "$Q" --max-deliveries never
}

# A process that a failed test leaves running would keep bats from ending.
teardown() {
	{ jobs -p; cat "$T"/[0-9]*; } 2>/dev/null | xargs -r kill -KILL 2>/dev/null || true
	deque rm --force "$Q" 2>/dev/null || true
}

# summary ACKED RETURNED BURIED LOST: the line at the end
summary() {
	echo "deque: $Q: acked $1, returned $2, buried $3, leases lost $4"
}

# work OPTION... -- COMMAND...: until there is nothing to do; stderr in $T/error
work() {
	deque work "$Q" --idle-exit "$@" 2>"$T/error"
}

is_dead() {	# PID...
	local pid
	for pid; do
		! grep -q '^State:.[^Z]' "/proc/$pid/status" 2>/dev/null || return 1
	done
}

# nested: a handler that never ends, nor does what it has started; $T/ID has the
# numbers of both processes
nested() {
	echo 'sleep 1000 & echo $$ $! >$T/new.$DEQUE_ID; mv $T/new.$DEQUE_ID $T/$DEQUE_ID; wait'
}

@test "a handler gets the message as standard input, and status 0 acknowledges it" {
	printf 'one\ntwo\n' | deque put "$Q"
	head -c 60000 /dev/urandom >"$T/long"
	deque put --whole -f "$Q" "$T/long"
	work -- cat >"$T/out"
	printf 'onetwo' | cat - "$T/long" | cmp - "$T/out"
	[ "$(cat "$T/error")" = "$(summary 3 0 0 0)" ]
	[ "$(deque ls -no messages,acked "$Q" | tr -s ' ')" = '0 3' ]
}

@test "a handler can read its message as often as it likes, and need not read it" {
	deque put "$Q" a b
	work -- sh -c 'cat; cat /dev/stdin' >"$T/out"
	[ "$(cat "$T/out")" = aabb ]
	deque put "$Q" c
	work -- true
}

@test "{} in the arguments is the message's text, whatever is in it" {
	deque put "$Q" "a b; 'c' \$d" $'line\n'
	[ "$(work -- printf '<%s>' {} -{}-{})" = "<a b; 'c' \$d><-a b; 'c' \$d-a b; 'c' \$d><line><-line-line>" ]
}

@test "the environment tells of the message" {
	as alice deque put "$Q" a
	[[ $(work -- sh -c 'echo $DEQUE_NAME $DEQUE_ID $DEQUE_LEASE $DEQUE_DELIVERIES $DEQUE_UID') =~ ^"$Q 1 "[0-9]+' 1 1000'$ ]]
}

@test "a handler has no file of ours open, nor signals blocked or ignored" {
	deque put "$Q" a
	look='ls /proc/self/fd; grep Sig /proc/self/status'
	[ "$(work -- sh -c "$look")" = "$(sh -c "$look")" ]
}

# A dump of the core may take minutes, in which the message waits.
@test "a handler dumps no core, unless with --core" {
	deque put "$Q" a b
	(ulimit -c unlimited && deque work "$Q" --max 1 -- sh -c 'ulimit -Sc; ulimit -Hc' 2>/dev/null) >"$T/out"
	[ "$(cat "$T/out")" = $'0\n0' ]
	(ulimit -c unlimited && deque work "$Q" --max 1 --core -- sh -c 'ulimit -Sc; ulimit -Hc' 2>/dev/null) >"$T/out"
	[ "$(cat "$T/out")" = $'unlimited\nunlimited' ]
}

@test "75 returns with a delay, 65 buries, other statuses and signals return" {
	deque put "$Q" 75 65
	run -65 --separate-stderr deque work "$Q" --idle-exit -- sh -c 'exit "$1"' sh {}
	# shellcheck disable=SC2154
	[ "$stderr" = "deque: $Q: message 1: exit status 75; returned, to wait 1.0 s
deque: $Q: message 2: exit status 65; buried
$(summary 0 1 1 0)" ]
	is_field returned 1
	is_field buried 1
	deque take -w 5s "$Q"
	deque put "$Q" 'exit 3' 'kill -9 $$'
	run -75 --separate-stderr deque work "$Q" --max 1 --retry-delay 0 -- sh -c 'eval "$1"' sh {}
	[ "$stderr" = "deque: $Q: message 3: exit status 3; returned
$(summary 0 1 0 0)" ]
	[ "$(deque take "$Q")" = 'exit 3' ]
	run -75 --separate-stderr deque work "$Q" --max 1 --retry-delay 0 -- sh -c 'eval "$1"' sh {}
	[ "$stderr" = "deque: $Q: message 4: killed by signal 9, Killed; returned
$(summary 0 1 0 0)" ]
	is_field ready 1
}

@test "--retry-delay is for all failures, and doubles, until the last delivery" {
	deque set "$Q" max_deliveries=3
	deque put "$Q" a
	run -65 --separate-stderr deque work "$Q" --max 3 --retry-delay 100ms -- false
	[ "$stderr" = "deque: $Q: message 1: exit status 1; returned, to wait 0.1 s
deque: $Q: message 1: exit status 1; returned, to wait 0.2 s
deque: $Q: message 1: exit status 1; buried, as that was its last delivery
$(summary 0 2 1 0)" ]
	is_field buried 1
}

@test "--retry-delay doubles up to an hour, unless it is longer itself" {
	deque put "$Q" a b
	# Each has been delivered once.
	exec {q}<>"/dev/deque/$Q"
	deque claim --fd "$q" -c 2
	exec {q}<&-
	for delays in '40m 3600.0' '90m 5400.0'; do
		run -75 --separate-stderr deque work "$Q" --max 1 --retry-delay "${delays% *}" -- false
		[[ $stderr == *"exit status 1; returned, to wait ${delays#* } s"* ]]
	done
}

@test "-j: so many at a time" {
	seq 8 | deque put "$Q"
	# Each waits until there are four.
	work -j 4 -- sh -c 'touch $T/in.$DEQUE_ID; until set -- $T/in.*; [ $# -ge 4 ]; do sleep 0.05; done'
	[ "$(cat "$T/error")" = "$(summary 8 0 0 0)" ]
}

@test "without -j it is one after the other" {
	seq 20 | deque put "$Q"
	[ "$(work -- sh -c 'mkdir $T/alone && cat && echo && rmdir $T/alone')" = "$(seq 20)" ]
}

# Prints a line in two pieces, with those of the others between them.
in_pieces='printf $DEQUE_ID-; touch $T/in.$DEQUE_ID
	until set -- $T/in.*; [ $# = 3 ]; do sleep 0.05; done; echo $DEQUE_ID'

@test "--group: what each prints comes as a whole" {
	deque put "$Q" a b c
	[ "$(work -j 3 --group -- sh -c "$in_pieces" | sort)" = $'1-1\n2-2\n3-3' ]
	rm "$T"/in.*
	deque put "$Q" a b c
	[[ $(work -j 3 -- sh -c "${in_pieces//ID/LEASE}") == *-*-*-* ]]
}

@test "--group: much, to a slow reader" {
	deque put "$Q" 1 2 3 4
	work -j 4 --group -- seq 20000 | (sleep 0.5; cat) >"$T/out"
	for _ in 1 2 3 4; do seq 20000; done | cmp - "$T/out"
}

@test "--group: a second signal ends it though the reader does not read" {
	deque put "$Q" a
	mkfifo "$T/pipe"
	exec {reader}<>"$T/pipe"
	deque work "$Q" --group -- sh -c 'seq 100000; touch $T/printed' >"$T/pipe" 2>"$T/error" &
	until_true test -e "$T/printed"
	# There is just the guard.
	until_true eval "[ \$(children $! | wc -l) = 1 ]"
	kill -TERM $!
	kill -HUP $!
	until_true is_dead $!
	exec {reader}<&-
	[ "$(cat "$T/error")" = "deque: $Q: message 1: its output was not printed; returned
$(summary 0 1 0 0)" ]
	is_field ready 1
}

@test "--group: what cannot be printed is not done" {
	deque put "$Q" a b
	run -74 --separate-stderr eval "deque work $Q --idle-exit --group -- echo {} >/dev/full"
	[ "$stderr" = "deque: $Q: cannot write to standard output: No space left on device
deque: $Q: message 1: its output was not printed; returned
$(summary 0 1 0 0)" ]
	is_field ready 2
}

@test "--max: no more than that are taken" {
	deque put "$Q" a b c
	[ "$(deque work "$Q" --max 2 -j 8 --group -- echo {} 2>/dev/null | sort)" = $'a\nb' ]
	is_field ready 1
}

@test "--idle-exit waits so long for more, anew after each" {
	local end
	mkfifo "$T/go"
	deque put "$Q" a
	deque work "$Q" --idle-exit=2s -- sh -c 'read -r _ <"$0"; echo "$1"' "$T/go" {} >"$T/out" &
	until_true is_field leased 1
	sleep 2	# longer than it waits when it is idle, which it is not
	end=$(milliseconds)
	timeout 60 sh -c 'echo >"$1"' sh "$T/go"
	wait $!
	[ "$(cat "$T/out")" = a ]
	[ $(($(milliseconds) - end)) -ge 2000 ]
}

@test "--idle-exit takes what comes while it waits" {
	deque work "$Q" --idle-exit=1h --max 1 -- true &
	until_true catches $!
	deque put "$Q" a
	wait $!
	is_field acked 1
}

@test "it takes what comes, at once" {
	deque work "$Q" --max 3 -- echo {} >"$T/out" &
	for i in 1 2 3; do
		until_true is_field openers 1
		deque put "$Q" $i
		until_true is_field acked $i
	done
	wait $!
	[ "$(cat "$T/out")" = $'1\n2\n3' ]
}

@test "SIGKILL: handlers and what they have started die, and the messages are there at once" {
	deque put "$Q" a b
	deque work "$Q" -j 2 -- sh -c "$(nested)" &
	until_true test -e "$T/1" -a -e "$T/2"
	kill -KILL $!
	ends 137 $!
	is_field ready 2
	is_field crash_returned 2
	until_true is_dead $(cat "$T/1" "$T/2")
	[ "$(deque take "$Q" -c all)" = $'a\nb' ]
}

@test "so it is when other handlers have ended before" {
	deque put "$Q" true true "$(nested)"
	deque work "$Q" -- sh -c {} &
	until_true test -e "$T/3"
	kill -KILL $!
	ends 137 $!
	until_true is_dead $(cat "$T/3")
}

@test "so it is when the guard was killed before, and when it dies by a whole group's end" {
	set -m
	deque put "$Q" a
	deque work "$Q" -- sh -c "$(nested)" &
	until_true test -e "$T/1"
	read -ra pids <"$T/1"
	# Of its children, the one in no group of ours.
	guard=$(children $! | grep -vx "${pids[0]}")
	kill -KILL "$guard"
	until_true eval "children $! | grep -vx -e ${pids[0]} -e $guard"
	kill -KILL -$!
	ends 137 $!
	until_true is_dead "${pids[@]}"
}

@test "without the guard, at least the handlers themselves die" {
	deque put "$Q" a
	deque work "$Q" -- sh -c "$(nested)" &
	until_true test -e "$T/1"
	read -ra pids <"$T/1"
	# So that there is no other.
	kill -STOP $!
	kill -KILL "$(children $! | grep -vx "${pids[0]}")"
	kill -KILL $!
	ends 137 $!
	until_true is_dead "${pids[0]}"
	kill -KILL "${pids[1]}"
}

@test "a message goes to another worker when the first is killed" {
	deque put "$Q" job
	deque work "$Q" --max 1 -- sleep 1000 &
	first=$!
	until_true is_field leased 1
	deque work "$Q" --max 1 -- sh -c 'echo "$DEQUE_DELIVERIES: {}"' >"$T/out" &
	until_true is_field openers 2
	kill -KILL $first
	ends 137 $first
	ends 0 $!
	[ "$(cat "$T/out")" = '2: job' ]
}

# a handler that waits until $T/go is there
waits='touch $T/started.$DEQUE_ID; until [ -e $T/go ]; do sleep 0.05; done'

@test "SIGTERM: what runs is finished, and no more is taken" {
	deque put "$Q" a b
	deque work "$Q" -- sh -c "$waits" 2>"$T/error" &
	until_true test -e "$T/started.1"
	kill -TERM $!
	touch "$T/go"
	ends 143 $!
	[ "$(cat "$T/error")" = "$(summary 1 0 0 0)" ]
	[ "$(deque take "$Q" -c all)" = b ]
}

@test "SIGINT from the terminal does not reach the handlers" {
	set -m
	deque put "$Q" a b
	deque work "$Q" -- sh -c "$waits" &
	until_true test -e "$T/started.1"
	kill -INT -$!
	touch "$T/go"
	ends 130 $!
	is_field acked 1
}

@test "idle, a signal ends it at once" {
	deque work "$Q" -- true 2>"$T/error" &
	until_true is_field openers 1
	until_true catches $!
	kill -TERM $!
	ends 143 $!
	[ "$(cat "$T/error")" = "$(summary 0 0 0 0)" ]
}

@test "a second signal kills the handlers and returns their messages" {
	deque put "$Q" a b
	deque work "$Q" -j 2 --retry-delay 1h -- sh -c "$(nested)" 2>"$T/error" &
	until_true test -e "$T/1" -a -e "$T/2"
	kill -TERM $!
	kill -HUP $!
	ends $((128 + 15)) $! || ends 129 $!
	tail -n 1 "$T/error" | grep -Fx "$(summary 0 2 0 0)"
	is_field ready 2
	until_true is_dead $(cat "$T/1" "$T/2")
}

@test "impatient stops bury nothing" {
	deque set "$Q" max_deliveries=2
	deque put "$Q" a
	for stop in 1 2 3; do
		deque work "$Q" -- sh -c "touch $T/stop.$stop; sleep 1000" 2>"$T/error" &
		until_true test -e "$T/stop.$stop"
		kill -TERM $!
		kill -HUP $!
		ends $((128 + 15)) $! || ends 129 $!
		tail -n 1 "$T/error" | grep -Fx "$(summary 0 1 0 0)"
	done
	is_field ready 1
	run -65 deque work "$Q" --max 2 --retry-delay 0 -- false
	is_field buried 1
}

@test "a poison message takes no other along that was claimed with it" {
	deque set "$Q" max_deliveries=2
	deque put "$Q" poison a b c
	for _ in 1 2; do
		sh -c "exec 3<>/dev/deque/$Q; deque claim --fd 3 -c 4 >/dev/null; kill -KILL \$\$" ||
			[ $? = 137 ]
	done
	is_field buried 1
	[ "$(deque take "$Q" -c all)" = $'a\nb\nc' ]
}

@test "--timeout: SIGTERM, and the message is returned, whatever the exit status" {
	deque put "$Q" a
	for status in 0 65 75; do
		run -75 --separate-stderr deque work "$Q" --max 1 --retry-delay 0 --timeout 1s -- \
			sh -c "trap 'echo told; exit $status' TERM; sleep 1000 & wait"
		[ "$output" = told ]
		[ "$stderr" = "deque: $Q: message 1: timed out; returned
$(summary 0 1 0 0)" ]
	done
	is_field ready 1
}

@test "--timeout: SIGTERM is for what the handler has started as well, and for what is stopped" {
	deque put "$Q" a
	for handler in '(trap "echo told; exit" TERM; sleep 1000 & wait) & trap "" TERM; wait' \
		'trap "echo told; exit" TERM; kill -STOP $$'; do
		run -75 --separate-stderr deque work "$Q" --max 1 --timeout 2s -- sh -c "$handler"
		[ "$output" = told ]
	done
}

@test "--timeout: SIGKILL to the group when that is not enough" {
	deque put "$Q" a
	run -75 deque work "$Q" --max 1 --retry-delay 0 --timeout 200ms -- sh -c 'trap "" TERM; sleep 1000 & echo $! >$T/pid; wait'
	is_field ready 1
	until_true is_dead "$(cat "$T/pid")"
}

@test "--timeout: nobody else gets the message meanwhile, though work had been stopped for long" {
	deque put "$Q" a
	deque work "$Q" --max 1 --retry-delay 0 --timeout 1s -- sh -c 'trap "" TERM; touch $T/started; sleep 1000 & wait' 2>"$T/error" &
	until_true test -e "$T/started"
	kill -STOP $!
	# Less than the handler has between SIGTERM and SIGKILL.
	until_true eval '[[ $(deque leases -no left "$Q" | tr -d " ") == [0-4].?s ]]'
	kill -CONT $!
	ends 75 $!
	[ "$(cat "$T/error")" = "deque: $Q: message 1: timed out; returned
$(summary 0 1 0 0)" ]
	is_field timed_out 0
}

@test "what has failed leaves nothing behind that still works on it" {
	deque put "$Q" a
	run -75 deque work "$Q" --max 1 -- sh -c 'sleep 1000 >/dev/null 2>&1 & echo $! >$T/pid; exit 1'
	until_true is_dead "$(cat "$T/pid")"
}

@test "a lease that is lost while work is stopped is told of, though another message was buried" {
	deque put "$Q" 'exit 65' "$waits"
	deque work "$Q" --max 2 --timeout 10s -- sh -c {} 2>"$T/error" &
	until_true test -e "$T/started.2"
	kill -STOP $!
	until_true is_field timed_out 1
	[ "$(deque take "$Q")" = "$waits" ]
	kill -CONT $!
	ends 76 $!
	grep -x "deque: $Q: lease [0-9]* is lost: .*" "$T/error"
	tail -n 1 "$T/error" | grep -Fx "$(summary 0 0 1 1)"
}

@test "on a terminal, a line tells how it gets on, and makes room for the summary" {
	deque put "$Q" a b
	script -qec "deque work $Q --idle-exit --group -- true" /dev/null </dev/null >"$T/out"
	grep -qF $'\r\e[K'"$Q: 1 running, 0 done, 0 failed" "$T/out"
	[[ $(<"$T/out") == *$'\r\e[K'"$(summary 2 0 0 0)"$'\r' ]]
}

@test "without one, or where handlers print to it, there is just the summary" {
	deque put "$Q" a
	work -- true
	[ "$(cat "$T/error")" = "$(summary 1 0 0 0)" ]
	deque put "$Q" a
	script -qec "deque work $Q --idle-exit -- true" /dev/null </dev/null >"$T/out"
	[ "$(cat "$T/out")" = "$(summary 1 0 0 0)"$'\r' ]
}

are_lines() {	# FILE COUNT
	[ "$(wc -l <"$1")" = "$2" ]
}

@test "what another buries at the same time is not taken for one's own" {
	local ours others
	deque set "$Q" max_deliveries=2
	seq 64 | deque put "$Q"
	exec {q}<>"/dev/deque/$Q"
	# Claimed often enough to be buried, but that does not count.
	for _ in 1 2; do
		deque claim --fd "$q" -c 64 | cut -d ' ' -f 1 | xargs deque return --fd "$q" --uncounted
	done
	exec {q}<&-
	: >"$T/ran"
	deque work "$Q" -j 64 --max 64 --retry-delay 1h -- sh -c 'echo >>$T/ran; until [ -e $T/go ]; do sleep 0.1; done; exit 1' 2>"$T/error" &
	ours=$!
	until_true are_lines "$T/ran" 64
	# Much slower than ours, so that it goes on as long.
	seq 400 | deque put "$Q"
	deque work "$Q" -- sh -c 'exit 65' 2>/dev/null &
	others=$!
	until_true eval '[ "$(field "$Q" buried)" != 0 ]'
	touch "$T/go"
	ends 75 $ours
	[ "$(field "$Q" ready)" -gt 0 ]
	kill -KILL $others
	[ "$(tail -n 1 "$T/error")" = "$(summary 0 64 0 0)" ]
}

@test "the deque is removed" {
	deque put "$Q" a
	deque work "$Q" -j 2 -- sh -c "$waits" 2>"$T/error" &
	until_true test -e "$T/started.1"
	deque rm --force "$Q"
	touch "$T/go"
	ends 66 $!
	[ "$(cat "$T/error")" = "deque: $Q: somebody has just removed it; 'deque create' makes it anew
$(summary 0 0 0 1)" ]
}

@test "a command that cannot be run ends it before a message is claimed, also when there is none" {
	local file
	touch "$T/file"
	printf '#!/nowhere/sh\n' >"$T/script"
	chmod +x "$T/script"
	for file in nope "$T/nope" "$T/script"; do
		expect 127 "deque: cannot run '$file': No such file or directory" timeout 60 deque work "$Q" -j 4 "$file"
	done
	for file in "$T/file" "$T"; do
		expect 126 "deque: cannot run '$file': Permission denied" timeout 60 deque work "$Q" "$file"
	done
	expect 126 "deque: cannot run 'file': Permission denied" env PATH="/nowhere:$T:$PATH" timeout 60 deque work "$Q" file
	deque put "$Q" a
	expect 127 "deque: cannot run 'nope': No such file or directory" timeout 60 deque work "$Q" nope
	is_field ready 1
	is_field claimed 0
}

@test "what only the message tells to be no command stops it, and the message is ready" {
	deque put "$Q" nope
	expect 127 "deque: cannot run '{}': No such file or directory
$(summary 0 1 0 0)" deque work "$Q" -j 4 {}
	is_field ready 1
}

# 1 s after the first of at most three deliveries, 2 s after the second.
@test "by default what has failed waits, twice as long each time" {
	deque set "$Q" max_deliveries=3
	deque put "$Q" a
	run -65 --separate-stderr deque work "$Q" --max 3 -- sh -c 'exit 3'
	[ "$stderr" = "deque: $Q: message 1: exit status 3; returned, to wait 1.0 s
deque: $Q: message 1: exit status 3; returned, to wait 2.0 s
deque: $Q: message 1: exit status 3; buried, as that was its last delivery
$(summary 0 2 1 0)" ]
	deque put "$Q" b
	run -75 --separate-stderr deque work "$Q" --max 1 -- sh -c 'kill -9 $$'
	# shellcheck disable=SC2154
	[ "${stderr_lines[0]}" = "deque: $Q: message 2: killed by signal 9, Killed; returned, to wait 1.0 s" ]
	# Its second is over soon on a slow machine, and then it is the next.
	deque kick --delayed "$Q"
	[ "$(deque take "$Q")" = b ]
	deque put "$Q" c
	run -75 --separate-stderr deque work "$Q" --max 1 --timeout 1s -- sleep 1000
	[ "${stderr_lines[0]}" = "deque: $Q: message 3: timed out; returned, to wait 1.0 s" ]
}

@test "a message that no argument can hold is buried" {
	deque set "$Q" max_message_size=1M
	printf 'a\0b' | deque put --whole "$Q"
	head -c 500000 /dev/zero | tr '\0' x | deque put --whole "$Q"
	expect 65 "deque: $Q: message 1: it has a NUL in it, which no argument can have; buried
deque: $Q: message 2: it is too long for an argument; buried
$(summary 0 0 2 0)" deque work "$Q" --idle-exit true {}
	deque kick "$Q"
	work -- true
	is_field acked 2
}

# The text of a message must not become a command; an argument of its own is safe.
@test "{} inside of a shell's program is warned of" {
	deque put "$Q" 'a;echo injected'
	for shell in 'sh -c' 'bash -ec' 'env sh -c' 'sh -c --' 'bash --norc -c'; do
		# shellcheck disable=SC2086	# several words
		run deque work "$Q" --max 1 -- $shell 'true || echo {}'
		[[ ${lines[0]} == "deque: $Q: warning: {} is part of a shell's program, so a message can run commands; make it an argument: "*"sh -c '... \"\$1\"' sh {}" ]]
		deque put "$Q" 'a;echo injected'
	done
	run -0 deque work "$Q" --max 1 -- sh -c 'echo "$1"' sh {}
	[ "$output" = "a;echo injected
$(summary 1 0 0 0)" ]
	run deque work "$Q" --max 1 --idle-exit -- echo -c {}.
	[[ $output != *warning* ]]
	deque put "$Q" 'echo meant'
	run -0 deque work "$Q" --max 1 -- sh -c {}
	[ "$output" = "meant
$(summary 1 0 0 0)" ]
}

# As many of them as there are slots, and nothing after them that would wake it.
@test "--idle-exit ends after messages that start no handler" {
	for slots in 1 4; do
		for ((i = 0; i < slots; i++)); do
			printf 'a\0b' | deque put --whole "$Q"
		done
		run -65 deque work "$Q" -j "$slots" --idle-exit -- true {}
		[ "${lines[-1]}" = "$(summary 0 0 "$slots" 0)" ]
	done
}

@test "options stand before or after the name, and the command's are its own" {
	deque put "$Q" a b c
	[ "$(deque work -j 1 "$Q" --max 1 echo -n --max {} 2>/dev/null)" = '--max a' ]
	[ "$(deque work --max 1 -- "$Q" echo -j {} 2>/dev/null)" = '-j b' ]
	[ "$(deque work "$Q" --max 1 -- echo -j {} 2>/dev/null)" = '-j c' ]
	for words in '' "$Q" "$Q --" "$Q --max 1"; do
		# shellcheck disable=SC2086
		run -64 deque work $words
		[[ $output == "deque: work: not enough operands; usage: deque work "* ]]
	done
	expect 64 "deque: work: --nope is not an option here; 'deque help work' tells more" deque work "$Q" --nope true
	expect 64 "deque: --jobs: '1025' is not from 1 to 1024" deque work "$Q" -j 1025 true
	expect 66 "deque: nope: no such deque; 'deque create' makes it, 'deque ls' lists them" deque work nope true
}

@test "as many handlers as it takes, with fewer files than that, and SIGTERM is heard" {
	local options
	for options in '' --group; do
		(ulimit -Sn 1024 && exec deque work "$Q" -j 1024 $options -- sh -c 'ulimit -Sn >>$T/files') 2>"$T/error" &
		deque put "$Q" a
		until_true is_field messages 0
		kill -TERM $!
		ends 143 $!
		[ "$(cat "$T/error")" = "$(summary 1 0 0 0)" ]
	done
	[ "$(cat "$T/files")" = $'1024\n1024' ]
}

@test "messages that start no handler do not keep it from hearing SIGTERM" {
	yes $'a\001' | head -n 30000 | tr '\001' '\0' | deque put "$Q"
	deque work "$Q" -- true {} 2>"$T/error" &
	has_buried() { [ "$(field "$Q" buried)" -gt 0 ]; }
	until_true eval '[ "$(field "$Q" buried)" != 0 ]'
	kill -TERM $!
	ends 143 $!
	[ "$(field "$Q" ready)" -gt 0 ]
	[ "$(field "$Q" messages)" = 30000 ]
}

@test "a handler that prints without end is ended by its timeout" {
	deque put "$Q" a
	(ulimit -Sv 1000000 && exec deque work "$Q" --idle-exit --group --timeout 0.2 --retry-delay 1h -- yes) >/dev/null 2>"$T/error" &
	ends 75 $!
	is_field delayed 1
}

@test "while what it has printed waits for a reader, the message stays its own" {
	deque put "$Q" a
	mkfifo "$T/fifo"
	deque work "$Q" --idle-exit --group --timeout 1000 -- head -c 200000 /dev/zero >"$T/fifo" 2>"$T/error" &
	exec 7<"$T/fifo"
	# With a handler it would end by itself, some time.
	has_no_end() { [ "$(deque leases -no left "$Q" | tr -d ' ')" = - ]; }
	until_true has_no_end
	[ "$(wc -c <&7)" = 200000 ]
	exec 7<&-
	ends 0 $!
	is_field acked 1
}

@test "who may only read can work" {
	deque put "$Q" a
	udevadm settle
	chmod 640 "/dev/deque/$Q"
	[ "$(as alice deque work "$Q" --idle-exit -- cat 2>/dev/null)" = a ]
}
