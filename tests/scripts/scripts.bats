#!/usr/bin/env bats
# The scripts that build, where a clone or a machine is not as the author's.
bats_require_minimum_version 1.5.0

setup() {
	top=$(realpath "$BATS_TEST_DIRNAME/../..")
	tree=$BATS_TEST_TMPDIR/tree
	mkdir -p "$tree"
	cp -r "$top/scripts" "$top/dkms.conf" "$top/CHANGELOG.md" "$top/Makefile" "$tree"
	export GIT_AUTHOR_NAME=me GIT_AUTHOR_EMAIL=me GIT_COMMITTER_NAME=me GIT_COMMITTER_EMAIL=me
	unset SOURCE_DATE_EPOCH MAKEFLAGS MAKELEVEL
}

# repository FOLDER: makes it one, with a commit of 2001
repository() {
	git -C "$1" init -q
	git -C "$1" add -A
	GIT_COMMITTER_DATE='1000000000 +0000' git -C "$1" commit -q -m first
}

# packed: the files in the tarball, without mod-VERSION/
packed() {
	tar -tf "$("$tree/scripts/dist")" | cut -d/ -f2- | grep -v '/$' | sort
}

# fake_headers LINE: headers whose configuration has it, and whose make tells its LLVM
fake_headers() {
	kdir=$BATS_TEST_TMPDIR/headers
	mkdir -p "$kdir/include/config" "$BATS_TEST_TMPDIR/bin"
	echo "$1" >"$kdir/include/config/auto.conf"
	# shellcheck disable=SC2016	# make expands that
	printf 'modules:\n\t@echo "LLVM=$(LLVM)"\n' >"$kdir/Makefile"
	for tool in clang ld.lld; do
		ln -sf /bin/true "$BATS_TEST_TMPDIR/bin/$tool"
	done
	mkdir -p "$tree/src"
	touch "$tree/Kbuild"
}

@test "a clone: the tarball has what git knows, and the commit's date" {
	echo ignored >"$tree/.gitignore"
	touch "$tree/ignored"
	repository "$tree"
	run -0 packed
	[[ $output = *Makefile* ]]
	[[ $output != *$'\n'ignored* ]]
	[[ $output != *.git/* ]]
	run -0 "$tree/scripts/source-date"
	[ "$output" = 1000000000 ]
}

@test "a clone of somebody else: the same" {
	[ "$(id -u)" = 0 ] || skip "only root can give it away"
	repository "$tree"
	chown -R 12345 "$tree"
	run -0 packed
	[[ $output = *Makefile* ]]
	[[ $output != *.git/* ]]
	run -0 "$tree/scripts/source-date"
	[ "$output" = 1000000000 ]
}

@test "a clone that git cannot read: git's reason, and no tarball" {
	repository "$tree"
	echo nonsense >"$tree/.git/HEAD"
	run ! "$tree/scripts/dist"
	[[ $output = *'not a git repository'* ]]
	[ ! -e "$tree/build/dist/mod-$("$tree/scripts/version").tar.xz" ]
}

@test "a tarball unpacked in another repository that ignores it: its own files and date" {
	echo /tree >"$BATS_TEST_TMPDIR/.gitignore"
	touch "$BATS_TEST_TMPDIR/file"
	repository "$BATS_TEST_TMPDIR"
	touch -d @1500000000 "$tree/CHANGELOG.md"
	run -0 packed
	[[ $output = *Makefile* ]]
	run -0 "$tree/scripts/source-date"
	[ "$output" = 1500000000 ]
}

@test "a folder with a space in its name: make says that this is why" {
	mv "$tree" "$tree with a space"
	run -2 make -C "$tree with a space" module
	[[ $output = *"a space in a path: '$tree with a space'"* ]]
}

@test "make: a short line for each file, and with V=1 the command" {
	cp -r "$top/lib" "$tree"
	mkdir -p "$tree/src"
	cp -r "$top/src/include" "$tree/src"
	run -0 make -C "$tree" --no-print-directory lib
	[[ $'\n'$output$'\n' = *$'\n  CC      control.o\n'* ]]
	[[ $'\n'$output$'\n' = *$'\n  LD      libdeque.so.0\n'* ]]
	run -1 grep -v '^  [A-Z]* *[a-z.0-9]*$' <<<"$output"
	touch "$tree/lib/control.c"
	run -0 make -C "$tree" lib V=1
	[[ $output = *' -c -o '*control.c* ]]
	[[ $output != *'  CC '* ]]
}

@test "headers of a kernel built with clang: LLVM=1, as from DKMS" {
	fake_headers CONFIG_CC_IS_CLANG=y
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run -0 "$tree/scripts/build-module" "$kdir" "$tree/out"
	[[ $output = *LLVM=1* ]]
}

@test "headers of a kernel built with gcc: not" {
	fake_headers CONFIG_CC_IS_GCC=y
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run -0 "$tree/scripts/build-module" "$kdir" "$tree/out"
	[[ $output = *LLVM=* ]]
	[[ $output != *LLVM=1* ]]
}

@test "a kernel that cannot be fetched: no words about headers in /build" {
	mkdir -p "$tree/tests/vm"
	printf '#!/bin/sh\necho the archive is down >&2\nexit 1\n' >"$tree/tests/vm/fetch-kernel"
	chmod +x "$tree/tests/vm/fetch-kernel"
	run -2 make -C "$tree" module-7
	[[ $output = *'the archive is down'* ]]
	[[ $output != *headers* ]]
}

@test "fresh, where nothing can be mounted: it says so, and that it tested nothing" {
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	printf '#!/bin/sh\necho "unshare: Operation not permitted" >&2\nexit 1\n' >"$BATS_TEST_TMPDIR/bin/unshare"
	chmod +x "$BATS_TEST_TMPDIR/bin/unshare"
	PATH=$BATS_TEST_TMPDIR/bin:$PATH run -77 "$top/tests/packages/fresh" trixie demo
	[ "$output" = 'fresh: SKIPPED: another system cannot be used here, as nothing can be mounted: unshare: Operation not permitted' ]
}

# fake_apt: with words in English only if asked for, as in a machine with another locale
fake_apt() {
	mkdir -p "$BATS_TEST_TMPDIR/bin"
	cat >"$BATS_TEST_TMPDIR/bin/apt-cache" <<-'END'
		#!/bin/sh
		[ "$1" != depends ] || if [ "${LC_ALL:-$LANG}" = C ]; then
			echo '  Depends: gcc-12'
		else
			echo '  Зависит: gcc-12'
		fi
	END
	printf '#!/bin/sh\necho "apt-get $*"\n' >"$BATS_TEST_TMPDIR/bin/apt-get"
	chmod +x "$BATS_TEST_TMPDIR/bin"/apt-*
}

# as_root COMMAND...: with fake programs that do what $install and $update say
as_root() {
	fake_apt
	printf '#!/bin/sh\necho 0\n' >"$BATS_TEST_TMPDIR/bin/id"
	cat >"$BATS_TEST_TMPDIR/bin/apt-get" <<-END
		#!/bin/sh
		case "\$*" in
		*update) $update ;;
		*) $install ;;
		esac
	END
	chmod +x "$BATS_TEST_TMPDIR/bin/"*
	printf 'tests\t/nowhere\tsomething\t-\n' >"$tree/scripts/needs"
	env PATH="$BATS_TEST_TMPDIR/bin:$PATH" "$tree/scripts/need" tests
}

@test "need: an archive out of reach is the reason that is told, and once" {
	update='echo "E: Failed to fetch http://archive/InRelease  Could not connect" >&2; exit 100'
	install='echo "E: Unable to locate package something" >&2; exit 100'
	run -1 as_root
	[ "$output" = "missing for tests: something
installing it: apt-get install --yes --no-install-recommends --no-remove something
E: Failed to fetch http://archive/InRelease  Could not connect
need: without the archive's lists that cannot be installed" ]
}

@test "need: another reason of apt is told, and once" {
	update=:
	install='echo unpacking; echo "E: Could not get lock /var/lib/dpkg/lock-frontend" >&2; exit 100'
	run -1 as_root
	[ "$(grep -c '^E: Could not get lock' <<<"$output")" = 1 ]
	[[ $output != *archive* ]]
}

@test "need: with an archive out of reach, another reason is told nevertheless" {
	update='echo "E: Failed to fetch" >&2; exit 100'
	install='echo "E: Could not get lock /var/lib/dpkg/lock-frontend" >&2; exit 100'
	run -1 as_root
	[ "$(grep -c '^E: Could not get lock' <<<"$output")" = 1 ]
}

@test "need: lists that are old are made new, and nothing is told of that" {
	update="touch $BATS_TEST_TMPDIR/new"
	install="[ -e $BATS_TEST_TMPDIR/new ] || { echo 'E: Unable to locate package something' >&2; exit 100; }"
	run -0 as_root
	[ "${#lines[@]}" = 2 ]
}

@test "need: with a Russian locale it asks for the same package" {
	fake_apt
	printf 'tests\t/nowhere\tlib32gcc-@GCC@-dev\t-\n' >"$tree/scripts/needs"
	# As root it has apt-get install it, else it says what to type.
	run env LANG=ru_RU.UTF-8 LC_ALL=ru_RU.UTF-8 PATH="$BATS_TEST_TMPDIR/bin:$PATH" "$tree/scripts/need" tests
	[[ $output == *'missing for tests: lib32gcc-12-dev'* ]]
	[[ $output != *gcc-multilib* ]]
}
