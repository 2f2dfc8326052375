#!/usr/bin/env bats
# docs/workers: each does its work, tries again what fails, and loses nothing when it dies.
load common

setup() {
	Q=q$BATS_TEST_NUMBER T=$BATS_TEST_TMPDIR
	create
}

# It may take us longer than a few deliveries to look.
create() {
	deque create "$Q" --max-deliveries never
}

has_returned() {
	[ "$(field "$Q" returned)" -ge 1 ]
}

teardown() {
	deque rm --force "$Q"	# which ends them
	[ -z "${parent:-}" ] || kill -KILL "$parent" 2>/dev/null || true
}

# does_its_work WORKER
does_its_work() {
	printf 123 >"$T/three"
	printf 12345 >"$T/fi ve"
	deque put "$Q" "$T/late" "$T/three" "$T/fi ve"
	"$1" "$Q" >"$T/out" 2>"$T/error" &
	until_true is_field acked 2
	until_true has_returned
	printf 1 >"$T/late"
	until_true is_field acked 3
	[ "$(sort "$T/out")" = "$T/fi ve 5"$'\n'"$T/late 1"$'\n'"$T/three 3" ]
	grep -q "No such file" "$T/error"
}

# strips_one_newline WORKER
strips_one_newline() {
	printf 1 >"$T/plain"
	printf 12 >"$T/newline"$'\n'
	printf 123 >"$T/ blanks "
	echo "$T/plain" >"/dev/deque/$Q"
	printf '%s\n\n' "$T/newline" >"$T/message"
	deque put --whole --files "$Q" "$T/message"
	deque put "$Q" "$T/ blanks "
	"$1" "$Q" >"$T/out" 2>&1 &
	until_true is_field acked 3
	[ "$(cat "$T/out")" = "$T/plain 1"$'\n'"$T/newline"$'\n'" 2"$'\n'"$T/ blanks  3" ]
}

# buries_nonsense WORKER
buries_nonsense() {
	deque put "$Q" nonsense
	"$1" "$Q" 2>"$T/error" &
	until_true is_field buried 1
	grep -q "^$1: " "$T/error"
}

# dies WORKER: while it reads a pipe that nobody writes to
dies() {
	mkfifo "$T/pipe"
	deque put "$Q" "$T/pipe"
	"$1" "$Q" &
	until_true is_field leased 1
	kill -KILL $!
	ends 137 $!
	until_true is_field ready 1
	is_field crash_returned 1
	# The process that bash has started reads on; if there is nobody, this is gone.
	echo 1<>"$T/pipe"
	"$1" "$Q" >"$T/out" &
	until_true is_field leased 1
	echo >"$T/pipe"
	until_true is_field acked 1
	[ "$(cat "$T/out")" = "$T/pipe 1" ]
}

# takes_long_ones WORKER
takes_long_ones() {
	local path=$T/.
	while [ ${#path} -lt 5000 ]; do
		path+=/./././././././././.
	done
	deque put "$Q" "$path"
	"$1" "$Q" 2>"$T/error" &
	until_true has_returned
	grep -q 'File name too long' "$T/error"
}

# complains WORKER
complains() {
	run -64 "$1"
	# shellcheck disable=SC2154	# run sets it
	[ "$output" = "usage: $1 NAME" ]
	run "$1" nope
	# shellcheck disable=SC2154
	[ "$status" != 0 ]
	[[ $output == "$1: nope: "* ]]
	"$1" "$Q" 2>"$T/error" &
	until_true is_field takers 1
	deque rm --force "$Q"
	if wait $!; then return 1; fi
	create
	grep -q "$Q" "$T/error"
}

# each RULE: it holds for each worker, in a deque of its own
each() {
	local worker
	for worker in worker worker.py worker.sh; do
		echo "$worker:"	# shown if it fails
		T=$BATS_TEST_TMPDIR/$worker
		mkdir "$T"
		"$1" "$worker"
		teardown
		create
	done
}

@test "each does its work, also what could not be done at first" {
	each does_its_work
}

@test "each strips the newline that echo sends, and no more" {
	each strips_one_newline
}

@test "each buries nonsense" {
	each buries_nonsense
}

@test "each may die: its message is ready at once, and the next worker gets it" {
	each dies
}

@test "each takes messages of any length" {
	each takes_long_ones
}

@test "each says what is wrong" {
	each complains
}

# The file is still open in the parent, which does not wait for messages.
@test "a forked Python worker may die: its message is ready at once" {
	local worker
	mkfifo "$T/never"
	deque put "$Q" "$T/never"
	python3 -I -S -B - "$Q" "$T/never" <<-'END' &
		import os, sys
		sys.path.append("/usr/bin")
		import worker
		jobs = worker.Deque(sys.argv[1])
		if os.fork() == 0:
		    worker.serve(jobs)
		os.open(sys.argv[2], os.O_RDONLY)
	END
	parent=$!
	until_true is_field leased 1
	worker=$(($(deque leases -no holder "$Q")))
	[ "$worker" -ne "$parent" ]
	kill -KILL "$worker"
	until_true is_field ready 1
	is_field crash_returned 1
	is_field openers 1
}
