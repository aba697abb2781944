"""What clients of every sort ask under chaos, and the verdict on what they got.

Each request has a key of its own and wants numbered tokens (see engine.py), so an answer is either exactly right or it is not.
"""

import asyncio
import dataclasses
import itertools
import json
import time

from wire import ask

MODEL = "counter:latest"
OK, FAILED, INCOMPLETE, WRONG, ABSENT = "ok", "failed", "incomplete", "wrong", "absent"
# What each verdict means, in the order of the table.
MEANING = {
    OK: "right and whole",
    FAILED: "an error status, no connection, or nothing of the answer",
    INCOMPLETE: "begun, but it ended with an error or without its end",
    WRONG: "tokens lost, doubled, out of order or another client's, or cut short as if whole",
}


@dataclasses.dataclass
class Outcome:
    kind: str
    key: str
    verdict: str
    began: float
    ended: float
    silence: float = 0.0
    detail: str = ""


def expected(key, count):
    return " ".join(f"{key}.{number}" for number in range(count))


def judge(reply, text, ended_well, wanted):
    """(verdict, why) of an answer's text."""
    if reply.status == 404 and text is None and "not found" not in reply.body.decode(errors="replace"):
        return ABSENT, reply.error
    if text is None or reply.status != 200:
        return FAILED, reply.error
    if ended_well and reply.whole:
        return (OK, "") if text == wanted else (WRONG, f"ended well but {_difference(text, wanted)}")
    if not wanted.startswith(text):
        return WRONG, _difference(text, wanted)
    tail = reply.body[-160:].decode(errors="replace").strip()
    return (INCOMPLETE if text else FAILED), f"after {len(text)} of {len(wanted)} characters: {reply.trouble or tail}"


def _difference(text, wanted):
    at = next((i for i, (a, b) in enumerate(zip(text, wanted)) if a != b), min(len(text), len(wanted)))
    return f"differs at character {at} of {len(wanted)}: got …{text[max(0, at - 12) : at + 24]!r}, wanted …{wanted[max(0, at - 12) : at + 24]!r}"


def _values(lines):
    for line in lines:
        try:
            yield json.loads(line)
        except ValueError:
            yield {"error": "no JSON"}


def sse(reply, pick):
    """(text, whether it ended well): one finish, one [DONE] as the last event, no error."""
    if reply.status != 200:
        return None, False
    data = [line[6:] for line in reply.body.decode(errors="replace").split("\n") if line.startswith("data: ")]
    values = list(_values(line for line in data if line != "[DONE]"))
    choices = [choice for value in values for choice in value.get("choices") or []]
    text = "".join(pick(choice) or "" for choice in choices)
    finishes = sum(choice.get("finish_reason") is not None for choice in choices)
    failed = any("error" in value for value in values)
    return text, finishes == 1 and data.count("[DONE]") == 1 and data[-1] == "[DONE]" and not failed


def ndjson(reply, pick):
    if reply.status != 200:
        return None, False
    values = list(_values(line for line in reply.body.decode(errors="replace").split("\n") if line))
    failed = any("error" in value for value in values)
    ends = [bool(value.get("done")) for value in values]
    return "".join(pick(value) or "" for value in values if "error" not in value), ends[-1:] == [True] and sum(ends) == 1 and not failed


def messages_events(reply):
    """Anthropic's stream."""
    if reply.status != 200:
        return None, False
    values = list(_values(line[6:] for line in reply.body.decode(errors="replace").split("\n") if line.startswith("data: ")))
    text = "".join(value["delta"].get("text", "") for value in values if value.get("type") == "content_block_delta")
    kinds = [value.get("type") for value in values]
    return text, kinds.count("message_stop") == 1 and kinds[-1] == "message_stop" and "error" not in kinds


def responses_events(reply):
    """The stream of OpenAI's responses."""
    if reply.status != 200:
        return None, False
    values = list(_values(line[6:] for line in reply.body.decode(errors="replace").split("\n") if line.startswith("data: ")))
    text = "".join(value.get("delta", "") for value in values if value.get("type") == "response.output_text.delta")
    kinds = [value.get("type") for value in values]
    return text, kinds.count("response.completed") == 1 and kinds[-1] == "response.completed"


def whole(reply, pick):
    if reply.status != 200 or not reply.whole or not isinstance(reply.json, dict):
        return None, False
    return pick(reply.json), True


class Load:
    """Asks until told to stop; every outcome is kept."""

    def __init__(self, port, silence):
        self.port, self.silence = port, silence
        self.outcomes, self.numbers = [], itertools.count()
        self.over = asyncio.Event()
        self.absent = set()

    def kinds(self):
        """name: (how to ask, how many clients)"""
        return {
            "OpenAI chat, streamed": (self.openai_stream, 4),
            "Ollama chat, streamed": (self.ollama_stream, 3),
            "Ollama generate, streamed": (self.ollama_generate, 1),
            "Anthropic messages, streamed": (self.anthropic_stream, 1),
            "OpenAI responses, streamed": (self.responses_stream, 1),
            "OpenAI chat, whole": (self.openai_whole, 2),
            "Ollama chat, whole": (self.ollama_whole, 1),
            "embeddings": (self.embeddings, 1),
            "tasks": (self.task, 2),
        }

    async def run(self):
        async with asyncio.TaskGroup() as group:
            for kind, (how, clients) in self.kinds().items():
                for _ in range(clients):
                    group.create_task(self._client(kind, how))

    async def _client(self, kind, how):
        while not self.over.is_set() and kind not in self.absent:
            number = next(self.numbers)
            key, count, began = f"k{number}", 20 + number * 7 % 80, time.monotonic()
            reply, verdict, detail = await how(key, count)
            if verdict == ABSENT:
                self.absent.add(kind)
            self.outcomes.append(Outcome(kind, key, verdict, began, time.monotonic(), reply.silence, detail))
            if verdict != OK:
                await asyncio.sleep(0.2)  # a client that is refused does not ask in a tight loop

    def _limit(self, count):
        """Every other request says how many tokens it takes; a continuation must not get fewer or more for it."""
        return count if count % 2 else None

    def _chat(self, key, count, stream, **more):
        limit = {"max_tokens": self._limit(count)} if self._limit(count) else {}
        return {"model": MODEL, "messages": [{"role": "user", "content": f"count {count} as {key}:"}], "stream": stream} | limit | more

    async def openai_stream(self, key, count):
        reply = await ask(self.port, "/v1/chat/completions", self._chat(key, count, True), limit=self.silence)
        return reply, *judge(reply, *sse(reply, lambda choice: choice.get("delta", {}).get("content")), expected(key, count))

    async def openai_whole(self, key, count):
        reply = await ask(self.port, "/v1/chat/completions", self._chat(key, count, False), limit=self.silence)
        return reply, *judge(reply, *whole(reply, lambda value: value["choices"][0]["message"]["content"]), expected(key, count))

    async def ollama_stream(self, key, count):
        options = {"options": {"num_predict": count}} if self._limit(count) else {}
        body = {"model": MODEL, "messages": [{"role": "user", "content": f"count {count} as {key}:"}]} | options
        reply = await ask(self.port, "/api/chat", body, limit=self.silence)
        return reply, *judge(reply, *ndjson(reply, lambda value: value.get("message", {}).get("content")), expected(key, count))

    async def ollama_generate(self, key, count):
        reply = await ask(self.port, "/api/generate", {"model": MODEL, "prompt": f"count {count} as {key}:"}, limit=self.silence)
        return reply, *judge(reply, *ndjson(reply, lambda value: value.get("response")), expected(key, count))

    async def ollama_whole(self, key, count):
        body = {"model": MODEL, "messages": [{"role": "user", "content": f"count {count} as {key}:"}], "stream": False}
        reply = await ask(self.port, "/api/chat", body, limit=self.silence)
        return reply, *judge(reply, *whole(reply, lambda value: value["message"]["content"]), expected(key, count))

    async def anthropic_stream(self, key, count):
        body = self._chat(key, count, True) | {"max_tokens": count}
        reply = await ask(self.port, "/v1/messages", body, {"anthropic-version": "2023-06-01"}, limit=self.silence)
        return reply, *judge(reply, *messages_events(reply), expected(key, count))

    async def responses_stream(self, key, count):
        limit = {"max_output_tokens": count} if self._limit(count) else {}
        body = {"model": MODEL, "input": f"count {count} as {key}:", "stream": True} | limit
        reply = await ask(self.port, "/v1/responses", body, limit=self.silence)
        return reply, *judge(reply, *responses_events(reply), expected(key, count))

    async def embeddings(self, key, _):
        texts = [key, f"{key} again"]
        reply = await ask(self.port, "/v1/embeddings", {"model": MODEL, "input": texts}, limit=self.silence)
        wanted = json.dumps([[float(len(text)), float(sum(text.encode()) % 997), 0.25] for text in texts])
        return reply, *judge(reply, *whole(reply, lambda value: json.dumps([d["embedding"] for d in value["data"]])), wanted)

    async def task(self, key, count):
        """Submitted twice under one key as a client does that lost the first answer, waited for, and submitted once more."""
        payload = {"model": MODEL, "messages": [{"role": "user", "content": f"count {count} as {key}:"}]}
        body = {"task_type": "llm_inference", "payload": payload, "idempotency_key": key, "wait": 0}
        ids = set()
        for _ in range(2):
            reply = await ask(self.port, "/tasks/submit", body, limit=self.silence)
            if reply.status not in (200, 202) or not isinstance(reply.json, dict):
                return reply, *judge(reply, None, False, "")
            ids.add(reply.json.get("task_id"))
        done = await self._finished(reply.json.get("task_id"))
        again = await ask(self.port, "/tasks/submit", body, limit=self.silence)
        ids.add((again.json or {}).get("task_id"))
        if len(ids) != 1:
            return done, WRONG, f"one idempotency key, several tasks: {sorted(map(str, ids))}"
        status = (done.json or {}).get("status")
        if status != "completed":
            return done, FAILED, f"task {status}: {done.error}"
        text = (done.json.get("result") or {}).get("response")
        return done, *judge(done, text, True, expected(key, count))

    async def _finished(self, task, seconds=60):
        limit = time.monotonic() + seconds
        while True:
            reply = await ask(self.port, f"/tasks/{task}", limit=self.silence)
            status = (reply.json or {}).get("status") if reply.status == 200 else None
            if status not in ("queued", "running") or time.monotonic() > limit:
                return reply
            await asyncio.sleep(0.2)
