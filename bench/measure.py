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

from processes import HERE, OTHER_CORES

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


def requests(target, connections, seconds):
    """wrk against /v1/chat/completions."""
    url = f"http://127.0.0.1:{target.port}/v1/chat/completions"
    cores = ",".join(map(str, OTHER_CORES))
    options = ["-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(HERE / "load.lua")]
    with Watch(target.pids) as watch:
        out = subprocess.run(["taskset", "-c", cores, "wrk", *options, url], capture_output=True, text=True, timeout=seconds + 90)
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


def streams(target, connections, chunks, interval_us):
    """Reads `connections` streams at once, each to its end, and counts every chunk."""
    message = {"role": "user", "content": f"stream {chunks} {interval_us}"}
    body = json.dumps({"model": "bench", "messages": [message], "stream": True})
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    with Watch(target.pids) as watch:
        ends = _read_all(target.port, (head + body).encode(), connections)
    total = sum(counted for counted, _ in ends)
    lost = sum(counted != chunks or not done for counted, done in ends)
    return {"chunks": total, "errors": lost, "cpu_us": watch.cpu * 1e6 / max(1, total), "rss_mb": watch.peak_mb}


class _Stream:
    """Counts the tokens that one connection brings, and whether it says that it is done."""

    def __init__(self):
        self.tokens, self.done, self.rest = 0, False, b""

    def take(self, data):
        buffer = self.rest + data
        cut = buffer.rfind(b"\n\n") + 2
        # A proxy may cut the body into HTTP chunks anywhere, so their heads are taken out first.
        text = re.sub(rb"\r\n[0-9a-fA-F]+\r\n", b"", buffer[:cut]) if cut >= 2 else b""
        self.rest = buffer[cut:] if cut >= 2 else buffer
        self.tokens += text.count(b" token")
        self.done = self.done or b"[DONE]" in text


def _read_all(port, ask, connections, silence=30):
    """(tokens, whether it ended well) of each connection."""
    chooser, streams = selectors.DefaultSelector(), [_Stream() for _ in range(connections)]
    for stream in streams:
        connection = socket.create_connection(("127.0.0.1", port), 10)
        connection.sendall(ask)
        connection.setblocking(False)
        chooser.register(connection, selectors.EVENT_READ, stream)
    while chooser.get_map():
        ready = chooser.select(silence)
        if not ready:
            sys.exit(f"a stream fell silent for {silence} s")
        for key, _ in ready:
            data, stream = key.fileobj.recv(1 << 18), key.data
            if not stream.tokens and not b"HTTP/1.1 200".startswith((stream.rest + data)[:12]) and data:
                sys.exit(f"a stream began with {(stream.rest + data)[:500]!r}")
            stream.take(data)
            if not data or data.endswith(b"0\r\n\r\n"):
                chooser.unregister(key.fileobj)
                key.fileobj.close()
    return [(stream.tokens, stream.done) for stream in streams]
