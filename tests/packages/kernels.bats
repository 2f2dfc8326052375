#!/usr/bin/env bats
# DKMS itself builds the module for every kernel that the suite has.
load common

setup_file() {
	# The module is built here by hand, for one after the other.
	system
	debs "$(current)"
	inside "apt-get install -qq -y --no-install-recommends /packages/$(current)/mod-{dkms,common}_*.deb" >&2
}

# newest FLAVOUR: the headers of the newest of each series of kernels; the archive has
# no more all that bullseye lists of later ones than its own
newest() {
	local series=.
	[ "$SUITE" != bullseye ] || series=^linux-headers-5
	inside "apt-cache search --names-only '^linux-headers-[0-9].*-$1\$'" | cut -d' ' -f1 |
		grep -xE "linux-headers-[0-9.]+([-+][0-9a-z~]+)*-$1" | grep -vE -- "-(rt|cloud|unsigned)-$1" | grep -e "$series" |
		sort -V | awk '{ split($0, part, /[.-]/); last[part[3] "." part[4]] = $0 } END { for (i in last) print last[i] }'
}

@test "8. DKMS builds for every kernel and flavour, and each says it is its own" {
	local headers kernel flavour
	for flavour in amd64 rt-amd64 cloud-amd64; do
		[ -n "$(newest $flavour)" ]
	done
	for headers in $(newest amd64) $(newest rt-amd64) $(newest cloud-amd64); do
		kernel=${headers#linux-headers-}
		# From 6.12 on headers come with their image.
		INITRD=No install "$headers" >&2
		inside "dkms build -k $kernel mod/$(current) --force && dkms install -k $kernel mod/$(current) --force" >&2
		has_module "$kernel"
		[[ $(module "$kernel" vermagic) = "$kernel "* ]]
		echo "# $SUITE: $kernel" >&3
		inside "apt-get purge -qq -y 'linux-headers-$kernel' 'linux-image-$kernel*'" >/dev/null 2>&1
	done
}
