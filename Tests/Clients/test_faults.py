"""Engines that fail, hang, die and come back, and what a client sees of it."""

import json
import threading
import time

import pytest

from fake_engine import TEXT
from node import until, web

CHAT = {"model": "fake:latest", "messages": [{"role": "user", "content": "hello"}]}


def ask(node, headers=None, **more):
    return web.post(node.gateway + "/v1/chat/completions", json=CHAT | more, headers=headers, timeout=40)


def engines_up(node):
    status = web.get(node.console + "/api/status", timeout=5).json()
    return {e["name"] for e in status["engines"] if e["state"] == "up"}


@pytest.fixture
def pair(new_engine, new_node):
    """Two engines with the same model behind one node."""
    first, second = new_engine("ollama"), new_engine("openai")
    node = new_node([first, second]).start()
    until(lambda: engines_up(node) == {"fake", "fake2"}, "both engines up")
    return node, first, second


@pytest.mark.parametrize("stream", [False, True])
def test_failure_before_the_first_byte_goes_to_the_next_engine_unseen(pair, stream):
    node, first, second = pair
    for engine in (first, second):
        first.script.fault = second.script.fault = None
        engine.script.fault = "error"
        for _ in range(4):
            reply = ask(node, stream=stream)
            assert reply.status_code == 200 and "done" in reply.text


def test_cut_before_the_first_byte_goes_to_the_next_engine_unseen(pair):
    node, first, _ = pair
    first.script.fault, first.script.cut_before = "cut", 0
    for _ in range(4):
        assert ask(node).json()["choices"][0]["message"]["content"] == TEXT


def test_bad_request_is_not_tried_again(pair):
    node, first, second = pair
    before = len(first.asks) + len(second.asks)
    assert ask(node, messages=[]).status_code == 400
    assert len(first.asks) + len(second.asks) <= before + 1


def test_engine_with_fewest_requests_in_flight_is_chosen(pair):
    node, first, second = pair
    first.script.hold_before = second.script.hold_before = 0
    fewest = {"X-Aurora-Policy": "least-loaded"}
    threads = [threading.Thread(target=ask, args=(node, fewest)) for _ in range(2)]
    for thread in threads:
        thread.start()
    until(lambda: len(first.asks) == 1 and len(second.asks) == 1, "one request on each engine")
    first.release(), second.release()
    for thread in threads:
        thread.join(10)


def test_dead_engine_is_out_within_two_seconds_and_back_by_itself(pair):
    node, first, second = pair
    first.stop()
    started = time.monotonic()
    until(lambda: engines_up(node) == {"fake2"}, "the dead engine out", 4)
    assert time.monotonic() - started < 3.5  # two seconds, and some for a busy machine
    assert ask(node).status_code == 200
    first.start()
    until(lambda: engines_up(node) == {"fake", "fake2"}, "the engine back")


def test_model_of_a_dead_engine_is_unavailable_with_retry_after(new_engine, new_node):
    engine = new_engine("ollama")
    node = new_node([engine]).start()
    engine.stop()
    until(lambda: engines_up(node) == set(), "the engine out")
    reply = ask(node)
    assert reply.status_code in (404, 503) and reply.json()["error"]["message"]
    if reply.status_code == 503:
        assert int(reply.headers["retry-after"]) >= 0
    assert node.get("/health").status_code == 200
    assert node.get("/ready").status_code == 503


def test_hung_engine_is_an_error_after_its_limit(new_engine, new_node):
    engine = new_engine("openai")
    node = new_node([engine], limits={"first_byte": "1s", "silence": "1s"}).start()
    engine.script.fault = "hang"
    reply = ask(node)
    assert reply.status_code in (502, 503, 504) and reply.json()["error"]["message"]
    assert engine.client_left.wait(5)


def test_engine_silent_in_mid_stream_is_an_error_after_its_limit(new_engine, new_node):
    engine = new_engine("openai")
    node = new_node([engine], limits={"first_byte": "5s", "silence": "1s"}).start()
    engine.script.hold_before = 3
    body = ask(node, stream=True).text
    assert "Hello" in body and "[DONE]" not in body
    assert "error" in json.loads([line[6:] for line in body.splitlines() if line.startswith("data: ")][-1])


def test_sse_keeps_the_connection_alive_while_a_model_loads(new_engine, new_node):
    engine = new_engine("openai")
    node = new_node([engine]).start()
    engine.script.hold_before = 0
    with web.stream("POST", node.gateway + "/v1/chat/completions", json=CHAT | {"stream": True}, timeout=40) as reply:
        lines = reply.iter_lines()
        assert reply.status_code == 200
        assert next(line for line in lines if line).startswith(":")
        engine.release()
        assert "data: [DONE]" in list(lines)


def test_too_many_at_once_are_told_to_come_back(new_engine, new_node):
    engine = new_engine("openai")
    node = new_node([engine], limits={"concurrency": 2}).start()
    engine.script.hold_before = 0
    threads = [threading.Thread(target=ask, args=(node,)) for _ in range(2)]
    for thread in threads:
        thread.start()
    until(lambda: len(engine.asks) == 2, "two requests in flight")
    reply = ask(node)
    assert reply.status_code in (429, 503) and int(reply.headers["retry-after"]) >= 0
    engine.release()
    for thread in threads:
        thread.join(10)
    assert ask(node).status_code == 200
