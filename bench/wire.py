"""A client that hides nothing: it tells whether an answer came whole, in which pieces of time, and what was in it."""

import asyncio
import dataclasses
import json
import time


@dataclasses.dataclass
class Reply:
    status: int = 0
    headers: dict = dataclasses.field(default_factory=dict)
    body: bytes = b""
    # False when the connection ended, or fell silent for too long, before the answer did.
    whole: bool = False
    # The longest wait for something to come, in seconds.
    silence: float = 0.0
    trouble: str = ""

    @property
    def json(self):
        try:
            return json.loads(self.body)
        except ValueError:
            return None

    @property
    def error(self):
        return self.trouble or f"status {self.status}: {self.body[:200].decode(errors='replace')}"


async def ask(port, path, body=None, headers=None, method=None, limit=30.0):
    """One request on a connection of its own; `limit`: seconds of silence until the client gives up. Never raises for the network."""
    data = b"" if body is None else json.dumps(body).encode()
    fields = {"Host": f"127.0.0.1:{port}", "Connection": "close", "Content-Length": len(data)} | (headers or {})
    fields |= {"Content-Type": "application/json"} if data else {}
    head = f"{method or ('POST' if data else 'GET')} {path} HTTP/1.1\r\n" + "".join(f"{k}: {v}\r\n" for k, v in fields.items())
    reply, writer = Reply(), None
    try:
        reader, writer = await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), 10)
        writer.write(f"{head}\r\n".encode() + data)
        await _Reading(reader, reply, limit).all()
        reply.whole = True
    except TimeoutError:
        reply.trouble = f"silent for {limit:g} s"
    except (OSError, asyncio.IncompleteReadError, ValueError) as error:
        reply.trouble = f"connection broke: {error or type(error).__name__}"
    finally:
        if writer:
            writer.transport.abort()
    return reply


class _Reading:
    def __init__(self, reader, reply, limit):
        self.reader, self.reply, self.limit = reader, reply, limit

    async def all(self):
        lines = (await self._next(self.reader.readuntil(b"\r\n\r\n"))).decode("latin-1").split("\r\n")
        self.reply.status = int(lines[0].split(" ", 2)[1])
        self.reply.headers = {k.strip().lower(): v.strip() for k, _, v in (line.partition(":") for line in lines[1:] if line)}
        if self.reply.headers.get("transfer-encoding", "").lower() != "chunked":
            self.reply.body = await self._next(self.reader.readexactly(int(self.reply.headers.get("content-length", 0))))
            return
        while size := int((await self._next(self.reader.readuntil(b"\r\n"))).split(b";")[0], 16):
            self.reply.body += (await self._next(self.reader.readexactly(size + 2)))[:-2]
        await self._next(self.reader.readuntil(b"\r\n"))

    async def _next(self, reading):
        began = time.monotonic()
        try:
            return await asyncio.wait_for(reading, self.limit)
        finally:
            self.reply.silence = max(self.reply.silence, time.monotonic() - began)
