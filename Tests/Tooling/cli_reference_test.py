"""The command reference is what the binary says, and a difference is found."""

import json
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "cli-reference.py"
HELP = {
    "command": {
        "commandName": "aurora",
        "abstract": "A private AI mesh.",
        "subcommands": [
            {
                "commandName": "up",
                "abstract": "Run the node.",
                "arguments": [
                    {
                        "kind": "option",
                        "names": [{"kind": "long", "name": "state"}],
                        "valueName": "folder",
                        "abstract": "Where state | lives.",
                        "defaultValue": "here",
                    },
                    {"kind": "flag", "names": [{"kind": "long", "name": "json"}], "abstract": "For machines."},
                    {"kind": "flag", "names": [{"kind": "long", "name": "secret"}], "shouldDisplay": False},
                    {"kind": "flag", "names": [{"kind": "short", "name": "h"}, {"kind": "long", "name": "help"}]},
                ],
            },
            {"commandName": "help", "abstract": "Show help."},
        ],
    }
}


@pytest.fixture
def binary(tmp_path):
    """A program that describes itself as ArgumentParser makes programs do."""
    path = tmp_path / "aurora"
    (tmp_path / "help.json").write_text(json.dumps(HELP), encoding="utf-8")
    path.write_text(f'#!/bin/sh\n[ "$1" = --experimental-dump-help ] && cat "{tmp_path}/help.json"\n', encoding="utf-8")
    path.chmod(0o700)
    return path


def reference(*arguments):
    return subprocess.run(["python3", SCRIPT, *map(str, arguments)], capture_output=True, text=True, timeout=60)


def test_writes_commands_with_their_arguments(binary, tmp_path):
    file = tmp_path / "cli.md"
    assert reference(binary, file).returncode == 0
    text = file.read_text(encoding="utf-8")
    assert "## `aurora`\n\nA private AI mesh.\n" in text
    assert "### `aurora up`" in text
    assert "| `--state <folder>` | Where state \\| lives. (default: `here`) |" in text
    assert "| `--json` | For machines. |" in text
    assert "secret" not in text and "--help" not in text and "aurora help" not in text
    assert reference("--check", binary, file).returncode == 0


def test_a_stale_reference_is_found(binary, tmp_path):
    file = tmp_path / "cli.md"
    assert "run make docs" in reference("--check", binary, file).stderr
    file.write_text("old", encoding="utf-8")
    assert reference("--check", binary, file).returncode == 1


def test_a_binary_that_says_nothing_is_named(tmp_path):
    result = reference("/bin/true", tmp_path / "cli.md")
    assert result.returncode == 1 and "'/bin/true' does not describe its commands" in result.stderr
