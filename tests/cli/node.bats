#!/usr/bin/env bats
# Files in the place of a deque's node, and a /dev that has not all nodes.
load common

rule=/run/udev/rules.d/70-late.rules

teardown() {
	local names
	if [ -e "$rule" ]; then
		rm "$rule"
		udevadm control --reload
	fi
	mapfile -t names < <(awk 'NR > 1 { print $1 }' /proc/deques)
	[ ${#names[@]} = 0 ] || deque rm --force "${names[@]}"
	rm -rf /dev/deque/late
}

# stands KIND: it is in the place of the node of "late"
stands() {
	case $1 in
	'a plain file') echo job >/dev/deque/late ;;
	'a directory') mkdir /dev/deque/late ;;
	'a symbolic link') ln -s "${2:-nowhere}" /dev/deque/late ;;
	'a FIFO') mkfifo /dev/deque/late ;;
	'another device') mknod /dev/deque/late c 1 3 ;;
	esac
}

remover() {
	[ "$1" = 'a directory' ] && echo rmdir || echo rm
}

@test "create fails where something else stands, makes no deque, and removes nothing" {
	for kind in 'a plain file' 'a directory' 'a symbolic link' 'a FIFO' 'another device'; do
		stands "$kind"
		before=$(stat -c '%i %f %s' /dev/deque/late)
		expect 73 "deque: late: /dev/deque/late is $kind, so it cannot have its node there; 'sudo $(remover "$kind") /dev/deque/late' removes that" \
			timeout 60 deque create late
		[ ! -e /sys/class/deque/late ]
		[ "$(stat -c '%i %f %s' /dev/deque/late)" = "$before" ]
		expect 66 "deque: late: no such deque; /dev/deque/late is $kind, which 'sudo $(remover "$kind") /dev/deque/late' removes" \
			timeout 60 deque rm late
		"$(remover "$kind")" /dev/deque/late
		deque create late
		deque rm late
	done
}

@test "create looks at the place of a node before it makes anything" {
	local log=$BATS_TEST_TMPDIR/log
	udevadm monitor --kernel --subsystem-match=deque >"$log" 3>&- &
	until_true grep -q '^KERNEL' "$log"
	for kind in 'a plain file' 'a directory' 'a symbolic link' 'a FIFO' 'another device'; do
		stands "$kind"
		run -73 deque create early late later
		run -73 deque create --exist-ok late
		"$(remover "$kind")" /dev/deque/late
	done
	# The number of another deque.
	# shellcheck disable=SC2046	# two numbers
	mknod /dev/deque/late c $(tr : ' ' <"/sys/class/deque/$Q/dev")
	run -73 deque create late
	deque create end
	until_true grep -q /deque/end "$log"
	kill $!
	if grep -E '/deque/(early|late)' "$log"; then false; fi
}

@test "the node that a deque has left will do for the next one of its name" {
	deque create late
	number=$(tr : ' ' </sys/class/deque/late/dev)
	deque rm late
	# shellcheck disable=SC2086	# two numbers
	mknod /dev/deque/late c $number
	expect 0 '' deque create late
	deque rm late
	[ ! -e /dev/deque/late ]
}

# As a deque of the parameter deques=, of which the kernel cannot say so.
obstruct() {	# KIND...
	deque create late
	deque put late x
	rm /dev/deque/late
	stands "$@"
}

@test "a deque in whose node's place something else stands is listed, and said to be so" {
	for kind in 'a plain file' 'a directory' 'a symbolic link' 'a FIFO' 'another device'; do
		obstruct "$kind"
		line="deque: late: /dev/deque/late is $kind, not its node; 'sudo $(remover "$kind") /dev/deque/late && sudo deque create --exist-ok late' mends it"
		run -66 --separate-stderr timeout 60 deque ls -no name,messages
		# shellcheck disable=SC2154
		[ "$stderr" = "$line" ]
		[ "$(tr -s ' ' <<<"$output" | sort)" = $'late 1\n'"$Q 0" ]
		run -66 --separate-stderr timeout 60 deque ls -no ready,max_bytes,owner,lines late
		[ "$stderr" = "$line" ]
		[ "$(tr -s ' ' <<<"$output")" = '1 67108864 root no' ]
		if [ "$kind" != 'another device' ]; then
			expect 66 "$line" timeout 60 deque stat late
			expect 66 "$line" timeout 60 deque take late
		fi
		expect 73 "$line" timeout 60 deque create late
		expect 73 "$line" timeout 60 deque create --exist-ok late
		"$(remover "$kind")" /dev/deque/late
		deque create --exist-ok late
		[ "$(deque take late)" = x ]
		deque rm late
	done
}

@test "ls does not take another deque for the one that it should list" {
	obstruct 'a symbolic link' "$Q"
	run -66 --separate-stderr deque ls -no name,messages
	[ "$(tr -s ' ' <<<"$output" | sort)" = $'late 1\n'"$Q 0" ]
}

@test "no verb takes another deque for the one that is named" {
	deque put "$Q" other
	for kind in 'a symbolic link' 'another device'; do
		obstruct 'a symbolic link' "$Q"
		if [ "$kind" = 'another device' ]; then
			rm /dev/deque/late
			# shellcheck disable=SC2046	# two numbers
			mknod /dev/deque/late c $(tr : ' ' <"/sys/class/deque/$Q/dev")
		fi
		line="deque: late: /dev/deque/late is $kind, not its node; 'sudo rm /dev/deque/late && sudo deque create --exist-ok late' mends it"
		for verb in put\ late\ x take peek stat browse leases kick set\ late\ max_messages=3 work\ late\ true; do
			[[ $verb = *\ * ]] || verb+=' late'
			# shellcheck disable=SC2086	# words
			expect 66 "$line" timeout 60 deque $verb
		done
		run -66 --separate-stderr deque ls -no name,ready late
		[ "$stderr" = "$line" ]
		[ "$(tr -s ' ' <<<"$output")" = 'late 1' ]
		expect 75 'deque: late: holds 1 message; take them first, or lose them with --force' deque rm late
		rm /dev/deque/late
		deque rm --force late
	done
	is_field messages 1
	is_field max_messages 65536
	# One that leads to it, or that is no deque's name, will do.
	ln -s "$Q" /dev/deque/late
	[ "$(deque take late)" = other ]
}

gone="its node /dev/deque/late is gone; 'sudo deque create --exist-ok late' makes it again"

@test "a node that was removed: ls lists the deque, everything says what mends it, and that does" {
	deque create late
	deque put late x
	rm /dev/deque/late
	run -66 --separate-stderr deque ls -no name,messages
	[ "$stderr" = "deque: late: $gone" ]
	[ "$(tr -s ' ' <<<"$output" | sort)" = $'late 1\n'"$Q 0" ]
	expect 66 "deque: late: $gone" deque stat late
	expect 66 "deque: late: $gone" deque take late
	expect 73 "deque: late: $gone" deque create late
	expect 77 "deque: late: $gone" as alice deque create --exist-ok late
	expect 0 'deque: late: its node was gone; it is there again' deque create --exist-ok late
	[ "$(stat -c '%U:%G %a' /dev/deque/late)" = 'root:deque 660' ]
	[ "$(as alice deque take late)" = x ]
	expect 0 '' deque create --exist-ok late
	# No devtmpfs removes what it has not made.
	deque rm late
	[ ! -e /dev/deque/late ]
}

@test "a node that was made only in part does not stay" {
	deque create late
	rm /dev/deque/late
	expect 77 "deque: late: $gone" setpriv --bounding-set=-chown deque create --exist-ok late
	[ ! -e /dev/deque/late ]
	deque create --exist-ok late
	[ "$(stat -c '%U:%G %a' /dev/deque/late)" = 'root:deque 660' ]
}

@test "rm says why a node stays that it cannot remove" {
	deque create late
	rm /dev/deque/late
	deque create --exist-ok late
	expect 0 'deque: late: its node /dev/deque/late, which was made by hand, stays: Device or resource busy' \
		elsewhere 'mount -o bind /dev/deque/late /dev/deque/late' deque rm late
	[ ! -e /sys/class/deque/late ]
}

@test "many deques without a node make nobody wait longer than one does" {
	local names=(late{1..60}) verb
	deque create "${names[@]}"
	rm "${names[@]/#//dev/deque/}"
	for verb in ls stat leases browse; do
		# A second for each would be a minute.
		run -66 --separate-stderr timeout 30 deque $verb
		[ "$(grep -c 'its node .* is gone' <<<"$stderr")" = 60 ]
	done
	deque rm --force "${names[@]}"
}

@test "rm of a deque without a node works, and tells why if not" {
	deque create late
	deque put late x y
	rm /dev/deque/late
	expect 75 'deque: late: holds 2 messages; take them first, or lose them with --force' deque rm late
	deque rm --force late
	deque create late
	exec {fd}<>/dev/deque/late
	rm /dev/deque/late
	expect 75 'deque: late: is open somewhere; wait, or cut it off with --force' deque rm late
	exec {fd}<&-
	deque rm late
}

late_is() {	# 'USER:GROUP MODE'
	udevadm settle
	[ "$(stat -c '%U:%G %a' /dev/deque/late)" = "$1" ]
}

@test "an administrator's rule is also for a node that is made again" {
	mkdir -p /run/udev/rules.d
	echo 'SUBSYSTEM=="deque", KERNEL=="late", GROUP="root", MODE="0640"' >"$rule"
	udevadm control --reload
	deque create late
	until_true late_is 'root:root 640'
	# By hand it lasts until the next trigger; deque(4) says so.
	chmod 666 /dev/deque/late
	udevadm trigger --action=add --subsystem-match=deque
	until_true late_is 'root:root 640'
	rm /dev/deque/late
	deque create --exist-ok late
	until_true late_is 'root:root 640'
}

# elsewhere MOUNTS COMMAND...: where these commands of a shell have changed /dev
elsewhere() {
	unshare -m bash -c "set -e; $1"'; exec "$@"' - "${@:2}"
}

one_node="mkdir -p $BATS_TEST_TMPDIR/dev; touch $BATS_TEST_TMPDIR/dev/\$Q; mount -o bind /dev/deque/\$Q $BATS_TEST_TMPDIR/dev/\$Q; mount -o rbind $BATS_TEST_TMPDIR/dev /dev/deque"

not_here() {	# NAME NODE
	echo "deque: $1: the module is loaded, but /dev/deque/$2 is not in this /dev; a container needs that device, a unit PrivateDevices=no"
}

@test "in a container with one node, ls lists that, and what needs another says so" {
	export Q
	deque create late
	deque put "$Q" x
	expect 0 "$Q 1" elsewhere "$one_node" deque ls -no name,messages
	expect 0 x elsewhere "$one_node" deque browse -no data
	expect 0 "messages          1" elsewhere "$one_node" sh -c 'deque stat | grep ^messages'
	expect 0 x elsewhere "$one_node" deque take "$Q"
	expect 69 "$(not_here new control)" elsewhere "$one_node" deque create new
	expect 69 "$(not_here "$Q" control)" elsewhere "$one_node" deque rm "$Q"
	for verb in put take ls stat browse leases; do
		expect 69 "$(not_here late late)" elsewhere "$one_node" deque $verb late
	done
}

@test "where /dev has no deques, as with PrivateDevices=yes, the module is not to blame" {
	private='mount -t tmpfs none /dev'
	for verb in ls stat leases browse; do
		expect 69 "$(not_here $verb control)" elsewhere "$private" deque $verb
	done
	for verb in ls stat leases browse; do
		expect 69 "$(not_here $verb control)" elsewhere "$private" deque $verb "$Q*"
	done
	expect 69 "$(not_here new control)" elsewhere "$private" deque create new
	expect 69 "$(not_here "$Q" "$Q")" elsewhere "$private" deque take "$Q"
}

@test "a /dev that a new node does not come to: create removes the deque again" {
	copied="mkdir $BATS_TEST_TMPDIR/copy; mknod -m 600 $BATS_TEST_TMPDIR/copy/control c $(tr : ' ' </sys/class/deque/control/dev); mount -o bind $BATS_TEST_TMPDIR/copy /dev/deque"
	# The file system of /tmp may not have devices.
	mount -t tmpfs none "$BATS_TEST_TMPDIR"
	expect 73 "deque: new: its node did not come into this /dev, so it was removed again; a container needs the node of a deque that was made outside" \
		elsewhere "$copied" deque create new
	umount "$BATS_TEST_TMPDIR"
	[ ! -e /sys/class/deque/new ]
}

@test "a /dev that a new node does not come to: what somebody uses meanwhile stays" {
	copied="mkdir $BATS_TEST_TMPDIR/copy; mknod -m 600 $BATS_TEST_TMPDIR/copy/control c $(tr : ' ' </sys/class/deque/control/dev); mount -o bind $BATS_TEST_TMPDIR/copy /dev/deque"
	mount -t tmpfs none "$BATS_TEST_TMPDIR"
	elsewhere "$copied" deque create late 2>"$BATS_TEST_TMPDIR/said" &
	# It waits there for five seconds.
	until { exec {fd}</dev/deque/late; } 2>/dev/null; do :; done
	ends 73 $!
	[ "$(cat "$BATS_TEST_TMPDIR/said")" = 'deque: late: was made, and stays, as somebody uses it; its node is not in this /dev' ]
	umount "$BATS_TEST_TMPDIR"
	[ -c /dev/deque/late ]
	exec {fd}<&-
}

@test "where devices cannot be opened, that is what is said" {
	nodev='mount -o bind /dev/deque /dev/deque; mount -o remount,bind,nodev /dev/deque'
	for verb in "take $Q" "rm $Q" 'create new'; do
		# shellcheck disable=SC2086	# two words
		expect 77 "deque: ${verb#* }: its node is on a file system that is mounted nodev, where nobody can open devices" \
			elsewhere "$nodev" deque $verb
	done
}

# in_cgroup COMMAND...: where all devices are denied that are not memory's
in_cgroup() {
	(echo $BASHPID >"$group/cgroup.procs" && exec "$@")
}

@test "a device that the cgroup denies to root is not called its owner's" {
	local group=$BATS_TEST_TMPDIR/devices/closed says=', to root as well; a unit needs DeviceAllow=char-deque, a container that device'
	grep -q ^devices /proc/cgroups || skip 'the kernel has no devices cgroup of version 1'
	mkdir "$BATS_TEST_TMPDIR/devices"
	mount -t cgroup -o devices none "$BATS_TEST_TMPDIR/devices"
	mkdir "$group"
	echo a >"$group/devices.deny"
	echo 'c 1:* rwm' >"$group/devices.allow"
	for verb in take stat ls; do
		expect 77 "deque: $Q: the device cgroup denies /dev/deque/$Q$says" in_cgroup deque $verb "$Q"
	done
	expect 77 "deque: $Q: the device cgroup denies /dev/deque/control$says" in_cgroup deque rm "$Q"
	expect 77 "deque: new: the device cgroup denies /dev/deque/control$says" in_cgroup deque create new
	rmdir "$group"
	umount "$BATS_TEST_TMPDIR/devices"
}
