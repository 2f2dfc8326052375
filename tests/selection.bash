# shellcheck shell=bash
# What there is to run, for those that run it; they are in the project's folder.

# How many machines at a time: a test keeps a processor busy.
machines() {
	local count
	count=${MACHINES:-$(nproc)}
	[ "$count" -le 4 ] || count=4	# memory
	echo "$count"
}

# Whether it is one of check-debug's.
is_debug() {	# KERNEL
	awk -v n="$1" '$1 == n && $2 ~ /check-debug/ { yes = 1 } END { exit !yes }' tests/kernels
}

# Whether the tests with this name are wanted: $TESTS has words, any of which may be in it.
wanted() {	# NAME
	[ -z "${TESTS:-}" ] || grep -qE "${TESTS// /|}" <<<"$1"
}
