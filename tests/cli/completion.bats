#!/usr/bin/env bats
# The completion for bash.
load common

# complete WORD...: what the last one can become
complete_words() {
	bash -c '
		. /usr/share/bash-completion/completions/deque
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_deque deque "${@: -1}" "${@: -2:1}"
		echo "${COMPREPLY[*]}"' bash "$@"
}

@test "verbs" {
	[ "$(complete_words deque '')" = 'create rm ls stat put take peek work claim ack return bury extend kick leases browse set help version --help --version' ]
	[ "$(complete_words deque st)" = stat ]
	[ "$(complete_words deque help p)" = 'put peek' ]
}

@test "options, as the help has them" {
	[ "$(complete_words deque take --f)" = '--follow --front' ]
	[ "$(complete_words deque create --max-m)" = '--max-messages --max-message-size' ]
	[ -z "$(complete_words deque take --wait '')" ]
}

@test "names of deques" {
	deque create mail
	for verb in rm ls stat put take peek work kick leases browse set; do
		[ "$(complete_words deque $verb '')" = "mail $Q" ]
	done
	[ "$(complete_words deque take -c 5 m)" = mail ]
	[ "$(complete_words deque rm /dev/deque/m)" = /dev/deque/mail ]
	[ -z "$(complete_words deque create '')" ]
}

@test "columns, also after a comma, and keys" {
	[ "$(complete_words deque ls -o re)" = 'ready returned' ]
	[ "$(complete_words deque ls -o name,rea)" = name,ready ]
	[ "$(complete_words deque browse -o st)" = state ]
	[ "$(complete_words deque set "$Q" max_b)" = max_bytes= ]
	[ "$(complete_words deque set "$Q" ack_on_read = y)" = yes ]
	[ "$(complete_words deque browse --state b)" = buried ]
	[ "$(complete_words deque browse --state ready,b)" = ready,buried ]
}
