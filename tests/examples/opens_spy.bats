#!/usr/bin/env bats
# Row 15: opens_spy, opens_spy_2.
load common

setup() {
	mark
	folder=$(mktemp -d)
	chmod 777 "$folder"
	echo secret >"$folder/file"
	echo more >"$folder/other"
	mkdir -p "$folder/a/b/c/d"
	echo deep >"$folder/a/b/c/d/file"
	echo private >"$folder/private"
	chmod -R a+rX "$folder"
	chmod 600 "$folder/private"
	uid=$(id -u nobody)
}

teardown() {
	unload_all
	[ -z "${folder:-}" ] || rm -rf "$folder"
}

# opened MODULE NAME: how often it has logged that; /tmp is a file system of its own
opened() {
	logged | grep -cE "^$1: [^ ]+ opens /${folder##*/}/$2\$" || true
}

@test "it logs what the user opens: which program, which file" {
	load opens_spy uid="$uid"
	run -0 as nobody cat "$folder/file" "$folder/other"
	[ "$output" = $'secret\nmore' ]
	logged | grep -x "opens_spy: cat opens /${folder##*/}/file"
	logged | grep -x "opens_spy: cat opens /${folder##*/}/other"
	[ "$(opened opens_spy file)" = 1 ]
	[ "$(opened opens_spy other)" = 1 ]
}

@test "and what is opened to be written" {
	load opens_spy uid="$uid"
	as nobody bash -c "echo new >$folder/written"
	[ "$(<"$folder/written")" = new ]
	logged | grep -x "opens_spy: bash opens /${folder##*/}/written"
}

@test "no second line, nothing for the terminal: both names are the user's own" {
	load opens_spy uid="$uid"
	name=$'x\nBUG: fake\e[2J'
	echo >"$folder/$name"
	# shellcheck disable=SC2016	# the inner shell expands that
	as nobody bash -c 'printf "a\eb" >/proc/$$/comm && : <"$1"' bash "$folder/$name"
	logged | grep -Fx "opens_spy: a\\eb opens /${folder##*/}/x\\nBUG: fake\\e[2J"
	run ! grep '^BUG: fake' <<<"$(logged)"
}

@test "of a long path it logs the last four parts" {
	load opens_spy uid="$uid"
	as nobody cat "$folder/a/b/c/d/file"
	logged | grep -x 'opens_spy: cat opens b/c/d/file'
}

@test "not what others open, nor what the user may not" {
	load opens_spy uid="$uid"
	cat "$folder/file"
	[ -z "$(logged)" ]
	run -1 as nobody cat "$folder/private"
	[[ $output = *'Permission denied' ]]
	run -1 as nobody cat "$folder/none"
	[ "$(opened opens_spy private)" = 0 ]
	[ "$(opened opens_spy none)" = 0 ]
}

@test "root can be the one" {
	load opens_spy uid=0
	cat "$folder/file"
	as nobody cat "$folder/other"
	unload opens_spy
	[ "$(opened opens_spy file)" = 1 ]
	[ "$(opened opens_spy other)" = 0 ]
}

@test "it has to be told whose" {
	run -1 load opens_spy
	[[ $output = *'Invalid parameters' ]]
	logs 'opens_spy: whose? Say uid=N'
	run -1 load opens_spy uid=4294967295
	run -1 load opens_spy uid=nobody
	run ! is_loaded opens_spy
}

@test "two load and unload in every order, and who is there logs" {
	local pair first second last
	for pair in 'opens_spy opens_spy_2' 'opens_spy_2 opens_spy'; do
		read -r first second <<<"$pair"
		for last in "$first" "$second"; do
			mark
			load "$first" uid="$uid"
			load "$second" uid="$uid"
			as nobody cat "$folder/file"
			[ "$(opened opens_spy file)" = 1 ]
			[ "$(opened opens_spy_2 file)" = 1 ]
			if [ "$last" = "$first" ]; then unload "$second"; else unload "$first"; fi
			as nobody cat "$folder/file"
			[ "$(opened "$last" file)" = 2 ]
			[ "$(($(opened opens_spy file) + $(opened opens_spy_2 file)))" = 3 ]
			unload "$last"
			as nobody cat "$folder/file"
			[ "$(($(opened opens_spy file) + $(opened opens_spy_2 file)))" = 3 ]
		done
	done
}

@test "two users, one each" {
	load opens_spy uid="$uid"
	load opens_spy_2 uid=0
	as nobody cat "$folder/file"
	cat "$folder/other"
	[ "$(opened opens_spy file)" = 1 ]
	[ "$(opened opens_spy other)" = 0 ]
	[ "$(opened opens_spy_2 file)" = 0 ]
	[ "$(opened opens_spy_2 other)" = 1 ]
}

@test "of thousands of opens it logs a hundred a second" {
	load opens_spy uid="$uid"
	local start=$SECONDS
	as nobody bash -c "for n in {1..3000}; do : <$folder/file; done"
	[ "$(opened opens_spy file)" -ge 50 ]
	[ "$(opened opens_spy file)" -le $(((SECONDS - start + 2) * 100)) ]
}

@test "it can be removed while files are opened" {
	as nobody bash -c "for n in {1..2000}; do : <$folder/file; done" &
	local worker=$!
	for _ in {1..10}; do
		insmod "$(ko opens_spy)" uid="$uid"
		rmmod opens_spy
	done
	wait $worker
}
