#!/usr/bin/env python3
"""Looks for what must not be in a source file: unfinished work, traps that crash a node, tasks nobody owns, size.

A line that has a good reason carries `allowed: <reason>` in a comment at its end or on the line above.
"""

import re

from checks import finish, project_files, text_of

LIMIT = 400
SIZED = {".swift", ".py", ".js", ".css", ".sh", ".c", ".h"}
FOLDERS = {"Sources", "Tests", "scripts", "bench"}

# pattern, suffixes it is looked for in (None: all), advice
UNFINISHED = (re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b"), None, "finish it or leave it out")
RULES = [
    UNFINISHED,
    (re.compile(r"\bfatalError\("), {".swift"}, "throw an AuroraError: outside input must never end the node"),
    (re.compile(r"\b(try|as)!"), {".swift"}, "handle the failure: outside input must never end the node"),
    (
        re.compile(r"(?<![\w.])Task(?:\.detached)?\s*(?:\([^()]*\)\s*)?\{"), {".swift"},
        "use a task group or a Service, so that somebody waits for it and can stop it",
    ),
    (re.compile(r"\bDispatchSemaphore\b|\busleep\(|(?<![\w.])sleep\("), {".swift"}, "wait for a condition or with the injected clock"),
]
ALLOWED = re.compile(r"(?://|#)\s*allowed: \S")


def without_comment(line):
    """The line without what follows `//`, unless that belongs to a URL."""
    return re.split(r"(?<!:)//", line, maxsplit=1)[0]


def findings_in(path, text):
    lines = text.splitlines()
    if path.suffix in SIZED and len(lines) > LIMIT:
        yield f"{path}:{LIMIT}: {len(lines)} lines, at most {LIMIT}: split it, one idea a file"
    if path.parts[0] != "Sources":
        return
    for number, line in enumerate(lines, start=1):
        if ALLOWED.search(line) or (number > 1 and ALLOWED.search(lines[number - 2])):
            continue
        for rule in RULES:
            pattern, suffixes, advice = rule
            if suffixes is not None and path.suffix not in suffixes:
                continue
            match = pattern.search(line if rule is UNFINISHED else without_comment(line))
            if match:
                yield f"{path}:{number}: '{match.group(0)}': {advice}"


def main():
    findings, count = [], 0
    for path in project_files("-o", "--exclude-standard"):
        if path.parts[0] not in FOLDERS:
            continue
        text = text_of(path)
        if text is not None:
            count += 1
            findings += findings_in(path, text)
    finish(findings, f"{count} files: nothing unfinished, no crash on purpose, none over {LIMIT} lines")


if __name__ == "__main__":
    main()
