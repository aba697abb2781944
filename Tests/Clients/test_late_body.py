"""A body that comes when its request is answered already, as clients send it that put head and body into two packets."""

import json
import socket

import pytest

BODY = json.dumps({"model": "lama", "messages": [{"role": "user", "content": "hello"}]}).encode()


def read_answer(stream):
    """(status, body) of the next answer on a connection."""
    status = int(stream.readline().split()[1])
    length = 0
    while (line := stream.readline().strip()) != b"":
        name, _, value = line.partition(b":")
        length = int(value) if name.lower() == b"content-length" else length
    return status, stream.read(length)


@pytest.mark.parametrize("path", ["/nothing/here", "/v1/nothing"])
def test_body_behind_its_answer_leaves_the_connection_and_the_node_working(node, engine, path):
    host, port = node.gateway.removeprefix("http://").split(":")
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\nContent-Length: {len(BODY)}\r\n\r\n".encode()
    with socket.create_connection((host, int(port)), 10) as connection, connection.makefile("rb") as stream:
        for _ in range(3):
            connection.sendall(head)
            assert read_answer(stream)[0] == 404
            connection.sendall(BODY)
    assert node.get("/health", timeout=5).status_code == 200
