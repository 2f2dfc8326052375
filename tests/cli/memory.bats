#!/usr/bin/env bats
# Memory as the command shows it: stat --total, and put when there is none.
load common

# total KEY: a number of stat --total
total() {
	deque stat --total | awk -v key="$1" '$1 == key { print $2 }'
}

# reload PARAMETER...: the module anew, without deques
reload() {
	deque rm --force "$(deque ls -no name)"
	rmmod deque
	modprobe deque "$@"
	udevadm settle
	deque create "$Q"
}

@test "stat --total tells what the messages of all deques take" {
	[ "$(total total_bytes)" = 0 ]
	printf '%064d' 0 | deque put "$Q"
	# In a piece of 192 bytes, with the address of its cgroup and a part of its page.
	[ "$(total message_bytes)" = 204 ]
	[ "$(total total_bytes)" = 204 ]
	[ "$(field "$Q" memory)" = 204 ]
	[ "$(total max_total_bytes)" = "$(cat /sys/module/deque/parameters/max_total_bytes)" ]
	exec {q}<>"/dev/deque/$Q"
	deque claim --fd "$q" >/tmp/claimed
	[ "$(total lease_bytes)" -gt 0 ]
	exec {q}>&-
	[ "$(total lease_bytes)" = 0 ]
}

@test "stat --total --json is one object; a name beside it is refused" {
	expect 0 "{\"total_bytes\":0,\"max_total_bytes\":$(total max_total_bytes),\"message_bytes\":0,\"lease_bytes\":0,\"call_bytes\":0,\"max_user_bytes\":$(total max_user_bytes)}" \
		deque stat --total --json
	run -64 deque stat --total "$Q"
}

@test "put says when it is all deques together that are full" {
	reload max_total_bytes=64K
	deque create other
	for size in 50000 5000 500 50 1; do
		until ! head -c "$size" /dev/zero | deque put -w 0 --whole "$Q" 2>/tmp/said; do :; done
	done
	run -75 deque put -w 0 other x
	[ "$output" = "deque: other: all deques together are full; '-w TIME' waits, 'deque stat --total' shows of what; messages put in: 0, the first that was not: operand:1" ]
	deque rm other
	reload
}

@test "what many calls do at a time is done one by one when there is no memory for arrays" {
	reload max_total_bytes=64K
	seq 20 | deque put "$Q"
	seq 21 60 | deque put "$Q"
	[ "$(deque browse -n -o data "$Q" | xargs)" = "$(seq 60 | xargs)" ]
	[ "$(deque take "$Q" -c 60 | xargs)" = "$(seq 60 | xargs)" ]
	reload
}

@test "put waits while its cgroup has no memory, and says so" {
	deque set "$Q" max_messages=10000 max_bytes=1G
	echo +memory >/sys/fs/cgroup/cgroup.subtree_control
	mkdir -p /sys/fs/cgroup/tight
	echo 16M >/sys/fs/cgroup/tight/memory.max
	line=$(head -c 60000 /dev/zero | tr '\0' x)
	for _ in {1..500}; do echo "$line"; done >/tmp/lines
	bash -c 'echo $$ >/sys/fs/cgroup/tight/cgroup.procs; exec deque put "$1" </tmp/lines 2>/tmp/waits' sh "$Q" &
	put=$!
	until grep -q "^deque: $Q: waiting: this cgroup, or the machine, has no memory for more messages\$" /tmp/waits; do
		kill -0 "$put"
	done
	[ "$(messages)" -lt 500 ]
	until [ "$(field "$Q" pushed)" = 500 ]; do
		deque take "$Q" -c 100 >/dev/null || true
	done
	ends 0 "$put"
	grep -q '^oom_kill 0$' /sys/fs/cgroup/tight/memory.events
	[ "$(wc -l </tmp/waits)" -ge 1 ]
}
