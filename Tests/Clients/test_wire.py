"""What curl sees: each dialect's shapes, status codes and headers."""

import json
import shutil
import subprocess

import pytest

from fake_engine import TEXT

pytestmark = pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")


def curl(url, *arguments, data=None):
    """(status, headers, body)"""
    command = ["curl", "-sS", "-i", "--max-time", "20", *arguments]
    if data is not None:
        command += ["-d", data if isinstance(data, str) else json.dumps(data)]
    out = subprocess.run([*command, url], capture_output=True, check=True, timeout=30).stdout
    head, _, body = out.partition(b"\r\n\r\n")
    while head.startswith(b"HTTP/1.1 100"):  # curl asks before it sends a large body
        head, _, body = body.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    headers = {k.lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:])}
    return int(lines[0].split()[1]), headers, body.decode()


CHAT = {"model": "fake", "messages": [{"role": "user", "content": "hello"}]}


def test_ollama_probes_are_answered(node, engine):
    assert curl(node.gateway + "/")[2].strip() == "Ollama is running"
    assert curl(node.gateway + "/", "-I")[0] == 200
    assert json.loads(curl(node.gateway + "/api/version")[2])["version"]
    assert {m["name"] for m in json.loads(curl(node.gateway + "/api/tags")[2])["models"]} == {"fake:latest", "other:7b"}


def test_ollama_chat_streams_lines_by_default(node, engine):
    status, headers, body = curl(node.gateway + "/api/chat", data=CHAT)
    lines = [json.loads(line) for line in body.splitlines()]
    assert status == 200 and headers["content-type"].startswith("application/x-ndjson")
    assert "".join(line["message"]["content"] for line in lines) == TEXT
    assert lines[-1]["done"] is True and isinstance(lines[-1]["total_duration"], int)


def test_openai_chat_is_whole_by_default(node, engine):
    status, headers, body = curl(node.gateway + "/v1/chat/completions", data=CHAT | {"model": "fake:latest"})
    assert status == 200 and headers["content-type"].startswith("application/json")
    assert json.loads(body)["choices"][0]["message"]["content"] == TEXT


def test_openai_stream_ends_with_done(node, engine):
    _, headers, body = curl(node.gateway + "/v1/chat/completions", data=CHAT | {"model": "fake:latest", "stream": True})
    events = [line[6:] for line in body.splitlines() if line.startswith("data: ")]
    assert headers["content-type"].startswith("text/event-stream")
    assert events[-1] == "[DONE]" and json.loads(events[-2])["choices"][0]["finish_reason"] == "stop"


def test_cut_stream_never_ends_with_done(node, engine):
    engine.script.fault = "cut"
    command = [
        "curl",
        "-sS",
        "--max-time",
        "20",
        node.gateway + "/v1/chat/completions",
        "-d",
        json.dumps(CHAT | {"model": "fake:latest", "stream": True}),
    ]
    body = subprocess.run(command, capture_output=True, timeout=30).stdout.decode()
    assert "Hello" in body and "[DONE]" not in body
    assert "error" in json.loads([line[6:] for line in body.splitlines() if line.startswith("data: ")][-1])


def test_errors_have_the_shape_of_their_dialect(node, engine):
    status, _, body = curl(node.gateway + "/api/chat", data=CHAT | {"model": "none"})
    assert status == 404 and json.loads(body)["error"].startswith("model 'none' not found")
    status, _, body = curl(node.gateway + "/v1/chat/completions", data=CHAT | {"model": "none"})
    error = json.loads(body)["error"]
    assert status == 404 and error["type"] == "not_found_error"
    assert error.keys() == {"message", "type", "param", "code"}


@pytest.mark.parametrize("path", ["/api/chat", "/api/generate", "/api/embed", "/v1/chat/completions", "/v1/completions", "/v1/embeddings"])
@pytest.mark.parametrize("body", ["", "{", "[]", "null", '{"model": 7}', '{"messages": []}', "\x7f\x7f"])
def test_bad_bodies_are_the_clients_fault(node, engine, path, body):
    status, headers, text = curl(node.gateway + path, data=body)
    assert 400 <= status < 500 and headers["content-type"].startswith("application/json")
    assert json.loads(text)["error"]


def test_wrong_method_and_unknown_route_are_told_apart(node, engine):
    status, headers, _ = curl(node.gateway + "/api/chat")
    assert status == 405 and "POST" in headers["allow"]
    assert curl(node.gateway + "/v1/chat/completions", "-X", "DELETE")[0] == 405
    assert curl(node.gateway + "/api/nothing")[0] == 404
    assert curl(node.gateway + "/v1/nothing")[0] == 404


def test_host_header_is_the_engines_own(node, engine):
    status, _, body = curl(node.gateway + "/api/chat", "-H", "Host: aurora.local", data=CHAT | {"stream": False})
    assert status == 200 and json.loads(body)["message"]["content"] == TEXT
    assert engine.asks[-1].headers["host"] in (f"127.0.0.1:{engine.port}", f"localhost:{engine.port}")


@pytest.mark.parametrize("header", ["Host: rebound.example.com", "Origin: https://evil.example", "Origin: null"])
@pytest.mark.parametrize("path", ["/api/chat", "/v1/models", "/metrics"])
def test_foreign_pages_are_kept_out_of_a_node_without_tokens(node, engine, path, header):
    data = CHAT if path == "/api/chat" else None
    status, headers, body = curl(node.gateway + path, "-H", header, data=data)
    assert status == 403 and json.loads(body)["error"]
    assert engine.asks == [] and not any(name.startswith("access-control-") for name in headers)


def test_headers_say_which_worker_and_why(node, engine):
    _, headers, _ = curl(node.gateway + "/v1/chat/completions", data=CHAT | {"model": "fake:latest"})
    assert headers["x-aurora-worker"] == "fake" and headers["x-aurora-reason"]


def test_request_id_and_traceparent_are_passed_on(node, engine):
    trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
    _, headers, _ = curl(node.gateway + "/api/chat", "-H", "X-Request-Id: my-id-1", "-H", f"traceparent: {trace}", data=CHAT)
    assert headers["x-request-id"] == "my-id-1"
    upstream = engine.asks[-1].headers
    assert upstream["x-request-id"] == "my-id-1" and upstream["traceparent"].split("-")[1] == trace.split("-")[1]
    assert curl(node.gateway + "/api/version")[1]["x-request-id"]


def test_clients_credentials_never_reach_the_engine(node, engine):
    curl(
        node.gateway + "/v1/chat/completions",
        "-H",
        "Authorization: Bearer client-secret",
        "-H",
        "X-API-Key: client-secret",
        "-H",
        "Cookie: a=client-secret",
        data=CHAT | {"model": "fake:latest"},
    )
    assert "client-secret" not in str(engine.asks[-1].headers)


def test_large_bodies_pass(node, engine):
    picture = "iVBORw0KGgo" + "A" * 8_000_001  # begins as a PNG does
    body = CHAT | {"messages": [{"role": "user", "content": "look", "images": [picture]}], "stream": False}
    file = node.folder / "large.json"
    file.write_text(json.dumps(body))
    assert curl(node.gateway + "/api/chat", "--data-binary", f"@{file}")[0] == 200
    assert len(engine.asks[-1].body) > len(picture)
