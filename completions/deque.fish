# Completes the deque command in fish.  What there is it asks the command itself.

function __deque_verbs
    deque help 2>/dev/null | string replace -rf '^  ([a-z]+) +(.*)' '$1\t$2'
end

function __deque_verb
    set -l words (commandline -opc)
    set -q words[2]; and echo $words[2]
end

function __deque_options
    deque help (__deque_verb) 2>/dev/null |
        string replace -r '^ +(--[a-z-]+), (--[a-z-]+) +(.*)' '  $1  $3\n  $2  $3' |
        string replace -rf '^  .*?(--[a-z][a-z-]*)\S*( [A-Z]\S*)? +(.*)' '$1\t$3'
end

function __deque_names
    string match -q '/*' -- (commandline -ct); and printf '%s\n' /dev/deque/*
    for node in /sys/class/deque/*
        string match -v control (path basename $node 2>/dev/null; or basename $node)
    end
end

# The value that is wanted, if one is: of the option before, or of a key.
function __deque_values
    set -l previous (commandline -opc)[-1]
    set -l before (commandline -ct | string match -r '^.*,')
    switch $previous
        case -o --output
            deque (__deque_verb) -o help 2>/dev/null | string replace -r '^(\S+) +(.*)' "$before\$1\t\$2"
            test -n "$before"; or printf 'help\tlist the columns\n'
        case --state
            printf "$before%s\n" ready leased delayed buried
        case --fd
            command ls /proc/$fish_pid/fd
        case -c -w -j --count --wait '--max*' --delay --timeout --retry-delay --jobs
        case '*'
            return 1
    end
    return 0
end

function __deque_words
    __deque_values; and return
    switch (commandline -ct)
        case '-*'
            __deque_options
            return
    end
    switch (__deque_verb)
        case ''
            __deque_verbs
            printf '%s\n' --help --version
        case help
            __deque_verbs
        case create claim ack return bury extend version
        case set
            if test (count (commandline -opc)) -gt 2
                printf '%s=\n' max_messages max_bytes max_message_size max_deliveries ack_on_read lines
            else
                __deque_names
            end
        case put work
            __deque_names
            test (count (commandline -opc)) -lt 3; or __fish_complete_path (commandline -ct)
        case '*'
            __deque_names
    end
end

complete -c deque -f -a '(__deque_words)'
