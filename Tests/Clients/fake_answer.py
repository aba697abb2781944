"""How a fake engine writes its answers: in pieces, held back, cut, or never."""

import asyncio
import json


class Refusal(Exception):
    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


class Answer:
    """Writes one answer and notices when its client leaves."""

    def __init__(self, engine, reader, writer):
        self.engine, self.reader, self.writer = engine, reader, writer
        self.broken = False

    async def whole(self, status, body, kind="application/json"):
        if self.broken:
            return
        head = f"HTTP/1.1 {status} Scripted\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        self.writer.write(head.encode() + body)
        await self.writer.drain()

    async def json(self, value, status=200):
        await self.whole(status, json.dumps(value).encode())

    async def stream(self, pieces, kind):
        await self.before_piece(0)
        if self.broken:
            return
        self.writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())
        for number, piece in enumerate(pieces):
            if number:
                await self.before_piece(number)
            if self.broken:
                return
            data = piece.encode()
            self.writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            await self.writer.drain()
        self.writer.write(b"0\r\n\r\n")
        await self.writer.drain()

    async def before_piece(self, number):
        script = self.engine.script
        if self.broken:
            return
        if script.fault == "cut" and number == script.cut_before:
            self.broken = True
            self.writer.transport.abort()
            return
        if script.delay:
            await self._until(asyncio.sleep(script.delay))
        if script.hold_before == number:
            await self._until(self._released())

    async def hang(self):
        await self._until(asyncio.Event().wait())

    async def _released(self):
        released = self.engine._released
        while not released.is_set():
            await asyncio.sleep(0.005)

    async def _until(self, waiting):
        """Waits, unless the client leaves first: it has nothing more to say, so any read that ends means it is gone."""
        wait, left = asyncio.ensure_future(waiting), asyncio.ensure_future(self.reader.read(1))
        await asyncio.wait({wait, left}, return_when=asyncio.FIRST_COMPLETED)
        if not wait.done():
            self.broken = True
            self.engine.client_left.set()
        for task in (wait, left):
            task.cancel()
        await asyncio.gather(wait, left, return_exceptions=True)
