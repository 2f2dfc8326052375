#!/usr/bin/env bats
# Row 8: autoload, autoload_service.
load common

blacklist=/etc/modprobe.d/autoload.conf

teardown() {
	exec 7<&-
	rm -f $blacklist
	unload_all
}

forbid() {
	mkdir -p /etc/modprobe.d
	echo "$1" >$blacklist
}

@test "the alias is in the module and in depmod's list" {
	[ "$(modinfo -F alias autoload_service)" = autoload-answer ]
	grep -xE 'alias autoload[-_]answer autoload_service' "/lib/modules/$(uname -r)/modules.alias"
	[ "$(modinfo -F depends autoload_service)" = autoload ]
}

@test "loading autoload loads no service" {
	load autoload
	[ "$(stat -c '%a %U' /proc/autoload)" = '444 root' ]
	run ! is_loaded autoload_service
	[ -z "$(logged)" ]
}

@test "opening the file loads the service, once" {
	load autoload
	[ "$(cat /proc/autoload)" = 'At your service.' ]
	is_loaded autoload_service
	[ "$(cat /proc/autoload)" = 'At your service.' ]
	logs 'autoload_service: somebody asked for me'
}

@test "so does an ordinary user, who could not load it otherwise" {
	run -1 as nobody insmod "$(ko autoload_service)"
	load autoload
	[ "$(as nobody cat /proc/autoload)" = 'At your service.' ]
	is_loaded autoload_service
	run -1 as nobody bash -c 'echo >/proc/autoload'
	[[ $output = *'Permission denied' ]]
}

@test "ten openers at once get one service" {
	load autoload
	for i in {1..10}; do
		cat /proc/autoload >"/tmp/autoload.$i" &
	done
	wait
	[ "$(cat /tmp/autoload.* | grep -cx 'At your service.')" = 10 ]
	rm /tmp/autoload.*
	logs 'autoload_service: somebody asked for me'
}

@test "the module is in use while the file is open, and autoload as long as it is there" {
	load autoload
	exec 7</proc/autoload
	[ "$(cat /sys/module/autoload_service/refcnt)" = 1 ]
	run -1 rmmod autoload_service
	[[ $output = *'Module autoload_service is in use' ]]
	run -1 rmmod autoload
	[[ $output = *'Module autoload is in use by: autoload_service' ]]
	[ "$(cat <&7)" = 'At your service.' ]
	exec 7<&-
	[ "$(cat /sys/module/autoload_service/refcnt)" = 0 ]
	unload autoload_service
	unload autoload
	[ ! -e /proc/autoload ]
}

@test "nor can autoload be removed while somebody waits for the service" {
	load autoload
	mkfifo /tmp/fifo
	forbid 'install autoload_service read </tmp/fifo'
	cat /proc/autoload >/tmp/said 2>&1 3>&- &
	is_waited_for() { [ "$(cat /sys/module/autoload/refcnt)" = 1 ]; }
	until_true is_waited_for
	run -1 rmmod autoload
	[[ $output = *'Module autoload is in use' ]]
	echo go >/tmp/fifo
	! wait $! || return 1
	[[ $(</tmp/said) = *'No such device' ]]
	rm /tmp/fifo /tmp/said
	unload autoload
}

@test "after it was removed it is loaded again" {
	load autoload
	cat /proc/autoload
	unload autoload_service
	[ "$(cat /proc/autoload)" = 'At your service.' ]
	logs autoload_service:\ somebody\ asked\ for\ me{,}
}

@test "without a service, open fails with ENODEV, and autoload can go" {
	load autoload
	forbid 'install autoload_service /bin/false'
	run -1 cat /proc/autoload
	[[ $output = *'No such device' ]]
	run ! is_loaded autoload_service
	[ "$(cat /sys/module/autoload/refcnt)" = 0 ]
	unload autoload
}

@test "a modprobe that ends well and loads nothing is not believed" {
	load autoload
	forbid 'install autoload_service /bin/true'
	run -1 cat /proc/autoload
	[[ $output = *'No such device' ]]
}

@test "both can be removed while others ask for them all the time" {
	local pids=() removed=0
	rm -f /tmp/enough
	for _ in {1..3}; do
		while [ ! -e /tmp/enough ]; do
			cat /proc/autoload || true
		done >/dev/null 2>&1 3>&- &
		pids+=($!)
	done
	for _ in {1..5}; do
		load autoload
		cat /proc/autoload >/dev/null
		until rmmod autoload_service autoload 2>/tmp/said; do
			grep -E 'in use|temporarily unavailable|not currently loaded' /tmp/said
		done
		removed=$((removed + 1))
	done
	touch /tmp/enough
	wait "${pids[@]}"
	rm /tmp/enough /tmp/said
	[ $removed = 5 ]
}

@test "hostile callers find nothing" {
	load autoload
	hostile /proc/autoload
	as nobody hostile /proc/autoload
	unload autoload_service
	unload autoload
}
