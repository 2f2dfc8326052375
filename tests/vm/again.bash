# shellcheck shell=bash
# When a machine is to boot once more, for those that boot one: where that was QEMU's fault.
#
# One boot in a hundred dies early, of an int3: QEMU's two CPUs are not always in step
# when the kernel patches its code.  On a busy machine the kernel may also measure its
# clock wrong: one was three times too fast, and each time limit in there came too early.
# /init ends then, or else sends an archive when it starts; the last time it takes any.

# is_qemus_fault LOG: what the console says of a machine that did not start
is_qemus_fault() {
	grep -aq 'Oops: int3\|calibration deviates' "$1"
}

# more_words TRY: for the kernel's command line, the first, second or third time
more_words() {
	[ "$1" -lt 3 ] || echo ' vm.any-clock'
}
