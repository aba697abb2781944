"""Several nodes on one machine: they learn of one another, serve one another's models, and survive one another's death."""

import time

import pytest

from node import Node, environment, manifest, until, web

TOKEN = "node-token-0123456789"
CHAT = {"model": "far:latest", "messages": [{"role": "user", "content": "hello"}]}


@pytest.fixture
def new_peer(tmp_path, monkeypatch):
    """Makes named nodes of one mesh that are gone when the test ends."""
    nodes = []

    def make(name, engines=(), join=None, token=TOKEN, **more):
        monkeypatch.setattr("node.environment", lambda: environment() | variables(name, join, token))
        whole = {"node_token": "${AURORA_NODE_TOKEN}"} | more if token else more
        nodes.append(Node(tmp_path / name, manifest(engines, **whole)))
        return nodes[-1]

    yield make
    for node in nodes:
        node.kill()


def variables(name, join, token):
    found = {"AURORA_NODE": name}
    if token:
        found["AURORA_NODE_TOKEN"] = token
    if join:
        found["AURORA_JOIN"] = join
    return found


def overview(node):
    reply = web.get(node.console + "/api/mesh/peers", headers={"Authorization": f"Bearer {TOKEN}"})
    assert reply.status_code == 200, reply.text
    return reply.json()


def peer(node, name):
    return next((p for p in overview(node)["peers"] if p["node"] == name), {"state": "unknown"})


def models(node):
    return {m["id"] for m in node.get("/v1/models").json()["data"]}


def seconds_until(condition, what):
    start = time.monotonic()
    until(condition, what, 10)
    return time.monotonic() - start


def joined_pair(new_engine, new_peer):
    """A coordinator without engines and a pod that has joined it with one."""
    engine = new_engine("openai", models=["far:latest"])
    lead = new_peer("lead").start(ready=False)
    pod = new_peer("pod", [engine], join=lead.console).start()
    until(lambda: peer(lead, "pod")["state"] == "up", f"the pod up\n{lead.log_tail()}\n{pod.log_tail()}")
    return engine, lead, pod


def test_a_pod_that_dials_out_is_a_peer_and_gone_within_two_seconds_of_its_death(new_engine, new_peer):
    _, lead, pod = joined_pair(new_engine, new_peer)
    told = peer(lead, "pod")
    assert told["way"] == "tunnel" and told["round_trip_seconds"] < 1
    assert overview(pod)["joins"][0]["state"] == "joined"
    sockets = sorted(p.name for p in (lead.state / "tunnels").iterdir())
    assert sockets == ["pod-api.sock", "pod-gateway.sock"]
    assert all(p.stat().st_mode & 0o077 == 0 for p in (lead.state / "tunnels").iterdir())
    pod.kill()
    assert seconds_until(lambda: peer(lead, "pod")["state"] != "up", "the pod gone") < 2
    assert lead.stop() == 0


def test_a_pod_comes_back_to_a_coordinator_that_was_killed(new_engine, new_peer):
    engine = new_engine("openai", models=["far:latest"])
    lead = new_peer("lead").start(ready=False)
    port = int(lead.console.rsplit(":", 1)[1])
    pod = new_peer("pod", [engine], join=lead.console).start()
    until(lambda: peer(lead, "pod")["state"] == "up", "the pod up")
    lead.kill()
    until(lambda: overview(pod)["joins"][0]["state"] == "unreachable", "the pod without a coordinator")
    assert pod.get("/v1/models").status_code == 200
    again = new_peer("lead", ports={"gateway": 0, "chat": 0, "console": port}).start(ready=False)
    until(lambda: peer(again, "pod")["state"] == "up", f"the pod back\n{pod.log_tail()}", 20)
    assert pod.stop() == 0 and again.stop() == 0


def test_a_wrong_token_is_refused_and_the_pod_says_why(new_engine, new_peer):
    lead = new_peer("lead").start(ready=False)
    pod = new_peer("pod", [new_engine()], join=lead.console, token="another-token-0123").start()
    until(lambda: "nodes join this one with a token" in pod.log_tail(), f"the reason in the log\n{pod.log_tail()}")
    assert peer(lead, "pod")["state"] == "unknown"
    assert pod.get("/health").status_code == 200


def test_a_second_machine_of_the_same_name_is_refused(new_engine, new_peer):
    _, lead, pod = joined_pair(new_engine, new_peer)
    other = new_peer("pod2", [new_engine()], join=lead.console)
    other_environment = environment() | variables("pod", lead.console, TOKEN)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("node.environment", lambda: other_environment)
        other.start()
    until(lambda: "another machine has joined as 'pod'" in other.log_tail(), f"the refusal\n{other.log_tail()}")
    assert peer(lead, "pod")["state"] == "up"


def test_joining_over_plain_http_to_a_public_host_is_refused(new_peer):
    node = new_peer("pod", join="http://lead.example.com:8004").launch()
    assert node.wait(20) == 3
    assert "plain HTTP to a public host" in node.last_words()


# Below: what needs a router that sends requests to other nodes.


def test_the_coordinator_answers_with_the_pods_models(new_engine, new_peer):
    engine, lead, pod = joined_pair(new_engine, new_peer)
    until(lambda: "far:latest" in models(lead), "the pod's model on the coordinator")
    reply = web.post(lead.gateway + "/v1/chat/completions", json=CHAT, timeout=20)
    assert reply.status_code == 200 and reply.json()["choices"][0]["message"]["content"]
    assert reply.headers["x-aurora-worker"] == "pod/fake"
    engine.script.hold_before = 3
    with web.stream("POST", lead.gateway + "/v1/chat/completions", json=CHAT | {"stream": True}, timeout=20) as stream:
        assert next(line for line in stream.iter_lines() if "Hello" in line)
        engine.release()
    assert lead.stop() == 0 and pod.stop() == 0


def test_either_of_two_nodes_survives_the_death_of_the_other(new_engine, new_peer):
    near, far = new_engine("openai", models=["near:latest"]), new_engine("openai", models=["far:latest"])
    pod = new_peer("pod", [far]).start()
    nodes = {"lead": {"role": "lead"}, "pod": {"role": "gpu", "url": pod.console}}
    lead = new_peer("lead", [near], nodes=nodes).start()
    until(lambda: {"near:latest", "far:latest"} <= models(lead), f"both models\n{lead.log_tail()}")
    pod.kill()
    assert seconds_until(lambda: models(lead) == {"near:latest"}, "the pod's model gone") < 2.5
    reply = web.post(lead.gateway + "/v1/chat/completions", json=CHAT | {"model": "near:latest"}, timeout=20)
    assert reply.status_code == 200
    port = int(pod.console.rsplit(":", 1)[1])
    again = new_peer("pod", [far], ports={"gateway": 0, "chat": 0, "console": port}).start()
    assert seconds_until(lambda: "far:latest" in models(lead), "the pod's model back") < 2.5
    lead.kill()
    assert web.post(again.gateway + "/v1/chat/completions", json=CHAT, timeout=20).status_code == 200
    assert again.stop() == 0


def test_a_request_goes_one_hop_only(new_engine, new_peer):
    _, lead, _ = joined_pair(new_engine, new_peer)
    until(lambda: "far:latest" in models(lead), "the pod's model on the coordinator")
    reply = web.post(lead.gateway + "/v1/chat/completions", json=CHAT, headers={"X-Aurora-Hop": "1"}, timeout=20)
    assert reply.status_code in (404, 503), reply.text


def steer(node, name, drain):
    reply = web.post(node.console + "/api/mesh/drain", json={"node": name, "drain": drain}, headers={"Authorization": f"Bearer {TOKEN}"})
    assert reply.status_code == 200, reply.text
    return reply.json()["message"]


def is_draining(node, name):
    view = web.get(node.console + "/api/mesh", headers={"Authorization": f"Bearer {TOKEN}"}).json()
    return next(n["status"] for n in view["nodes"] if n["name"] == name) == "draining"


def test_a_node_drained_from_elsewhere_is_told_and_tells_all(new_engine, new_peer):
    _, lead, pod = joined_pair(new_engine, new_peer)
    assert "from any node" in steer(lead, "pod", True)
    assert is_draining(pod, "pod")
    until(lambda: is_draining(lead, "pod"), "the coordinator hears of it")
    assert "requests again" in steer(lead, "pod", False)
    assert not is_draining(pod, "pod")
    until(lambda: not is_draining(lead, "pod"), "the coordinator hears of it")
    pod.kill()
    until(lambda: peer(lead, "pod")["state"] != "up", "the pod gone")
    assert "cannot be told now" in steer(lead, "pod", True)
    assert lead.stop() == 0
