#!/usr/bin/env bats
# leases: who holds them, which need not be who has claimed them.
# shellcheck disable=SC2016	# shells expand what is theirs
load common

setup() {
	Q=q$BATS_TEST_NUMBER T=$BATS_TEST_TMPDIR
	export Q T
	deque create "$Q"
	deque put "$Q" a b
}

# A process that a failed test leaves running would keep bats from ending.
teardown() {
	jobs -p | xargs -r kill -KILL 2>/dev/null || true
	deque rm --force "$Q" 2>/dev/null || true
}

# holders: process and command of each lease, with single blanks
holders() {
	deque leases -no holder,command "$Q" | tr -s ' ' | sed 's/^ //; s/ $//'
}

# a process with an open file that 'deque claim' has claimed through
holds_it='exec 3<>/dev/deque/$Q; deque claim --fd 3 >$T/claimed; : >$T/ready; exec sleep 1000'

@test "what 'claim' has claimed is held by the process that has the file" {
	sh -c "$holds_it" 3>&- &
	until_true test -e "$T/ready"
	is_held() { [ "$(holders)" = "$1 sleep 1000" ]; }
	until_true is_held $!
	[[ $(deque leases --json "$Q") == *'"holder":'$!',"command":"sleep 1000"'* ]]
	# A user who may not look at that process is told who has claimed it.
	[[ $(as alice deque leases -no holder,command "$Q" | tr -s ' ') == ' '[0-9]*' -'* ]]
}

@test "of several that have the file, the one that has claimed is named, if it lives" {
	exec {q}<>"/dev/deque/$Q"
	deque claim --fd "$q" >/dev/null
	[[ $(holders) == "$BASHPID "* ]]
	exec {q}>&-
	deque work "$Q" -- sleep 1000 &
	until_true is_field leased 1
	[ "$(holders)" = "$! deque work $Q -- sleep 1000" ]
}

@test "a holder that is stopped, or dumps its core, is called that" {
	[ -e /proc/sys/kernel/core_pattern ] || skip 'this kernel dumps no cores'
	sh -c "$holds_it" 3>&- &
	until_true test -e "$T/ready"
	is_sleep() { [ "$(cat "/proc/$1/comm")" = sleep ]; }
	until_true is_sleep $!
	kill -STOP $!
	is_stopped() { [[ $(holders) == "$1 sleep 1000 (stopped)" ]]; }
	until_true is_stopped $!
	[[ $(deque leases --json "$Q") == *'"holder_state":"stopped"'* ]]
	kill -CONT $!

	# The pipe that takes the core is read when we say so.
	mkfifo "$T/go"
	printf '#!/bin/sh\nread -r _ <%s\ncat >/dev/null\n' "$T/go" >"$T/dump"
	chmod +x "$T/dump"
	pattern=$(</proc/sys/kernel/core_pattern)
	echo "|$T/dump" >/proc/sys/kernel/core_pattern
	kill -SEGV $!
	dumps() { [[ $(holders) == "$1 sleep 1000 (dumping core)" ]]; }
	until_true dumps $! || { echo "$pattern" >/proc/sys/kernel/core_pattern; holders; false; }
	echo "$pattern" >/proc/sys/kernel/core_pattern
	is_field leased 1
	[[ $(deque leases --json "$Q") == *'"holder_state":"dumping core"'* ]]
	timeout 60 sh -c 'echo >"$1"' sh "$T/go"
	until_true is_field leased 0
}
