"""One measurement at a time: a round of wrk, or a round of streams."""

import json
import os
import pathlib
import re
import selectors
import socket
import subprocess
import sys
import threading

from parts import HERE, OTHER_CORE, pinned

TICK = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pids):
    """User and system time of all threads of these processes."""
    total = 0
    for pid in pids:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICK


def resident_mb(pids):
    pages = sum(int(pathlib.Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in pids)
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


class Watch:
    """CPU spent and the most memory held by some processes while a block runs."""

    def __init__(self, pids):
        self.pids, self.cpu, self.peak_mb = pids, 0.0, 0.0

    def __enter__(self):
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._sample)
        self._before = cpu_seconds(self.pids)
        self._thread.start()
        return self

    def __exit__(self, *_):
        self.cpu = cpu_seconds(self.pids) - self._before
        self._end.set()
        self._thread.join()

    def _sample(self):
        while True:
            self.peak_mb = max(self.peak_mb, resident_mb(self.pids))
            if self._end.wait(0.2):
                return


def requests(port, connections, seconds, pids):
    """wrk against /v1/chat/completions."""
    url = f"http://127.0.0.1:{port}/v1/chat/completions"
    command = [*pinned(OTHER_CORE), "wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(HERE / "load.lua"), url]
    with Watch(pids) as watch:
        out = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 60)
    lines = [line for line in out.stdout.splitlines() if line.startswith("RESULT ")]
    if out.returncode or not lines:
        sys.exit(f"wrk failed: {out.stdout}{out.stderr}")
    result = json.loads(lines[0][7:])
    return {
        "rps": result["requests"] / result["seconds"],
        "p50_ms": result["p50_us"] / 1000,
        "p99_ms": result["p99_us"] / 1000,
        "errors": result["errors"],
        "cpu_us": watch.cpu * 1e6 / max(1, result["requests"]),
        "rss_mb": watch.peak_mb,
    }


def streams(port, model, chunks, connections, pids):
    """Reads `connections` streams at once, each to its end, and counts every chunk."""
    body = json.dumps({"model": model, "messages": [{"role": "user", "content": "go"}], "stream": True})
    ask = (
        f"POST /v1/chat/completions HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n{body}"
    )
    with Watch(pids) as watch:
        counts = _read_all(port, ask.encode(), connections)
    # Each stream carries its chunks, one that ends it, and [DONE].
    lost = sum(count != chunks + 2 for count in counts)
    total = sum(counts)
    return {"chunks": total, "errors": lost, "cpu_us": watch.cpu * 1e6 / max(1, total), "rss_mb": watch.peak_mb}


def _read_all(port, ask, connections, silence=30):
    """How many events each connection brought."""
    chooser, counts, rests = selectors.DefaultSelector(), [0] * connections, [b""] * connections
    for number in range(connections):
        connection = socket.create_connection(("127.0.0.1", port), 10)
        connection.sendall(ask)
        connection.setblocking(False)
        chooser.register(connection, selectors.EVENT_READ, number)
    while chooser.get_map():
        ready = chooser.select(silence)
        if not ready:
            sys.exit(f"a stream fell silent for {silence} s")
        for key, _ in ready:
            data = key.fileobj.recv(1 << 18)
            rest = rests[key.data] + data
            if not counts[key.data] and not b"HTTP/1.1 200".startswith(rest[:12]):
                sys.exit(f"a stream began with {rest[:500]!r}")
            events, rests[key.data] = _events(rest)
            counts[key.data] += events
            if not data or data.endswith(b"0\r\n\r\n"):
                chooser.unregister(key.fileobj)
                key.fileobj.close()
    return counts


def _events(buffer):
    """Whole events in the buffer, and what is left; a proxy may cut the body into HTTP chunks anywhere."""
    cut = buffer.rfind(b"\n\n") + 2
    if cut < 2:
        return 0, buffer
    return re.sub(rb"\r\n[0-9a-fA-F]+\r\n", b"", buffer[:cut]).count(b"data: "), buffer[cut:]
