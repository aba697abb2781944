"""Half a minute of chaos: workers killed, hung and restarted under clients of every sort. `make chaos` does it for minutes."""

import json
import os
import pathlib
import subprocess
import sys

import pytest

from node import binary

CHAOS = pathlib.Path(__file__).parents[2] / "bench" / "chaos.py"
SECONDS = 25


@pytest.fixture(scope="module")
def found():
    """What a run found; its faults can be repeated with AURORA_CHAOS_SEED."""
    seed = ["--seed", os.environ["AURORA_CHAOS_SEED"]] if "AURORA_CHAOS_SEED" in os.environ else []
    command = [sys.executable, CHAOS, "--json", "--minutes", str(SECONDS / 60), "--binary", binary(), *seed]
    run = subprocess.run(command, capture_output=True, text=True, timeout=110)
    assert run.stdout.startswith("{"), run.stdout + run.stderr
    return json.loads(run.stdout)


def test_each_sort_of_fault_was_made_and_the_node_lived(found):
    assert set(found["faults"]) == {"killed", "hung", "restarted"} and found["node_alive"], found


def test_every_sort_of_client_was_served(found):
    assert found["not_offered"] == [] and all(counts.get("ok") for counts in found["requests"].values()), found


@pytest.mark.parametrize("loss", ["failed", "incomplete", "wrong"])
def test_clients_lose_nothing_while_another_worker_has_the_model(found, loss):
    assert found["lost"][loss] == 0, found


def test_answers_that_broke_off_were_continued_by_another_worker(found):
    assert found["continued"] > 0 and found["refused_by_workers"] == 0, found


def test_tasks_finish_once_for_each_idempotency_key(found):
    tasks = found["requests"]["tasks"]
    assert set(tasks) == {"ok", "longest_silence_s"} and tasks["ok"] > 0, found
