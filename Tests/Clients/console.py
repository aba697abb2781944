"""Runs the browser's suites against the console of a node."""

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

FOLDER = pathlib.Path(__file__).parents[1] / "Browser"
SUITES = [FOLDER / "console_test.py", FOLDER / "mesh_test.py"]


def browse(node, *arguments):
    if not shutil.which("chromedriver"):
        pytest.skip("chromedriver comes with the package chromium-driver")
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "--tb=short", *SUITES, *arguments],
        env=os.environ | {"AURORA_CONSOLE_URL": node.console},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0 and " passed" in run.stdout, run.stdout + run.stderr
