"""The mesh as programs and the command line see it: status, workers, reasons, draining, tasks, models."""

import json
import subprocess

import httpx
import pytest

from fake_engine import TEXT
from node import binary, environment, until, web
from test_cli import ok, run

QUESTION = {"model": "fake:latest", "messages": [{"role": "user", "content": "hi"}]}


def mesh(node, *arguments, **more):
    return ok("mesh", *arguments, "--state", node.state, **more)


def told(node, *arguments, **more):
    return json.loads(mesh(node, *arguments, "--json", **more))


# ---- over HTTP


def test_status_has_the_fields_that_users_of_gpu_meshes_know(node, engine):
    status = node.get("/mesh/status").json()
    assert status["total_nodes"] == status["online_nodes"] == 1
    for key in ("total_gpus", "total_vram", "vram_used", "active_tasks", "queued_tasks", "completed_tasks", "failed_tasks", "waiting"):
        assert isinstance(status[key], int) and status[key] >= 0, key
    me = status["nodes"][status["node"]]
    assert me["status"] == "online" and me["role"] == "lead"
    assert me["workers"][0]["name"] == "fake" and "fake:latest" in me["workers"][0]["models"]
    assert [n["name"] for n in node.get("/mesh/nodes").json()["nodes"]] == [status["node"]]


def test_stream_tells_the_mesh_again_and_again(node, engine):
    with httpx.stream("GET", node.console + "/api/mesh/stream", timeout=20) as reply:
        lines = (line for line in reply.iter_lines() if line.startswith("data: "))
        views = [json.loads(next(lines).removeprefix("data: ")) for _ in range(2)]
    assert all(view["workers"][0]["name"] == "fake" for view in views)


@pytest.mark.parametrize("path", ["/mesh", "/mesh/nothing", "/api/mesh/nothing", "/api/mesh/decisions/%00", "/api/mesh/decisions/" + "x" * 3000])
def test_path_that_is_none_is_told_so(node, engine, path):
    reply = node.get(path, node.console if path.startswith("/api") else node.gateway)
    assert reply.status_code == 404 and reply.json()["error"]


# ---- looking with the command line


def test_mesh_is_shown_for_people_and_for_programs(node, engine):
    text = mesh(node, "status")
    assert "1 of 1 node online" in text and "lead" in text and "\x1b" not in text
    assert told(node, "status")["nodes"][0]["status"] == "online"
    assert "fake" in mesh(node, "workers") and told(node, "workers")["workers"][0]["takes_work"]
    assert "other:7b" in mesh(node, "models") and len(told(node, "models")["models"]) == 2


def test_request_is_explained_with_its_reason_and_its_times(node, engine):
    asked = web.post(node.gateway + "/v1/chat/completions", json=QUESTION, headers={"X-Request-Id": "why/me=1"})
    assert asked.status_code == 200
    until(lambda: run("mesh", "explain", "why/me=1", "--state", node.state).returncode == 0, "the decision to be kept")
    text = mesh(node, "explain", "why/me=1")
    assert "'fake:latest'" in text and "'fake' is the only worker" in text and "FIRST TOKEN" in text
    decision = told(node, "explain", "why/me=1")
    assert decision["worker"] == "fake" and decision["predicted"]["first_token"] >= 0 and decision["status"] == 200
    assert "why/me=1" in mesh(node, "explain", "--limit", "5")
    unknown = run("mesh", "explain", "nobody", "--state", node.state)
    assert unknown.returncode == 1 and "'nobody'" in unknown.stderr and "512" in unknown.stderr


def test_node_over_the_network_is_asked_with_a_token(new_engine, new_node):
    node = new_node([new_engine()]).start()
    token = ok("token", "create", "viewer", "--scope", "read", "--state", node.state).strip()
    refused = run("mesh", "status", "--url", node.console)
    assert refused.returncode == 1 and "token" in refused.stderr
    assert "1 of 1 node online" in ok("mesh", "status", "--url", node.console + "/", "--token", token)
    drained = run("mesh", "drain", "x", "--yes", "--url", node.console, "--token", token)
    assert drained.returncode == 1 and "scope" in drained.stderr
    with_environment = subprocess.run(
        [binary(), "mesh", "status", "--url", node.console], capture_output=True, text=True, timeout=60, env=environment() | {"AURORA_TOKEN": token}
    )
    assert with_environment.returncode == 0
    for url in ("nonsense", "ftp://x", "http://"):
        assert run("mesh", "status", "--url", url).returncode == 2
    assert node.stop() == 0


# ---- draining


def test_drained_node_takes_nothing_new_also_after_a_restart(new_engine, new_node):
    engine = new_engine()
    node = new_node([engine]).start()
    name = node.get("/mesh/status").json()["node"]
    refused = run("mesh", "drain", name, "--state", node.state)
    assert refused.returncode == 3 and "--yes" in refused.stderr and "0 requests run there" in refused.stderr
    assert "no new requests" in mesh(node, "drain", name, "--yes")
    assert web.post(node.gateway + "/v1/chat/completions", json=QUESTION).status_code == 503
    kept = json.loads((node.state / "drained.json").read_text())
    assert kept == {"drained": [name]} and (node.state / "drained.json").stat().st_mode & 0o777 == 0o600
    node.kill()
    node.start()
    assert "draining" in mesh(node, "status")
    assert "requests again" in mesh(node, "undrain", name)
    assert web.post(node.gateway + "/v1/chat/completions", json=QUESTION).status_code == 200
    wrong = run("mesh", "drain", name + "x", "--yes", "--state", node.state)
    assert wrong.returncode == 1 and f"'{name}'" in wrong.stderr
    assert node.stop() == 0


# ---- tasks


def test_task_is_submitted_waited_for_shown_and_listed(node, engine):
    assert mesh(node, "submit", "--message", "hello", "--model", "fake:latest").strip() == TEXT
    task = told(node, "submit", "--message", "-", "--model", "fake:latest", stdin="from a pipe")
    assert task["status"] == "completed" and task["payload"]["message"] == "from a pipe" and task["result"]["response"] == TEXT
    shown = mesh(node, "task", task["task_id"])
    assert "completed" in shown and TEXT in shown
    assert task["task_id"] in mesh(node, "tasks", "--status", "completed", "--limit", "3")
    assert all(t["status"] == "completed" for t in told(node, "tasks", "--status", "completed")["tasks"])


def test_task_of_the_same_key_runs_once(node, engine):
    ids = {told(node, "submit", "--message", "once", "--model", "fake:latest", "--idempotency-key", "k1")["task_id"] for _ in range(2)}
    assert len(ids) == 1


def test_task_that_waits_is_followed_no_further_and_cancelled(node, engine):
    engine.script.fault = "hang"
    key = mesh(node, "submit", "--message", "slow", "--model", "fake:latest", "--no-wait", "--priority", "9").strip()
    assert told(node, "task", key)["priority"] == 9
    assert "cancelled" in mesh(node, "cancel", key)
    assert "had ended before" in mesh(node, "cancel", key)
    unknown = run("mesh", "task", "nobody", "--state", node.state)
    assert unknown.returncode == 1 and "'nobody'" in unknown.stderr


def test_task_payload_comes_from_a_file_and_every_mistake_is_told(node, engine, tmp_path):
    file = tmp_path / "payload.json"
    file.write_text(json.dumps({"message": "from a file", "model": "fake:latest"}))
    assert mesh(node, "submit", "--file", file).strip() == TEXT
    file.write_text("[1]")
    for arguments in (["--file", file], ["--file", tmp_path / "none"], [], ["--message", "a", "--file", file], ["--message", "a", "--type", "poetry"],
                      ["--message", "a", "--priority", "11"]):
        done = run("mesh", "submit", *arguments, "--state", node.state)
        assert done.returncode == 2 and "fix:" in done.stderr and done.stdout == "", done


def test_task_that_fails_ends_with_its_reason(node, engine):
    done = run("mesh", "submit", "--message", "hi", "--type", "embeddings", "--model", "missing", "--state", node.state, "--no-wait")
    assert done.returncode == 0
    ok("mesh", "cancel", done.stdout.strip(), "--state", node.state)
    ended = run("mesh", "task", done.stdout.strip(), "--state", node.state)
    assert "cancelled" in ended.stdout


# ---- models


def test_model_is_pulled_with_progress(new_engine, new_node):
    engine = new_engine("ollama")
    node = new_node([engine]).start()
    name = node.get("/mesh/status").json()["node"]
    done = run("mesh", "pull", "fresh:1b", "--on", name, "--state", node.state)
    assert done.returncode == 0 and done.stdout == f"pulled 'fresh:1b' on '{name}'\n"
    assert "pulling manifest" in done.stderr and "success" in done.stderr
    assert "fresh:1b" in mesh(node, "models")
    failed = run("mesh", "pull", "missing:1b", "--on", name, "--state", node.state)
    assert failed.returncode == 1 and "file does not exist" in failed.stderr
    nowhere = run("mesh", "pull", "fresh:1b", "--on", "nowhere", "--state", node.state)
    assert nowhere.returncode == 1 and "'nowhere'" in nowhere.stderr
    events = [json.loads(line) for line in ok("mesh", "pull", "more:1b", "--json", "--state", node.state).splitlines()]
    assert events[-1] == {"status": "success"}
    assert "is loaded on 'fake'" in mesh(node, "load", "fresh:1b", "--on", name)
    assert "not in memory" in mesh(node, "unload", "fresh:1b")
    assert node.stop() == 0
