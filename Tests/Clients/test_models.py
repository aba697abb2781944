"""The official ollama client changes models on engines behind the gateway, as it would on one Ollama."""

import hashlib
import json

import httpx
import ollama
import pytest

from node import until

PAGE = "https://chat.example.com"


@pytest.fixture
def two(new_engine, new_node):
    """A node in front of two Ollamas, with a rule, an alias and a page that may call."""
    first = new_engine("ollama", models=["base:1"])
    second = new_engine("ollama", models=["base:1", "only:2"])
    rules = {"models": {"both:1": {"on": ["fake", "fake2"]}}, "aliases": {"fast": "only:2"}, "origins": [PAGE]}
    return new_node([first, second], **rules).start(), first, second


def test_pull_list_and_delete_on_one_engine(new_engine, new_node):
    engine = new_engine("ollama")
    node = new_node([engine]).start()
    client = ollama.Client(host=node.gateway, timeout=20)
    steps = list(client.pull("new:1", stream=True))
    assert steps[0].status == "pulling manifest" and steps[-1].status == "success"
    assert [s.completed for s in steps if s.digest] == [0, 50, 100]
    assert "new:1" in {m.model for m in client.list().models}  # at once, not with the next poll
    assert client.pull("other").status == "success"
    assert client.copy("new:1", "copy:1").status == "success"
    assert client.delete("new:1").status == "success"
    assert {m.model for m in client.list().models} == {"fake:latest", "other:latest", "copy:1"}
    with pytest.raises(ollama.ResponseError) as error:
        client.delete("new:1")
    assert error.value.status_code == 404
    assert node.stop() == 0


@pytest.mark.parametrize("stream", [True, False])
def test_a_pull_that_fails_is_the_clients_response_error(new_engine, new_node, stream):
    node = new_node([new_engine("ollama")]).start()
    client = ollama.Client(host=node.gateway, timeout=20)
    with pytest.raises(ollama.ResponseError) as error:
        for _ in client.pull("missing", stream=True) if stream else [client.pull("missing")]:
            pass
    assert "file does not exist" in error.value.error


def test_the_manifest_says_where_a_model_belongs(two):
    node, first, second = two
    client = ollama.Client(host=node.gateway, timeout=20)
    steps = list(client.pull("both:1", stream=True))
    assert [s.status for s in steps].count("success") == 1 and steps[-1].status == "success"
    assert "both:1" in first.models and "both:1" in second.models
    lines = [json.loads(line) for line in httpx.post(f"{node.gateway}/api/pull", json={"model": "both:1"}).text.splitlines()]
    assert {line["engine"] for line in lines[:-1]} == {"fake", "fake2"}


def test_an_open_choice_is_refused_and_the_header_decides(two):
    node, first, second = two
    client = ollama.Client(host=node.gateway, timeout=20)
    with pytest.raises(ollama.ResponseError) as error:
        client.pull("new:1")
    assert error.value.status_code == 409 and "X-Aurora-Node" in error.value.error and "'fake', 'fake2'" in error.value.error
    with pytest.raises(ollama.ResponseError) as error:
        client.delete("base:1")
    assert error.value.status_code == 409 and "base:1" in first.models and "base:1" in second.models
    named = ollama.Client(host=node.gateway, timeout=20, headers={"X-Aurora-Node": "fake2"})
    assert named.pull("new:1").status == "success"
    assert "new:1" in second.models and "new:1" not in first.models
    assert client.delete("only:2").status == "success" and "only:2" not in second.models


def test_files_and_their_model_reach_the_same_engine(two, tmp_path):
    node, first, second = two
    client = ollama.Client(host=node.gateway, timeout=60, headers={"X-Aurora-Node": "fake2"})
    file = tmp_path / "model.gguf"
    file.write_bytes(b"GGUF" * 2_000_000)
    digest = client.create_blob(file)
    assert second.blobs == {digest: 8_000_000} and first.blobs == {}
    unnamed = ollama.Client(host=node.gateway, timeout=20)
    assert unnamed.create("mine", files={"model.gguf": digest}).status == "success"
    assert "mine:latest" in second.models and "mine:latest" not in first.models
    with pytest.raises(ollama.ResponseError) as error:
        unnamed.create("mine", files={"model.gguf": "sha256:" + "0" * 64})
    assert error.value.status_code == 409


def test_a_file_of_half_a_gigabyte_is_not_held(new_engine, new_node):
    engine = new_engine("ollama")
    node = new_node([engine]).start()
    piece, count = b"\x07" * (1 << 20), 512
    sha = hashlib.sha256()
    for _ in range(count):
        sha.update(piece)
    before = memory(node)
    reply = httpx.post(f"{node.gateway}/api/blobs/sha256:{sha.hexdigest()}", content=(piece for _ in range(count)), timeout=100)
    assert reply.status_code == 201 and list(engine.blobs.values()) == [count << 20]
    assert memory(node) - before < 100 << 20
    assert httpx.post(f"{node.gateway}/api/blobs/sha256:{'0' * 64}", content=b"x", timeout=20).status_code == 400


def memory(node):
    """The most that the node's process has held so far, in bytes."""
    with open(f"/proc/{node.process.pid}/status") as status:
        return next(int(line.split()[1]) * 1024 for line in status if line.startswith("VmHWM"))


def test_a_client_that_leaves_stops_the_pull(new_engine, new_node):
    engine = new_engine("ollama")
    node = new_node([engine]).start()
    engine.script.hold_before = 2
    with httpx.stream("POST", f"{node.gateway}/api/pull", json={"model": "new"}, timeout=20) as reply:
        next(reply.iter_lines())
    assert engine.client_left.wait(10)


def test_aliases_are_listed_answered_and_cannot_be_deleted(two):
    node, first, second = two
    client = ollama.Client(host=node.gateway, timeout=20)
    assert {m.model for m in client.list().models} == {"base:1", "only:2", "fast"}
    assert {m["id"] for m in httpx.get(f"{node.gateway}/v1/models").json()["data"]} == {"base:1", "only:2", "fast"}
    assert client.show("fast").details is not None
    with pytest.raises(ollama.ResponseError) as error:
        client.delete("fast")
    assert error.value.status_code == 409 and "only:2" in second.models


def test_an_openai_engine_says_what_it_cannot(new_engine, new_node):
    node = new_node([new_engine("openai")]).start()
    client = ollama.Client(host=node.gateway, timeout=20)
    with pytest.raises(ollama.ResponseError) as error:
        client.pull("new")
    assert error.value.status_code == 400 and "'fake' is OpenAI-compatible" in error.value.error


def test_scopes_decide_who_may_change_models(new_engine, new_node):
    engine = new_engine("ollama", models=["a:1"])
    tokens = [
        {"name": "mesh", "scopes": ["mesh"], "value": "mesh-0123456789abcdef"},
        {"name": "boss", "scopes": ["admin"], "value": "boss-0123456789abcdef"},
    ]
    node = new_node([engine], tokens=tokens).start(token="boss-0123456789abcdef")
    mesh, boss = (
        ollama.Client(host=node.gateway, timeout=20, headers={"Authorization": f"Bearer {name}-0123456789abcdef"}) for name in ("mesh", "boss")
    )
    assert mesh.pull("b:1").status == "success"
    with pytest.raises(ollama.ResponseError) as error:
        mesh.delete("a:1")
    assert error.value.status_code == 403 and "'admin'" in error.value.error and "a:1" in engine.models
    assert boss.delete("a:1").status == "success"


@pytest.mark.parametrize("port", ["gateway", "chat", "console"])
def test_pages_that_may_call_are_told_so_and_others_are_not(two, port):
    node, base = two[0], getattr(two[0], port)
    ask = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type,x-stainless-os"}
    for origin in (PAGE, "http://localhost:3000", "tauri://localhost"):
        told = httpx.options(f"{base}/api/anything", headers=ask | {"Origin": origin})
        assert told.status_code == 204 and told.headers["access-control-allow-origin"] == origin
        assert "x-stainless-os" in told.headers["access-control-allow-headers"]
        assert httpx.get(f"{base}/health", headers={"Origin": origin}).headers["access-control-allow-origin"] == origin
    foreign = {"Origin": "https://evil.example.com"}
    assert httpx.options(f"{base}/api/anything", headers=ask | foreign).status_code == 403
    refused = httpx.get(f"{base}/ready", headers=foreign)
    assert refused.status_code == 403 and "access-control-allow-origin" not in refused.headers


def test_every_route_answers_head_options_and_wrong_methods(two):
    node = two[0]
    for path, allow in [("/api/tags", "GET"), ("/v1/models", "GET"), ("/api/pull", "POST"), ("/api/delete", "DELETE"), ("/api/chat", "POST")]:
        options = httpx.options(node.gateway + path)
        assert options.status_code == 204 and allow in options.headers["allow"], path
        assert httpx.patch(node.gateway + path).status_code == 405
        if allow == "GET":
            head = httpx.head(node.gateway + path)
            assert head.status_code == 200 and head.content == b""


def test_an_engine_that_is_gone_is_named(two):
    node, first, second = two
    second.stop()
    until(lambda: "only:2" not in node.get("/api/tags").text, "the engine is out")
    reply = httpx.post(f"{node.gateway}/api/pull?on=fake2", json={"model": "x"})
    assert reply.status_code == 503 and "'fake2' does not answer now" in reply.json()["error"]


def test_an_engine_that_has_just_come_back_is_asked_before_a_call_is_refused(two):
    node, _, second = two
    second.stop()
    until(lambda: "only:2" not in node.get("/api/tags").text, "the engine is out")
    second.start()
    assert ollama.Client(host=node.gateway, timeout=20, headers={"x-aurora-node": "fake2"}).pull("x").status == "success"
