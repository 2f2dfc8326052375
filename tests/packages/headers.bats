#!/usr/bin/env bats
# The kernel's headers come late, not at all, or those of another kernel.
load common

setup_file() {
	system linux-image-amd64
	debs "$(current)"
	FIRST=$(kernels)
	export FIRST
}

@test "3. without headers: apt ends well, says what is missing, and there is no module" {
	run -0 inside "apt-get install -qq -y --no-install-recommends /packages/$(current)/mod-{dkms,common}_*.deb"
	echo "$output" >&2
	[[ $output =~ 'kernel headers' ]]
	run ! inside "modinfo -k $FIRST deque"
	[ "$(inside 'dkms status mod')" = "mod/$(current): added" ]
}

@test "3. without headers, booted: the command says how the module gets built, not to load it" {
	inside "apt-get install -qq -y --no-install-recommends /packages/$(current)/{mod-tools,libdeque0}_*.deb" >&2
	boot "$FIRST" <<-'END'
		set -ux
		said=$(deque ls 2>&1)
		[ "$? $said" = "69 deque: ls: the kernel module is not built for this kernel, $(uname -r); with the headers of this kernel installed, 'sudo dkms autoinstall' builds it" ] || exit 1
		[ "$(deque --version | sed -n 2p)" = "deque.ko (not built for this kernel, $(uname -r))" ]
	END
}

@test "3. headers of another kernel only: nothing for the kernel that has none" {
	OTHER=$(inside "apt-cache search --names-only '^linux-headers-[0-9.-]+-cloud-amd64\$|^linux-headers-[0-9.]+[+]deb[0-9]+-cloud-amd64\$'" |
		cut -d' ' -f1 | sort -V | tail -n 1)
	run -0 inside "INITRD=No apt-get install -qq -y --no-install-recommends $OTHER"
	echo "$output" >&2
	[[ $output = *"${OTHER#linux-headers-}"* ]]
	run ! inside "modinfo -k $FIRST deque"
	has_module "${OTHER#linux-headers-}"
}

@test "3. headers after the module: it is built when they come" {
	run -0 inside "apt-get install -qq -y --no-install-recommends linux-headers-$FIRST"
	has_module "$FIRST"
}
