#!/usr/bin/env bats
# README.md, typed from top to bottom: what appears is what it says, and what it says to use
# works as printed.
bats_require_minimum_version 1.5.0
# shellcheck source=tests/harness/bats.bash
. "$BATS_TEST_DIRNAME/bats.bash"

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	mkdir bin work
	# The workers for README's jobs.
	printf '%s\n' '#!/bin/bash' "echo \"\$*\" >>'$PWD/encoded'" >bin/encode
	chmod +x bin/encode
	PATH=$PWD/bin:$PATH
	cd work || return
}

teardown() {
	local names
	mapfile -t names < <(deque ls -no name)
	[ ${#names[@]} = 0 ] || deque rm --force "${names[@]}"
}

# blocks LANGUAGE: what stands in README between ```LANGUAGE and ```
blocks() {
	sed -n "/^\`\`\`$1\$/,/^\`\`\`\$/{/^\`\`\`/d;p}" /tests/README.md
}

# type: reads lines of a session; what it prints is the session as it goes now
type_session() {
	local line
	while IFS= read -r line <&3; do
		[[ $line != '$ '* ]] || { printf '%s\n' "$line"; eval "${line:2}"; }
	done 3<&0 </dev/null
}

@test "the session: what appears is what README says" {
	blocks console >said
	[ "$(grep -c '^\$ ' said)" -ge 5 ]
	bash -c "$(declare -f type_session); type_session 2>&1" <said >shown
	diff said <(grep -v ' Killed ' shown)
}

@test "use it: each line works as printed, and all of it ends" {
	blocks sh >typed
	[ "$(wc -l <typed)" -ge 10 ]
	touch one.wav two.wav
	# A person goes on after an error; here it shows.
	timeout 120 bash -e -o pipefail typed >shown
	# The messages that were taken: one by `take`, the others by the loop, two by `work`.
	diff <(sort ../encoded) <(printf '%s\n' ./one.wav ./two.wav encode-43 encode-44 | sort)
	grep -x encode-42 shown
	run -66 deque stat jobs
}
