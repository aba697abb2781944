"""The commands of the binary, as a person or a script uses them beside a running node."""

import json
import os
import socket
import subprocess

import pytest

from fake_engine import TEXT
from node import binary, environment, web


def run(*arguments, cwd=None, stdin=""):
    return subprocess.run(
        [binary(), *map(str, arguments)], input=stdin, capture_output=True, text=True, env=environment(), cwd=cwd, timeout=60
    )


def ok(*arguments, **more):
    done = run(*arguments, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_status_shows_the_engine_for_people_and_for_programs(node, engine):
    text = ok("status", "--state", node.state)
    assert "fake" in text and "fake:latest" in text and node.gateway in text
    assert "\x1b" not in text  # no colours where nobody looks
    status = json.loads(ok("status", "--state", node.state, "--json"))
    assert status["ready"] and [(e["name"], e["kind"], e["state"]) for e in status["engines"]] == [("fake", engine.kind, "up")]


def test_chat_prints_the_answer(node, engine):
    assert ok("chat", "--state", node.state, "hello").strip() == TEXT
    done = json.loads(ok("chat", "--state", node.state, "--json", "--personality", "coder", "--model", "other:7b", "hello"))
    assert (done["response"], done["personality"], done["model"]) == (TEXT, "coder", "other:7b")


def test_chat_reads_lines_in_one_conversation(node, engine):
    assert ok("chat", "--state", node.state, stdin="one\ntwo\n").count(TEXT) == 2
    assert [m["content"] for m in engine.asks[-1].json["messages"] if m["role"] == "user"] == ["one", "two"]


def test_chat_with_an_unknown_personality_says_which_there_are(node, engine):
    done = run("chat", "--state", node.state, "--personality", "codr", "hello")
    assert done.returncode == 1 and done.stdout == ""
    assert "'codr'" in done.stderr and "coder" in done.stderr


def test_token_is_made_used_listed_and_revoked(new_engine, new_node):
    node = new_node([new_engine()]).start()
    token = ok("token", "create", "phone", "--scope", "mesh", "--state", node.state).strip()
    assert web.get(node.gateway + "/v1/models").status_code == 401
    assert web.get(node.gateway + "/v1/models", headers={"Authorization": f"Bearer {token}"}).status_code == 200
    listed = ok("token", "list", "--state", node.state)
    assert "phone" in listed and "mesh" in listed and token not in listed
    assert run("token", "create", "phone", "--state", node.state).returncode == 1
    ok("token", "revoke", "phone", "--state", node.state)
    again = run("token", "revoke", "phone", "--state", node.state)
    assert again.returncode == 1 and "'phone'" in again.stderr
    assert web.get(node.gateway + "/v1/models").status_code == 200  # without any token the node is open again
    assert node.stop() == 0


@pytest.mark.parametrize("command", [["status"], ["chat", "hi"], ["token", "list"], ["mesh", "status"], ["mesh", "submit", "--message", "a"]])
def test_without_a_node_the_commands_say_how_to_start_one(tmp_path, command):
    done = run(*command, "--state", tmp_path / "none")
    assert done.returncode == 1 and done.stdout == ""
    assert "aurora up" in done.stderr
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("arguments", [["dance"], ["up", "--port"], ["token", "create"], ["token", "create", "x", "--scope", "root"], ["mesh", "dance"], ["mesh", "drain"]])
def test_wrong_usage_exits_with_2(tmp_path, arguments):
    done = run(*arguments, cwd=tmp_path)
    assert done.returncode == 2 and "Usage" in done.stderr


def test_init_writes_a_manifest_that_checks_and_never_overwrites(tmp_path):
    ok("init", cwd=tmp_path)
    written = (tmp_path / "aurora.yml").read_bytes()
    ok("config", "check", cwd=tmp_path)
    again = run("init", cwd=tmp_path)
    assert again.returncode != 0 and "aurora.yml" in again.stderr
    assert (tmp_path / "aurora.yml").read_bytes() == written


def test_config_check_tells_every_finding_at_once(tmp_path):
    (tmp_path / "aurora.yml").write_text("mesh: a\nprots: {}\nports: { gateway: lots, chat: 99999 }\nnodes:\n  a: { role: boss }\n")
    done = run("config", "check", cwd=tmp_path)
    assert done.returncode == 2
    text = done.stdout + done.stderr
    for word in ("aurora.yml:2", "'prots'", "ports", "aurora.yml:3", "'lots'", "99999", "aurora.yml:5", "'boss'"):
        assert word in text, f"{word} is not in\n{text}"
    findings = json.loads(run("config", "check", "--json", cwd=tmp_path).stdout)
    assert len(findings["findings"]) == 4, findings


def test_config_show_keeps_secrets(tmp_path):
    (tmp_path / ".env").write_text("TOKEN=very-secret-token-0123456789\n")
    (tmp_path / "aurora.yml").write_text('mesh: a\ntokens: [ { name: x, scopes: [ read ], value: "${TOKEN}" } ]\n')
    for arguments in (["config", "show"], ["config", "show", "--json"]):
        shown = ok(*arguments, cwd=tmp_path)
        assert "***" in shown and "very-secret" not in shown


def test_doctor_judges_this_machine_and_changes_nothing(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        (tmp_path / "aurora.yml").write_text(f"mesh: a\nports: {{ gateway: {port} }}\n")
        done = run("doctor", "--state", tmp_path / "state", "--json", cwd=tmp_path)
    results = {r["name"]: r for r in json.loads(done.stdout)}
    assert results["sqlite"]["verdict"] == "ok"
    held = results[f"port {port}"]
    assert held["verdict"] == "fail" and str(os.getpid()) in held["detail"] and held["fix"]
    assert done.returncode == 1
    assert [p.name for p in tmp_path.iterdir()] == ["aurora.yml"]


def test_output_into_a_closed_pipe_ends_quietly(node, engine):
    reader, writer = os.pipe()
    os.close(reader)
    done = subprocess.run(
        [binary(), "status", "--state", str(node.state)], stdout=writer, stderr=subprocess.PIPE, env=environment(), timeout=60
    )
    os.close(writer)
    assert b"Fatal" not in done.stderr and b"rror" not in done.stderr, done.stderr
