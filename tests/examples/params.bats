#!/usr/bin/env bats
# Row 5: params.
load common

parameters=/sys/module/params/parameters
missing=('params: Next time, do insmod params str1=...' 'params: Next time, do insmod params str2=...')

@test "without parameters it logs those it has, and which it would like" {
	load params
	unload params
	logs params:\ {irq=7,path=/sbin/modprobe,paths[0]=/bin,paths[1]=/sbin,edge=rising} "${missing[@]}"
}

@test "it logs what it is given" {
	load params irq=-1 path=/bin/true paths=/a,/b,/c,/d edge=both 'str1="two words"' str2=second
	logs params:\ {irq=-1,path=/bin/true,paths[0]=/a,paths[1]=/b,paths[2]=/c,paths[3]=/d,edge=both} \
		'params: str1=two words' 'params: str2=second'
}

@test "only the text that is missing is asked for" {
	load params quiet=1 str2=second
	logs "${missing[0]}" 'params: str2=second'
}

@test "paths has two folders by default, and one where one is given" {
	load params
	[ "$(cat $parameters/paths)" = /bin,/sbin ]
	unload params
	mark
	load params paths=/opt
	[ "$(cat $parameters/paths)" = /opt ]
	[ "$(logged | grep -F 'paths[')" = 'params: paths[0]=/opt' ]
}

@test "more than four fail" {
	refuses params paths=1,2,3,4,5
	logged | grep -F 'can only take 4 arguments'
	load params paths=1,2,3,4
	[ "$(cat $parameters/paths)" = 1,2,3,4 ]
}

@test "quiet says the opposite of what is in the code" {
	load params
	[ "$(cat $parameters/quiet)" = N ]
	unload params
	for yes in 1 y Y; do
		mark
		load params quiet=$yes
		[ "$(cat $parameters/quiet)" = Y ]
		unload params
		logs "${missing[@]}"
	done
	load params quiet=0
	[ "$(cat $parameters/quiet)" = N ]
	unload params
	refuses params quiet=maybe
}

@test "edge takes its three words and no other" {
	for word in rising falling both; do
		load params edge=$word
		[ "$(cat $parameters/edge)" = $word ]
		unload params
	done
	refuses params edge=Both
	refuses params edge=
	refuses params edge=0
	refuses params edge
}

@test "root may change edge later, and what is refused changes nothing" {
	load params
	echo falling >$parameters/edge
	[ "$(cat $parameters/edge)" = falling ]
	run -1 bash -c "echo sideways >$parameters/edge"
	[[ $output = *'Invalid argument' ]]
	[ "$(cat $parameters/edge)" = falling ]
	run -1 as nobody bash -c "echo both >$parameters/edge"
	[[ $output = *'Permission denied' ]]
}

@test "the first digit decides nothing: 5 is a string, seven no number" {
	load params path=5 str1=3com str2=0
	[ "$(cat $parameters/path)" = 5 ]
	logged | grep -Fx 'params: str1=3com'
	logged | grep -Fx 'params: str2=0'
	unload params
	refuses params irq=seven
	refuses params irq=7th
	refuses params irq=/sbin
}

@test "everyone reads all but str1 and str2, which have no files" {
	load params str1=secret str2=secret
	[ "$(cd $parameters && stat -c '%n %a' ./*)" = "$(printf '%s\n' './edge 644' './irq 444' \
		'./path 444' './paths 444' './quiet 444')" ]
	[ "$(as nobody cat $parameters/irq $parameters/path)" = $'7\n/sbin/modprobe' ]
}

@test "modinfo tells each with its type" {
	[ "$(modinfo -F parm params | sed 's/.*(\(.*\))/\1/' | sort)" = \
		"$(printf '%s\n' 'array of charp' charp charp charp edge int invbool)" ]
}

@test "its files are safe from hostile callers" {
	load params
	for name in edge paths quiet; do
		hostile $parameters/$name
		as nobody hostile $parameters/$name
	done
}
