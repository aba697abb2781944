"""A thousand malformed requests at each port: refused, never a 5xx, never a crash."""

import json
import random
import re
import socket
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest

from fake_engine import TEXT
from node import web

PATHS = [
    "/",
    "/api/chat",
    "/api/generate",
    "/api/embed",
    "/api/show",
    "/v1/chat/completions",
    "/v1/completions",
    "/v1/embeddings",
    "/api/conversations",
    "/api/conversations/x",
    "/api/tokens",
    "/api/tokens/x",
    "/ws/me",
    "/v1/models/x",
    "/health",
    "/nothing",
]
METHODS = ["POST", "POST", "POST", "GET", "PUT", "DELETE", "PATCH", "BREW", "get", "", "P\x00ST"]
GOOD = {"model": "fake:latest", "messages": [{"role": "user", "content": "hello"}], "message": "hello", "prompt": "hello", "input": "hello"}
WRONG = [None, True, -1, 10**400, 1e308, "", "\x00", "x" * 5000, [], {}, [[]], {"a": {"b": None}}, "../../etc/passwd", "💥", "\ud800"]


def bodies(chance):
    """One body, mostly wrong in one of many ways."""
    good = json.dumps(GOOD).encode()
    kind = chance.randrange(9)
    if kind == 0:
        return good[: chance.randrange(len(good))]
    if kind == 1:
        data = bytearray(good)
        for _ in range(chance.randrange(1, 6)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        return bytes(data)
    if kind == 2:
        return chance.randbytes(chance.randrange(300))
    if kind == 3:
        depth = chance.choice([200, 5000, 100_000])
        return b'{"messages":' + b"[" * depth + b"]" * chance.choice([0, depth]) + b"}"
    if kind == 4:
        return json.dumps(GOOD | {chance.choice(list(GOOD)): chance.choice(WRONG)}).encode()
    if kind == 5:
        return json.dumps(
            {k: v for k, v in GOOD.items() if chance.random() < 0.5} | {"stream": chance.choice(WRONG), "options": chance.choice(WRONG)}
        ).encode()
    if kind == 6:
        return json.dumps(chance.choice(WRONG)).encode()
    if kind == 7:
        return good + chance.choice([b"}", b"\x00", b"{}", b",", b"\xff\xfe", good])
    return good.decode().encode("utf-16")


def whole(chance):
    """A request that parses, with a body that may not."""
    body, method, path = bodies(chance), chance.choice(["POST", "POST", "POST", "PUT", "PATCH", "DELETE"]), chance.choice(PATHS)
    head = f"{method} {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    return head.encode() + body


def broken(chance):
    """A request that is wrong before its body."""
    path = chance.choice(PATHS)
    return chance.choice(
        [
            lambda: chance.randbytes(chance.randrange(1, 400)),
            lambda: b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + chance.randbytes(100),
            lambda: b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            lambda: f"{chance.choice(METHODS)} {path} HTTP/{chance.choice(['1.1', '1.0', '9.9', 'x', ''])}\r\nHost: a\r\n\r\n".encode(
                "latin-1"
            ),
            lambda: f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {chance.choice(['-1', 'x', '1, 2', '99999999999999999999', ''])}\r\n\r\nab".encode(),
            lambda: f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd".encode(),
            lambda: f"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".encode(),
            lambda: f"POST {path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n{chance.choice(['zz', '-1', 'fffffffffffffffff', '5', ''])}\r\nabc".encode(),
            lambda: f"GET {path} HTTP/1.1\r\nHost: a\r\n{'X: ' + 'y' * 100_000}\r\n\r\n".encode(),
            lambda: f"GET {path} HTTP/1.1\r\nHost: a\r\n{chr(13).join('X%d: y' % n for n in range(5000))}\r\n\r\n".encode(),
            lambda: f"GET /{'a' * 200_000} HTTP/1.1\r\nHost: a\r\n\r\n".encode(),
            lambda: f"GET {path}{chance.choice(['%', '%zz', '%00', '/../..', '?' + '&' * 2000, '#', '//', '?limit=-1&before=%ff'])} HTTP/1.1\r\nHost: a\r\n\r\n".encode(),
            lambda: f"GET {path} HTTP/1.1\r\nNo colon here\r\n: empty\r\nHost : a\r\n\r\n".encode(),
            lambda: f"GET {path} HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: {chance.choice(['', 'x', 'x' * 999])}\r\nSec-WebSocket-Version: {chance.choice(['13', '1', 'x'])}\r\n\r\n".encode()
            + chance.randbytes(60),
            lambda: f"GET {path}\r\n".encode(),
        ]
    )()


def exchange(base, data, whole_answer):
    """What comes back until the peer closes; of an answer that need not come, the first piece, for which half a second is enough."""
    host, port = base.removeprefix("http://").split(":")
    answer = b""
    with socket.create_connection((host, int(port)), 20) as connection:
        try:
            connection.sendall(data)
            connection.settimeout(30 if whole_answer else 0.5)
            while piece := connection.recv(65536):
                answer += piece
                if not whole_answer:
                    break
        except ConnectionError:
            pass  # cut off while it was still being sent
        except TimeoutError:
            pass  # the node waits for the rest of the request
    return answer


def statuses(answer):
    return [int(s) for s in re.findall(rb"(?:^|\r\n)HTTP/1\.1 (\d{3})", answer)]


@pytest.mark.timeout(400)
@pytest.mark.parametrize("port", ["gateway", "chat", "console"])
def test_a_thousand_malformed_requests_are_refused(node, engine, port):
    base, process = getattr(node, port), node.process.pid
    chance = random.Random(f"aurora {port}")
    requests = [(broken(chance), False) if number % 3 == 0 else (whole(chance), True) for number in range(1000)]
    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda request: exchange(base, *request), requests))
    for (data, parses), answer in zip(requests, answers, strict=True):
        assert all(status < 500 for status in statuses(answer)), (data[:400], answer[:400])
        # One that parses is answered, whatever its body is.
        assert not parses or len(statuses(answer)) == 1, (data[:400], answer[:400])
    assert node.alive() and node.process.pid == process, node.log_tail()
    refused = [status for answer in answers for status in statuses(answer) if status >= 400]
    assert len(refused) > 500, Counter(refused)
    assert node.get("/health", base).status_code == 200
    good = web.post(node.gateway + "/v1/chat/completions", json={"model": "fake:latest", "messages": GOOD["messages"]})
    assert good.json()["choices"][0]["message"]["content"] == TEXT


def test_slow_and_idle_connections_do_not_stop_others(node, engine):
    host, port = node.gateway.removeprefix("http://").split(":")
    idle = [socket.create_connection((host, int(port)), 10) for _ in range(200)]
    try:
        for connection in idle[::2]:
            connection.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\nContent-Le")
        assert node.get("/health").status_code == 200
    finally:
        for connection in idle:
            connection.close()
