#!/usr/bin/env bats
# put --delay, browse, leases, kick, and the settings: messages in every state.
load common

# One message in each state, and $q to hold the lease.
one_in_each_state() {
	deque put "$Q" leased buried ready
	exec {q}<>"/dev/deque/$Q"
	deque claim --fd "$q" >/dev/null
	read -r token _ < <(deque claim --fd "$q")
	deque bury --fd "$q" "$token"
	deque put --delay 1h "$Q" delayed
}

# words: each line of the output without what only aligns it
words() {
	tr -s ' ' <<<"$output" | sed 's/^ //; s/ $//'
}

@test "put --delay: nobody gets it before that" {
	start=$(milliseconds)
	deque put --delay 400ms "$Q" a b
	[ "$(deque take "$Q" -c 2 --follow -w 60s)" = $'a\nb' ]
	[ $(($(milliseconds) - start)) -ge 400 ]
	deque put --delay 1h "$Q" c
	[ "$(deque ls -no ready,delayed,messages "$Q" | tr -s ' ')" = '0 1 1' ]
	expect 64 "deque: --delay: 'forever' would be never" deque put --delay forever "$Q" a
}

@test "browse shows every state, or some, and touches none" {
	one_in_each_state
	before=$(deque stat "$Q" | grep -v openers)
	run -0 deque browse -n -o id,state,deliveries,size,data "$Q"
	[ "$(words)" = $'3 ready 0 5 ready\n1 leased 1 6 leased\n2 buried 1 6 buried\n4 delayed 0 7 delayed' ]
	run -0 deque browse -n -o data --state buried,ready "$Q"
	[ "$(words)" = $'ready\nburied' ]
	[ "$before" = "$(deque stat "$Q" | grep -v openers)" ]
}

@test "browse has headings, and a column for each that is asked for" {
	deque put "$Q" a
	run -0 deque browse "$Q"
	[ "$(words)" = $'ID STATE DELIVERIES SIZE AGE LEFT HOLDER DATA\n1 ready 0 1 - - - a' ]
	run -0 deque browse -o help
	columns=$(deque browse -o help | cut -d ' ' -f 1 | paste -sd ,)
	run -0 deque browse -n -o "$columns" "$Q"
	[ "$(words)" = "$Q 1 ready - - - - - 0 1 a" ]
	expect 64 "deque: no column 'nope'; '-o help' lists them" deque browse -o id,nope "$Q"
	expect 64 "deque: no state 'nope'; there are ready, leased, delayed, buried" deque browse --state nope "$Q"
}

@test "browse does not disturb the terminal" {
	printf 'a\033[2Jb\tc\n' | deque put --whole "$Q"
	seq 100 | deque put --whole "$Q"
	run -0 deque browse -n -o data "$Q"
	[ "${lines[0]}" = 'a.[2Jb.c.' ]
	[ "${lines[1]}" = '1.2.3.4.5.6.7.8.9.10.11.12.13.14.15.16.1...' ]
}

@test "browse --json has all of each, also of long ones" {
	one_in_each_state
	deque set "$Q" max_message_size=2M
	head -c 1500000 /dev/zero | tr '\0' x | deque put --whole "$Q"
	run -0 deque browse --json "$Q"
	[ ${#lines[@]} = 5 ]
	[ ${#lines[1]} -gt 1500000 ]
	[[ ${lines[0]} =~ ^'{"id":3,"arrival":'.*',"deque":"'$Q'","state":"ready","data":"ready"}'$ ]]
	[[ ${lines[2]} =~ ^'{"token":'[0-9]+',"id":1,'.*',"state":"leased","holder":'$BASHPID',"command":"'.*'","since":"20'.*'Z","since_epoch":'[0-9.]+',"data":"leased"}'$ ]]
	[[ ${lines[4]} =~ '"state":"delayed","since":"20'.*'Z","since_epoch":'[0-9.]+',"due":"20'.*'Z","due_epoch":'[0-9.]+',"data":"delayed"}'$ ]]
}

@test "browse shows each of many once" {
	seq 3000 | deque put "$Q"
	[ "$(deque browse -n -o data "$Q" | md5sum)" = "$(seq 3000 | md5sum)" ]
}

@test "leases tells who works on what" {
	deque put "$Q" a bb
	deque work "$Q" -j 2 --timeout 1h -- sleep 1000 &
	until_true is_field leased 2
	run -0 deque leases -n -o deque,id,holder,deliveries,size,command "$Q"
	command="deque work $Q -j 2 --timeout 1h -- sleep 1000"
	command=${command:0:40}...
	[ "$(words)" = "$Q 1 $! 1 1 $command"$'\n'"$Q 2 $! 1 2 $command" ]
	[[ $(deque leases -no left "$Q" | tr -d ' ') == $'1h00m\n1h00m' ]]
	run -0 deque leases --json "$Q"
	[[ ${lines[0]} =~ '"deque":"'$Q'","state":"leased","holder":'$!',"command":"deque work '$Q' -j 2 --timeout 1h -- sleep 1000","since":"20'.*'","since_epoch":'[0-9.]+',"due":"20'.*'","due_epoch":'[0-9.]+'}'$ ]]
	kill -KILL $!
	ends 137 $!
	expect 0 '' deque leases -n "$Q"
}

@test "leases takes several names, and tells of those that are not there" {
	run -66 deque leases "$Q" nope "$Q"
	[ "${lines[1]}" = "deque: nope: no such deque; 'deque create' makes it, 'deque ls' lists them" ]
	run -0 deque leases "$Q" "$Q"
	[ "$(words)" = 'DEQUE TOKEN ID HOLDER AGE LEFT DELIVERIES SIZE COMMAND' ]
}

# bury_all: what is ready in $Q is buried
bury_all() {
	exec {q}<>"/dev/deque/$Q"
	deque claim --fd "$q" -c 256 | cut -d ' ' -f 1 | xargs deque bury --fd "$q"
}

@test "kick makes buried ones ready, all or so many, those first that were buried first" {
	deque put "$Q" a b c d
	bury_all
	[ "$(deque kick "$Q" 2)" = 2 ]
	[ "$(deque take "$Q" -c all)" = $'a\nb' ]
	[ "$(deque kick "$Q" all)" = 2 ]
	[ "$(deque peek "$Q" -c 2)" = $'c\nd' ]
	[[ $(deque peek "$Q" --json) == *'"deliveries":0'* ]]
	[ "$(deque kick "$Q")" = 0 ]
}

@test "kick --front and --back" {
	deque put "$Q" a
	bury_all
	deque put "$Q" b c
	[ "$(deque kick --back "$Q")" = 1 ]
	[ "$(deque peek "$Q" -c 3 | tr -d '\n')" = bca ]
	deque take --back "$Q"
	deque put --delay 1h "$Q" d
	[ "$(deque kick --front --delayed "$Q")" = 1 ]
	[ "$(deque peek "$Q" -c 3 | tr -d '\n')" = dbc ]
}

@test "kick --delayed leaves what is buried, and with --buried does not" {
	deque put "$Q" a
	bury_all
	deque put --delay 1h "$Q" b
	[ "$(deque kick --delayed "$Q")" = 1 ]
	deque put --delay 1h "$Q" c
	[ "$(deque kick --delayed --buried "$Q")" = 2 ]
	is_field ready 3
}

@test "kick wants a count from 1" {
	expect 64 "deque: kick: '0' is not from 1 to 4294967295" deque kick "$Q" 0
	expect 66 "deque: nope: no such deque; 'deque create' makes it, 'deque ls' lists them" deque kick nope
}

@test "create and set: max_deliveries, and never" {
	deque create a --max-deliveries 3
	[ "$(field a max_deliveries)" = 3 ]
	for never in never 0; do
		deque set a max_deliveries=2
		deque set a max_deliveries=$never
		[ "$(field a max_deliveries)" = never ]
	done
	expect 0 '{"max_deliveries":null}' deque ls --json -o max_deliveries a
	expect 64 "deque: max_deliveries: '1073741825' is not from 1 to 1073741824" \
		deque set a max_deliveries=1073741825
}

@test "create and set: lines, and what reads lines" {
	deque create a --lines
	[ "$(field a lines)" = yes ]
	expect 64 "deque: lines: 'x' is not yes or no" deque set a lines=x
	deque set a lines=no ack_on_read=yes
	[ "$(field a lines)" = no ]
	[ "$(field a ack_on_read)" = yes ]
	deque set a lines=yes ack_on_read=no
	deque put a one 'two words' three four
	echo five >/dev/deque/a
	deque put a six
	exec {q}<"/dev/deque/a"
	read -r line <&"$q"
	[ "$line" = one ]
	[ "$(head -n1 <&"$q")" = 'two words' ]
	mapfile -t -n 1 -u "$q" lines
	[ "${lines[0]}" = three ]
	[ "$(sh -c 'read -r line; echo "$line"' <&"$q")" = four ]
	read -r line <&"$q"
	[ "$line" = five ]
	# The rest of what a reader has begun comes back whole.
	[ "$(dd bs=2 count=1 <&"$q" 2>/dev/null)" = si ]
	exec {q}<&-
	[ "$(deque take a)" = six ]
}

@test "create and set: ack_on_read, and what read(2) does then" {
	deque create a --ack-on-read
	[ "$(field a ack_on_read)" = yes ]
	deque set a ack_on_read=no
	[ "$(field a ack_on_read)" = no ]
	expect 64 "deque: ack_on_read: 'x' is not yes or no" deque set a ack_on_read=x
	deque set "$Q" ack_on_read=yes
	deque put "$Q" one two three
	exec {q}<"/dev/deque/$Q"
	[ "$(dd bs=64K count=2 <&"$q" 2>/dev/null)" = onetwo ]
	is_field acked 1
	# The process that read it is gone, though the file is still open here.
	is_field crash_returned 1
	is_field leased 0
	exec {q}<&-
	[ "$(deque take "$Q" -c all)" = $'two\nthree' ]
}

@test "ls, stat, leases and browse take patterns, and mean all without a name" {
	deque create mail.in mail.out
	exec {q}<>/dev/deque/mail.out
	deque put mail.in a
	deque put mail.out b c
	deque put "$Q" d
	deque claim --fd "$q" >/dev/null
	[ "$(deque ls -no name 'mail.*' | xargs)" = 'mail.in mail.out' ]
	[ "$(deque stat 'mail.*' | awk '/^name/ { print $2 }' | xargs)" = 'mail.in mail.out' ]
	[ "$(deque stat | awk '/^name/ { print $2 }' | xargs)" = "mail.in mail.out $Q" ]
	[ "$(deque leases -no deque | xargs)" = mail.out ]
	[ "$(deque leases -no deque 'mail.?n' '[mn]ail.out' | xargs)" = mail.out ]
	[ "$(deque browse -no deque,data | xargs)" = "mail.in a mail.out c mail.out b $Q d" ]
	[ "$(deque browse -no data 'mail.*' | xargs)" = 'a c b' ]
	run -0 deque browse 'mail.*'
	[ "$(words | head -n 1)" = 'DEQUE ID STATE DELIVERIES SIZE AGE LEFT HOLDER DATA' ]
	for verb in ls stat leases browse; do
		expect 66 "deque: nope.*: no deque has such a name; 'deque ls' lists them" deque $verb 'nope.*'
	done
	run -64 deque rm 'mail.*'
	[ -e /dev/deque/mail.in ]
	exec {q}<&-
}
