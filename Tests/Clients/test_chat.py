"""The chat: conversations, answers that outlive connections, personalities as models, and the WebSocket."""

import json

import openai
import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from fake_engine import TEXT
from node import until, web


def say(node, message="hello", **more):
    reply = web.post(node.chat + "/api/chat", json={"message": message} | more, timeout=20)
    assert reply.status_code == 200, reply.text
    return reply.json()


def events(lines):
    """(event, id, data) of a stream, as they come."""
    event = key = None
    for line in lines:
        name, _, value = line.partition(": ")
        if name == "event":
            event = value
        elif name == "id":
            key = value
        elif name == "data":
            yield event, key, json.loads(value)


def socket(node, client="me", **more):
    return connect(node.chat.replace("http", "ws") + f"/ws/{client}", open_timeout=10, close_timeout=5, **more)


def hear(connection, until_type):
    """Messages up to the one of this type."""
    heard = [json.loads(connection.recv(20))]
    while heard[-1]["type"] != until_type:
        heard.append(json.loads(connection.recv(20)))
    return heard


def test_answer_names_who_gave_it(node, engine):
    reply = say(node)
    assert reply["response"] == TEXT and reply["model"] == "fake:latest" and reply["worker"] == "fake"
    assert reply["personality"] and reply["node"] and reply["timestamp"].endswith("Z")


def test_cut_stream_is_resumed_without_a_lost_or_doubled_character(node, engine):
    engine.script.hold_before = 5
    with web.stream("POST", node.chat + "/api/chat", json={"message": "hello", "stream": True}, timeout=20) as reply:
        coming = events(reply.iter_lines())
        _, _, start = next(coming)
        _, place, first = next(coming)
    engine.release()
    url = f"{node.chat}/api/conversations/{start['conversation_id']}/messages/{start['message_id']}/stream"
    with web.stream("GET", url, headers={"Last-Event-ID": place}, timeout=20) as reply:
        rest = list(events(reply.iter_lines()))
    assert first["content"] + "".join(data["content"] for event, _, data in rest if event == "content") == TEXT
    assert rest[-1][0] == "done" and rest[-1][2]["response"] == TEXT
    assert web.get(url, headers={"Last-Event-ID": "end"}).status_code == 204


def test_earlier_turns_reach_the_model(node, engine):
    first = say(node, "my name is Ada")
    say(node, "what is my name?", conversation_id=first["conversation_id"])
    turns = [(m["role"], m["content"]) for m in engine.asks[-1].json["messages"] if m["role"] != "system"]
    assert turns == [("user", "my name is Ada"), ("assistant", TEXT), ("user", "what is my name?")]


def test_second_message_during_an_answer_is_refused_and_stop_keeps_the_text(node, engine):
    engine.script.hold_before = 3
    with web.stream("POST", node.chat + "/api/chat", json={"message": "hello", "stream": True}, timeout=20) as reply:
        coming = events(reply.iter_lines())
        conversation = next(coming)[2]["conversation_id"]
        assert next(coming)[0] == "content"
        again = web.post(node.chat + "/api/chat", json={"message": "hurry", "conversation_id": conversation})
        assert again.status_code == 409 and again.json()["error"]["hint"]
        assert web.post(f"{node.chat}/api/conversations/{conversation}/stop").status_code == 200
        last = list(coming)[-1]
    assert last[0] == "done" and last[2]["reason"] == "stopped" and TEXT.startswith(last[2]["response"]) and last[2]["response"]
    assert engine.client_left.wait(10)
    stored = web.get(f"{node.chat}/api/conversations/{conversation}/messages").json()["messages"]
    assert [(m["role"], m["state"]) for m in stored] == [("user", "complete"), ("assistant", "complete")]
    assert stored[1]["content"] == last[2]["response"]


def test_failed_answer_says_why_and_is_kept(node, engine):
    engine.script.fault = "error"
    reply = web.post(node.chat + "/api/chat", json={"message": "hello", "client_id": "failing"}, timeout=20)
    assert reply.status_code >= 500 and reply.json()["error"]["message"]
    conversation = web.get(node.chat + "/api/conversations?client_id=failing").json()["conversations"][0]["id"]
    question, answer = web.get(f"{node.chat}/api/conversations/{conversation}/messages").json()["messages"]
    assert question["content"] == "hello" and answer["state"] == "failed" and answer["error"]


def test_conversations_are_listed_found_renamed_and_deleted(node, engine):
    made = [say(node, f"question {word}", client_id="list")["conversation_id"] for word in ("apricot", "bergamot", "coriander")]
    base = node.chat + "/api/conversations"
    page = web.get(base + "?client_id=list&limit=2").json()
    rest = web.get(base, params={"client_id": "list", "limit": 2, "before": page["next"]}).json()
    assert [c["id"] for c in page["conversations"] + rest["conversations"]] == made[::-1] and rest["next"] is None
    assert [c["id"] for c in web.get(base + "?client_id=list&q=bergamot").json()["conversations"]] == [made[1]]
    assert web.patch(f"{base}/{made[0]}", json={"title": "Fruit"}).status_code == 200
    assert web.get(f"{base}/{made[0]}").json()["title"] == "Fruit"
    assert web.delete(f"{base}/{made[2]}").status_code == 204
    assert web.get(f"{base}/{made[2]}").status_code == 404


def test_messages_come_in_pages(node, engine):
    conversation = say(node, "one")["conversation_id"]
    say(node, "two", conversation_id=conversation)
    seen, after = [], 0
    while after is not None:
        page = web.get(f"{node.chat}/api/conversations/{conversation}/messages", params={"after": after, "limit": 3}).json()
        seen, after = seen + page["messages"], page["next"]
    assert [m["content"] for m in seen] == ["one", TEXT, "two", TEXT]


def test_each_personality_is_a_model_for_openai_clients(node, engine):
    client = openai.OpenAI(base_url=node.chat + "/v1", api_key="unused", max_retries=0, timeout=20)
    assert {"aurora", "coder"} <= {m.id.removeprefix("personality:") for m in client.models.list()}
    ask = [{"role": "user", "content": "hello"}]
    for stream in (False, True):
        reply = client.chat.completions.create(model="coder", messages=ask, stream=stream, extra_body={"aurora_unknown": [1]})
        text = "".join(c.choices[0].delta.content or "" for c in reply) if stream else reply.choices[0].message.content
        assert text == TEXT
        sent = engine.asks[-1].json
        assert sent["messages"][0]["role"] == "system" and sent["messages"][1:] == ask
        assert sent["model"] == "fake:latest" and sent["aurora_unknown"] == [1]
    with pytest.raises(openai.NotFoundError, match="nobody"):
        client.chat.completions.create(model="nobody", messages=ask)


def test_socket_streams_an_answer_and_goes_on_in_its_conversation(node, engine):
    with socket(node) as connection:
        connection.send(json.dumps({"type": "chat", "message": "hello"}))
        heard = hear(connection, "done")
        assert heard[0]["type"] == "thinking" and heard[-1]["response"] == TEXT
        assert "".join(m["content"] for m in heard if m["type"] == "content") == TEXT
        connection.send(json.dumps({"type": "chat", "message": "more"}))
        assert hear(connection, "done")[-1]["conversation_id"] == heard[-1]["conversation_id"]


def test_socket_stops_an_answer(node, engine):
    engine.script.hold_before = 3
    with socket(node) as connection:
        connection.send(json.dumps({"type": "chat", "message": "hello"}))
        hear(connection, "content")
        connection.send(json.dumps({"type": "stop"}))
        assert hear(connection, "done")[-1]["reason"] == "stopped"
    assert engine.client_left.wait(10)


@pytest.mark.parametrize(
    "text", ["", "{", "null", "[]", '{"type":"dance"}', '{"type":"chat"}', '{"type":"chat","message":7}', '{"type":"chat","message":""}', "💥"]
)
def test_socket_answers_garbage_and_stays(node, engine, text):
    with socket(node) as connection:
        connection.send(text)
        assert hear(connection, "error")[-1]["message"]
        connection.send('{"type":"ping"}')
        assert hear(connection, "pong")


def test_socket_is_refused_to_pages_of_other_origins(node, engine):
    with pytest.raises(InvalidStatus) as refusal, socket(node, origin="https://evil.example"):
        pass
    assert refusal.value.response.status_code == 403
    with socket(node, origin=node.chat) as connection:
        connection.send('{"type":"ping"}')
        assert hear(connection, "pong")


def test_answer_goes_on_when_its_socket_is_gone(node, engine):
    engine.script.hold_before = 3
    with socket(node, client="leaving") as connection:
        connection.send(json.dumps({"type": "chat", "message": "hello"}))
        conversation = hear(connection, "content")[-1]["conversation_id"]
    engine.release()
    url = f"{node.chat}/api/conversations/{conversation}/messages"
    answer = until(lambda: [m for m in web.get(url).json()["messages"] if m["state"] == "complete" and m["role"] == "assistant"], "the answer")
    assert answer[0]["content"] == TEXT
