#!/usr/bin/env bats
# Downloads, where there is no room for them, or no way to them.
# shellcheck disable=SC2016,SC2030,SC2031	# other shells expand that; each test has its own
bats_require_minimum_version 1.5.0

setup() {
	export LC_ALL=C
	vm=$(realpath "$BATS_TEST_DIRNAME/../vm")
	bin=$BATS_TEST_TMPDIR/bin
	mkdir -p "$bin"
	unset HOME XDG_CACHE_HOME
	export MOD_CACHE=$BATS_TEST_TMPDIR/cache
	[ -r /usr/share/keyrings/debian-archive-keyring.gpg ] || skip "without Debian's keys no archive is asked"
}

# fake_archive COMMAND: has a kernel; COMMAND is what its download does
fake_archive() {
	cat >"$bin/apt-cache" <<-'END'
		#!/bin/sh
		case "$*" in
		*search*) echo 'linux-image-6.12.1+deb12-amd64 - Linux' ;;
		*show*) printf 'Version: 6.12.1-1\nDepends: linux-kbuild-6.12.1\n' ;;
		esac
	END
	cat >"$bin/apt-get" <<-END
		#!/bin/sh
		case "\$*" in
		*indextargets*) echo main http://archive/debian/ ;;
		*download*) $1 ;;
		esac
	END
	chmod +x "$bin/"*
}

# fetch_kernel COMMAND...: in the way of COMMAND
fetch_kernel() {
	PATH=$bin:$PATH "$@" "$vm/fetch-kernel" 6.12
}

# mounting LINE COMMAND...: where the shell's LINE has mounted something, the command, and
# what of it is left in the cache
mounting() {
	local map=()
	[ "$(id -u)" = 0 ] || map=(--map-root-user)
	mkdir -p "$MOD_CACHE"
	unshare "${map[@]}" --mount sh -c "$1 || exit 99
		shift; "'status=0; "$@" || status=$?; find "$MOD_CACHE" -name ".new-*"; exit $status' sh "$@"
}

may_mount() {
	mounting 'mount -t tmpfs none "$MOD_CACHE"' true
}

@test "there is next to no room for the cache: it is said, and apt, which would hang, is not asked" {
	may_mount || skip 'nothing can be mounted here'
	fake_archive 'exit 99'
	run -1 fetch_kernel mounting 'mount -t tmpfs -o size=1m small "$MOD_CACHE"'
	[[ $output = "fetch-kernel: only "*" KB are free in $MOD_CACHE/kernels; MOD_CACHE=FOLDER has it elsewhere" ]]
}

@test "the disk of the cache gets full: it is said, with a remedy, and nothing half stays" {
	may_mount || skip 'nothing can be mounted here'
	fake_archive 'head -c 90M /dev/zero >linux-image.deb'
	run -1 fetch_kernel mounting 'mount -t tmpfs -o size=80m small "$MOD_CACHE"'
	[ "${lines[2]}" = "head: error writing 'standard output': No space left on device" ]
	[[ ${lines[3]} = "fetch-kernel: only "*" KB are free in $MOD_CACHE/kernels; MOD_CACHE=FOLDER has it elsewhere" ]]
	[ "${#lines[@]}" = 4 ]
}

@test "a download fails for another reason: no word of room, and nothing half stays" {
	fake_archive 'touch half.deb; echo "E: Failed to fetch" >&2; exit 100'
	run -100 fetch_kernel
	[ "${lines[2]}" = 'E: Failed to fetch' ]
	[ "${#lines[@]}" = 3 ]
	[ -z "$(find "$MOD_CACHE" -name '.new-*')" ]
}

@test "no folder can be made for the cache: it is said where, and what to do" {
	local program
	fake_archive :
	export MOD_CACHE=/proc/none
	for program in "$vm"/fetch-{kernel,udev,toolchain} "$vm/../lint/fetch-checkpatch"; do
		PATH=$bin:/bin:/usr/bin run -1 "$program" 6.12 gcc
		[[ $output = "${program##*/}: cannot make the folder /proc/none/"*"; MOD_CACHE=FOLDER has it elsewhere" ]]
	done
	unset MOD_CACHE
	HOME=/proc run -1 "$vm/fetch-kernel" 6.12
	[ "$output" = 'fetch-kernel: cannot make the folder /proc/.cache/mod/kernels; MOD_CACHE=FOLDER has it elsewhere' ]
}

@test "the cache can only be read: it is said" {
	may_mount || skip 'nothing can be mounted here'
	fake_archive :
	mkdir -p "$MOD_CACHE/kernels"
	run -1 fetch_kernel mounting 'mount --bind "$MOD_CACHE" "$MOD_CACHE" && mount -o remount,bind,ro "$MOD_CACHE"'
	[ "$output" = "fetch-kernel: cannot write to $MOD_CACHE/kernels; MOD_CACHE=FOLDER has it elsewhere" ]
}

@test "what a download that was killed has left goes with the next one, a day later" {
	fake_archive 'exit 100'
	mkdir -p "$MOD_CACHE/kernels/"{.new-old,.new-other}
	touch -d '2 days ago' "$MOD_CACHE/kernels/.new-old"
	run -100 fetch_kernel
	[ ! -e "$MOD_CACHE/kernels/.new-old" ]
	[ -e "$MOD_CACHE/kernels/.new-other" ]
}

@test "the archive is out of reach: it is said, and nothing of headers" {
	fake_archive :
	printf '#!/bin/sh\n[ "$*" = "${*%%update}" ] || { echo "E: Failed to fetch" >&2; exit 100; }\n' >"$bin/apt-get"
	run -1 fetch_kernel
	[ "${lines[1]}" = 'E: Failed to fetch' ]
	[ "${lines[2]}" = "fetch-kernel: apt cannot get the archive's lists" ]
	[ "${#lines[@]}" = 3 ]
}

# The files are those of a package that was made here, each more than the disk has.
@test "the disk gets full while a package is unpacked: of all that tar says the first line is told" {
	local n package=$BATS_TEST_TMPDIR/package
	may_mount || skip 'nothing can be mounted here'
	mkdir -p "$package/DEBIAN"
	printf '%s\n' 'Package: some' 'Version: 1' 'Architecture: all' 'Maintainer: me <me@here>' 'Description: some' \
		>"$package/DEBIAN/control"
	for n in {1..9}; do
		truncate -s 10M "$package/file$n"
	done
	dpkg-deb --build "$package" "$BATS_TEST_TMPDIR/some.deb" >/dev/null
	fake_archive "cp $BATS_TEST_TMPDIR/some.deb linux-some.deb"
	run ! fetch_kernel mounting 'mount -t tmpfs -o size=70m small "$MOD_CACHE"'
	[[ ${lines[2]} = tar:* ]]
	[[ ${lines[3]} = "fetch-kernel: only "*" KB are free in $MOD_CACHE/kernels; MOD_CACHE=FOLDER has it elsewhere" ]]
	[ "${#lines[@]}" = 4 ]
}
