"""The official anthropic client against the gateway, in front of an engine of each kind."""

import base64

import anthropic
import pytest

from fake_engine import TEXT, TOOL_ARGUMENTS, WORDS, FakeEngine
from node import Node, manifest

ASK = [{"role": "user", "content": "hello"}]
BASIC = {"model": "fake:latest", "max_tokens": 100, "messages": ASK}
TOOLS = [{"name": "get_weather", "description": "weather", "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}}}]
PIXEL = base64.b64encode(b"\x89PNG\r\n\x1a\n" + bytes(16)).decode()


def client_of(node, **more):
    return anthropic.Anthropic(base_url=node.gateway, max_retries=0, timeout=20, **({"api_key": "unused"} | more))


@pytest.fixture
def client(node):
    return client_of(node)


def test_message_is_answered_whole(client, engine):
    reply = client.messages.create(**BASIC)
    assert (reply.type, reply.role, reply.model) == ("message", "assistant", "fake:latest")
    assert [(block.type, block.text) for block in reply.content] == [("text", TEXT)]
    assert (reply.stop_reason, reply.stop_sequence) == ("end_turn", None)
    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (12, len(WORDS))


def test_stream_comes_piece_by_piece(client, engine):
    engine.script.hold_before = 4
    with client.messages.stream(**BASIC) as stream:
        texts = iter(stream.text_stream)
        assert next(texts) == "Hello"  # came through although the engine holds the rest
        engine.release()
        assert "Hello" + "".join(texts) == TEXT
        final = stream.get_final_message()
    assert final.content[0].text == TEXT and final.stop_reason == "end_turn"
    assert final.usage.output_tokens == len(WORDS)


def test_stream_has_its_events_in_their_order(client, engine):
    kinds = [event.type for event in client.messages.create(**BASIC, stream=True)]
    frame = ["message_start", "content_block_start", "content_block_stop", "message_delta", "message_stop"]
    assert [kind for kind in kinds if kind not in ("content_block_delta", "ping")] == frame
    assert kinds.count("content_block_delta") == len(WORDS)
    assert kinds.index("content_block_start") < kinds.index("content_block_delta") < kinds.index("content_block_stop")


@pytest.mark.parametrize("system", ["be brief", [{"type": "text", "text": "be "}, {"type": "text", "text": "brief"}]])
def test_system_prompt_reaches_the_engine_first(client, engine, system):
    client.messages.create(**BASIC, system=system)
    first = engine.asks[-1].json["messages"][0]
    assert first["role"] == "system" and "be" in str(first["content"]) and "brief" in str(first["content"])


def test_settings_reach_the_engine(client, engine):
    client.messages.create(**BASIC, stop_sequences=["x", "y"], extra_body={"temperature": 0.25, "top_p": 0.5, "top_k": 7})
    body = engine.asks[-1].json
    assert (body["max_tokens"], body["temperature"], body["top_p"], body["stop"]) == (100, 0.25, 0.5, ["x", "y"])
    assert body["top_k"] == 7


def test_conversation_keeps_its_turns(client, engine):
    turns = [*ASK, {"role": "assistant", "content": [{"type": "text", "text": "hi"}]}, {"role": "user", "content": "and now?"}]
    client.messages.create(**BASIC | {"messages": turns})
    sent = engine.asks[-1].json["messages"]
    assert [message["role"] for message in sent] == ["user", "assistant", "user"]
    assert "hi" in str(sent[1]["content"]) and "and now?" in str(sent[2]["content"])


@pytest.mark.parametrize("stream", [False, True])
def test_tool_is_called_with_its_arguments_in_order(client, engine, stream):
    if stream:
        with client.messages.stream(**BASIC, tools=TOOLS) as events:
            reply = events.get_final_message()
    else:
        reply = client.messages.create(**BASIC, tools=TOOLS)
    call = reply.content[-1]
    assert (call.type, call.name, reply.stop_reason) == ("tool_use", "get_weather", "tool_use")
    assert call.id and list(call.input.items()) == list(TOOL_ARGUMENTS.items())
    assert engine.asks[-1].json["tools"][0]["function"]["parameters"] == TOOLS[0]["input_schema"]


def test_result_of_a_tool_reaches_the_engine_with_its_call(client, engine):
    turns = [
        *ASK,
        {"role": "assistant", "content": [{"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"city": "Zürich"}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "toolu_1", "content": "snow"}]},
    ]
    client.messages.create(**BASIC | {"messages": turns})
    _, call, result = engine.asks[-1].json["messages"]
    assert call["tool_calls"][0]["id"] == result["tool_call_id"] == "toolu_1"
    assert call["tool_calls"][0]["function"]["name"] == "get_weather"
    assert result["role"] == "tool" and "snow" in str(result["content"])


@pytest.mark.parametrize(
    ("choice", "sent"),
    [({"type": "auto"}, "auto"), ({"type": "any"}, "required"), ({"type": "none"}, "none")],
)
def test_choice_of_tools_is_translated(client, engine, choice, sent):
    client.messages.create(**BASIC, tools=TOOLS, tool_choice=choice)
    assert engine.asks[-1].json["tool_choice"] == sent


def test_image_reaches_the_engine(client, engine):
    image = {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": PIXEL}}
    client.messages.create(**BASIC | {"messages": [{"role": "user", "content": [image, {"type": "text", "text": "what is it?"}]}]})
    parts = engine.asks[-1].json["messages"][-1]["content"]
    assert any(part.get("image_url", {}).get("url") == f"data:image/png;base64,{PIXEL}" for part in parts)


def test_unknown_model_is_the_clients_not_found_error(client, engine):
    with pytest.raises(anthropic.NotFoundError) as error:
        client.messages.create(**BASIC | {"model": "lama"})
    assert error.value.body["type"] == "error" and error.value.body["error"]["type"] == "not_found_error"
    assert "'lama'" in error.value.body["error"]["message"] and engine.asks == []


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"messages": []}, "messages"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"max_tokens": "many"}, "max_tokens"),
        ({"messages": [{"role": "robot", "content": "x"}]}, "role"),
        ({"messages": [{"role": "user", "content": [{"type": "video"}]}]}, "video"),
        ({"temperature": "hot"}, "temperature"),
    ],
)
def test_bad_request_is_the_clients_bad_request_error(client, engine, wrong, named):
    with pytest.raises(anthropic.BadRequestError) as error:
        client.messages.create(**BASIC, extra_body=wrong)
    assert error.value.body["error"]["type"] == "invalid_request_error"
    assert named in error.value.body["error"]["message"] and engine.asks == []


def test_client_that_leaves_stops_the_engine(client, engine):
    engine.script.hold_before = 2
    with client.messages.stream(**BASIC) as stream:
        next(iter(stream.text_stream))
    assert engine.client_left.wait(5)


# From here on the engine fails; one that did so often is let alone for a while, so these stand last.


@pytest.mark.parametrize("stream", [False, True])
def test_failing_engine_is_the_clients_server_error(client, engine, stream):
    engine.script.fault = "error"
    with pytest.raises(anthropic.InternalServerError) as error:
        client.messages.create(**BASIC, stream=stream)
    assert error.value.body["type"] == "error" and error.value.body["error"]["type"] in ("api_error", "overloaded_error")


def test_break_in_mid_stream_is_an_error_not_an_end(client, engine):
    engine.script.fault = "cut"
    kinds = []
    with pytest.raises(anthropic.APIError):
        for event in client.messages.create(**BASIC, stream=True):
            kinds.append(event.type)
    assert "content_block_delta" in kinds and "message_stop" not in kinds


@pytest.fixture(scope="module")
def guarded(tmp_path_factory):
    engine = FakeEngine("ollama").start()
    tokens = [{"name": "reader", "scopes": ["mesh"], "value": "the-right-token-0123456789"}]
    node = Node(tmp_path_factory.mktemp("guarded"), manifest([engine], tokens=tokens)).start(token=tokens[0]["value"])
    yield node, tokens[0]["value"]
    node.kill()
    engine.stop()


def test_key_is_taken_as_the_client_sends_it(guarded):
    node, token = guarded
    assert client_of(node, api_key=token).messages.create(**BASIC).content[0].text == TEXT
    assert client_of(node, api_key=None, auth_token=token).messages.create(**BASIC).content[0].text == TEXT


def test_wrong_key_is_the_clients_authentication_error(guarded):
    with pytest.raises(anthropic.AuthenticationError) as error:
        client_of(guarded[0], api_key="the-wrong-token-0123456789").messages.create(**BASIC)
    assert error.value.body["error"]["type"] == "authentication_error"
