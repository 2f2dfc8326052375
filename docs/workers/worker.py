#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A crash-safe worker in Python, with its standard library alone.

Each message is the name of a file; the work is to print how many bytes it has.

    worker.py NAME

However it dies, the message that it works on is ready again at once.  One that
fails comes again later, each time twice as late, until the deque's
max_deliveries; one that is nonsense is buried.

DEQUE_PROCESS ties each lease to this process.  Without it a lease belongs to the
open file, and that lives on in whatever has inherited it: the parent of a forked
worker, or a child that the work has started.

Who needs no more than that, neither delays nor burying, sets ack_on_read=yes:
then each read() acknowledges what the one before it has returned.
"""
import array
import errno
import fcntl
import os
import struct
import sys

# As in <linux/deque.h>, with sizes and without padding.
CLAIM, ACK, RETURN, BURY = 0xDE12, 0xDE13, 0xDE14, 0xDE15
PROCESS = 1 << 5
DESCRIPTOR = struct.Struct("=QIIQQIIIIQ")
BATCH = struct.Struct("=IIQIIQQ")
LEASES = struct.Struct("=IIQIIQ")

SECOND = 10**9
LEASE = 60 * SECOND  # longer than any work


def address(buffer):
    return buffer.buffer_info()[0]


class Deque:
    def __init__(self, name):
        self.fd = os.open("/dev/deque/" + name, os.O_RDONLY | os.O_CLOEXEC)
        self.room = 4096

    def claim(self):
        """Waits for a message; returns it, its token, and which time it comes."""
        while True:
            data = array.array("B", bytes(self.room))
            descriptor = array.array("B", DESCRIPTOR.pack(
                address(data), self.room, 0, 0, 0, 0, 0, 0, 0, 0))
            batch = BATCH.pack(BATCH.size, PROCESS, address(descriptor), 1, 0, 0, LEASE)
            try:
                fcntl.ioctl(self.fd, CLAIM, batch)
            except OSError as error:
                # One that does not fit stays, and says how long it is.
                if error.errno != errno.EMSGSIZE:
                    raise
                self.room = DESCRIPTOR.unpack(descriptor)[1]
                continue
            _, size, *_, deliveries, token = DESCRIPTOR.unpack(descriptor)
            return data[:size].tobytes(), token, deliveries

    def settle(self, command, token, delay=0):
        tokens = array.array("Q", [token])
        leases = LEASES.pack(LEASES.size, 0, address(tokens), 1, 0, delay)
        try:
            fcntl.ioctl(self.fd, command, leases)
        except OSError as error:
            # Our time was up: it is somebody else's now.
            if error.errno != errno.ESTALE:
                raise
            print("worker.py: too late", file=sys.stderr)


def work(path):
    """The work.  ValueError: trying again is no use."""
    if not path.startswith(b"/"):
        raise ValueError("not an absolute path")
    with open(path, "rb") as file:
        size = len(file.read())
    print(os.fsdecode(path), size, flush=True)


def serve(jobs):
    while True:
        message, token, deliveries = jobs.claim()
        # echo sends a newline; a second one would be part of the name.
        path = message.removesuffix(b"\n")
        try:
            work(path)
        except ValueError as error:
            print("worker.py:", error, file=sys.stderr)
            jobs.settle(BURY, token)
        except OSError as error:
            print("worker.py:", error, file=sys.stderr)
            jobs.settle(RETURN, token, SECOND << min(deliveries - 1, 10))
        else:
            jobs.settle(ACK, token)


def main():
    if len(sys.argv) != 2:
        print("usage: worker.py NAME", file=sys.stderr)
        return 64
    try:
        serve(Deque(sys.argv[1]))
    except OSError as error:
        print(f"worker.py: {sys.argv[1]}: {error}", file=sys.stderr)
        return 71


if __name__ == "__main__":
    sys.exit(main())
