"""The processes of a run, each in its place, and their end."""

import http.client
import json
import os
import pathlib
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
ALL_CORES = sorted(os.sched_getaffinity(0))
# What is measured has a core of its own; whoever asks and whoever answers share the others.
PROXY_CORE, OTHER_CORES = ALL_CORES[:1], ALL_CORES[1:] or ALL_CORES


def default_binary():
    return os.environ.get("AURORA_BINARY", ROOT / ".build/release/aurora")


def check_tools(binary, tools):
    missing = [tool for tool in tools if not shutil.which(tool)]
    missing += [] if os.access(NGINX, os.X_OK) else ["nginx"]
    if missing:
        sys.exit(f"missing: {', '.join(missing)}\n  fix: scripts/bootstrap.sh --bench")
    check_binary(binary)


def check_binary(binary):
    if not os.access(binary, os.X_OK):
        sys.exit(f"no binary at '{binary}'\n  fix: make release, or name one with --binary")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Processes:
    """Starts programs with a log each and ends all of them."""

    def __init__(self, folder):
        self.folder, self.started = pathlib.Path(folder), []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in self.started:
            end(process)
        for process in self.started:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait(5)

    def spawn(self, command, cores=(), log=None, **more):
        """`cores`: where it may run; none: anywhere."""
        pinned = ["taskset", "-c", ",".join(map(str, cores))] if cores else []
        self.log = self.folder / f"{log or pathlib.Path(command[0]).name}-{len(self.started)}.log"
        with self.log.open("wb") as out:
            options = {"stdin": subprocess.DEVNULL, "stdout": out, "stderr": out} | more
            self.started.append(subprocess.Popen([*pinned, *map(str, command)], **options))
        return self.started[-1]

    def aurora(self, binary, manifest, cores=(), seconds=60):
        """A node; returns its process and what it said when it was ready."""
        folder = self.folder / f"node{len(self.started)}"
        folder.mkdir()
        file = folder / "aurora.yml"
        ports, discovery = {"gateway": 0, "chat": 0, "console": 0}, {"loopback": False, "local_engine": "off"}
        file.write_text(json.dumps({"mesh": "bench", "ports": ports, "discovery": discovery} | manifest))
        command = [pathlib.Path(binary).resolve(), "up", "--state", folder / "state", "--manifest", file, "--json"]
        environment = {k: v for k, v in os.environ.items() if not k.startswith("AURORA_") and k != "OLLAMA_HOST"}
        process = self.spawn(command, cores, "aurora", stdout=subprocess.PIPE, env=environment)
        if not select.select([process.stdout], [], [], seconds)[0]:
            sys.exit(f"'aurora up' said nothing within {seconds} s: {self.log.read_text()[-2000:]}")
        line = process.stdout.readline()
        if not line:
            sys.exit(f"'aurora up' ended: {self.log.read_text()[-2000:]}")
        return process, json.loads(line)


def end(process):
    """Asks a process to end; one that was stopped is continued so that it can."""
    if process.poll() is None:
        process.send_signal(signal.SIGCONT)
        process.terminate()


def tree(pid):
    """A process and all that it started."""
    try:
        direct = [int(p) for p in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return [pid] + [inner for child in direct for inner in tree(child)]


def compiled(name):
    """A C program of this folder, built when it is older than its source."""
    built, source = HERE / "build" / name, HERE / f"{name}.c"
    if not built.exists() or built.stat().st_mtime < source.stat().st_mtime:
        built.parent.mkdir(exist_ok=True)
        subprocess.run(["gcc", "-O2", "-Wall", "-o", built, source], check=True)
    return built


def until(condition, what, seconds=20):
    """The condition's first true value; ends the run with `what` when the time is over."""
    limit = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > limit:
            sys.exit(f"not within {seconds} s: {what}")
        time.sleep(0.05)


def get(port, path, timeout=5):
    """A JSON answer of a local server, True for another answer, None while there is none."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=timeout) as reply:
            body = reply.read()
    except (OSError, http.client.HTTPException):
        return None
    try:
        return json.loads(body) or True
    except ValueError:
        return True
