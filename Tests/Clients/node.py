"""Starts the built binary as a user would, and stops it."""

import json
import os
import pathlib
import select
import signal
import subprocess
import time

import httpx
import pytest


# One client for all: making one reads all certificates of the system. No connection is kept, so that none holds up a node's end.
web = httpx.Client(timeout=10, limits=httpx.Limits(max_keepalive_connections=0))


def binary():
    path = os.environ.get("AURORA_BINARY")
    if not path or not os.access(path, os.X_OK):
        pytest.fail("set AURORA_BINARY to the built binary, for example .build/debug/aurora", pytrace=False)
    return str(pathlib.Path(path).resolve())


def until(condition, what, seconds=10):
    """The condition's first true value; fails with `what` when the time is over."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            pytest.fail(f"not within {seconds} s: {what}")
        time.sleep(0.02)


def environment():
    """The caller's, without what would change the node's behaviour."""
    return {k: v for k, v in os.environ.items() if not k.startswith("AURORA_") and k not in ("OLLAMA_HOST", "OPENAI_API_KEY")}


def manifest(engines=(), **more):
    """A manifest on free ports; JSON is YAML too. Several engines get the names fake, fake2, …"""
    named = {}
    for number, engine in enumerate(engines):
        named[f"fake{number + 1}" if number else "fake"] = {"kind": engine.kind, "url": engine.url}
    whole = {"mesh": "tests", "ports": {"gateway": 0, "chat": 0, "console": 0}, "discovery": {"loopback": False, "local_engine": "off"}}
    if named:
        whole["engines"] = named
    return json.dumps(whole | more)


class Node:
    def __init__(self, folder, text, state=None):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.file = self.folder / "aurora.yml"
        self.file.write_text(text)
        self.state = pathlib.Path(state or self.folder / "state")
        self.log = self.folder / "node.log"
        self.process = None

    def launch(self):
        self.process = subprocess.Popen(
            [binary(), "up", "--state", self.state, "--manifest", self.file, "--json"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=self.log.open("ab"),
            env=environment(),
            cwd=self.folder,
            start_new_session=True,
        )
        return self

    def start(self, ready=True, seconds=30, token=None):
        self.launch()
        event = self._first_line(seconds)
        self.gateway, self.chat, self.console, self.socket = (event[k] for k in ("gateway", "chat", "console", "socket"))
        if ready:
            self.wait_ready(seconds, token)
        return self

    def wait_ready(self, seconds=30, token=None):
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        until(lambda: self.get("/ready", headers=headers).status_code == 200, f"{self.gateway}/ready\n{self.log_tail()}", seconds)

    def get(self, path, base=None, **more):
        return web.get((base or self.gateway) + path, **more)

    def stop(self, seconds=45):
        """Asks it to end and returns its exit code."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.wait(seconds)

    def wait(self, seconds=45):
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.kill()
            pytest.fail(f"the node did not end within {seconds} s\n{self.log_tail()}")

    def kill(self):
        if self.process and self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)

    def alive(self):
        return self.process.poll() is None

    def last_words(self):
        """All that an ended node said, on both channels."""
        return self.process.stdout.read().decode(errors="replace") + self.log.read_text(errors="replace")

    def log_tail(self):
        return self.log.read_text(errors="replace")[-3000:] if self.log.exists() else ""

    def _first_line(self, seconds):
        if not select.select([self.process.stdout], [], [], seconds)[0]:
            self.kill()
            pytest.fail(f"'aurora up' said nothing within {seconds} s\n{self.log_tail()}")
        line = self.process.stdout.readline()
        try:
            event = json.loads(line)
        except ValueError:
            self.kill()
            pytest.fail(f"'aurora up --json' said {line!r}\n{self.log_tail()}")
        assert event["event"] == "ready", event
        return event
