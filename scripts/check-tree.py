#!/usr/bin/env python3
"""Looks at the tree as it is committed: no build output, no big file, no path of this machine, no dead link."""

import re
import subprocess
from pathlib import Path

from checks import finish, project_files, text_of

MEGABYTE = 1_048_576
OUTPUT = re.compile(r"(^|/)(\.build[^/]*|\.venv|__pycache__|node_modules|DerivedData)/|\.(o|a|so|dylib|pyc|swiftmodule|sqlite|db|log)$")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
# Folders that are on every machine, so that their names give nothing away.
COMMON = {Path(name) for name in ("/", "/home", "/root", "/tmp", "/opt", "/srv", "/usr/src", "/var/tmp", "/Users")}


def machine_paths():
    """Where this checkout and this user live: paths that mean nothing elsewhere."""
    top = Path(subprocess.run(["git", "rev-parse", "--show-toplevel"], check=True, capture_output=True, text=True).stdout.strip())
    return sorted(str(path) for path in {top, top.parent, Path.home()} - COMMON)


def tracked_output(paths):
    for path in paths:
        if OUTPUT.search(path.as_posix()):
            yield f"{path}: build output is tracked: git rm --cached '{path}' and ignore it"
        elif path.stat().st_size > MEGABYTE:
            yield f"{path}: {path.stat().st_size // 1024} KiB, at most 1024: make it smaller or fetch it when needed"


def paths_in(path, text, places):
    for number, line in enumerate(text.splitlines(), start=1):
        for place in places:
            if re.search(rf"(?<![\w.~-]){re.escape(place)}(?![\w.-])", line):
                yield f"{path}:{number}: names '{place}' of this machine: use a relative path or a setting"


def dead_links(path, text):
    for number, line in enumerate(text.splitlines(), start=1):
        for target in LINK.findall(line):
            file = target.split("#")[0]
            if file and "://" not in file and not file.startswith("mailto:") and not (path.parent / file).exists():
                yield f"{path}:{number}: links to '{file}', which is not there"


def main():
    tracked = project_files()
    places = machine_paths()
    findings = list(tracked_output(tracked))
    for path in project_files("-o", "--exclude-standard"):
        text = text_of(path)
        if text is None:
            continue
        findings += paths_in(path, text, places)
        if path.suffix == ".md":
            findings += dead_links(path, text)
    finish(findings, f"{len(tracked)} tracked files: no build output, no path of this machine, no dead link")


if __name__ == "__main__":
    main()
