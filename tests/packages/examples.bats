#!/usr/bin/env bats
# A reader of the examples: from the package's documentation to the deque device.
# shellcheck disable=SC2154	# common.bash sets them
load common

setup_file() {
	local other
	system linux-image-amd64 linux-headers-amd64 build-essential procps strace
	debs "$(current)"
	inside "apt-get install -qq -y /packages/$(current)/*.deb" >&2
	FIRST=$(kernels | head -n 1)
	export FIRST
	other=$(inside "apt-cache search --names-only '^linux-headers-[0-9.]+[-+](deb)?[0-9]+-cloud-amd64\$'" |
		cut -d' ' -f1 | sort -V | tail -n 1)
	INITRD=No install "$other" >&2
	export OTHER=${other#linux-headers-}
	cp "$top/tests/examples/"{transcripts,dmesg} "$WORK/changes/packages/"
}

@test "9. README.md, typed in a copy of the package's examples: what appears is what it says" {
	boot "$FIRST" <<-END
		set -eux
		cp -r /usr/share/doc/mod-dkms/examples /srv
		cd /srv/examples
		# As README has it for the lesson of vermagic.
		make KDIR=/lib/modules/$OTHER/build hello_1.ko
		mkdir /lib/modules/other
		cp hello_1.ko /lib/modules/other/
		make clean >/dev/null
		make 2>&1 | tee /dev/stderr | grep -i warning && exit 1
		make ioctl_user install
		set +x
		# As README has it for the times in the log and on the console.
		echo N >/sys/module/printk/parameters/time
		cp /packages/dmesg /usr/local/bin/
		export PATH=/usr/local/bin:\$PATH DMESG='/usr/bin/dmesg -t'
		/packages/transcripts <README.md >/tmp/README.md
		diff -u README.md /tmp/README.md
		make uninstall
		[ ! -e /lib/modules/$FIRST/mod-examples ]
		modprobe export_b && exit 1
		! dmesg | grep -E 'BUG:|WARNING:|Call Trace'
	END
}
