"""How a fake Ollama changes its models: pull, push, create, copy, delete and the files of models."""

import hashlib
import json

from fake_answer import Refusal


class Changes:
    """A part of `FakeEngine`."""

    def _change(self, seen):
        changes = {
            ("POST", "/api/pull"): self._pull,
            ("POST", "/api/push"): self._push,
            ("POST", "/api/create"): self._create,
            ("POST", "/api/copy"): self._copy,
            ("DELETE", "/api/delete"): self._delete,
        }
        return changes.get((seen.method, seen.path))

    @staticmethod
    def _tagged(name):
        return name if ":" in name else f"{name}:latest"

    async def _progress(self, body, answer, lines):
        if body.get("stream", True) is False:
            return await answer.json(lines[-1], 500 if "error" in lines[-1] else 200)
        await answer.stream([json.dumps(line) + "\n" for line in lines], "application/x-ndjson")

    async def _pull(self, body, answer):
        name = body.get("model") or body.get("name") or ""
        lines = [{"status": "pulling manifest"}]
        if name.startswith("missing"):
            return await self._progress(body, answer, lines + [{"error": "pull model manifest: file does not exist"}])
        digest = "sha256:" + "c" * 64
        lines += [{"status": "pulling cccccccccccc", "digest": digest, "total": 100, "completed": done} for done in (0, 50, 100)]
        lines += [{"status": s} for s in ("verifying sha256 digest", "writing manifest", "success")]
        if self._tagged(name) not in self.models:
            self.models.append(self._tagged(name))
        await self._progress(body, answer, lines)

    async def _push(self, body, answer):
        self._model(body)
        await self._progress(body, answer, [{"status": "pushing manifest"}, {"status": "success"}])

    async def _create(self, body, answer):
        missing = [d for d in (body.get("files") or {}).values() if d not in self.blobs]
        if missing:
            raise Refusal(400, f"blob {missing[0]} not found")
        self.models.append(self._tagged(body.get("model") or body["name"]))
        await self._progress(body, answer, [{"status": "parsing GGUF"}, {"status": "success"}])

    async def _copy(self, body, answer):
        self._model({"model": body.get("source")})
        self.models.append(self._tagged(body["destination"]))
        await answer.whole(200, b"")

    async def _delete(self, body, answer):
        self.models.remove(self._tagged(self._model(body)))
        await answer.whole(200, b"")

    async def _blob(self, method, digest, headers, reader, answer):
        """A file as it comes: never held, however large it is."""
        if method == "HEAD":
            await answer.whole(200 if digest in self.blobs else 404, b"")
            return True
        sha, length = hashlib.sha256(), 0
        if headers.get("transfer-encoding", "").lower() == "chunked":
            async for piece in self._pieces(reader):
                sha.update(piece)
                length += len(piece)
        else:
            left = int(headers.get("content-length", 0))
            while left:
                piece = await reader.readexactly(min(left, 1 << 16))
                sha.update(piece)
                length, left = length + len(piece), left - len(piece)
        if digest != f"sha256:{sha.hexdigest()}":
            await answer.json({"error": "digest mismatch"}, 400)
            return True
        known = digest in self.blobs
        self.blobs[digest] = length
        await answer.whole(200 if known else 201, b"")
        return True
