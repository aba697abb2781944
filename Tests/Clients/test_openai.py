"""The official openai client against the gateway, in front of an engine of each kind."""

import json

import httpx
import openai
import pytest

from fake_engine import TEXT, TOOL_ARGUMENTS, WORDS

ASK = [{"role": "user", "content": "hello"}]
TOOLS = [
    {"type": "function", "function": {"name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}
]


@pytest.fixture
def client(node):
    return openai.OpenAI(base_url=node.gateway + "/v1", api_key="unused", max_retries=0, timeout=20)


def test_models_are_listed_and_shown(client, engine):
    assert {m.id for m in client.models.list()} == {"fake:latest", "other:7b"}
    assert client.models.retrieve("other:7b").object == "model"
    with pytest.raises(openai.NotFoundError, match="nothing-like-it"):
        client.models.retrieve("nothing-like-it")


def test_chat_answers_whole(client, engine):
    reply = client.chat.completions.create(model="fake:latest", messages=ASK)
    assert reply.object == "chat.completion"
    assert reply.choices[0].message.content == TEXT
    assert reply.choices[0].finish_reason == "stop"
    assert (reply.usage.prompt_tokens, reply.usage.completion_tokens) == (12, len(WORDS))


def test_chat_streams_piece_by_piece(client, engine):
    engine.script.hold_before = 3
    stream = client.chat.completions.create(model="fake:latest", messages=ASK, stream=True)
    chunks = iter(stream)
    assert next(chunks).choices[0].delta.role == "assistant"
    assert next(chunks).choices[0].delta.content == "Hello"  # came through although the engine holds the rest
    engine.release()
    rest = list(chunks)
    assert "Hello" + "".join(c.choices[0].delta.content or "" for c in rest) == TEXT
    assert rest[-1].choices[0].finish_reason == "stop"
    assert len({c.id for c in rest}) == 1


def test_stream_tells_usage_when_asked(client, engine):
    stream = client.chat.completions.create(model="fake:latest", messages=ASK, stream=True, stream_options={"include_usage": True})
    last = list(stream)[-1]
    assert last.choices == [] and last.usage.completion_tokens == len(WORDS)


@pytest.mark.parametrize("stream", [False, True])
def test_tools_are_called_with_their_arguments_in_order(client, engine, stream):
    reply = client.chat.completions.create(model="fake:latest", messages=ASK, tools=TOOLS, stream=stream)
    if stream:
        chunks = [c.choices[0] for c in reply]
        call, finish = next(c.delta.tool_calls for c in chunks if c.delta.tool_calls)[0], chunks[-1].finish_reason
    else:
        call, finish = reply.choices[0].message.tool_calls[0], reply.choices[0].finish_reason
    assert call.function.name == "get_weather" and finish == "tool_calls"
    assert list(json.loads(call.function.arguments).items()) == list(TOOL_ARGUMENTS.items())


@pytest.mark.parametrize("stream", [False, True])
def test_completions_answer(client, engine, stream):
    reply = client.completions.create(model="fake:latest", prompt="once", stream=stream)
    assert ("".join(c.choices[0].text for c in reply) if stream else reply.choices[0].text) == TEXT


def test_embeddings_answer_for_each_text(client, engine):
    data = client.embeddings.create(model="fake:latest", input=["a", "bcd"]).data
    assert [d.embedding for d in data] == [[1.0, 0.5, -0.25], [3.0, 0.5, -0.25]]


def test_unknown_fields_reach_the_engine(client, engine):
    client.chat.completions.create(model="fake:latest", messages=ASK, extra_body={"aurora_unknown": {"ü": [1, 2.50, None]}})
    assert engine.asks[-1].json["aurora_unknown"] == {"ü": [1, 2.5, None]}


def test_unknown_model_is_the_clients_not_found_error(client, engine):
    with pytest.raises(openai.NotFoundError) as error:
        client.chat.completions.create(model="lama", messages=ASK)
    assert "'lama'" in error.value.message
    assert error.value.body.keys() == {"message", "type", "param", "code"}
    assert engine.asks == []


def test_empty_messages_are_the_clients_bad_request_error(client, engine):
    with pytest.raises(openai.BadRequestError, match=r"\[\] is too short - 'messages'"):
        client.chat.completions.create(model="fake:latest", messages=[])


@pytest.mark.parametrize("stream", [False, True])
def test_failing_engine_is_the_clients_server_error(client, engine, stream):
    engine.script.fault = "error"
    with pytest.raises(openai.InternalServerError):
        for _ in client.chat.completions.create(model="fake:latest", messages=ASK, stream=stream):
            pass


def test_break_in_mid_stream_is_an_error_not_an_end(client, engine):
    engine.script.fault = "cut"
    pieces = []
    with pytest.raises((openai.APIError, httpx.TransportError)):
        for chunk in client.chat.completions.create(model="fake:latest", messages=ASK, stream=True):
            pieces += [choice.delta.content for choice in chunk.choices if choice.delta.content]
    assert pieces == WORDS[: len(pieces)] and pieces


def test_client_that_leaves_stops_the_engine(client, engine):
    engine.script.hold_before = 2
    stream = client.chat.completions.create(model="fake:latest", messages=ASK, stream=True)
    next(iter(stream))
    stream.close()
    assert engine.client_left.wait(5)


def test_client_that_leaves_before_the_first_byte_stops_the_engine(client, engine):
    engine.script.hold_before = 0
    with pytest.raises(openai.APITimeoutError):
        client.with_options(timeout=0.5).chat.completions.create(model="fake:latest", messages=ASK)
    assert engine.asked.is_set() and engine.client_left.wait(5)
