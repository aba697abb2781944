"""Services as processes of the node: the verbs, logs, restarts, and what is left after kill -9."""

import json
import os
import pathlib
import signal
import subprocess

import pytest

from node import binary, environment, until, web


def plan(name, script, **more):
    """A service as the manifest has it; `$` is its sign for variables."""
    whole = {
        "command": ["/bin/sh", "-c", script.replace("$", "$$")], "environment": {"KEY": "s3cret"}, "working_dir": "/", "restart": "always",
        "stop_grace_period": "5s",
    }
    return {name: whole | more}


def put(node, *plans):
    """Writes them into the manifest, in place of those that are there."""
    whole = json.loads(node.file.read_text())
    whole["services"] = {name: what for plan in plans for name, what in plan.items()}
    node.file.write_text(json.dumps(whole))


def aurora(node, *arguments, code=0):
    done = subprocess.run(
        [binary(), *arguments, "--state", node.state], capture_output=True, text=True, timeout=60, env=environment())
    assert done.returncode == code, (done.returncode, done.stdout, done.stderr)
    return done.stdout if code == 0 else done.stderr + done.stdout


def services(node):
    return {s["name"]: s for s in node.get("/services", node.console).json()["services"]}


def service(node, name, state="running", **more):
    def look():
        found = services(node).get(name)
        return found if found and found["state"] == state and all(found.get(k) == v for k, v in more.items()) else None

    return until(look, f"{name} is {state} {more}\n{node.log_tail()}")


def alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


TICK = "i=0; while :; do i=$((i+1)); echo tick $i; sleep 0.05; done"


@pytest.fixture
def running(new_node):
    """A node with services; none of them is left when the test ends."""
    nodes = []

    def make(*plans, **more):
        node = new_node(**more)
        put(node, *plans)
        nodes.append(node)
        return node.start(ready=False)

    yield make
    for node in nodes:
        for file in node.state.glob("services/*.run"):
            try:
                os.killpg(json.loads(file.read_text())["pid"], signal.SIGKILL)
            except (OSError, ValueError):
                pass


def test_verbs_of_the_command_line(running):
    node = running(plan("web", TICK), plan("other", "exec sleep 1000"))
    pid = service(node, "web")["pid"]
    table = aurora(node, "ps")
    assert table.splitlines()[0].split() == ["SERVICE", "STATE", "HEALTH", "PID", "UP", "RESTARTS", "PORTS", "NOTE"]
    assert str(pid) in table and "s3cret" not in table
    assert json.loads(aurora(node, "ps", "--json"))["services"][1]["pid"] == pid
    assert aurora(node, "stop", "web") == "web: stopped, is stopped\n"
    assert not alive(pid)
    assert aurora(node, "start", "web").startswith("web: running (pid ")
    before = services(node)["web"]["pid"]
    assert json.loads(aurora(node, "restart", "web", "--json"))["pid"] != before
    assert "there is no service 'wbe'" in aurora(node, "stop", "wbe", code=1)
    assert aurora(node, "logs", "web", "--tail", "1").startswith("tick ")
    assert "'tail' is '-1'" in aurora(node, "logs", "web", "--tail=-1", code=2)
    assert node.stop() == 0


def test_logs_are_followed_as_they_are_written(running):
    node = running(plan("web", TICK))
    service(node, "web")
    follower = subprocess.Popen(
        [binary(), "logs", "web", "-f", "--tail", "2", "--state", node.state], stdout=subprocess.PIPE, text=True, env=environment())
    try:
        numbers = [int(follower.stdout.readline().split()[1]) for _ in range(20)]
        assert numbers == list(range(numbers[0], numbers[0] + 20))
    finally:
        follower.kill()
        follower.wait()
    assert node.stop() == 0


def test_kept_services_are_not_touched(running):
    node = running(keep={"backend": {"kind": "http", "url": "http://127.0.0.1:1"}})
    for verb in ("start", "stop", "restart"):
        words = aurora(node, verb, "backend", code=3)
        assert f"'backend' is kept: it ran before Aurora, which does not {verb} it" in words
        assert web.post(f"{node.console}/services/backend/{verb}").status_code == 409
    assert node.stop() == 0


def test_stop_of_the_node_ends_services_dependants_first(running, tmp_path):
    order = tmp_path / "order"
    end = f"trap 'echo NAME >> {order}; exit 0' TERM; echo ready; while :; do sleep 0.05; done"
    node = running(
        plan("db", end.replace("NAME", "db")), plan("api", end.replace("NAME", "api"), depends_on=["db"]),
        plan("web", end.replace("NAME", "web"), depends_on=["api"]))
    pids = [service(node, name)["pid"] for name in ("db", "api", "web")]
    for name in ("db", "api", "web"):
        until(lambda: "ready" in (node.state / "services" / f"{name}.log").read_text(), f"{name} has set its trap")
    assert node.stop() == 0
    assert order.read_text().split() == ["web", "api", "db"]
    assert not any(map(alive, pids))
    assert not list(node.state.glob("services/*.run"))


def test_after_kill_of_the_node_the_same_processes_are_taken_over(running, tmp_path):
    starts = tmp_path / "starts"
    node = running(plan("web", f"echo $$ >> {starts}; {TICK}"), plan("gone", "exec sleep 1000"), plan("changed", "exec sleep 1000"))
    before = {name: service(node, name)["pid"] for name in ("web", "gone", "changed")}
    record = node.state / "services" / "web.run"
    assert record.stat().st_mode & 0o777 == 0o600 and "s3cret" not in record.read_text()
    node.kill()
    assert all(map(alive, before.values()))
    log = node.state / "services" / "web.log"
    lines = len(log.read_text().splitlines())
    until(lambda: len(log.read_text().splitlines()) > lines + 3, "the log goes on without the node")

    put(node, plan("web", f"echo $$ >> {starts}; {TICK}"), plan("changed", "exec sleep 2000"))
    node.start(ready=False)
    assert service(node, "web")["pid"] == before["web"]
    assert starts.read_text().split() == [str(before["web"])]
    until(lambda: services(node)["changed"].get("pid") not in (None, before["changed"]), "the changed one is another process")
    until(lambda: not alive(before["gone"]) and not alive(before["changed"]), "the old processes are gone")
    assert "gone" not in services(node)
    numbers = [int(line.split()[1]) for line in log.read_text().splitlines() if line.startswith("tick")]
    assert numbers == list(range(1, len(numbers) + 1)), "no line is lost, none comes twice"

    os.kill(before["web"], signal.SIGKILL)
    until(lambda: services(node)["web"].get("pid") not in (None, before["web"]), "the one that was taken over is watched")
    assert node.stop() == 0


def test_killed_again_and_again_a_node_never_has_two_of_a_service(running, tmp_path):
    starts = tmp_path / "starts"
    plans = [plan(f"s{n}", f"echo $$ >> {starts}; exec sleep 1000") for n in range(8)]
    node = running(*plans)
    for _ in range(4):
        node.kill()
        node.start(ready=False)
    found = {name: service(node, name)["pid"] for name in (name for p in plans for name in p)}
    begun = [int(pid) for pid in starts.read_text().split()]
    assert {pid for pid in begun if alive(pid)} == set(found.values())
    assert node.stop() == 0
    assert not any(map(alive, begun))


def test_what_the_operator_stopped_stays_stopped_unless_always(running):
    node = running(plan("always", "exec sleep 1000"), plan("unless", "exec sleep 1000", restart="unless-stopped"))
    for name in ("always", "unless"):
        service(node, name)
        aurora(node, "stop", name)
    assert node.stop() == 0
    node.start(ready=False)
    service(node, "always")
    assert services(node)["unless"]["state"] == "stopped"
    assert node.stop() == 0


def test_reload_takes_new_plans_and_broken_ones_end_nothing(running):
    node = running(plan("a", "exec sleep 1000"))
    pid = service(node, "a")["pid"]
    put(node, {"a": {"command": "sleep 1000", "restart": "sometimes"}})
    reply = web.post(f"{node.console}/services/reload")
    assert reply.status_code == 400 and "services.a.restart is 'sometimes'" in reply.json()["error"]["message"]
    assert services(node)["a"]["pid"] == pid
    put(node, plan("a", "exec sleep 1000"), plan("b", "exec sleep 1000"))
    assert web.post(f"{node.console}/services/reload").status_code == 200
    service(node, "b")
    assert services(node)["a"]["pid"] == pid
    assert node.stop() == 0


def test_crash_loops_are_told_and_counted(running):
    node = running(plan("bad", "echo no database; exit 3"), plan("good", "exec sleep 1000"))
    bad = service(node, "bad", "backing-off")
    assert "ended with exit code 3, its last words: 'no database'" in bad["detail"]
    service(node, "good")
    text = node.get("/metrics").text
    assert 'aurora_service_up{service="good"} 1' in text and 'aurora_service_up{service="bad"} 0' in text
    assert "service 'bad' ended with exit code 3" in node.log_tail()
    assert node.stop() == 0



def test_reading_and_steering_have_their_scopes(new_node):
    node = new_node(tokens=[{"name": n, "scopes": [n], "value": token(n)} for n in ("admin", "read", "mesh")])
    put(node, plan("web", "exec sleep 1000"))
    node.start(ready=False)

    def status(method, path, name=None):
        headers = {"Authorization": f"Bearer {token(name)}"} if name else {}
        return web.request(method, node.console + path, headers=headers).status_code

    until(lambda: status("GET", "/services/web", "read") == 200, "the service is there")
    for path in ("/services", "/services/web", "/services/web/logs"):
        assert [status("GET", path, name) for name in (None, "mesh", "read", "admin")] == [401, 403, 200, 200]
    for path in ("/services/web/restart", "/services/reload"):
        assert [status("POST", path, name) for name in (None, "read", "admin")] == [401, 403, 200]
    assert status("POST", "/services", "admin") == 405
    assert node.stop() == 0


def token(name):
    return f"test-token-{name}-0123456789abcdef"
