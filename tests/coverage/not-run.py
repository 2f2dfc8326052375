#!/usr/bin/env python3
"""Compares the lines that no test ran with the list of those that have a reason.

    not-run.py ROOT LINES.json REASONS

LINES.json is gcovr's, of the files in ROOT.  REASONS has paragraphs: lines of code, as
FILE FUNCTION: TEXT, with FILE as it is named below src/deque/ (line numbers would change
with each commit), and indented below them the reason why no test can run them.  A reason
for a line that runs, or is gone, is an error as well.
"""
import collections
import json
import os
import re
import sys

WANTED = 90  # percent of the lines of all files


def read_reasons(path):
    with open(path, encoding="utf-8") as file:
        return {line.rstrip() for line in file if re.match(r"[a-z]", line)}


def read_lines(root, path):
    """Yields of each line that is code: path, number, how REASONS calls it, count."""
    with open(path, encoding="utf-8") as file:
        report = json.load(file)
    for entry in report["files"]:
        counts = {line["line_number"]: line["count"] for line in entry["lines"] if not line.get("gcovr/noncode")}
        function = ""
        with open(os.path.join(root, entry["file"]), encoding="utf-8") as file:
            for number, text in enumerate(file, 1):
                if start := re.match(r"[a-z][^;]*?(\w+)\(", text):
                    function = start[1]
                if number in counts:
                    name = f"{entry['file'].split('src/deque/')[-1]} {function}: {text.strip()}"
                    yield entry["file"], number, name, counts[number]


def main(root, lines, reasons):
    known = read_reasons(reasons)
    count = collections.Counter()
    excused = set()
    bad = []
    for path, number, name, hits in read_lines(root, lines):
        count[bool(hits)] += 1
        if not hits and name in known:
            excused.add(name)
        elif not hits:
            bad.append(f"{path}:{number}: no test runs it: {name}")
    bad += [f"{reasons}: it runs, or it is gone: {name}" for name in sorted(known - excused)]
    percent = 100 * count[True] / max(count.total(), 1)
    if percent < WANTED:
        bad.append(f"{percent:.1f}% of the lines ran, {WANTED}% are wanted")
    print(f"{count[True]} of {count.total()} lines ran, {percent:.1f}%; {len(excused)} that did not have their reason")
    print("\n".join(bad), file=sys.stderr, end="\n" if bad else "")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
