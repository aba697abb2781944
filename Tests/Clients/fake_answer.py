"""How a fake engine writes its answers: in pieces, held back, cut, or never."""

import asyncio
import json


class Refusal(Exception):
    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


def still_to_come(words, begun):
    """What is left of an answer when the text ends with its beginning, as engines go on with a partial answer, in mid-word too."""
    text, answer = begun if isinstance(begun, str) else "", "".join(words)
    given = next((count for count in range(len(answer), 0, -1) if text.endswith(answer[:count])), 0)
    left, at = [], 0
    for word in words:
        rest, at = word[max(0, given - at) :], at + len(word)
        left += [rest] if rest else []
    # A space is no token of its own: it comes with the next word.
    return [left[0] + left[1], *left[2:]] if len(left) > 1 and left[0].isspace() else left


def partial(messages):
    """The assistant's message at the end, which asks to be continued."""
    return messages[-1].get("content") if messages[-1].get("role") == "assistant" else None


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
        if script.fault == "cut" and number == script.cut_before and self._another_time():
            self.broken = True
            self.writer.transport.abort()
            return
        if script.delay:
            await self._until(asyncio.sleep(script.delay))
        if script.hold_before == number and self._another_time():
            await self._until(self._released())

    def _another_time(self):
        """Whether the script's fault happens once more."""
        times = self.engine.script.times
        try:
            return times is None or times.pop() is not None
        except IndexError:
            return False

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
