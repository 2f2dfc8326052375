#!/usr/bin/env bats
# Row 3: hello_5.
load common

parameters=/sys/module/hello_5/parameters

# says SHORT INT LONG STRING FIRST SECOND COUNT PERCENT: all that is in the log
says() {
	logs 'hello_5: Hello, world 5' \
		"hello_5: myshort is a short integer: $1" \
		"hello_5: myint is an integer: $2" \
		"hello_5: mylong is a long integer: $3" \
		"hello_5: mystring is a string: $4" \
		"hello_5: myintarray[0] = $5" \
		"hello_5: myintarray[1] = $6" \
		"hello_5: got $7 arguments for myintarray." \
		"hello_5: mypercent is a percentage: $8"
}

@test "without parameters it logs what they are from the start" {
	load hello_5
	says 1 420 9999 blah 420 420 0 50
}

@test "it logs what it is given" {
	load hello_5 myshort=-32768 myint=0x10 mylong=-9223372036854775808 'mystring="two words"' \
		myintarray=-1,7 mypercent=100
	says -32768 16 -9223372036854775808 'two words' -1 7 2 100
}

@test "one element leaves the other as it was" {
	load hello_5 myintarray=-1
	says 1 420 9999 blah -1 420 1 50
}

@test "it says goodbye" {
	load hello_5
	mark
	unload hello_5
	logs 'hello_5: Goodbye, world 5'
}

@test "the modes are 0660, 0644, 0400, and there are no files for mode 0" {
	load hello_5
	[ "$(cd $parameters && stat -c '%n %a %U' ./*)" = "$(printf '%s root\n' './myint 644' \
		'./mylong 400' './mypercent 644' './myshort 660')" ]
	[ "$(cat $parameters/myshort)" = 1 ]
	[ "$(cat $parameters/myint)" = 420 ]
	[ "$(cat $parameters/mylong)" = 9999 ]
	[ "$(cat $parameters/mypercent)" = 50 ]
}

@test "root may write what has a w, and it has to fit" {
	load hello_5
	echo 32767 >$parameters/myshort
	[ "$(cat $parameters/myshort)" = 32767 ]
	run -1 bash -c "echo 32768 >$parameters/myshort"
	[[ $output = *'Numerical result out of range' ]]
	[ "$(cat $parameters/myshort)" = 32767 ]
	echo -2147483648 >$parameters/myint
	[ "$(cat $parameters/myint)" = -2147483648 ]
	run -1 bash -c "echo many >$parameters/myint"
	[[ $output = *'Invalid argument' ]]
	# Root may open it nevertheless; there is nothing to write with.
	run -1 bash -c "echo 1 >$parameters/mylong"
	[ "$(cat $parameters/mylong)" = 9999 ]
}

@test "an ordinary user reads only myint and mypercent, and writes nothing" {
	load hello_5
	[ "$(as nobody cat $parameters/myint)" = 420 ]
	[ "$(as nobody cat $parameters/mypercent)" = 50 ]
	for name in myshort mylong; do
		run -1 as nobody cat $parameters/$name
		[[ $output = *'Permission denied' ]]
	done
	for name in myshort myint mylong mypercent; do
		run -1 as nobody bash -c "echo 2 >$parameters/$name"
		[[ $output = *'Permission denied' ]]
	done
}

@test "a value of another type is refused with EINVAL" {
	refuses hello_5 mylong=hello
	logs "hello_5: \`hello' invalid for parameter \`mylong'"
	refuses hello_5 myint=
	refuses hello_5 myint=1x
	refuses hello_5 myshort
}

@test "a value beyond its type is refused with ERANGE" {
	run -1 load hello_5 myshort=32768
	[[ $output = *'Numerical result out of range' ]]
	run ! is_loaded hello_5
}

@test "three elements are refused with EINVAL" {
	refuses hello_5 myintarray=1,2,3
	logged | grep -F 'can only take 2 arguments'
	logged | grep -F "invalid for parameter \`myintarray'"
}

@test "mypercent is 0 to 100 at loading" {
	refuses hello_5 mypercent=101
	refuses hello_5 mypercent=-1
	refuses hello_5 mypercent=half
	load hello_5 mypercent=0
	[ "$(cat $parameters/mypercent)" = 0 ]
}

@test "mypercent is 0 to 100 later, too, and stays as it was when refused" {
	load hello_5
	echo 100 >$parameters/mypercent
	[ "$(cat $parameters/mypercent)" = 100 ]
	run -1 bash -c "echo 101 >$parameters/mypercent"
	[[ $output = *'Invalid argument' ]]
	run -1 bash -c "echo >$parameters/mypercent"
	[ "$(cat $parameters/mypercent)" = 100 ]
}

@test "a misspelt parameter is named in the log, and changes nothing" {
	load hello_5 myintArray=1,2
	logged | grep -Fx "hello_5: unknown parameter 'myintArray' ignored"
	logged | grep -Fx 'hello_5: myintarray[0] = 420'
	logged | grep -Fx 'hello_5: got 0 arguments for myintarray.'
}

@test "modinfo tells each with its type" {
	[ "$(modinfo -F parm hello_5 | sort)" = "$(printf '%s\n' \
		'myint:An integer (int)' \
		'myintarray:An array of integers (array of int)' \
		'mylong:A long integer (long)' \
		'mypercent:A number from 0 to 100 (uint)' \
		'myshort:A short integer (short)' \
		'mystring:A character string (charp)')" ]
}

@test "its files are safe from hostile callers" {
	load hello_5
	for name in myint mypercent myshort; do
		hostile $parameters/$name
	done
	as nobody hostile $parameters/myint
	run -2 as nobody hostile $parameters/myshort
}

@test "it can be removed while one of its files is open, and the reader gets an error" {
	load hello_5
	exec 7<$parameters/myint
	rmmod hello_5
	run ! cat <&7
	exec 7<&-
	run ! is_loaded hello_5
}
