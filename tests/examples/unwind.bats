#!/usr/bin/env bats
# Row 14: unwind.
load common

resources=(memory number class queue device)

# fails_at STEP MESSAGE: what came before it was acquired, and released in the other order
fails_at() {
	local step=$1 wanted=() i before
	before=$(traces)
	for ((i = 0; i < step - 1; i++)); do wanted+=("unwind: + ${resources[i]}"); done
	for ((i = step - 2; i >= 0; i--)); do wanted+=("unwind: - ${resources[i]}"); done
	run -1 load unwind fail_at="$step"
	[[ $output = *": $2" ]]
	logs "${wanted[@]}"
	run ! is_loaded unwind
	[ "$before" = "$(traces)" ]
}

@test "it acquires five resources and gives them back in the other order" {
	load unwind
	[ -c /dev/unwind ]
	[ -d /sys/class/unwind/unwind ]
	grep -qE '^ *[0-9]+ unwind$' /proc/devices
	[ "$(<"/sys/module/unwind/parameters/fail_at")" = 0 ]
	unload unwind
	[ ! -e /dev/unwind ]
	[ ! -e /sys/class/unwind ]
	run ! grep -w unwind /proc/devices
	logs "${resources[@]/#/unwind: + }" 'unwind: - device' 'unwind: - queue' \
		'unwind: - class' 'unwind: - number' 'unwind: - memory'
}

@test "fail_at=1 is ENOMEM, and nothing is released" {
	fails_at 1 'Cannot allocate memory'
}

@test "fail_at=2 is EBUSY" {
	fails_at 2 'Device or resource busy'
}

@test "fail_at=3 is EINVAL" {
	fails_at 3 'Invalid parameters'
}

@test "fail_at=4 is ENOMEM, though what failed only said NULL" {
	fails_at 4 'Cannot allocate memory'
}

@test "fail_at=5 is ENODEV, which was in a pointer" {
	fails_at 5 'No such device'
}

@test "there is no sixth step, nor one before the first" {
	run -1 load unwind fail_at=6
	[[ $output = *'Invalid parameters' ]]
	logs 'unwind: fail_at=6: there are 5 steps'
	run -1 load unwind fail_at=-1
	run ! is_loaded unwind
}

@test "its device has no driver yet, and only root may ask" {
	load unwind
	run -1 cat /dev/unwind
	[[ $output = *'No such device or address' ]]
	run -1 as nobody cat /dev/unwind
	[[ $output = *'Permission denied' ]]
	run -2 hostile /dev/unwind
	run -2 as nobody hostile /dev/unwind
}

@test "after twenty failures at each step there is nothing left, and it loads" {
	local before step
	before=$(traces)
	for step in 1 2 3 4 5; do
		for _ in {1..20}; do
			run -1 insmod "$(ko unwind)" fail_at=$step
		done
	done
	udevadm settle
	[ "$before" = "$(traces)" ]
	load unwind
}
