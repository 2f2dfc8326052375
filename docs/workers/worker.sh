#!/bin/bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A crash-safe worker in bash.  Each message is the name of a file; the work is to
# print how many bytes it has.
#
#   worker.sh NAME
#
# However it dies, the message that it works on is ready again at once.  One that
# fails comes again later, until the deque's max_deliveries; one that is nonsense is
# buried.  What this shell has started goes on when it is killed; 'deque work' sees to
# that as well, and is simpler if there is one command to run.
#
# The leases belong to the open file, as the process that claims them, `deque claim`,
# has ended when the work begins.  So they end when the last process that has the file
# open is gone: what this shell starts must not inherit it.  (In other languages
# DEQUE_PROCESS ties a lease to the worker.)
set -euo pipefail

# The work, in a shell of its own.  What it starts must not keep the deque open, or the
# message would not come back before that has ended, too.
work() (	# PATH
	exec {q}<&-
	bytes=$(wc -c <"$1") && echo "$1 $bytes"
)

[ $# = 1 ] || { echo "usage: worker.sh NAME" >&2; exit 64; }
[ -c "/dev/deque/$1" ] || { echo "worker.sh: $1: no such deque" >&2; exit 66; }
exec {q}<>"/dev/deque/$1"

# A NUL ends what claim prints, as a name may have newlines and blanks in it.  When
# claim fails, it has said why, and there is nothing to read.
while IFS= read -r -d '' line < <(deque claim -0 --fd "$q" --wait forever --timeout 60s); do
	token=${line%% *}
	path=${line#* }
	path=${path%$'\n'}	# echo sends one; a second one would be part of the name
	verdict=ack
	if [[ $path != /* ]]; then
		echo "worker.sh: $path: not an absolute path" >&2
		verdict=bury
	elif ! work "$path"; then
		verdict='return --delay 1s'
	fi
	status=0
	# shellcheck disable=SC2086	# it is several words
	deque $verdict --fd "$q" "$token" || status=$?
	# 76: our time was up, and it is somebody else's now.
	[ $status = 0 ] || [ $status = 76 ] || exit $status
done
exit 71
