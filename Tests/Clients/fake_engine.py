"""An engine without a model: it speaks Ollama's and OpenAI's wire and does what a test tells it.

It runs on a thread of its own and listens on a free loopback port. `FakeEngine(kind="openai")` has no Ollama routes, as
llama.cpp's server has none; `kind="ollama"` has both, as Ollama does, with Ollama's guard on the Host header.
"""

import asyncio
import base64
import json
import struct
import threading
from dataclasses import dataclass, field

from fake_answer import Answer, Refusal, partial, still_to_come
from fake_changes import Changes

WORDS = ["Hello", ", ", "world", "! ", "¿Qué ", "tal? ", "🚀 ", "done"]
TEXT = "".join(WORDS)
# Not in alphabetical order: the order of a tool's arguments must survive every translation.
TOOL_ARGUMENTS = {"zone": "C", "city": "Zürich", "at": 7}
CREATED = 1_795_000_000
STAMP = "2026-11-23T10:15:00.123456789Z"
DETAILS = {
    "parent_model": "",
    "format": "gguf",
    "family": "fake",
    "families": ["fake"],
    "parameter_size": "1B",
    "quantization_level": "Q4_0",
}


@dataclass
class Script:
    """What the engine does with the next requests for inference."""

    words: list = field(default_factory=lambda: list(WORDS))
    # Seconds before each piece.
    delay: float = 0.0
    # Wait for `release()` before this piece; 0 is a model that still loads.
    hold_before: int | None = None
    # "error": status 500 · "hang": no answer at all · "cut": the connection breaks before piece `cut_before`.
    fault: str | None = None
    cut_before: int = 3
    # Holds and cuts happen only as often as this list has elements; engines may share one.
    times: list | None = None


@dataclass
class Seen:
    method: str
    path: str
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


class FakeEngine(Changes):
    def __init__(self, kind="ollama", models=("fake:latest",)):
        self.kind = kind
        self.models = list(models)
        # Files sent to be made into models: digest to length.
        self.blobs = {}
        self.port = 0
        self.reset()

    def reset(self):
        self.script = Script()
        self.seen = []
        # Set when a client leaves before its answer is whole.
        self.client_left = threading.Event()
        # Set when a request for inference has come in.
        self.asked = threading.Event()
        self._released = threading.Event()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"

    @property
    def asks(self):
        """Requests for inference, in order; polls are left out."""
        return [seen for seen in self.seen if seen.method == "POST" and seen.path not in ("/api/show",)]

    def release(self):
        self._released.set()

    def start(self):
        """Listens; after a `stop`, on the same port again."""
        up = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(up)), daemon=True)
        self._thread.start()
        if not up.wait(10):
            raise RuntimeError("the fake engine did not start within 10 s")
        return self

    def stop(self):
        """Dies at once: every connection breaks, the port is closed. May be called again."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._dead.set)
            self._thread.join(10)

    async def _run(self, up):
        self._loop, self._dead = asyncio.get_running_loop(), asyncio.Event()
        self._connections = {}
        server = await asyncio.start_server(self._connection, "127.0.0.1", self.port)
        self.port = server.sockets[0].getsockname()[1]
        up.set()
        await self._dead.wait()
        server.close()
        for writer in self._connections.values():
            writer.transport.abort()
        if self._connections:
            await asyncio.wait(self._connections, timeout=5)

    async def _connection(self, reader, writer):
        task = asyncio.current_task()
        self._connections[task] = writer
        try:
            while await self._exchange(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.transport.abort()
            del self._connections[task]

    async def _exchange(self, reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        method, target, _ = head[0].split(" ", 2)
        headers = {k.strip().lower(): v.strip() for k, _, v in (line.partition(":") for line in head[1:] if line)}
        if target.startswith("/api/blobs/") and self.kind == "ollama":
            self.seen.append(Seen(method, target, headers, b""))
            return await self._blob(method, target.removeprefix("/api/blobs/"), headers, reader, Answer(self, reader, writer))
        if headers.get("transfer-encoding", "").lower() == "chunked":
            body = await self._chunks(reader)
        else:
            body = await reader.readexactly(int(headers.get("content-length", 0)))
        seen = Seen(method, target.split("?")[0], headers, body)
        self.seen.append(seen)
        answer = Answer(self, reader, writer)
        try:
            if self.kind == "ollama" and not self._host_allowed(headers.get("host", "")):
                await answer.whole(403, b"")
            else:
                await self._route(seen, answer)
        except ConnectionError:
            self.client_left.set()
            raise
        except Refusal as refusal:
            await answer.json(self._error(seen.path, str(refusal), refusal.status), refusal.status)
        return not answer.broken and headers.get("connection", "").lower() != "close"

    @staticmethod
    async def _chunks(reader):
        return b"".join([piece async for piece in FakeEngine._pieces(reader)])

    @staticmethod
    async def _pieces(reader):
        while size := int((await reader.readline()).split(b";")[0], 16):
            yield await reader.readexactly(size)
            await reader.readline()
        await reader.readline()

    @staticmethod
    def _host_allowed(host):
        name = host.rsplit(":", 1)[0]
        return name in ("localhost", "127.0.0.1", "[::1]") or name.endswith((".localhost", ".local", ".internal"))

    @staticmethod
    def _error(path, message, status):
        if not path.startswith("/v1/"):
            return {"error": message}
        kind = {400: "invalid_request_error", 404: "not_found_error"}.get(status, "api_error")
        return {"error": {"message": message, "type": kind, "param": None, "code": None}}

    async def _route(self, seen, answer):
        fixed = self._fixed(seen.path) if seen.method in ("GET", "HEAD") else None
        if fixed is not None:
            return await (answer.whole(200, fixed, "text/plain") if isinstance(fixed, bytes) else answer.json(fixed))
        if seen.path == "/api/show" and self.kind == "ollama":
            model = self._model(self._body(seen))
            return await answer.json(
                {
                    "details": DETAILS,
                    "model_info": {"general.architecture": "fake"},
                    "capabilities": ["completion"],
                    "modified_at": STAMP,
                    "model": model,
                }
            )
        if self.kind == "ollama" and (change := self._change(seen)):
            return await change(self._body(seen), answer)
        work = {
            "/v1/chat/completions": self._openai_chat,
            "/v1/completions": self._openai_completion,
            "/v1/embeddings": self._openai_embeddings,
        } | (
            {}
            if self.kind == "openai"
            else {
                "/api/chat": self._ollama_chat,
                "/api/generate": self._ollama_generate,
                "/api/embed": self._ollama_embed,
                "/api/embeddings": self._ollama_old_embeddings,
            }
        )
        if seen.method != "POST" or seen.path not in work:
            raise Refusal(404, f"no route {seen.method} {seen.path}")
        self.asked.set()
        if self.script.fault == "hang":
            return await answer.hang()
        if self.script.fault == "error":
            raise Refusal(500, "scripted failure")
        body = self._body(seen)
        self._model(body)
        await work[seen.path](body, answer)

    def _fixed(self, path):
        models = {"object": "list", "data": [{"id": m, "object": "model", "created": CREATED, "owned_by": "library"} for m in self.models]}
        both = {"/v1/models": models}
        entries = [{"name": m, "model": m, "modified_at": STAMP, "size": 1000, "digest": "f" * 64, "details": DETAILS} for m in self.models]
        running = [e | {"expires_at": STAMP, "size_vram": 1000, "context_length": 4096} for e in entries]
        ollama = {
            "/": b"Ollama is running",
            "/api/version": {"version": "0.12.3"},
            "/api/tags": {"models": entries},
            "/api/ps": {"models": running},
        }
        openai = {"/health": {"status": "ok"}}
        return (both | (ollama if self.kind == "ollama" else openai)).get(path)

    @staticmethod
    def _body(seen):
        try:
            body = json.loads(seen.body)
        except (ValueError, RecursionError):
            raise Refusal(400, "body is not JSON") from None
        if not isinstance(body, dict):
            raise Refusal(400, "body is not an object")
        return body

    def _model(self, body):
        model = body.get("model", body.get("name"))
        if not isinstance(model, str):
            raise Refusal(400, "model is required")
        if model not in self.models and f"{model}:latest" not in self.models:
            raise Refusal(404, f"model '{model}' not found")
        return model

    # OpenAI's wire

    async def _openai_chat(self, body, answer):
        messages = body.get("messages")
        if not isinstance(messages, list) or not messages or not all(isinstance(m, dict) for m in messages):
            raise Refusal(400, "[] is too short - 'messages'")
        tools, words = body.get("tools"), still_to_come(self.script.words, partial(messages))
        call = [
            {
                "index": 0,
                "id": "call_1",
                "type": "function",
                "function": {"name": "get_weather", "arguments": json.dumps(TOOL_ARGUMENTS, ensure_ascii=False)},
            }
        ]
        finish = "tool_calls" if tools else "stop"
        usage = {"prompt_tokens": 12, "completion_tokens": len(words), "total_tokens": 12 + len(words)}
        if not body.get("stream"):
            message = (
                {"role": "assistant", "content": None, "tool_calls": call}
                if tools
                else {"role": "assistant", "content": "".join(words)}
            )
            await self._wait_for_all(answer)
            return await answer.json(
                self._completion(
                    body, "chat.completion", [{"index": 0, "message": message, "finish_reason": finish, "logprobs": None}], usage
                )
            )
        chunk = lambda delta, reason=None: self._completion(
            body, "chat.completion.chunk", [{"index": 0, "delta": delta, "finish_reason": reason}]
        )
        deltas = [{"tool_calls": call}] if tools else [{"content": word} for word in words]
        events = [chunk({"role": "assistant", "content": None})] + [chunk(d) for d in deltas] + [chunk({}, finish)]
        if isinstance(body.get("stream_options"), dict) and body["stream_options"].get("include_usage"):
            events.append(self._completion(body, "chat.completion.chunk", [], usage))
        await answer.stream([f"data: {json.dumps(e)}\n\n" for e in events] + ["data: [DONE]\n\n"], "text/event-stream")

    async def _openai_completion(self, body, answer):
        if not isinstance(body.get("prompt"), (str, list)):
            raise Refusal(400, "prompt is required")
        words = still_to_come(self.script.words, body["prompt"])
        usage = {"prompt_tokens": 12, "completion_tokens": len(words), "total_tokens": 12 + len(words)}
        choice = lambda text, reason: [{"index": 0, "text": text, "finish_reason": reason, "logprobs": None}]
        if not body.get("stream"):
            await self._wait_for_all(answer)
            return await answer.json(self._completion(body, "text_completion", choice("".join(words), "stop"), usage))
        events = [self._completion(body, "text_completion", choice(w, None)) for w in words]
        events.append(self._completion(body, "text_completion", choice("", "stop")))
        await answer.stream([f"data: {json.dumps(e)}\n\n" for e in events] + ["data: [DONE]\n\n"], "text/event-stream")

    async def _openai_embeddings(self, body, answer):
        vectors = [self._vector(text) for text in self._texts(body.get("input"))]
        if body.get("encoding_format") == "base64":
            vectors = [base64.b64encode(struct.pack(f"<{len(v)}f", *v)).decode() for v in vectors]
        data = [{"object": "embedding", "index": i, "embedding": v} for i, v in enumerate(vectors)]
        await answer.json({"object": "list", "data": data, "model": body["model"], "usage": {"prompt_tokens": 3, "total_tokens": 3}})

    @staticmethod
    def _completion(body, kind, choices, usage=None):
        reply = {"id": "cmpl-fake", "object": kind, "created": CREATED, "model": body["model"], "choices": choices}
        return reply if usage is None else reply | {"usage": usage}

    # Ollama's wire

    async def _ollama_chat(self, body, answer):
        messages = body.get("messages", [])
        if not isinstance(messages, list) or not all(isinstance(m, dict) for m in messages):
            raise Refusal(400, "messages must be a list of objects")
        if not messages:
            return await self._ollama_load(body, answer, {"message": {"role": "assistant", "content": ""}})
        message = lambda content: {"message": {"role": "assistant", "content": content}}
        call = {
            "message": {
                "role": "assistant",
                "content": "",
                "tool_calls": [{"function": {"name": "get_weather", "arguments": TOOL_ARGUMENTS}}],
            }
        }
        words = still_to_come(self.script.words, partial(messages))
        await self._ollama_reply(body, answer, [call] if body.get("tools") else [message(w) for w in words], message, words)

    async def _ollama_generate(self, body, answer):
        prompt = body.get("prompt", "")
        if not isinstance(prompt, str):
            raise Refusal(400, "prompt must be a string")
        if not prompt:
            return await self._ollama_load(body, answer, {"response": ""})
        words = still_to_come(self.script.words, prompt)
        await self._ollama_reply(body, answer, [{"response": w} for w in words], lambda content: {"response": content}, words)

    @staticmethod
    async def _ollama_load(body, answer, empty):
        reason = "unload" if body.get("keep_alive") == 0 else "load"
        await answer.json({"model": body["model"], "created_at": STAMP, "done": True, "done_reason": reason} | empty)

    async def _ollama_reply(self, body, answer, pieces, shaped, words):
        head = {"model": body["model"], "created_at": STAMP}
        last = {
            "done": True,
            "done_reason": "stop",
            "total_duration": 800_000_000,
            "load_duration": 1_000_000,
            "prompt_eval_count": 12,
            "prompt_eval_duration": 200_000_000,
            "eval_count": len(pieces),
            "eval_duration": 500_000_000,
        }
        if body.get("stream", True) is False:
            await self._wait_for_all(answer)
            whole = pieces[0] if len(pieces) == 1 else shaped("".join(words))
            return await answer.json(head | whole | last)
        lines = [head | piece | {"done": False} for piece in pieces] + [head | shaped("") | last]
        await answer.stream([json.dumps(line) + "\n" for line in lines], "application/x-ndjson")

    async def _ollama_embed(self, body, answer):
        vectors = [self._vector(text) for text in self._texts(body.get("input"))]
        await answer.json(
            {"model": body["model"], "embeddings": vectors, "total_duration": 1_000_000, "load_duration": 0, "prompt_eval_count": 3}
        )

    async def _ollama_old_embeddings(self, body, answer):
        await answer.json({"embedding": self._vector(self._texts(body.get("prompt"))[0])})

    # Both

    @staticmethod
    def _texts(value):
        texts = [value] if isinstance(value, str) else value
        if not isinstance(texts, list) or not all(isinstance(t, str) for t in texts):
            raise Refusal(400, "input must be a string or a list of strings")
        return texts

    @staticmethod
    def _vector(text):
        return [float(len(text)), 0.5, -0.25]

    async def _wait_for_all(self, answer):
        """An answer in one piece takes as long as its pieces would."""
        for number in range(len(self.script.words)):
            await answer.before_piece(number)
