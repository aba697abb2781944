"""Bodies of 100 MB pass through a node without passing through its memory."""

import hashlib
import json
import pathlib
import socket
import threading

import httpx

from node import until

SIZE = 100 * 1024 * 1024 - 4096


def peak(node):
    """The most memory that the node's process has ever had, in MB."""
    status = pathlib.Path(f"/proc/{node.process.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def body(image):
    return json.dumps({"messages": [{"role": "user", "content": "what is this?", "images": [image]}], "stream": False, "model": "fake"}).encode()


def test_four_bodies_of_100_mb_at_once_do_not_fill_the_memory(new_engine, new_node):
    engine = new_engine("ollama")
    node = new_node([engine], limits={"body": "100MB"}).start()
    assert httpx.post(node.gateway + "/api/chat", content=body("aGk="), timeout=60).status_code == 200
    before = peak(node)
    large = body("QUJD" * (SIZE // 4))
    replies = []
    threads = [threading.Thread(target=lambda: replies.append(httpx.post(node.gateway + "/api/chat", content=large, timeout=120))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(150)
    assert [reply.status_code for reply in replies] == [200] * 4
    # The engine knows its model as 'fake:latest'.
    wanted = large.replace(b'"model": "fake"', b'"model": "fake:latest"')
    digests = {hashlib.sha256(seen.body).hexdigest() for seen in engine.asks[1:]}
    assert digests == {hashlib.sha256(wanted).hexdigest()} and len(engine.asks) == 5
    # What is mapped counts while it is read; what a process owns does not grow.
    owned = int(pathlib.Path(f"/proc/{node.process.pid}/status").read_text().partition("RssAnon:")[2].split()[0]) // 1024
    assert owned < before + 64, f"{owned} MB after, {before} MB before"
    assert list(pathlib.Path(node.state).glob("body-*")) == []
    assert node.stop() == 0


def test_a_client_that_leaves_in_the_middle_leaves_nothing(new_engine, new_node):
    node = new_node([new_engine("ollama")]).start()
    host, port = node.gateway.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as client:
        client.sendall(b"POST /api/chat HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50000000\r\n\r\n{" + b" " * 8_000_000)
        until(lambda: files(node), "the body lies in a file")
    until(lambda: not files(node), "the file is gone")
    assert node.get("/health").status_code == 200
    assert node.stop() == 0


def files(node):
    """Files without a name that the node has open."""
    links = []
    for link in pathlib.Path(f"/proc/{node.process.pid}/fd").iterdir():
        try:
            links.append(str(link.readlink()))
        except OSError:
            pass
    return [link for link in links if "/body-" in link]
