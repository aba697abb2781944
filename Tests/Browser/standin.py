"""A stand-in for the node behind the console: the same API, with answers from a script.

For work on the page and for tests of what a healthy node never does (going away, refusing tokens, hostile output).
    python3 standin.py [--port 8004] [--token TOKEN] [--scene ready|installing|empty|failed]
"""

import argparse
import itertools
import json
import mimetypes
import threading
import time
import uuid
from datetime import datetime, timezone
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit

import meshscene
from scenes import engines, status
from script import pieces, script

ASSETS = Path(__file__).resolve().parents[2] / "Sources/AuroraNode/Resources/console"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

def now():
    return datetime.now(timezone.utc).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Refusal(Exception):
    def __init__(self, status, code, message, hint=None):
        self.status, self.body = status, {"error": {"code": code, "message": message, "hint": hint}}


class Answer:
    """A growing answer: pieces that any number of readers can follow from any point."""

    def __init__(self, message):
        self.message, self.pieces, self.over = message, [], None
        self.changed = threading.Condition()

    def add(self, piece):
        with self.changed:
            self.pieces.append(piece)
            self.message["content"] += piece
            self.changed.notify_all()

    def finish(self, event):
        with self.changed:
            self.over = self.over or event
            self.changed.notify_all()


class Node:
    """What the node knows; outlives restarts of the server in front of it."""

    def __init__(self, token=None, scene="ready", pace=0.02):
        self.token, self.scene, self.pace = token, scene, pace
        self.conversations, self.messages, self.answers = {}, {}, {}
        self.gate = threading.Event()
        self.gate.set()
        self.stopping = threading.Event()
        self.lock = threading.RLock()
        self.started, self.requests, self.tokens = time.monotonic(), 0, 0
        self.speed = 0.0
        self.decisions = meshscene.decisions() if scene == "ready" else []
        self.tasks = meshscene.tasks() if scene == "ready" else []

    # ---- chat

    def conversation(self, key):
        if key not in self.conversations:
            raise Refusal(404, "not_found", f"no conversation '{key}'", "list them with GET /api/conversations")
        return self.conversations[key]

    def create(self, title, personality):
        value = dict(
            id=str(uuid.uuid4()), title=title, personality=personality, client_id="console", created_at=now(),
            updated_at=now(), message_count=0)
        self.conversations[value["id"]] = value
        self.messages[value["id"]] = []
        return value

    def append(self, conversation, role, content, state="complete"):
        messages = self.messages[conversation["id"]]
        message = dict(
            id=str(uuid.uuid4()), conversation_id=conversation["id"], sequence=len(messages) + 1, role=role, content=content,
            state=state, model=None, node=None, error=None, created_at=now())
        messages.append(message)
        conversation.update(updated_at=now(), message_count=len(messages))
        return message

    def ask(self, body):
        text = body.get("message")
        if not isinstance(text, str) or not text.strip():
            raise Refusal(400, "invalid", "field 'message' is missing", "send the question as a text")
        if self.scene != "ready":
            raise Refusal(503, "unavailable", "no engine can answer now", "wait for the installation to end")
        with self.lock:
            key = body.get("conversation_id")
            conversation = self.conversation(key) if key else self.create(text[:60], body.get("personality"))
            if any(m["state"] == "growing" for m in self.messages[conversation["id"]]):
                raise Refusal(409, "conflict", "an answer still grows in this conversation", "wait for it or stop it")
            self.append(conversation, "user", text)
            answer = Answer(self.append(conversation, "assistant", "", "growing"))
            self.answers[answer.message["id"]] = answer
        threading.Thread(target=self.write, args=(answer, text, body), daemon=True).start()
        return answer

    def write(self, answer, text, body):
        self.requests += 1
        answer.message.update(model=body.get("model") or "smollm2:135m", node="aurora")
        for count, piece in enumerate(pieces(script(text))):
            if count >= 3 and "hold" in text:
                self.gate.wait(30)
            if answer.over or self.stopping.is_set():
                break
            if count >= 5 and "fail" in text:
                answer.message.update(state="failed", error="the engine 'local' closed the connection in mid-answer")
                answer.finish(failure(answer.message["error"]))
                return
            answer.add(piece)
            self.tokens += 1
            self.speed = 40.0
            time.sleep(self.pace)  # plays a model that takes its time
        self.speed = 0.0
        message = answer.message
        message["state"] = "interrupted" if self.stopping.is_set() else "complete"
        answer.finish(done(message, "stop"))

    def answer(self, key):
        """The growing answer, or a finished one as it was stored."""
        if key in self.answers:
            return self.answers[key]
        message = next((m for messages in self.messages.values() for m in messages if m["id"] == key), None)
        if message is None:
            raise Refusal(404, "not_found", f"no message '{key}'")
        answer = Answer(message)
        answer.pieces = pieces(message["content"])
        answer.finish(done(message) if message["state"] == "complete" else failure("the node stopped while the answer was written"))
        return answer


def done(message, reason=None):
    return "done", dict(
        response=message["content"], conversation_id=message["conversation_id"], message_id=message["id"], personality="aurora",
        node=message["node"], model=message["model"], reason=reason, timestamp=now())


def failure(text):
    return "error", {"error": {"code": "unavailable", "message": text, "hint": "ask again"}}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    node = None

    def log_message(self, *_):
        pass

    def handle(self):
        try:
            super().handle()
        except ConnectionError:
            pass  # the browser went away

    def do_GET(self):
        self.answer("GET")

    def do_POST(self):
        self.answer("POST")

    def do_PATCH(self):
        self.answer("PATCH")

    def do_DELETE(self):
        self.answer("DELETE")

    def answer(self, method):
        url = urlsplit(self.path)
        try:
            body = self.body()
            if not url.path.startswith(("/api/", "/tasks")):
                return self.asset(url.path)
            self.check_token()
            values = {key: value[0] for key, value in parse_qs(url.query).items()}
            if url.path.startswith(("/api/mesh", "/tasks")):
                return self.mesh(url.path, int(values.get("limit") or 50))
            parts = [unquote(part) for part in url.path.removeprefix("/api/").split("/")]
            self.route(method, parts, values, body)
        except Refusal as refusal:
            self.json(refusal.status, refusal.body)

    def body(self):
        length = int(self.headers.get("Content-Length") or 0)
        try:
            return json.loads(self.rfile.read(length)) if length else {}
        except ValueError:
            raise Refusal(400, "invalid", "the body is not JSON") from None

    def check_token(self):
        if self.node.token and self.headers.get("Authorization") != f"Bearer {self.node.token}":
            raise Refusal(401, "unauthorized", "this call needs a token", "send it as a bearer token")

    def route(self, method, parts, values, body):
        node = self.node
        match method, parts:
            case "GET", ["status"]:
                self.json(200, status(node))
            case "GET", ["status", "stream"]:
                self.stream_status()
            case "GET", ["models"]:
                self.json(200, {"models": [{"id": m["name"]} for e in engines() for m in e["models"] if node.scene == "ready"]})
            case "GET", ["personalities"]:
                self.json(200, {"personalities": [
                    dict(id="writer", name="Writer", description="Clear, warm prose.", default=False),
                    dict(id="aurora", name="Aurora", description="Helpful and to the point.", default=True)]})
            case "POST", ["chat"]:
                self.stream_answer(node.ask(body), 0, cut="cut" in str(body.get("message")))
            case "GET", ["conversations"]:
                self.json(200, self.conversations(values))
            case "GET", ["conversations", key]:
                self.json(200, node.conversation(key))
            case "PATCH", ["conversations", key]:
                node.conversation(key).update(title=str(body.get("title")))
                self.json(200, node.conversation(key))
            case "DELETE", ["conversations", key]:
                node.conversation(key)
                del node.conversations[key], node.messages[key]
                self.empty()
            case "GET", ["conversations", key, "messages"]:
                node.conversation(key)
                self.json(200, self.messages(key, values))
            case "POST", ["conversations", key, "stop"]:
                self.stop(key)
            case "GET", ["conversations", _, "messages", message, "stream"]:
                self.stream_answer(node.answer(message), int(self.headers.get("Last-Event-ID") or 0))
            case _:
                raise Refusal(404, "not_found", f"no route '{self.path}'")

    def mesh(self, path, limit):
        node = self.node
        if node.scene == "forbidden":
            raise Refusal(403, "forbidden", "this token may not see the mesh", "create one with the scope 'read'")
        match path:
            case "/api/mesh/stream":
                self.stream_each_second("mesh", meshscene.view)
            case "/api/mesh/decisions":
                self.json(200, {"decisions": node.decisions[:limit]})
            case "/tasks":
                self.json(200, {"tasks": node.tasks[:limit], "next": None, "counts": {}})
            case _:
                raise Refusal(404, "not_found", f"no route '{path}'")

    def conversations(self, values):
        wanted = values.get("q", "").lower()
        items = sorted(self.node.conversations.values(), key=lambda c: c["updated_at"], reverse=True)
        found = [c for c in items if wanted in c["title"].lower() or any(wanted in m["content"].lower() for m in self.node.messages[c["id"]])]
        start, limit = int(values.get("before") or 0), int(values.get("limit") or 50)
        return {"conversations": found[start:start + limit], "next": str(start + limit) if len(found) > start + limit else None}

    def messages(self, key, values):
        after, limit = int(values.get("after") or 0), int(values.get("limit") or 50)
        found = [m for m in self.node.messages[key] if m["sequence"] > after]
        return {"messages": found[:limit], "next": str(found[limit - 1]["sequence"]) if len(found) > limit else None}

    def stop(self, key):
        self.node.conversation(key)
        answers = [self.node.answers.get(message["id"]) for message in self.node.messages[key]]
        growing = next((answer for answer in answers if answer and not answer.over), None)
        if growing:
            growing.message["state"] = "complete"
            growing.finish(done(growing.message, "stopped"))
        self.json(200, {"stopped": growing is not None, "message_id": growing and growing.message["id"]})

    # ---- streams

    def open_stream(self):
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Cache-Control", "no-cache, no-transform")
        self.send_header("Connection", "close")
        self.close_connection = True
        self.end_headers()

    def event(self, name, data, key=None):
        identity = f"id: {key}\n" if key is not None else ""
        self.wfile.write(f"{identity}event: {name}\ndata: {json.dumps(data)}\n\n".encode())
        self.wfile.flush()

    def stream_status(self):
        if self.node.scene == "forbidden":
            raise Refusal(403, "forbidden", "this token may not read the status", "create one with the scope 'read'")
        self.stream_each_second("status", status)

    def stream_each_second(self, name, value):
        self.open_stream()
        while not self.node.stopping.is_set():
            self.event(name, value(self.node))
            self.node.stopping.wait(1)

    def stream_answer(self, answer, position, cut=False):
        self.open_stream()
        message = answer.message
        self.event("start", {"conversation_id": message["conversation_id"], "message_id": message["id"], "personality": "aurora"})
        while True:
            with answer.changed:
                answer.changed.wait_for(lambda: len(answer.pieces) > position or answer.over or self.node.stopping.is_set(), 10)
                fresh, over = answer.pieces[position:], answer.over
            if self.node.stopping.is_set():
                return
            for piece in fresh:
                position += 1
                self.event("content", {"content": piece}, position)
                if cut and position == 4:
                    return
            if over and position >= len(answer.pieces):
                return self.event(*over, "end")

    # ---- plain answers

    def asset(self, path):
        name = "index.html" if path == "/" else path.removeprefix("/console/")
        file = ASSETS / name
        if "/" in name or not file.is_file() or self.command != "GET":
            raise Refusal(404, "not_found", f"no page '{path}'")
        self.send(200, file.read_bytes(), mimetypes.guess_type(name)[0])

    def json(self, status, value):
        self.send(status, json.dumps(value).encode(), "application/json")

    def empty(self):
        self.send_response(204)
        self.end_headers()

    def send(self, status, body, kind):
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if kind.startswith("text/") else kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-cache")
        self.end_headers()
        self.wfile.write(body)


class Standin:
    """A server for a node. `stop` and `start` play an outage: the port and what was stored stay."""

    def __init__(self, node, port=0):
        self.node, self.port, self.server = node, port, None

    def start(self):
        self.node.stopping.clear()
        self.server = ThreadingHTTPServer(("127.0.0.1", self.port), type("BoundHandler", (Handler,), {"node": self.node}))
        self.server.daemon_threads, self.server.block_on_close = True, False
        self.port = self.server.server_port
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def stop(self):
        self.node.stopping.set()
        for answer in list(self.node.answers.values()):
            with answer.changed:
                answer.changed.notify_all()
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.port}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=8004)
    parser.add_argument("--token")
    parser.add_argument("--scene", default="ready", choices=["ready", "installing", "empty", "failed"])
    options = parser.parse_args()
    server = Standin(Node(options.token, options.scene, pace=0.05), options.port).start()
    print(f"console: {server.url}", flush=True)
    for _ in itertools.count():
        time.sleep(3600)


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
