#!/usr/bin/env bats
# Row 16: tickle.
load common

laugh='tickle: Tee hee, that tickles!'

setup_file() {
	stop_udev
}

teardown_file() {
	start_udev
}

setup() {
	folder=$(mktemp -d)
	touch "$folder/a" "$folder/b"
	load tickle
	mark
}

teardown() {
	unload_all
	rm -rf "$folder"
}

# laughs: how often it did, whatever else was logged
laughs() {
	logged | grep -cx "$laugh" || true
}

@test "it laughs when a file is deleted, and the file is gone" {
	rm "$folder/a"
	[ ! -e "$folder/a" ]
	logs "$laugh"
	rm "$folder/b"
	logs "$laugh" "$laugh"
}

@test "when an ordinary user deletes one, too" {
	chmod 777 "$folder"
	as nobody rm -f "$folder/a"
	[ ! -e "$folder/a" ]
	[ "$(laughs)" = 1 ]
}

@test "and a link, or a node: not a directory, nor when something is renamed or emptied" {
	mkdir "$folder/d"
	rmdir "$folder/d"
	mv "$folder/a" "$folder/c"
	: >"$folder/c"
	[ -z "$(logged)" ]
	ln -s c "$folder/link"
	rm "$folder/link"
	[ "$(laughs)" = 1 ]
	mkfifo "$folder/fifo"
	rm "$folder/fifo"
	[ "$(laughs)" = 2 ]
}

@test "not when deleting fails" {
	run -1 rm "$folder/none"
	run -1 rm "$folder"
	chmod 755 "$folder"
	run -1 as nobody rm -f "$folder/a"
	[ -e "$folder/a" ]
	[ -z "$(logged)" ]
}

@test "a thousand deleted by eight at once: all are gone, and the log has few lines" {
	local i
	for i in {1..8}; do
		(cd "$folder" || exit; for n in {1..125}; do : >"$i-$n"; done && rm "$i"-*) &
	done
	wait
	[ "$(find "$folder" -name '*-*' | wc -l)" = 0 ]
	[ "$(laughs)" -ge 1 ]
	[ "$(laughs)" -lt 500 ]
}

@test "once it is removed nobody laughs" {
	unload tickle
	mark
	rm "$folder/a"
	[ "$(laughs)" = 0 ]
}

@test "it can be removed while files are deleted" {
	(cd "$folder" || exit; for n in {1..2000}; do : >x; rm -f x; done) &
	local worker=$!
	for _ in {1..10}; do
		rmmod tickle
		insmod "$(ko tickle)"
	done
	wait $worker
}
