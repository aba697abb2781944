"""Durable tasks: the plain snippet, waiting, following, cancelling, and what is left after kill -9."""

import concurrent.futures
import json
import threading
import time

import pytest

from fake_engine import TEXT
from node import until, web

HELLO = {"task_type": "llm_inference", "payload": {"message": "hello"}}


def submit(node, body, **more):
    return web.post(node.gateway + "/tasks/submit", json=body, timeout=60, **more)


def task(node, id):
    reply = web.get(f"{node.gateway}/tasks/{id}")
    assert reply.status_code == 200, reply.text
    return reply.json()


def ended(node, id, seconds=20):
    return until(lambda: (t := task(node, id))["status"] not in ("queued", "running") and t, f"task {id} ended", seconds)


def test_plain_snippet_gives_the_finished_task(node, engine):
    reply = submit(node, {"task_type": "llm_inference", "payload": {"message": "hello"}})
    assert reply.status_code == 200
    done = reply.json()
    assert done["status"] == "completed" and done["result"]["response"] == TEXT
    assert done["result"]["model"] == "fake:latest" and done["result"]["worker"] == "fake"
    assert done["result"]["usage"]["total_tokens"] > 0
    assert engine.asks[-1].json["messages"] == [{"role": "user", "content": "hello"}]


def test_who_does_not_wait_gets_a_receipt_and_can_follow(node, engine):
    engine.script.hold_before = 3
    reply = submit(node, HELLO | {"wait": 0})
    assert reply.status_code == 202 and int(reply.headers["retry-after"]) >= 1
    receipt = reply.json()
    assert reply.headers["location"] == receipt["status_url"] == f"/tasks/{receipt['task_id']}"
    text, names, last = "", [], {}
    with web.stream("GET", f"{node.gateway}{receipt['status_url']}/events", timeout=20) as stream:
        assert stream.headers["content-type"].startswith("text/event-stream")
        for line in stream.iter_lines():
            field, _, value = line.partition(": ")
            if field == "event":
                names.append(value)
            elif field == "data":
                last = json.loads(value)
                text += last.get("text", "")
                if text and text != TEXT:
                    engine.release()
    assert text == TEXT and names[0] == "progress" and names[-1] == "done"
    assert last["result"]["response"] == TEXT


def test_cancelling_stops_the_engine_at_once(node, engine):
    engine.script.hold_before = 3
    id = submit(node, HELLO | {"wait": 0}).json()["task_id"]
    assert engine.asked.wait(10)
    for _ in range(2):
        assert web.delete(f"{node.gateway}/tasks/{id}").json()["status"] == "cancelled"
    engine.release()
    assert engine.client_left.wait(10)
    assert task(node, id)["status"] == "cancelled"


def test_embeddings_become_vectors(node, engine):
    done = submit(node, {"task_type": "embeddings", "payload": {"input": ["a", "four"], "model": "fake:latest"}}).json()
    assert done["result"]["embeddings"] == [[1.0, 0.5, -0.25], [4.0, 0.5, -0.25]]


def test_wrong_requests_are_told_all_that_is_wrong(node, engine):
    reply = submit(node, {"task_type": "llm_inference", "payload": {"mesage": "x"}, "priority": 99, "requirements": {"gpus": 1}})
    assert reply.status_code == 400
    assert [f["field"] for f in reply.json()["error"]["findings"]] == ["requirements.gpus", "priority", "payload.mesage", "payload.message"]
    unknown = submit(node, {"task_type": "llm_inference", "payload": {"message": "x"}, "requirements": {"node": "nowhere-at-all"}, "wait": 0})
    assert unknown.status_code == 202
    web.delete(f"{node.gateway}/tasks/{unknown.json()['task_id']}")


def test_engine_that_fails_is_asked_again(node, engine):
    engine.script.fault = "cut"
    id = submit(node, HELLO | {"wait": 0}).json()["task_id"]
    until(lambda: task(node, id)["attempts"], "a failed attempt")
    engine.script.fault = None
    done = ended(node, id)
    assert done["status"] == "completed" and done["result"]["response"] == TEXT
    assert done["attempts"][0]["error"] and done["attempts"][0]["attempt"] == 1


def test_commands_of_the_manifest_run_without_a_shell(new_engine, new_node):
    commands = {"greet": {"run": ["printf", "%s|", "{name}", "$HOME"], "env": {"WHO": "{name}"}}, "nap": {"run": "sleep 60"}}
    text = {name: {**c, "run": [w.replace("$", "$$") for w in c["run"]] if isinstance(c["run"], list) else c["run"]} for name, c in commands.items()}
    node = new_node([new_engine()], commands=text).start()
    done = submit(node, {"task_type": "commands", "payload": {"command": "greet", "args": {"name": "a; echo b"}}}).json()
    assert done["status"] == "completed" and done["result"]["output"] == "a; echo b|$HOME|"
    nap = submit(node, {"task_type": "commands", "payload": {"command": "nap"}, "wait": 0}).json()["task_id"]
    until(lambda: task(node, nap)["status"] == "running", "the nap began")
    web.delete(f"{node.gateway}/tasks/{nap}")
    assert node.stop(20) == 0


def test_sigterm_does_not_wait_for_who_waits(new_engine, new_node):
    engine = new_engine("openai")
    engine.script.hold_before = 3
    node = new_node([engine], limits={"drain": "1s"}).start()
    answers = []
    thread = threading.Thread(target=lambda: answers.append(submit(node, HELLO)))
    thread.start()
    assert engine.asked.wait(10)
    assert node.stop(15) == 0
    thread.join(10)
    assert answers[0].status_code == 202
    engine.release()
    after = new_node([engine], state=node.state).start()
    assert ended(after, answers[0].json()["task_id"])["result"]["response"] == TEXT
    assert after.stop() == 0


@pytest.mark.timeout(240)
def test_kill_under_200_tasks_loses_none_and_finishes_each_once(new_engine, new_node, tmp_path):
    engine = new_engine("openai")
    engine.script.delay = 0.01
    state = tmp_path / "state"
    node = new_node([engine], state=state).start()
    keys = [f"key-{number}" for number in range(200)]
    body = lambda key: {"task_type": "llm_inference", "payload": {"message": key, "model": "fake:latest"}, "idempotency_key": key, "wait": 0}
    acknowledged = {}

    def send(to, key):
        try:
            reply = submit(to, body(key))
        except Exception:
            return  # the node was killed before it answered: this one was never acknowledged
        assert reply.status_code in (200, 202), reply.text
        assert acknowledged.setdefault(key, reply.json()["task_id"]) == reply.json()["task_id"]

    for round in range(4):
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            sent = [pool.submit(send, node, key) for key in keys[round * 50 : (round + 1) * 50]]
            until(lambda: len(engine.asks) > round * 40, "tasks are running")
            node.kill()
            for one in sent:
                one.result()
        node = new_node([engine], state=state).start()
    first = dict(acknowledged)
    assert len(first) > 50
    for key in keys:
        send(node, key)
    assert {k: acknowledged[k] for k in first} == first and len(set(acknowledged.values())) == 200
    counts = lambda: web.get(node.gateway + "/tasks?limit=1").json()["counts"]
    until(lambda: counts()["completed"] == 200, "all 200 completed", 120)
    assert {k: v for k, v in counts().items() if v} == {"completed": 200}
    for id in acknowledged.values():
        assert task(node, id)["result"]["response"] == TEXT
    # Each was asked for at least once, and nothing goes on behind.
    assert {ask.json["messages"][0]["content"] for ask in engine.asks} == set(keys)
    asked = len(engine.asks)
    time.sleep(1)
    assert len(engine.asks) == asked
    assert node.stop() == 0


@pytest.mark.timeout(240)
def test_batch_of_ten_thousand_is_taken_at_once(new_engine, new_node):
    node = new_node([new_engine()], tasks={"concurrency": 1}).start()
    batch = {"tasks": [{**HELLO, "idempotency_key": f"k{n}", "deadline": 3600} for n in range(10_000)]}
    start = time.monotonic()
    reply = submit(node, batch)
    seconds = time.monotonic() - start
    assert reply.status_code == 202 and len({t["task_id"] for t in reply.json()["tasks"]}) == 10_000
    assert seconds < 30, f"{seconds:.1f} s"
    again = submit(node, batch).json()["tasks"]
    assert [t["task_id"] for t in again] == [t["task_id"] for t in reply.json()["tasks"]]
    assert web.get(node.gateway + "/tasks/active?limit=1").json()["counts"]["queued"] > 9_000
    node.kill()
