"""The numbers: parsed by Prometheus' own tool, and right."""

import re
import shutil
import subprocess

import pytest

from fake_engine import WORDS
from node import until, web

ASK = {"model": "fake:latest", "messages": [{"role": "user", "content": "hello"}]}


def scrape(node, base=None):
    reply = node.get("/metrics", base or node.gateway)
    assert reply.status_code == 200 and reply.headers["content-type"].startswith("text/plain; version=0.0.4")
    return reply.text


def value(text, name, **labels):
    """The sum of the series of `name` that carry these labels."""
    total, found = 0.0, False
    for line in text.splitlines():
        match = re.fullmatch(re.escape(name) + r"(?:\{(.*)\})? (\S+)", line)
        if match and all(f'{k}="{v}"' in (match[1] or "") for k, v in labels.items()):
            total, found = total + float(match[2]), True
    return total if found else None


@pytest.mark.skipif(not shutil.which("promtool"), reason="promtool comes with the package prometheus")
def test_promtool_has_nothing_to_say(node, engine):
    web.post(node.gateway + "/v1/chat/completions", json=ASK, timeout=10)
    web.post(node.chat + "/api/chat", json={"message": "hi"}, timeout=20)
    for base in (node.gateway, node.console):
        checked = subprocess.run(["promtool", "check", "metrics"], input=scrape(node, base), capture_output=True, text=True, timeout=20)
        assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")


def test_requests_and_tokens_are_counted_exactly(node, engine):
    before = scrape(node)
    for stream in (False, True, True):
        web.post(
            node.gateway + "/v1/chat/completions",
            json=ASK | {"stream": stream, "stream_options": {"include_usage": True}} if stream else ASK,
            timeout=10,
        )
    web.post(node.gateway + "/v1/chat/completions", json=ASK | {"model": "none"}, timeout=10)

    def grown(name, **labels):
        return (value(scrape(node), name, **labels) or 0) - (value(before, name, **labels) or 0)

    until(lambda: grown("aurora_gateway_requests_total", worker="fake", code="200") == 3, "three requests counted")
    until(lambda: grown("aurora_gateway_requests_total", code="404") == 1, "the refused request counted")
    assert grown("gen_ai_client_token_usage_sum", gen_ai_token_type="output") == 3 * len(WORDS)
    assert grown("gen_ai_client_token_usage_sum", gen_ai_token_type="input") == 3 * 12
    assert grown("gen_ai_server_request_duration_seconds_count", gen_ai_operation_name="chat") >= 3
    assert value(scrape(node), "aurora_gateway_in_flight", worker="fake") == 0


def test_client_that_leaves_is_counted(node, engine):
    before = value(scrape(node), "aurora_gateway_cancelled_total") or 0
    engine.script.hold_before = 2
    with web.stream("POST", node.gateway + "/v1/chat/completions", json=ASK | {"stream": True}, timeout=10) as reply:
        pieces = reply.iter_raw()  # kept: an iterator that is dropped closes the connection
        next(pieces)
        assert value(scrape(node), "aurora_gateway_in_flight", worker="fake") == 1
    until(lambda: value(scrape(node), "aurora_gateway_cancelled_total") == before + 1, "the cancelled request counted")
    until(lambda: value(scrape(node), "aurora_gateway_in_flight", worker="fake") == 0, "nothing in flight")


def test_text_of_clients_makes_no_series(node, engine):
    for number in range(50):
        web.post(node.gateway + "/v1/chat/completions", json=ASK | {"model": f'garbage-{number}\n"}}'}, timeout=10)
        node.get(f"/nothing/{number}")
    assert "garbage" not in scrape(node) and "nothing" not in scrape(node)


def test_engine_that_dies_is_shown_as_down(new_engine, new_node):
    engine = new_engine("ollama")
    node = new_node([engine]).start()
    assert value(scrape(node), "aurora_engine_up", engine="fake") == 1
    assert value(scrape(node), "aurora_engine_models", engine="fake") == 1
    engine.stop()
    until(lambda: value(scrape(node), "aurora_engine_up", engine="fake") == 0, "the engine shown as down")


def test_process_and_build_are_there(node, engine):
    text = scrape(node)
    assert value(text, "aurora_build_info") == 1
    assert value(text, "process_resident_memory_bytes") > 1e6
