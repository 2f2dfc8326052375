#!/usr/bin/env bats
# Row 7: export_a, export_b.
load common

teardown() {
	rm -f /tmp/export_b.ko
	unload_all
}

refcnt() {
	cat "/sys/module/$1/refcnt"
}

@test "modinfo and depmod know who needs whom" {
	[ "$(modinfo -F depends export_b)" = export_a ]
	[ -z "$(modinfo -F depends export_a)" ]
	[ "$(modinfo -F import_ns export_b)" = EXPORT_A ]
	grep -x 'updates/export_b.ko: updates/export_a.ko' "/lib/modules/$(uname -r)/modules.dep"
	[ "$(modprobe --show-depends export_b)" = "$(printf 'insmod %s \n' "$(ko export_a)" "$(ko export_b)")" ]
}

@test "insmod of b alone fails, and the log names what is missing" {
	run -1 load export_b
	[[ $output = *'Unknown symbol in module' ]]
	logs 'export_b: Unknown symbol export_a_ticket (err -2)'
	run ! is_loaded export_b
	[ ! -e /sys/module/export_b ]
}

@test "modprobe loads a first, and then b gets a ticket from it" {
	modprobe export_b
	is_loaded export_a
	is_loaded export_b
	logs 'export_b: Hello, I have ticket 1.'
}

@test "a keeps count while b comes and goes" {
	load export_a
	load export_b
	unload export_b
	load export_b
	logs 'export_b: Hello, I have ticket 1.' 'export_b: Goodbye.' 'export_b: Hello, I have ticket 2.'
}

@test "b is the holder of a, and a's only user" {
	load export_a
	[ "$(refcnt export_a)" = 0 ]
	[ -z "$(ls /sys/module/export_a/holders)" ]
	load export_b
	[ "$(refcnt export_a)" = 1 ]
	[ "$(refcnt export_b)" = 0 ]
	[ "$(ls /sys/module/export_a/holders)" = export_b ]
	[ "$(awk '$1 == "export_a" { print $3, $4 }' /proc/modules)" = '1 export_b,' ]
	[ "$(lsmod | awk '$1 == "export_a" { print $3, $4 }')" = '1 export_b' ]
	unload export_b
	[ "$(refcnt export_a)" = 0 ]
	[ -z "$(ls /sys/module/export_a/holders)" ]
}

@test "a cannot be removed while b is there" {
	modprobe export_b
	run -1 rmmod export_a
	[[ $output = *'Module export_a is in use by: export_b' ]]
	run -1 modprobe -r export_a
	is_loaded export_a
	is_loaded export_b
	# The kernel itself refuses, not only the tool: rmmod of both has the order wrong.
	run -1 rmmod export_a export_b
	is_loaded export_a
	run ! is_loaded export_b
	unload export_a
}

@test "modprobe -r removes both, in the other order" {
	modprobe export_b
	modprobe -r export_b
	run ! is_loaded export_b
	run ! is_loaded export_a
}

@test "a module that does not import the namespace is refused" {
	load export_a
	sed 's/import_ns=EXPORT_A/import_ns=EXPORT_X/' "$(ko export_b)" >/tmp/export_b.ko
	[ "$(stat -c %s /tmp/export_b.ko)" = "$(stat -c %s "$(ko export_b)")" ]
	run -1 insmod /tmp/export_b.ko
	[[ $output = *'Invalid parameters' ]]
	run ! is_loaded export_b
	[ "$(refcnt export_a)" = 0 ]
	logged | grep -F 'module uses symbol (export_a_ticket) from namespace EXPORT_A, but does not import it.'
}

@test "an ordinary user can neither load nor remove" {
	load export_a
	run -1 as nobody insmod "$(ko export_b)"
	[[ $output = *'Operation not permitted' ]]
	run -1 as nobody rmmod export_a
	is_loaded export_a
}
