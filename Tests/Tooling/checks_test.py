"""Each quick check must fail on what it is there to find, and pass on a clean tree."""

import os
import subprocess
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / "scripts"


@pytest.fixture
def tree(tmp_path):
    """A small repository that every check is content with."""
    repository = tmp_path / "project"
    repository.mkdir()
    subprocess.run(["git", "init", "-q"], cwd=repository, check=True)
    write(repository, "Sources/AuroraModel/Node.swift", "import Foundation\n\nstruct Node {}\n")
    write(repository, "Sources/AuroraStore/Store.swift", "import AuroraModel\npublic import GRDB\n")
    write(repository, "README.md", "See [the model](Sources/AuroraModel/Node.swift).\n")
    return repository


def write(repository, name, text):
    path = repository / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def check(name, repository):
    subprocess.run(["git", "add", "-A", "-f"], cwd=repository, check=True)
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        ["python3", SCRIPTS / f"check-{name}.py"], cwd=repository, env=environment, capture_output=True, text=True, timeout=60
    )


@pytest.mark.parametrize("name", ["walls", "sources", "tree"])
def test_a_clean_tree_passes(tree, name):
    result = check(name, tree)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    "file, text, told",
    [
        ("Sources/AuroraChat/A.swift", "import AuroraInference\n", "AuroraChat may not import AuroraInference"),
        ("Sources/AuroraChat/A.swift", "public import GRDB\n", "it belongs to AuroraStore"),
        ("Sources/AuroraModel/A.swift", "import NIOCore\n", "it sees only Foundation, FoundationEssentials"),
        ("Sources/AuroraHTTP/A.swift", "@preconcurrency internal import struct AuroraChat.Reply\n", "may not import AuroraChat"),
        ("Sources/AuroraHTTP/A.swift", "import Alamofire\n", "library 'Alamofire' has no owner yet"),
        ("Sources/AuroraSurprise/A.swift", "", "module 'AuroraSurprise' is not on the map"),
    ],
)
def test_a_breached_wall_is_found(tree, file, text, told):
    write(tree, file, text)
    result = check("walls", tree)
    assert result.returncode == 1
    assert told in result.stdout and file in result.stdout


@pytest.mark.parametrize(
    "text, told",
    [
        ("// TO" "DO: later\n", "finish it"),
        ('fatal' 'Error("no")\n', "must never end the node"),
        ("let a = tr" "y! b()\n", "handle the failure"),
        ("let a = b as! C\n", "handle the failure"),
        ("Task { await run() }\n", "use a task group"),
        ("Task.detached(priority: .low) {\n", "use a task group"),
        ("let a = 1\n" * 401, "401 lines, at most 400"),
    ],
)
def test_what_must_not_be_in_a_source_is_found(tree, text, told):
    write(tree, "Sources/AuroraModel/Bad.swift", text)
    result = check("sources", tree)
    assert result.returncode == 1
    assert "Sources/AuroraModel/Bad.swift:" in result.stdout and told in result.stdout


@pytest.mark.parametrize(
    "text",
    [
        "// allowed: the bridge has no structured parent\nTask { run() }\n",
        "Task { run() }  // allowed: the bridge has no structured parent\n",
        'let text = "the task { is } not started"\n',
        "withTaskGroup { group in }\nlet child = ChildTask { }\n",
        '// a comment may say fatal' 'Error(\n',
    ],
)
def test_a_line_with_a_reason_or_without_a_fault_passes(tree, text):
    write(tree, "Sources/AuroraModel/Good.swift", text)
    result = check("sources", tree)
    assert result.returncode == 0, result.stdout


def test_tracked_build_output_is_found(tree):
    write(tree, ".build/debug/a.txt", "x")
    result = check("tree", tree)
    assert result.returncode == 1 and "build output is tracked" in result.stdout


def test_a_big_file_is_found(tree):
    write(tree, "model.bin", "x" * 2_000_000)
    result = check("tree", tree)
    assert result.returncode == 1 and "model.bin: 1953 KiB" in result.stdout


def test_a_path_of_this_machine_is_found(tree):
    write(tree, "docs/a.md", f"Run it in {tree}/bin.\n")
    result = check("tree", tree)
    assert result.returncode == 1 and f"names '{tree}' of this machine" in result.stdout


def test_a_dead_link_is_found(tree):
    write(tree, "docs/a.md", "See [that](missing.md#part) and [this](https://example.com).\n")
    result = check("tree", tree)
    assert result.returncode == 1 and "links to 'missing.md'" in result.stdout
    assert "example.com" not in result.stdout
