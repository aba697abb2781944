"""The official openai client's responses API against the gateway, in front of an engine of each kind."""

import json

import openai
import pytest

from fake_engine import TEXT, TOOL_ARGUMENTS, WORDS

BASIC = {"model": "fake:latest", "input": "hello"}
TOOLS = [{"type": "function", "name": "get_weather", "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}, "strict": False}]


@pytest.fixture
def client(node):
    return openai.OpenAI(base_url=node.gateway + "/v1", api_key="unused", max_retries=0, timeout=20)


def test_input_is_answered_whole(client, engine):
    reply = client.responses.create(**BASIC)
    assert (reply.object, reply.status, reply.output_text) == ("response", "completed", TEXT)
    assert [item.type for item in reply.output] == ["message"] and reply.output[0].content[0].type == "output_text"
    assert (reply.usage.input_tokens, reply.usage.output_tokens) == (12, len(WORDS))
    assert reply.error is None and reply.id.startswith("resp_")


def test_stream_comes_piece_by_piece(client, engine):
    engine.script.hold_before = 4
    events, texts = iter(client.responses.create(**BASIC, stream=True)), []
    while not texts:
        event = next(events)
        texts += [event.delta] if event.type == "response.output_text.delta" else []
    assert texts == ["Hello"]  # came through although the engine holds the rest
    engine.release()
    texts += [event.delta for event in events if event.type == "response.output_text.delta"]
    assert "".join(texts) == TEXT


def test_stream_has_its_events_in_their_order(client, engine):
    events = list(client.responses.create(**BASIC, stream=True))
    kinds = [event.type.removeprefix("response.") for event in events]
    assert [kind for kind in kinds if kind != "output_text.delta"] == [
        "created",
        "in_progress",
        "output_item.added",
        "content_part.added",
        "output_text.done",
        "content_part.done",
        "output_item.done",
        "completed",
    ]
    assert kinds.count("output_text.delta") == len(WORDS)
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert events[-1].response.output_text == TEXT and events[-1].response.usage.output_tokens == len(WORDS)


def test_helper_for_streams_puts_the_answer_together(client, engine):
    with client.responses.stream(**BASIC) as stream:
        final = stream.get_final_response()
    assert final.output_text == TEXT and final.status == "completed"


@pytest.mark.parametrize("stream", [False, True])
def test_tool_is_called_with_its_arguments_in_order(client, engine, stream):
    if stream:
        events = list(client.responses.create(**BASIC, tools=TOOLS, stream=True))
        done = next(event for event in events if event.type == "response.function_call_arguments.done")
        assert done.arguments == events[-1].response.output[0].arguments
        reply = events[-1].response
    else:
        reply = client.responses.create(**BASIC, tools=TOOLS)
    call = reply.output[0]
    assert (call.type, call.name, call.status) == ("function_call", "get_weather", "completed") and call.call_id
    assert list(json.loads(call.arguments).items()) == list(TOOL_ARGUMENTS.items())
    assert engine.asks[-1].json["tools"][0]["function"]["name"] == "get_weather"


def test_items_reach_the_engine_as_messages(client, engine):
    items = [
        {"role": "user", "content": [{"type": "input_text", "text": "weather?"}]},
        {"type": "function_call", "call_id": "call_7", "name": "get_weather", "arguments": '{"city":"Zürich"}'},
        {"type": "function_call_output", "call_id": "call_7", "output": "snow"},
    ]
    client.responses.create(**BASIC | {"input": items}, instructions="be brief", max_output_tokens=50, temperature=0.25)
    body = engine.asks[-1].json
    assert [message["role"] for message in body["messages"]] == ["system", "user", "assistant", "tool"]
    assert body["messages"][2]["tool_calls"][0]["id"] == body["messages"][3]["tool_call_id"] == "call_7"
    assert body["temperature"] == 0.25 and 50 in (body.get("max_tokens"), body.get("max_completion_tokens"))


def test_schema_of_the_answer_reaches_the_engine(client, engine):
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"], "additionalProperties": False}
    client.responses.create(**BASIC, text={"format": {"type": "json_schema", "name": "answer", "schema": schema, "strict": True}})
    form = engine.asks[-1].json["response_format"]
    assert form["type"] == "json_schema" and form["json_schema"]["schema"] == schema and form["json_schema"]["name"] == "answer"


def test_unknown_model_is_the_clients_not_found_error(client, engine):
    with pytest.raises(openai.NotFoundError) as error:
        client.responses.create(**BASIC | {"model": "lama"})
    assert "'lama'" in error.value.message and engine.asks == []


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"previous_response_id": "resp_1"}, "previous_response_id"),
        ({"conversation": "conv_1"}, "conversation"),
        ({"background": True}, "background"),
        ({"tools": [{"type": "web_search"}]}, "web_search"),
        ({"max_output_tokens": "many"}, "max_output_tokens"),
        ({"input": 7}, "input"),
    ],
)
def test_what_cannot_be_done_is_the_clients_bad_request_error(client, engine, wrong, named):
    with pytest.raises(openai.BadRequestError) as error:
        client.responses.create(**BASIC, extra_body=wrong)
    assert named in error.value.message and engine.asks == []


def test_client_that_leaves_stops_the_engine(client, engine):
    engine.script.hold_before = 2
    stream = client.responses.create(**BASIC, stream=True)
    next(event for event in stream if event.type == "response.output_text.delta")
    stream.close()
    assert engine.client_left.wait(5)


# From here on the engine fails; one that did so often is let alone for a while, so these stand last.


@pytest.mark.parametrize("stream", [False, True])
def test_failing_engine_is_the_clients_server_error(client, engine, stream):
    engine.script.fault = "error"
    with pytest.raises(openai.InternalServerError):
        for _ in client.responses.create(**BASIC, stream=stream):
            pass


def test_break_in_mid_stream_is_never_completed(client, engine):
    engine.script.fault = "cut"
    kinds = []
    try:
        for event in client.responses.create(**BASIC, stream=True):
            kinds.append(event.type)
    except openai.APIError:
        kinds.append("response.failed")
    assert "response.output_text.delta" in kinds and "response.completed" not in kinds and "response.failed" in kinds
