# shellcheck shell=bash
# The tests that there are, for scripts that run them in the project's folder.

# How many machines at a time: a test keeps a processor busy.
machines() {
	local count
	count=${MACHINES:-$(nproc)}
	[ "$count" -le 4 ] || count=4	# memory
	echo "$count"
}

# Puts before each line which machine it comes from, as soon as it comes.
prefix() {	# KERNEL/MACHINE
	local line
	while IFS= read -r line; do
		printf '%-10s %s\n' "$1" "${line%$'\r'}"
	done
}

# Whether it is one of check-debug's.
is_debug() {	# KERNEL
	awk -v n="$1" '$1 == n && $2 ~ /check-debug/ { yes = 1 } END { exit !yes }' tests/kernels
}

# Whether the tests with this name are wanted: $TESTS has words, any of which may be in it.
wanted() {	# NAME
	[ -z "${TESTS:-}" ] || [[ $1 =~ ${TESTS// /|} ]]
}

# Tests that debug kernels skip with $SHORT: scripts of the command, and measurements.
long='^(cli-.*|crowd|deep|many|redelivery_time)$'

# The programs that are wanted: names[i] is where programs[i] goes.
collect_programs() {	# KERNEL
	local file folder name debug='' all=(build/tests/{api,stress}/* tests/{cli,module}/*.bats)
	names=() programs=()
	all+=(build/tests/fuzz/*)
	! is_debug "$1" || debug=1 all+=(build/tests/faults/* tests/kunit/run)
	for file in "${all[@]}"; do
		[ -f "$file" ] || continue
		name=${file##*/} folder=${file%/*} folder=${folder##*/}
		case $file in
		*.bats) name=$folder-$name ;;
		*/run) name=$folder ;;
		*.[a-z]) continue ;;	# objects and dependencies
		build/*) [ -e "tests/$folder/$name.c" ] || continue ;;	# of a test that is gone
		esac
		# Words of the command, which say nothing of the kernel, take ten minutes there.
		[ -z "$debug" ] || [[ ! $name =~ ^(cli-(completion|help|readme)|module-session) ]] || continue
		[ -z "$debug" ] || [ -z "${SHORT:-}" ] || [[ ! $name =~ $long ]] || continue
		! wanted "${name%.bats}" || names+=("$name") programs+=("$file")
	done
}

# The files that they need in the machine.
collect_needs() {	# KERNEL
	local file
	needs=(-f "build/kernels/$1/src/deque/deque.ko")
	! is_debug "$1" || needs+=(-f "build/kernels/$1/tests/kunit/deque_test.ko")
	needs+=(-f tests/vm/guest-tests -f tests/vm/suite-line -f build/tools/deque -f modprobe.d/mod.conf:/usr/lib/modprobe.d/)
	needs+=(-f completions/deque:/usr/share/bash-completion/completions/)
	needs+=(-f tests/fuzz/parameters:/tests/fuzz.parameters)
	# It has its time where the kernel sees more than a test can.
	is_debug "$1" || needs+=(-f tests/fuzz/options-short:/tests/fuzz.options)
	[ -z "${SHORT:-}" ] || needs+=(-f tests/stress/options-short:/tests/killed_workers.options)
	if wanted redelivery_time && file=$(tests/vm/fetch-beanstalkd); then
		needs+=(-f "$file")
	fi
	for file in tests/cli/*.bash; do
		needs+=(-f "$file:/tests/")
	done
	for file in $(tests/vm/bats-files); do
		needs+=(-f "$file")
	done
}

# The programs of docs/languages.md, and what runs them; Node is large, and slow to start.
collect_languages() {
	local file
	for file in build/tests/languages/worker.*; do
		# An earlier check-languages may have left it, and the machine has no Node.
		[ -n "${LANGUAGES:-}" ] || [[ $file != *.go ]] || continue
		mine+=(-f "$file:/root/languages/")
	done
	for file in $(tests/vm/python-files subprocess encodings.utf_8); do
		mine+=(-f "$file")
	done
	[ -z "${LANGUAGES:-}" ] || mine+=(-f "$(command -v node)")
}

# The files that a single test needs besides.
collect_needs_of() {	# NAME
	local file
	[ "$1" != cli-take-lossless.bats ] || mine+=(-f "$(command -v env)")	# busybox's blocks no signals
	[ "$1" != cli-node.bats ] || mine+=(-f "$(command -v setpriv)")
	[ "$1" != cli-work.bats ] || mine+=(-f "$(command -v script)")
	[ "$1" != cli-languages.bats ] || collect_languages
	[ "$1" != cli-readme.bats ] || mine+=(-f README.md:/tests/)
	if [ "$1" = module-session-load.bats ]; then
		mine+=(-f tests/demo/session -f tests/demo/deque.conf -f docs/session.md:/tests/ -f "$(command -v split)")
	fi
	[ "$1" = cli-workers.bats ] || return 0
	for file in build/tests/workers/worker docs/workers/worker.{py,sh} $(tests/vm/python-files array errno fcntl os struct); do
		mine+=(-f "$file")
	done
}
