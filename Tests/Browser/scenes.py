"""The status of the stand-in: a node with three engines, or one that is still being set up."""

import math
import random
import time


def status(node):
    wave = 1 + math.sin(time.monotonic() / 9) * 0.6 + random.random() * 0.3
    shown = engines() if node.scene == "ready" else []
    return dict(
        node="aurora", role="lead", mesh="home", version="0.1.0", uptime_seconds=time.monotonic() - node.started,
        addresses=dict(gateway="http://127.0.0.1:8001", chat="http://127.0.0.1:8003", console="http://127.0.0.1:8004"),
        ready=node.scene == "ready", tokens_required=node.token is not None, engines=shown, local_engine=local_engine(node),
        load=dict(
            in_flight=1 if node.speed else 0, requests_total=1284 + node.requests, failures_total=2, tokens_total=417_300 + node.tokens,
            requests_per_second=round(wave, 2) if shown else 0, tokens_per_second=round(wave * 38 + node.speed, 1) if shown else 0))


def engines():
    def model(name, loaded, size):
        return dict(name=name, loaded=loaded, size_bytes=size)

    def engine(name, kind, url, source, **more):
        values = dict(
            name=name, kind=kind, url=url, source=source, state="up", age_seconds=0.4, models=[], in_flight=0, requests=0, failures=0)
        return values | more

    return [
        engine(
            "ollama", "ollama", "http://127.0.0.1:11434", "discovered", version="0.12.3", in_flight=1, requests=1102,
            tokens_per_second=41.7, models=[
                model("llama3.2:3b", True, 2_019_393_189), model("qwen3:8b", False, 5_225_388_164),
                model("nomic-embed-text", False, 274_302_450), model("gemma3:4b", False, 3_338_801_804),
                model("phi4-mini", False, 2_491_876_774), model("mistral-small:24b", False, 14_333_919_232)]),
        engine(
            "local", "openai", "http://127.0.0.1:8012", "local", requests=182, tokens_per_second=88.2,
            models=[model("smollm2:135m", True, 144_811_200)]),
        engine(
            "workstation", "openai", "http://10.0.0.10:8000", "manifest", state="down", age_seconds=260.0, failures=2,
            reason="nothing listens on 10.0.0.10:8000 (connection refused)"),
    ]


def local_engine(node):
    if node.scene == "installing":
        part = min(0.95, (time.monotonic() - node.started) / 60 + 0.35)
        return dict(state="installing", detail=f"Downloading the model SmolLM2, {part * 138:.0f} of 138 MB.", progress=part)
    if node.scene == "failed":
        return dict(state="failed", detail="Installing failed: the package index cannot be reached. Check the network, then run aurora doctor.")
    return dict(state="running", detail="SmolLM2 135M answers on port 8012.") if node.scene == "ready" else None
