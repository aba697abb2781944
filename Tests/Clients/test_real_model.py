"""A real small model, in the engine that the node installs and runs by itself.

The installation is kept in AURORA_TEST_CACHE (default ~/.cache/aurora-tests), so only the first run downloads it.
"""

import json
import os
import pathlib
import shutil
import subprocess

import ollama
import openai
import pytest

from console import browse
from node import Node, binary, environment, manifest, web

pytestmark = pytest.mark.timeout(1200)
ASK = [{"role": "user", "content": "What is the capital of France? Answer in one short sentence."}]


@pytest.fixture(scope="module")
def real(tmp_path_factory):
    cache = pathlib.Path(os.environ.get("AURORA_TEST_CACHE", "~/.cache/aurora-tests")).expanduser()
    state = cache / "clients"
    for left in state.glob("*") if state.exists() else []:  # conversations of an earlier run; the installation stays
        if left.name != "local-engine":
            shutil.rmtree(left) if left.is_dir() else left.unlink()
    node = Node(tmp_path_factory.mktemp("real"), manifest(discovery={"loopback": False, "local_engine": "auto"}), state=state)
    node.start(ready=False)
    try:
        node.wait_ready(seconds=1000)
        yield node
        assert node.stop() == 0, node.log_tail()
    finally:
        node.kill()


@pytest.fixture(scope="module")
def model(real):
    return openai.OpenAI(base_url=real.gateway + "/v1", api_key="unused").models.list().data[0].id


def test_openai_client_chats(real, model):
    client = openai.OpenAI(base_url=real.gateway + "/v1", api_key="unused", timeout=120)
    reply = client.chat.completions.create(model=model, messages=ASK, temperature=0, max_tokens=40)
    assert "Paris" in reply.choices[0].message.content
    assert reply.usage.completion_tokens > 0
    pieces = [
        c.choices[0].delta.content or ""
        for c in client.chat.completions.create(model=model, messages=ASK, temperature=0, max_tokens=40, stream=True)
        if c.choices
    ]
    assert "Paris" in "".join(pieces) and sum(map(bool, pieces)) > 3


def test_ollama_client_chats(real, model):
    client = ollama.Client(host=real.gateway, timeout=120)
    assert model in [m.model for m in client.list().models]
    options = {"temperature": 0, "num_predict": 40}
    assert "Paris" in client.chat(model, ASK, options=options).message.content
    chunks = list(client.chat(model, ASK, options=options, stream=True))
    assert "Paris" in "".join(c.message.content for c in chunks)
    assert chunks[-1].done and chunks[-1].eval_count > 0 and chunks[-1].eval_duration > 0
    assert client.generate(model, "Once upon a time", options=options).response


def test_chat_answers_and_remembers(real):
    first = web.post(real.chat + "/api/chat", json={"message": ASK[0]["content"]}, timeout=120).json()
    assert first["response"] and first["conversation_id"] and first["model"]
    second = web.post(
        real.chat + "/api/chat", json={"message": "Thank you.", "conversation_id": first["conversation_id"]}, timeout=120
    ).json()
    assert second["conversation_id"] == first["conversation_id"]
    turns = web.get(f"{real.chat}/api/conversations/{first['conversation_id']}/messages", timeout=10).json()["messages"]
    assert [t["role"] for t in turns] == ["user", "assistant", "user", "assistant"]
    assert turns[1]["content"] == first["response"]


def test_chat_streams(real):
    kinds, text = [], ""
    with web.stream("POST", real.chat + "/api/chat", json={"message": "Say hello.", "stream": True}, timeout=120) as reply:
        assert reply.headers["content-type"].startswith("text/event-stream")
        for line in reply.iter_lines():
            if line.startswith("event: "):
                kinds.append(line[7:])
            elif line.startswith("data: ") and kinds[-1] == "content":
                text += json.loads(line[6:])["content"]
            elif line.startswith("data: ") and kinds[-1] == "done":
                assert json.loads(line[6:])["response"] == text
    assert kinds[0] == "start" and kinds[-1] == "done" and kinds.count("content") > 1


def test_status_shows_the_local_engine(real, model):
    shown = subprocess.run([binary(), "status", "--state", real.state, "--json"], capture_output=True, env=environment(), timeout=30)
    assert shown.returncode == 0, shown.stderr
    status = json.loads(shown.stdout)
    assert status["ready"] and status["local_engine"]["state"] == "running"
    assert [m["name"] for e in status["engines"] if e["source"] == "local" for m in e["models"]] == [model]
    assert status["load"]["requests_total"] > 0


def test_console_chats_in_a_real_browser(real):
    browse(real, "-k", "test_answer_streams_and_the_conversation_appears_in_the_list")
