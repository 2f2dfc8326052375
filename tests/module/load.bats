#!/usr/bin/env bats
# Loading and unloading: the parameters, and what keeps the module in.

bats_require_minimum_version 1.5.0

setup() {
	dmesg --clear 2>/dev/null || dmesg -c >/dev/null
}

teardown() {
	exec 9<&-
	[ ! -e /sys/module/deque ] || deque ls -no name | xargs -r deque rm --force
	rmmod deque 2>/dev/null || true
}

# A value that is out of range: the load fails so, and the log says why.
refused() {	# PARAMETER=VALUE ERROR WHY
	run ! modprobe deque "$1"
	[[ $output == *"$2"* ]]
	dmesg | grep -F "deque: $1: $3"
	[ ! -e /sys/module/deque ]
	[ ! -e /dev/deque ]
}

range='Numerical result out of range'
invalid='Invalid argument'

@test "max_deques has a range" {
	refused max_deques=0 "$range" 'has to be a number, 1 to 65536'
	refused max_deques=65537 "$range" 'has to be a number, 1 to 65536'
	refused max_deques=many "$invalid" 'has to be a number, 1 to 65536'
	refused max_deques=-1 "$invalid" 'has to be a number, 1 to 65536'
	refused max_deques=1K "$invalid" 'has to be a number, 1 to 65536'
}

@test "max_messages has a range" {
	refused max_messages=0 "$range" 'has to be a number, 1 to 1073741824'
	refused max_messages=1073741825 "$range" 'has to be'
	refused max_messages=18446744073709551616 "$range" 'has to be'
}

@test "max_message_size has a range" {
	refused max_message_size=0 "$range" 'has to be a number of bytes'
	refused max_message_size=16777217 "$range" 'has to be a number of bytes'
	refused max_message_size=17M "$range" 'has to be a number of bytes'
	refused max_message_size=18014398509481985K "$range" 'has to be a number of bytes'	# 2^64 and 1 KiB
	refused max_message_size=1T "$invalid" 'has to be a number of bytes'
	refused max_message_size=K "$invalid" 'has to be a number of bytes'
}

@test "max_bytes has a range" {
	refused max_bytes=0 "$range" 'has to be a number of bytes'
	refused max_bytes=1025G "$range" 'has to be a number of bytes'
	refused max_bytes=99999999999G "$range" 'has to be a number of bytes'
	# 2^64 and 1 GiB more
	refused max_bytes=17179869185G "$range" 'has to be a number of bytes'
}

@test "max_total_bytes has a range" {
	refused max_total_bytes=65535 "$range" 'has to be a number of bytes'
	refused max_total_bytes=1048577G "$range" 'has to be a number of bytes'
	refused max_total_bytes=17592186044417M "$range" 'has to be a number of bytes'	# 2^64 and 1 MiB
}

@test "deques= is checked" {
	for bad in .a a/b control a:0 a:1:0 a:1:2:3 a:x a:1:1025G a:1:17179869185G a:1073741825 \
		"$(printf '%064d' 0)"; do
		run ! modprobe deque "deques=$bad"
		dmesg | grep -F "deques=$bad: has to be NAME[:MAX_MESSAGES[:MAX_BYTES]]"
		[ ! -e /sys/module/deque ]
	done
}

@test "deques= names each deque once" {
	run ! modprobe deque deques=a,b,a
	[[ $output == *"$invalid"* ]]
	dmesg | grep -F 'deque: deques=: a is named twice'
	[ ! -e /sys/class/deque ]
	[ ! -e /proc/deques ]
}

# Each with the longest name and limits there can be; all that can be read of
# the module is read, for what the kernel would make of a long one.
@test "deques= takes 64 deques" {
	specs=$(printf '%063d:1073741824:1099511627776,' {1..64})
	modprobe deque "deques=${specs%,}"
	[ "$(find /sys/class/deque -type l | wc -l)" = 65 ]
	cat /sys/module/deque/parameters/* /sys/class/deque/*/* >/dev/null 2>&1 || true
	rmmod deque
	run ! modprobe deque "deques=$(seq -s, 65)"
	[ ! -e /sys/module/deque ]
}

@test "more deques= than max_deques are refused" {
	run ! modprobe deque max_deques=1 deques=a,b
	dmesg | grep -F 'deque: deques=: cannot make b: -ENOSPC'
	[ ! -e /sys/class/deque ]
}

@test "parameters take effect" {
	modprobe deque max_messages=7 max_message_size=1K max_bytes=1M \
		max_total_bytes=1G deques=a,b:5,c:6:64K
	cd /sys/class/deque
	[ "$(cat a/max_messages a/max_message_size a/max_bytes | xargs)" = '7 1024 1048576' ]
	[ "$(cat b/max_messages b/max_message_size b/max_bytes | xargs)" = '5 1024 1048576' ]
	[ "$(cat c/max_messages c/max_message_size c/max_bytes | xargs)" = '6 1024 65536' ]
	[ "$(cat /sys/module/deque/parameters/max_total_bytes)" = 1073741824 ]
}

@test "modprobe.d sets parameters" {
	mkdir -p /etc/modprobe.d
	echo 'options deque deques=configured max_messages=77' >/etc/modprobe.d/test.conf
	modprobe deque
	rm /etc/modprobe.d/test.conf
	[ "$(cat /sys/class/deque/configured/max_messages)" = 77 ]
}

# value TEXT: a number as the module shows it
value() {
	local text=${1/%K/ * 1024}
	echo $((${text/%M/ * 1048576}))
}

@test "mod.conf sets what modinfo calls the defaults" {
	modinfo deque | sed -n 's/^parm: *\([a-z_]*\):.*(default \([^)]*\)).*/options deque \1=\2/p' | sort >/tmp/described
	[ "$(wc -l </tmp/described)" = 8 ]
	modprobe -c | grep '^options deque ' | sort | diff /tmp/described -
	modprobe deque
	while IFS='= ' read -r _ _ name default; do
		[ "$name" = max_total_bytes ] || [ "$(cat "/sys/module/deque/parameters/$name")" = "$(value "$default")" ]
	done </tmp/described
}

@test "a file in /etc/modprobe.d whose name comes later, or is the same, overrides mod.conf" {
	mkdir -p /etc/modprobe.d
	for file in my-deque mod; do
		echo 'options deque max_deliveries=9' >/etc/modprobe.d/$file.conf
		modprobe deque
		rm /etc/modprobe.d/$file.conf
		[ "$(cat /sys/module/deque/parameters/max_deliveries)" = 9 ]
		rmmod deque
	done
}

@test "defaults can be changed later, within their range" {
	modprobe deque
	echo 9 >/sys/module/deque/parameters/max_messages
	run ! bash -c 'echo 0 >/sys/module/deque/parameters/max_messages'
	[ "$(cat /sys/module/deque/parameters/max_messages)" = 9 ]
	deque create t
	[ "$(cat /sys/class/deque/t/max_messages)" = 9 ]
}

@test "max_total_bytes is a quarter of the memory by default" {
	modprobe deque
	total=$(cat /sys/module/deque/parameters/max_total_bytes)
	ram=$(awk '/MemTotal/ { print $2 * 1024 }' /proc/meminfo)
	[ $((total * 4 > ram * 95 / 100 && total * 4 < ram * 115 / 100)) = 1 ]
}

@test "unload is refused while a deque is open" {
	modprobe deque deques=t
	exec 9</dev/deque/t
	run ! rmmod deque
	[[ $output == *'in use'* ]]
	exec 9<&-
	rmmod deque
}

@test "unload is refused while a deque holds a message" {
	modprobe deque deques=t
	echo x >/dev/deque/t
	run ! rmmod deque
	# Opened and closed again: still.
	: </dev/deque/t
	run ! rmmod deque
	[ "$(deque take t)" = x ]
	rmmod deque
}

@test "a node is root's alone until udev has come" {
	local modes
	udevadm control --stop-exec-queue
	modes=$(modprobe deque deques=t && stat -c '%a %u:%g %n' /dev/deque/control /dev/deque/t) || true
	udevadm control --start-exec-queue
	udevadm settle
	[ "$modes" = $'600 0:0 /dev/deque/control\n600 0:0 /dev/deque/t' ]
	[ "$(stat -c '%a %U:%G' /dev/deque/control /dev/deque/t)" = $'660 root:deque\n660 root:deque' ]
}

@test "a destroyed deque does not keep the module in" {
	modprobe deque deques=t
	echo x >/dev/deque/t
	deque rm --force t
	rmmod deque
}

@test "twenty loads and unloads leave nothing behind" {
	for _ in $(seq 20); do
		modprobe deque deques=a,b,c
		echo x >/dev/deque/a
		dd if=/dev/deque/a of=/dev/null bs=4096 count=1 2>/dev/null
		rmmod deque
	done
	[ ! -e /sys/class/deque ]
	[ ! -e /dev/deque ] || [ -z "$(ls /dev/deque)" ]
	run ! grep -w deque /proc/devices
}

@test "modinfo reads like documentation" {
	run modinfo deque
	for parameter in deques max_deques max_messages max_message_size max_bytes \
		max_total_bytes; do
		grep -E "^parm: +$parameter:.+" <<<"$output"
	done
	[ "$(modinfo -F license deque)" = GPL ]
	[ -n "$(modinfo -F description deque)" ]
	[ -n "$(modinfo -F author deque)" ]
	[[ $(modinfo -F version deque) =~ ^[0-9]+\.[0-9]+\.[0-9]+$ ]]
	[ "$(modinfo -F vermagic deque | cut -d' ' -f1)" = "$(uname -r)" ]
	modprobe deque
	[ "$(cat /sys/module/deque/version)" = "$(modinfo -F version deque)" ]
}
