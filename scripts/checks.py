"""What the check scripts share: the files of the project, and how findings are told."""

import subprocess
import sys
from pathlib import Path


def project_files(*flags):
    """Paths of tracked files; with `-o --exclude-standard` also those that will be tracked."""
    command = ["git", "ls-files", "-z", "-c", *flags]
    listed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return [Path(name) for name in sorted(set(listed.split("\0"))) if name and Path(name).is_file()]


def text_of(path):
    """The text of a file, or None when it is not text."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def finish(findings, summary):
    """Prints every finding and exits 1, or prints the summary."""
    if findings:
        print("\n".join(findings))
        sys.exit(1)
    print(summary)
