"""Start, stop, and death of the node."""

import json
import os
import socket
import threading

import httpx
import pytest

from fake_engine import TEXT
from node import until, web

CHAT = {"model": "fake:latest", "messages": [{"role": "user", "content": "hello"}], "stream": True}


def messages(node, conversation):
    reply = web.get(f"{node.chat}/api/conversations/{conversation}/messages", timeout=10)
    assert reply.status_code == 200, reply.text
    return reply.json()["messages"]


def test_kill_in_mid_answer_loses_nothing_that_was_stored(new_engine, new_node, tmp_path):
    engine = new_engine("openai")
    engine.script.hold_before = 5
    node = new_node([engine], state=tmp_path / "state").start()
    asked = {"message": "tell me a story", "model": "fake:latest", "stream": True}
    with web.stream("POST", node.chat + "/api/chat", json=asked, timeout=20) as reply:
        assert reply.status_code == 200
        started = next(json.loads(line[6:]) for line in reply.iter_lines() if line.startswith("data: "))
        conversation = started["conversation_id"]
        partial = until(
            lambda: [m for m in messages(node, conversation) if m["role"] == "assistant" and m["content"]], "part of the answer stored"
        )
        assert TEXT.startswith(partial[0]["content"]) and partial[0]["state"] == "growing"
        node.kill()
    after = new_node([engine], state=tmp_path / "state").start()
    question, answer = messages(after, conversation)
    assert question["content"] == "tell me a story"
    assert answer["state"] == "interrupted"
    assert answer["content"].startswith(partial[0]["content"]) and TEXT.startswith(answer["content"])
    engine.release()
    assert (
        web.post(after.chat + "/api/chat", json={"message": "go on", "conversation_id": conversation}, timeout=20).json()["response"]
        == TEXT
    )
    assert after.stop() == 0


def test_answer_goes_on_when_its_client_is_gone(new_engine, new_node):
    engine = new_engine("openai")
    engine.script.hold_before = 3
    node = new_node([engine]).start()
    with web.stream("POST", node.chat + "/api/chat", json={"message": "hi", "stream": True}, timeout=20) as reply:
        conversation = next(json.loads(line[6:]) for line in reply.iter_lines() if line.startswith("data: "))["conversation_id"]
    engine.release()
    done = until(
        lambda: [m for m in messages(node, conversation) if m["role"] == "assistant" and m["state"] == "complete"], "the answer complete"
    )
    assert done[0]["content"] == TEXT
    assert node.stop() == 0


def test_sigterm_lets_a_running_stream_finish(new_engine, new_node):
    engine = new_engine("openai")
    engine.script.hold_before = 3
    node = new_node([engine]).start()
    with web.stream("POST", node.gateway + "/v1/chat/completions", json=CHAT, timeout=30) as reply:
        lines = reply.iter_lines()
        assert "Hello" in next(line for line in lines if "Hello" in line)
        node.process.terminate()
        until(lambda: not listening(node.gateway), "the port closed to new connections")
        assert node.alive()
        engine.release()
        events = [line[6:] for line in lines if line.startswith("data: ")]
    assert events.pop() == "[DONE]"
    assert "Hello" + "".join(json.loads(e)["choices"][0]["delta"].get("content") or "" for e in events) == TEXT
    assert node.wait() == 0


def test_sigterm_does_not_wait_longer_than_the_limit(new_engine, new_node):
    engine = new_engine("openai")
    engine.script.hold_before = 3
    node = new_node([engine], limits={"drain": "1s"}).start()
    broken = threading.Event()

    def read():
        try:
            web.post(node.gateway + "/v1/chat/completions", json=CHAT, timeout=30)
        except httpx.TransportError:
            pass
        broken.set()

    thread = threading.Thread(target=read)
    thread.start()
    assert engine.asked.wait(10)
    assert node.stop(15) == 0
    assert broken.wait(5)
    thread.join(5)
    assert "drain time" in node.log_tail()


def test_sigterm_without_work_ends_at_once(new_engine, new_node):
    node = new_node([new_engine()]).start()
    assert node.stop(5) == 0
    assert node.log_tail() == ""


def test_taken_port_names_its_owner(new_engine, new_node):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        node = new_node([new_engine()], ports={"gateway": 0, "chat": port, "console": 0}).launch()
        assert node.wait(20) == 1
    words = node.last_words()
    assert str(port) in words and f"{os.getpid()}" in words and "pytest" in words, words


def test_second_node_on_the_same_state_names_the_first(new_engine, new_node, tmp_path):
    engine = new_engine()
    first = new_node([engine], state=tmp_path / "state").start()
    second = new_node([engine], state=tmp_path / "state").launch()
    assert second.wait(20) == 1
    assert str(first.process.pid) in second.last_words()
    assert first.get("/health").status_code == 200


@pytest.mark.parametrize("text", ["nodes: [", "gateway: {}", "ports: { gateway: lots }", "\x00", "services: { a: {} }"])
def test_bad_manifest_is_refused_with_its_place(new_node, text):
    node = new_node()
    node.file.write_text(text)
    node.launch()
    assert node.wait(20) == 2
    words = node.last_words()
    assert "aurora.yml" in words and "fix" in words
    assert not node.state.exists() or not any(node.state.iterdir())


def test_state_is_for_the_owner_only(new_engine, new_node):
    node = new_node([new_engine()]).start()
    web.post(node.chat + "/api/chat", json={"message": "hi"}, timeout=20)
    assert node.state.stat().st_mode & 0o077 == 0
    loose = [str(p) for p in node.state.rglob("*") if not p.is_symlink() and p.stat().st_mode & 0o077]
    assert loose == []
    assert node.stop() == 0


def listening(base):
    host, port = base.removeprefix("http://").split(":")
    try:
        socket.create_connection((host, int(port)), 2).close()
        return True
    except OSError:
        return False
