#!/usr/bin/env bats
# The packages can be built on the suite, and nobody has anything to say of them.
# shellcheck disable=SC2154	# common.bash sets them
load common

@test "they build, and to the same bytes when built again" {
	run -0 "$here/build-deb" "$SUITE"
	echo "$output" >&2
}

@test "lintian -EvIL +pedantic, that of the newest suite, finds nothing" {
	cat "$top/build/packages/deb-$SUITE-$(current)/LINTIAN" >&2
	[ ! -s "$top/build/packages/deb-$SUITE-$(current)/LINTIAN" ]
}
