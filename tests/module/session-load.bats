#!/usr/bin/env bats
# docs/session.md is what the demo's session shows: the same commands, and the same lines
# appear, but for numbers, dates, and what differs from kernel to kernel.
bats_require_minimum_version 1.5.0

setup() {
	mkdir -p /etc/modprobe.d
	cp /root/deque.conf /etc/modprobe.d/my-deque.conf
	seq 3000 | sed 's/$/.h/' >/root/headers
}

teardown() {
	rm -rf /etc/modprobe.d/my-deque.conf /root/{headers,part.*,taken.*,began}
	[ ! -e /sys/module/deque ] || deque ls -no name | xargs -r deque rm --force
	rmmod deque 2>/dev/null || true
}

page() {
	sed -n 's/^    //p' /tests/session.md
}

commands() {
	sed -n '/^# The administrator/d; /^# that senders/d; /^# /p'
}

# In which order processes print is up to them, and bash says "Killed" when it sees that.
# A taker that starts when the others have taken everything waits in vain.
lines() {
	sed -E '/^# /d; /^$/d; /^(filename|srcversion|depends|name|retpoline|vermagic):/d
		/\.h$/d; / Killed /d; / timed out: it was empty/d
		s/(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) +[0-9]+ +[0-9:]+/DATE/
		s/([0-9]+(\.[0-9]+)?(ms|s|m|h)?)+/0/g; s/ +/ /g; s/^ | $//g' | sort
}

@test "docs/session.md shows what the demo shows" {
	timeout 600 session >/tmp/shown 2>&1 </dev/null || { cat /tmp/shown; return 1; }
	diff <(page | commands) <(commands </tmp/shown)
	diff <(page | lines) <(lines </tmp/shown)
	[ "$(lines </tmp/shown | wc -l)" -gt 60 ]	# or it compared nothing
}
