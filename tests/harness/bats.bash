# shellcheck shell=bash
# Functions that all tests share which are scripts.
bats_require_minimum_version 1.5.0

# as USER COMMAND...
as() {
	su -s /bin/bash "$1" -c "$(printf '%q ' "${@:2}")"
}

# until_true COMMAND...: waits until it is true, for half a minute
until_true() {
	for _ in {1..600}; do
		! "$@" || return 0
		sleep 0.05
	done
	echo "never true: $*"
	return 1
}
