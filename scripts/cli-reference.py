#!/usr/bin/env python3
"""Writes the command reference from what the binary says about itself.

    cli-reference.py BINARY FILE          writes FILE
    cli-reference.py --check BINARY FILE  exits 1 when FILE is not what would be written
"""

import json
import subprocess
import sys
import textwrap
from pathlib import Path

HEAD = "# Commands\n\nWritten by `make docs` from the binary itself; change the command's help there, not here.\n"


def flag(name):
    return ("-" if name["kind"] == "short" or name["kind"] == "longWithSingleDash" else "--") + name["name"]


def title(argument):
    value = f"<{argument.get('valueName', 'value')}>"
    if argument["kind"] == "positional":
        return value
    names = ", ".join(flag(name) for name in argument.get("names", []))
    return names if argument["kind"] == "flag" else f"{names} {value}"


def cell(text):
    return " ".join(text.split()).replace("|", "\\|")


def row(argument):
    about = cell(argument.get("abstract", ""))
    if argument.get("defaultValue"):
        about += f" (default: `{argument['defaultValue']}`)"
    return f"| `{title(argument)}` | {about} |"


def discussion(text):
    """The text with its example as a code block, where lines stay lines."""
    before, mark, example = text.partition("Example:\n")
    return f"{before}{mark}\n```sh\n{textwrap.dedent(example).rstrip()}\n```" if mark else text


def section(command, parents):
    """The Markdown of a command and, after it, of those below it."""
    path = [*parents, command["commandName"]]
    if command["commandName"] == "help" or command.get("shouldDisplay") is False:
        return []
    parts = [f"{'#' * min(len(path) + 1, 4)} `{' '.join(path)}`", command.get("abstract", ""), discussion(command.get("discussion", ""))]
    shown = [a for a in command.get("arguments", []) if a.get("shouldDisplay", True)]
    shown = [a for a in shown if not {"help", "version"} & {n["name"] for n in a.get("names", [])}]
    if shown:
        parts.append("\n".join(["| argument | meaning |", "|---|---|", *map(row, shown)]))
    below = [text for child in command.get("subcommands", []) for text in section(child, path)]
    return [part for part in parts if part] + below


def described(binary):
    """What the binary says about its commands."""
    ran = subprocess.run([binary, "--experimental-dump-help"], capture_output=True, text=True, timeout=60)
    try:
        return json.loads(ran.stdout)["command"]
    except (json.JSONDecodeError, KeyError):
        sys.exit(f"'{binary}' does not describe its commands (exit code {ran.returncode}): {(ran.stderr or ran.stdout)[:200].strip()}")


def main(arguments):
    check = "--check" in arguments
    names = [a for a in arguments if a != "--check"]
    if len(names) != 2:
        sys.exit(__doc__)
    binary, file = names[0], Path(names[1])
    text = "\n\n".join([HEAD.rstrip(), *section(described(binary), [])]) + "\n"
    if not check:
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
        print(f"wrote {file}")
    elif not file.exists() or file.read_text(encoding="utf-8") != text:
        sys.exit(f"{file} is not what the binary says: run make docs and commit it")
    else:
        print(f"{file} is what the binary says")


if __name__ == "__main__":
    main(sys.argv[1:])
