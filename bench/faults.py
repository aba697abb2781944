"""Three workers, of which one at a time is killed, hung or restarted."""

import asyncio
import collections
import os
import signal
import subprocess
import sys
import time

from processes import HERE, free_port
from wire import ask


class Worker:
    def __init__(self, name, kind, journal, log, pace=0.03):
        self.name, self.kind, self.port, self.process, self.log = name, kind, free_port(), None, log
        options = ["--port", self.port, "--kind", kind, "--slots", 8, "--pace", pace, "--journal", journal]
        self.command = [sys.executable, HERE / "engine.py", *options]

    def start(self):
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(list(map(str, self.command)), stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def send(self, number):
        os.kill(self.process.pid, number)

    def end(self, number=signal.SIGKILL):
        if self.process and self.process.poll() is None:
            self.send(number)
        if self.process:
            self.process.wait(10)


class Faults:
    """Breaks one worker at a time, so that two others always have the model."""

    def __init__(self, workers, console, chance):
        self.workers, self.console, self.chance = workers, console, chance
        self.done, self.history, self.back = collections.Counter(), [], []

    async def run(self, until):
        """Fault after fault until the time is over; at the end all workers are well."""
        kinds = {"killed": self._killed, "hung": self._hung, "restarted": self._restarted}
        order = []
        while time.monotonic() < until:
            order = order or self.chance.sample(sorted(kinds), len(kinds))
            worker, kind = self.chance.choice(self.workers), order.pop()
            began = time.monotonic()
            await kinds[kind](worker)
            well = time.monotonic()
            self.history.append((began, well, f"{worker.name} {kind}"))
            self.done[kind] += 1
            self.back.append(await self._all_up() - well)
            await asyncio.sleep(self.chance.uniform(0.5, 1.5))

    def at(self, began, ended):
        """What was done to workers while a request ran."""
        hits = [f"{what} at {start - began:+.1f} s" for start, end, what in self.history if start < ended and end > began]
        return ", ".join(hits) or "no worker was ill"

    async def _killed(self, worker):
        worker.end()
        await asyncio.sleep(self.chance.uniform(1, 3))
        worker.start()

    async def _hung(self, worker):
        worker.send(signal.SIGSTOP)
        await asyncio.sleep(self.chance.uniform(3, 7))
        worker.send(signal.SIGCONT)

    async def _restarted(self, worker):
        worker.end(signal.SIGTERM)
        worker.start()

    async def _all_up(self, limit=20):
        """When the node says that all workers are up."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            reply = await ask(self.console, "/api/status", limit=5)
            engines = (reply.json or {}).get("engines", [])
            if sum(engine.get("state") == "up" for engine in engines) >= len(self.workers):
                break
            await asyncio.sleep(0.05)
        return time.monotonic()
