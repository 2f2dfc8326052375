#!/usr/bin/env bats
# The text appears that examples/README.md says will appear.
load common

@test "the transcripts are what one sees" {
	cd "/lib/modules/$(uname -r)/updates"
	transcripts </tests/README.md >/results/README.md
	diff -u /tests/README.md /results/README.md
	run -1 diff -q <(sed s/Hello/Hullo/ /tests/README.md) /results/README.md	# or it compared nothing
}

@test "each module has its place in it" {
	for file in "/lib/modules/$(uname -r)/updates"/*.ko; do
		name=$(basename "$file" .ko)
		[ "$name" != deque ] || continue
		grep "^### .*\b$name\b" /tests/README.md
		case $name in
		export_a | autoload_service) ;;	# come by themselves
		hole) ;;			# is for who wants to see it
		*) grep -E "^# (insmod $name\.ko|modprobe $name)\b" /tests/README.md ;;
		esac
	done
}
