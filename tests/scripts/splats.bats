#!/usr/bin/env bats
# tests/vm/splats: which complaints of a kernel fail a test, and which are its own.
bats_require_minimum_version 1.5.0

setup() {
	cd "$BATS_TEST_DIRNAME/../.." || return
	log=$BATS_TEST_TMPDIR/console.log
}

# A warning of hrtimer_forward(), as FUNCTION has it called.
warning() {	# FUNCTION
	cat <<-END
		[  463.934965] WARNING: CPU: 0 PID: 183 at kernel/time/hrtimer.c:1056 hrtimer_forward+0xb4/0xf0
		[  463.964441] Modules linked in: deque(O)
		[  464.153549] Call Trace:
		[  464.153816]  <IRQ>
		[  464.154112]  $1
		[  464.259901]  __hrtimer_run_queues+0x365/0x590
		[  464.434117] ---[ end trace 0000000000000000 ]---
	END
}

@test "a log without a complaint is fine, an empty one is not" {
	echo '[    1.000000] deque: loading out-of-tree module taints kernel.' >"$log"
	run -0 tests/vm/splats "$log"
	[ -z "$output" ]
	: >"$log"
	run -1 tests/vm/splats "$log"
	[[ $output = *'no log'* ]]
}

@test "a warning fails, but not that of the kernel's deadline servers" {
	warning 'deque_due_fire+0x20/0x40 [deque]' >"$log"
	run -1 tests/vm/splats "$log"
	[[ $output = *'hrtimer_forward'*'deque_due_fire'* ]]
	warning 'dl_task_timer+0x6f7/0x1220' >"$log"
	run -0 tests/vm/splats "$log"
	[ -z "$output" ]
}

@test "what follows the warning of a deadline server is looked at" {
	{
		warning 'dl_task_timer+0x6f7/0x1220'
		echo '[  465.000000] BUG: kernel NULL pointer dereference, address: 000000000000003c'
	} >"$log"
	run -1 tests/vm/splats "$log"
	[[ $output = *'NULL pointer'* ]]
	{
		warning 'dl_task_timer+0x6f7/0x1220'
		warning 'deque_due_fire+0x20/0x40 [deque]'
	} >"$log"
	run -1 tests/vm/splats "$log"
	[[ $output = *'deque_due_fire'* ]]
}

@test "a process that was killed for another's memory is no complaint" {
	printf '%s\n' '[ 9.0] tool invoked oom-killer: gfp_mask=0x0' '[ 9.1] Call Trace:' '[ 9.2]  dump_stack+0x1/0x2' >"$log"
	run -0 tests/vm/splats "$log"
}
