#!/usr/bin/env python3
"""An engine without a model, as a process of its own: one device, slots, a loaded model, and answers that can be checked.

"count 40 as k7:" is answered by the tokens "k7.0", " k7.1", … " k7.39", each with its space before it as real models have it, so a
reader sees every one that is lost, doubled, out of order or another client's. An answer that was begun is continued: a last message of the assistant (or what stands behind the colon of a
prompt) must be the beginning of the right answer, and the engine goes on behind it without repeating, as llama.cpp does.
"""

import argparse
import asyncio
import json
import os
import re
import signal
import time

ASK = re.compile(r"count (\d{1,5}) as ([\w.-]{1,64}):")


class Refusal(Exception):
    def __init__(self, status, message):
        super().__init__(message)
        self.status = status


def answer_to(prompt, partial):
    """The tokens that are still to come, or a refusal when what was begun is not this answer."""
    found = None
    for found in ASK.finditer(prompt):
        pass
    count, key = (int(found[1]), found[2]) if found else (4, "word")
    partial = partial if partial is not None else prompt[found.end() :] if found else ""
    tokens, at = [f"{' ' if number else ''}{key}.{number}" for number in range(count)], 0
    while partial and at < count:
        token = tokens[at]
        if not (token.startswith(partial) or partial.startswith(token)):
            break
        tokens[at] = token[len(partial) :]
        partial = partial[len(token) :]
        at += not tokens[at]
    if partial:
        raise Refusal(400, f"the answer was not begun with '{partial[:60]}' behind token {at} of '{key}'")
    return tokens[at:]


class Device:
    """Holds one model at a time and works on a few requests at once, in the order they came, as Ollama does."""

    def __init__(self, models, loaded, slots, load_seconds):
        self.models, self.loaded, self.slots, self.load_seconds = models, loaded, slots, load_seconds
        self.active = self.loads = self.answered = 0
        self._first = asyncio.Lock()  # held by the head of the line
        self._left = asyncio.Condition()

    async def enter(self, model):
        async with self._first:
            if model != self.loaded:
                await self._until(lambda: self.active == 0)
                self.loaded = None
                await asyncio.sleep(self.load_seconds)
                self.loaded, self.loads = model, self.loads + 1
            await self._until(lambda: self.active < self.slots)
            self.active += 1

    async def leave(self):
        async with self._left:
            self.active -= 1
            self._left.notify_all()

    async def _until(self, condition):
        async with self._left:
            await self._left.wait_for(condition)


class Engine:
    def __init__(self, options):
        models = options.models.split(",")
        self.kind, self.pace, self.journal = options.kind, options.pace, options.journal
        self.device = Device(models, options.loaded or models[0], options.slots, options.load)
        self.posts = {"/v1/chat/completions": self.chat, "/v1/completions": self.complete, "/v1/embeddings": self.embed}
        if self.kind == "ollama":
            self.posts |= {"/api/chat": self.chat, "/api/generate": self.complete, "/api/embed": self.embed}

    def note(self, *words):
        """One line in a file that outlives a kill."""
        if self.journal:
            with open(self.journal, "a") as file:
                file.write(f"{time.time():.3f} {os.getpid()} {' '.join(map(str, words))}\n")

    def get(self, path):
        details = {"format": "gguf", "family": "bench", "families": ["bench"], "parameter_size": "1B", "quantization_level": "Q4_0"}
        entry = lambda name: {"name": name, "model": name, "modified_at": "2026-01-01T00:00:00Z", "size": 1000, "digest": "b" * 64, "details": details}
        device = self.device
        running = [entry(device.loaded) | {"expires_at": "2036-01-01T00:00:00Z", "size_vram": 1000}] if device.loaded else []
        fixed = {
            "/v1/models": {"object": "list", "data": [{"id": m, "object": "model", "created": 1, "owned_by": "bench"} for m in device.models]},
            # Routers that know neither Ollama nor llama.cpp ask for this, and shall not fail for want of it.
            "/health": {"status": "ok"},
            "/bench/counts": {"answered": device.answered, "loads": device.loads},
        }
        if self.kind == "ollama":
            fixed |= {
                "/api/version": {"version": "0.12.3"},
                "/api/tags": {"models": [entry(m) for m in device.models]},
                "/api/ps": {"models": running},
            }
        if path not in fixed:
            raise Refusal(404, f"no route GET {path}")
        return fixed[path]

    async def post(self, path, data, out):
        if path == "/api/show" and self.kind == "ollama":
            return await out.json({"details": {"family": "bench"}, "model_info": {}, "capabilities": ["completion"]})
        if path not in self.posts:
            raise Refusal(404, f"no route POST {path}")
        try:
            body = json.loads(data)
            model = body["model"]
        except (ValueError, TypeError, KeyError):
            raise Refusal(400, "the body is no JSON object with a model") from None
        name = next((m for m in self.device.models if model in (m, m.removesuffix(":latest"))), None)
        if name is None:
            raise Refusal(404, f"model '{model}' not found")
        await self.device.enter(name)
        try:
            await self.posts[path](body, out, path.startswith("/api/"))
            self.device.answered += 1
        finally:
            await self.device.leave()

    async def chat(self, body, out, native):
        messages = body.get("messages") or []
        begun = messages[-1]["content"] if messages and messages[-1].get("role") == "assistant" else ""
        prompt = next((_text(m["content"]) for m in reversed(messages) if m.get("role") == "user"), "")
        await self.answer(body, out, native, prompt, _text(begun), chat=True)

    async def complete(self, body, out, native):
        await self.answer(body, out, native, _text(body.get("prompt")), None, chat=False)

    async def answer(self, body, out, native, prompt, begun, chat):
        limit = (body.get("options") or {}).get("num_predict") if native else body.get("max_tokens", body.get("max_completion_tokens"))
        tokens = answer_to(prompt, begun)
        self.note("continue" if begun else "begin", " ".join(tokens[:1]) or "nothing")
        reason = "stop"
        if isinstance(limit, int) and 0 <= limit < len(tokens):
            tokens, reason = tokens[:limit], "length"
        shape = _Native(body, chat, tokens, reason) if native else _OpenAI(body, chat, tokens, reason)
        if not body.get("stream", native):
            await asyncio.sleep(self.pace * len(tokens))
            return await out.json(shape.whole())
        await out.begin(shape.type)
        for piece in shape.opening():
            await out.piece(piece)
        for token in tokens:
            await asyncio.sleep(self.pace)
            await out.piece(shape.piece(token))
        for piece in shape.closing():
            await out.piece(piece)
        await out.finish()

    async def embed(self, body, out, native):
        texts = body.get("input")
        texts = [texts] if isinstance(texts, str) else texts or []
        await asyncio.sleep(self.pace)
        vectors = [[float(len(text)), float(sum(text.encode()) % 997), 0.25] for text in texts]
        if native:
            return await out.json({"model": body["model"], "embeddings": vectors, "total_duration": 1, "prompt_eval_count": 3})
        data = [{"object": "embedding", "index": i, "embedding": v} for i, v in enumerate(vectors)]
        await out.json({"object": "list", "data": data, "model": body["model"], "usage": {"prompt_tokens": 3, "total_tokens": 3}})


def _text(content):
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content if isinstance(part, dict))
    return content if isinstance(content, str) else ""


class _OpenAI:
    type = "text/event-stream"

    def __init__(self, body, chat, tokens, reason):
        self.body, self.chat, self.tokens, self.reason = body, chat, tokens, reason
        self.kind = "chat.completion" if chat else "text_completion"
        self.usage = {"prompt_tokens": 12, "completion_tokens": len(tokens), "total_tokens": 12 + len(tokens)}

    def whole(self):
        text = "".join(self.tokens)
        inner = {"message": {"role": "assistant", "content": text}} if self.chat else {"text": text}
        return self._shaped(self.kind, [{"index": 0, "finish_reason": self.reason} | inner], usage=self.usage)

    def opening(self):
        return [self._event({"delta": {"role": "assistant", "content": None}, "finish_reason": None})] if self.chat else []

    def piece(self, token):
        return self._event(({"delta": {"content": token}} if self.chat else {"text": token}) | {"finish_reason": None})

    def closing(self):
        yield self._event(({"delta": {}} if self.chat else {"text": ""}) | {"finish_reason": self.reason})
        if (self.body.get("stream_options") or {}).get("include_usage"):
            yield self._sse(self._shaped(self._stream_kind(), [], usage=self.usage))
        yield "data: [DONE]\n\n"

    def _stream_kind(self):
        return self.kind + ".chunk" if self.chat else self.kind

    def _event(self, choice):
        return self._sse(self._shaped(self._stream_kind(), [{"index": 0} | choice]))

    def _sse(self, value):
        return f"data: {json.dumps(value)}\n\n"

    def _shaped(self, kind, choices, **more):
        return {"id": f"cmpl-{os.getpid()}", "object": kind, "created": 1_795_000_000, "model": self.body["model"], "choices": choices} | more


class _Native:
    """Ollama's own wire."""

    type = "application/x-ndjson"

    def __init__(self, body, chat, tokens, reason):
        self.chat, self.tokens = chat, tokens
        self.head = {"model": body["model"], "created_at": "2026-11-23T10:15:00.123456789Z"}
        self.last = {"done": True, "done_reason": reason, "total_duration": 800_000_000, "load_duration": 1_000_000}
        self.last |= {"prompt_eval_count": 12, "prompt_eval_duration": 200_000_000, "eval_count": len(tokens), "eval_duration": 500_000_000}

    def whole(self):
        return self._line("".join(self.tokens), self.last)

    def opening(self):
        return []

    def piece(self, token):
        return json.dumps(self._line(token, {"done": False})) + "\n"

    def closing(self):
        yield json.dumps(self._line("", self.last)) + "\n"

    def _line(self, text, more):
        return self.head | ({"message": {"role": "assistant", "content": text}} if self.chat else {"response": text}) | more


class Out:
    def __init__(self, writer):
        self.writer = writer

    async def json(self, value, status=200):
        body = json.dumps(value).encode()
        self.writer.write(f"HTTP/1.1 {status} Bench\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        await self.writer.drain()

    async def begin(self, kind):
        self.writer.write(f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nTransfer-Encoding: chunked\r\n\r\n".encode())

    async def piece(self, text):
        data = text.encode()
        self.writer.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        await self.writer.drain()

    async def finish(self):
        self.writer.write(b"0\r\n\r\n")
        await self.writer.drain()


async def exchange(engine, reader, writer):
    """One request; false when the connection is to be closed."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    method, target, _ = head[0].split(" ", 2)
    headers = {k.strip().lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:] if line)}
    if headers.get("transfer-encoding", "").lower() == "chunked":
        data = b""
        while size := int((await reader.readline()).split(b";")[0], 16):
            data += await reader.readexactly(size)
            await reader.readline()
        await reader.readline()
    else:
        data = await reader.readexactly(int(headers.get("content-length", 0)))
    out, path = Out(writer), target.split("?")[0]
    try:
        if method in ("GET", "HEAD"):
            await out.json(engine.get(path))
        elif not await unless_left(engine.post(path, data, out), reader):
            return False
    except Refusal as refusal:
        # A gateway that looks for pages this engine does not have is refused nothing.
        if method == "POST":
            engine.note("refused", refusal.status, refusal)
        error = str(refusal) if path.startswith("/api/") else {"message": str(refusal), "type": "invalid_request_error"}
        await out.json({"error": error}, refusal.status)
    return headers.get("connection", "").lower() != "close"


async def unless_left(work, reader):
    """Does the work, but stops at once when the client goes away; it has nothing more to say, so a read that ends tells."""
    doing, left = asyncio.ensure_future(work), asyncio.ensure_future(reader.read(1))
    try:
        await asyncio.wait({doing, left}, return_when=asyncio.FIRST_COMPLETED)
        if not doing.done():
            return False
        doing.result()
        return True
    finally:
        for task in (doing, left):
            task.cancel()
        await asyncio.gather(doing, left, return_exceptions=True)


async def connection(engine, reader, writer):
    try:
        while await exchange(engine, reader, writer):
            pass
    except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, ValueError):
        pass
    finally:
        writer.transport.abort()


async def serve(options):
    engine, ended = Engine(options), asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    server = await asyncio.start_server(lambda reader, writer: connection(engine, reader, writer), "127.0.0.1", options.port)
    await ended.wait()
    server.close()
    os._exit(0)  # running answers are cut, as by an engine that is restarted


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--kind", choices=("ollama", "openai"), default="ollama", help="the wire it speaks besides OpenAI's")
    parser.add_argument("--models", default="counter:latest", help="names with commas between")
    parser.add_argument("--loaded", help="the model that is loaded at the start; the first one if not given")
    parser.add_argument("--slots", type=int, default=2, help="requests it works on at once")
    parser.add_argument("--load", type=float, default=0.0, help="seconds to load another model, which evicts the loaded one")
    parser.add_argument("--pace", type=float, default=0.02, help="seconds for a token")
    parser.add_argument("--journal", help="file that gets a line for each answer that is begun, continued or refused")
    return parser.parse_args()


if __name__ == "__main__":
    asyncio.run(serve(arguments()))
