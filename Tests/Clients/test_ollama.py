"""The official ollama client against the gateway, in front of an engine of each kind."""

import httpx
import ollama
import pytest

from fake_engine import TEXT, TOOL_ARGUMENTS, WORDS

ASK = [{"role": "user", "content": "hello"}]
TOOLS = [
    {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}
]


@pytest.fixture
def client(node):
    return ollama.Client(host=node.gateway, timeout=20)


def test_list_has_the_models_of_the_engine(client, engine):
    models = client.list().models
    assert {m.model for m in models} == {"fake:latest", "other:7b"}
    assert all(m.details is not None for m in models)


def test_ps_has_what_is_loaded(client, engine):
    assert {m.model for m in client.ps().models} <= {"fake:latest", "other:7b"}
    if engine.kind == "ollama":
        assert {m.model for m in client.ps().models} == {"fake:latest", "other:7b"}


def test_show_describes_a_model(client, engine):
    shown = client.show("fake")
    assert shown.details is not None
    if engine.kind == "ollama":
        assert "completion" in shown.capabilities
    with pytest.raises(ollama.ResponseError) as error:
        client.show("none")
    assert error.value.status_code == 404 and "none" in error.value.error


@pytest.mark.parametrize("name", ["fake", "fake:latest"])
def test_chat_answers_whole(client, engine, name):
    reply = client.chat(name, ASK)
    assert reply.message.content == TEXT and reply.message.role == "assistant"
    assert reply.done and reply.done_reason == "stop"
    assert reply.prompt_eval_count == 12 and reply.eval_count == len(WORDS)
    assert reply.total_duration > 0


def test_chat_streams_piece_by_piece(client, engine):
    engine.script.hold_before = 4
    chunks = iter(client.chat("fake", ASK, stream=True))
    assert next(chunks).message.content == "Hello"  # came through although the engine holds the rest
    engine.release()
    rest = list(chunks)
    assert "Hello" + "".join(c.message.content for c in rest) == TEXT
    assert [c.done for c in rest] == [False] * (len(rest) - 1) + [True]
    assert rest[-1].done_reason == "stop" and rest[-1].eval_count == len(WORDS)


@pytest.mark.parametrize("stream", [False, True])
def test_generate_answers(client, engine, stream):
    reply = client.generate("fake", "hello", stream=stream)
    assert ("".join(c.response for c in reply) if stream else reply.response) == TEXT


@pytest.mark.parametrize("stream", [False, True])
def test_tools_are_called_with_their_arguments_in_order(client, engine, stream):
    reply = client.chat("fake", ASK, tools=TOOLS, stream=stream)
    messages = [c.message for c in reply] if stream else [reply.message]
    calls = [call for m in messages for call in m.tool_calls or []]
    assert [c.function.name for c in calls] == ["get_weather"]
    assert list(calls[0].function.arguments.items()) == list(TOOL_ARGUMENTS.items())


def test_embed_answers_for_each_text(client, engine):
    assert [list(e) for e in client.embed("fake", ["a", "bcd"]).embeddings] == [[1.0, 0.5, -0.25], [3.0, 0.5, -0.25]]
    assert [list(e) for e in client.embed("fake", "ab").embeddings] == [[2.0, 0.5, -0.25]]
    assert list(client.embed("fake", []).embeddings) == []


def test_empty_messages_load_the_model(client, engine):
    reply = client.chat("fake", [])
    assert reply.done and reply.done_reason == "load"


def test_options_reach_the_engine(client, engine):
    client.chat("fake", ASK, options={"temperature": 0.25, "seed": 7, "stop": ["x"]})
    body = engine.asks[-1].json
    options = body["options"] if engine.kind == "ollama" else body
    assert (options["temperature"], options["seed"], options["stop"]) == (0.25, 7, ["x"])


def test_unknown_model_is_the_clients_response_error(client, engine):
    with pytest.raises(ollama.ResponseError) as error:
        client.chat("lama", ASK)
    assert error.value.status_code == 404 and "model 'lama' not found" in error.value.error
    assert engine.asks == []


@pytest.mark.parametrize("stream", [False, True])
def test_failing_engine_is_the_clients_response_error(client, engine, stream):
    engine.script.fault = "error"
    with pytest.raises(ollama.ResponseError) as error:
        for _ in client.chat("fake", ASK, stream=stream):
            pass
    assert error.value.status_code >= 500


def test_break_in_mid_stream_is_an_error_not_an_end(client, engine):
    engine.script.fault = "cut"
    chunks = []
    with pytest.raises((ollama.ResponseError, httpx.TransportError)):
        for chunk in client.chat("fake", ASK, stream=True):
            chunks.append(chunk)
    assert chunks and not any(c.done for c in chunks)


def test_client_that_leaves_stops_the_engine(client, engine):
    engine.script.hold_before = 3
    stream = client.chat("fake", ASK, stream=True)
    next(iter(stream))
    stream.close()
    assert engine.client_left.wait(5)
