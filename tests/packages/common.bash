# shellcheck shell=bash
# Functions that the tests of the packages share.  Each file has one system, $SUITE's,
# which one test after the other changes.
bats_require_minimum_version 1.5.0

# shellcheck disable=SC2034	# for the tests
here=$BATS_TEST_DIRNAME
top=$(realpath "$here/../..")
export SUITE=${SUITE:-bookworm}
case $SUITE in
bookworm) SUITES=bookworm,bookworm-security ;;
trixie) SUITES=trixie,trixie-security,trixie-backports ;;
bullseye) SUITES=bullseye,bullseye-security ;;
esac
SYSTEM=(systemd systemd-sysv dbus udev dkms initramfs-tools kmod login passwd openssl)
name=$(basename "$BATS_TEST_FILENAME" .bats)
WORK=$top/build/packages/$SUITE-$name

# step WORDS: says what is done now, as some of it takes minutes
step() {
	echo "# $(date +%T) $*" >&3
}

setup() {
	step "test: $BATS_TEST_DESCRIPTION"
}

# system PACKAGE...: $ROOT, and $WORK for what is changed there
system() {
	step "making a system of $SUITES, unless there is one"
	ROOT=$("$here/root" "$SUITES" "${SYSTEM[@]}" "$@")
	rm -rf --one-file-system "$WORK"
	mkdir -p "$WORK/changes/packages"
	export ROOT
	inside 'apt-get update -qq' >&2
}

# debs VERSION: the packages of that version, as /packages/VERSION/*.deb
debs() {
	local suite=${SUITE/bullseye/bookworm} folder	# which is too old to build them
	folder=$top/build/packages/deb-$suite-$1
	if [ "$(cat "$folder/SOURCE" 2>/dev/null)" != "$(sha256sum <"$("$top/scripts/dist")")" ]; then
		step "building the packages, version $1, in a system of $suite"
		"$here/build-deb" "$suite" "$1"
	fi
	mkdir -p "$WORK/changes/packages/$1"
	cp "$folder"/*.deb "$WORK/changes/packages/$1/"
	rm -f "$WORK/changes/packages/$1"/*-dbgsym_*
}

# install PACKAGE...: with apt, as few as can be, and with no time lost on initrd's;
# what only the backports have may need more from there
install() {
	local options=(-qq -y --no-install-recommends)
	[ "$SUITE" != trixie ] || options+=(-t trixie-backports)
	step "installing $*"
	inside "INITRD=${INITRD:-Yes} apt-get install ${options[*]} $*"
}

# inside COMMAND: in a shell there
inside() {
	"$here/inside" "$ROOT" "$WORK" bash -c "$1"
}

# boot KERNEL <SCRIPT
boot() {
	cat >"$WORK/script"
	step "booting $1"
	"$here/boot" "$ROOT" "$WORK" "$1" "$WORK/script"
}

# kernels: the releases that are there, the oldest first
kernels() {
	inside 'ls /lib/modules' | sort -V
}

# current: this tree's version
current() {
	"$top/scripts/version"
}

# module KERNEL FIELD: what modinfo says of the module for it.  By its file, as a kernel
# of which only headers are there, from 7 on, has no list of modules.
module() {
	inside "modinfo -F $2 /lib/modules/$1/updates/dkms/deque.ko*"
}

# has_module KERNEL [VERSION]: the module is there for it, and is of that version
has_module() {
	local version
	version=$(module "$1" version)
	[ "$version" = "${2:-$(current)}" ]
}
