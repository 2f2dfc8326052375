#!/usr/bin/env bats
# Row 12: memory.
load common

most=4194304	# KMALLOC_MAX_SIZE: 10 orders of pages, as all kernels here have it

@test "it gets memory in each way, and says how much kmalloc has" {
	load memory
	[ "$(stat -c '%a %U' /proc/memory)" = '444 root' ]
	logged | grep -vE '^memory: kvmalloc: 1048576 bytes by [kv]malloc$' >/tmp/said
	[ "$(logged | grep -c kvmalloc)" = 1 ]
	cat /tmp/said
	diff /tmp/said - <<-END
		memory: largest kmalloc: $most bytes, of at most $most
		memory: kmalloc(0): not NULL, and no memory: yes
		memory: kmalloc: 100 bytes in 128
		memory: vmalloc: $((most * 2)) bytes
		memory: pages: 4 in one piece
		memory: kmem_cache: items of 40 bytes
	END
}

@test "the buffer has any size: one byte" {
	load memory size=1
	[ "$(</proc/memory)" = . ]
	[ "$(wc -c </proc/memory)" = 1 ]
	logged | grep -x 'memory: kvmalloc: 1 bytes by kmalloc'
}

@test "a page, and one more" {
	load memory size=4097
	[ "$(wc -c </proc/memory)" = 4097 ]
	logged | grep -x 'memory: kvmalloc: 4097 bytes by kmalloc'
}

@test "more than kmalloc has" {
	load memory size=$((most + 1))
	[ "$(wc -c </proc/memory)" = $((most + 1)) ]
	[ -z "$(tr -d . </proc/memory)" ]
	logged | grep -x "memory: kvmalloc: $((most + 1)) bytes by vmalloc"
}

@test "no bytes are EINVAL, more than the machine has is ENOMEM, without a warning" {
	run -1 load memory size=0
	[[ $output = *'Invalid parameters' ]]
	logs 'memory: size=0 is no memory'
	local size
	for size in $((1 << 40)) 18446744073709551615; do
		mark
		run -1 load memory "size=$size"
		[[ $output = *'Cannot allocate memory' ]]
		[ "$(logged | wc -l)" = 6 ]
		[ ! -e /proc/memory ]
		run ! is_loaded memory
	done
}

@test "an ordinary user reads it, in pieces too, and nobody writes" {
	load memory size=10
	[ "$(as nobody cat /proc/memory)" = .......... ]
	[ "$(as nobody dd if=/proc/memory bs=3 skip=3 2>/dev/null)" = . ]
	[ -z "$(dd if=/proc/memory bs=1 skip=10 2>/dev/null)" ]
	run -1 as nobody bash -c 'echo >/proc/memory'
	[[ $output = *'Permission denied' ]]
	run -1 bash -c 'echo >/proc/memory'
	[[ $output = *'Input/output error' ]]
}

@test "the hostile caller finds nothing" {
	load memory size=100
	hostile /proc/memory
	as nobody hostile /proc/memory
}

@test "removed while open, it is gone for who has it open" {
	load memory size=10
	exec 5</proc/memory
	rmmod memory
	run -1 cat <&5
	exec 5<&-
	run ! is_loaded memory
	goes_while memory 'cat /proc/memory'
}
