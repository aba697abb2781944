"""The mesh of the stand-in: four nodes, what the router decided, and tasks in every state."""

from datetime import datetime, timedelta, timezone

GB = 1 << 30


def view(node):
    busy = node.scene == "ready"
    return dict(
        mesh="home", node="aurora", nodes=nodes() if busy else nodes()[:1], workers=workers() if busy else [], models=[],
        line=dict(running=3 if busy else 0, waiting=2 if busy else 0, waiting_per_model={"qwen3:8b": 2} if busy else {}),
        tasks=dict(queued=1, active=1, completed=128, failed=2, cancelled=1) if busy else dict(queued=0, active=0, completed=0, failed=0, cancelled=0),
        last_decision=node.decisions[0]["id"] if node.decisions else None)


def nodes():
    def machine(name, role, status="online", gpus=(), workers=(), **more):
        values = dict(
            name=name, role=role, status=status, drained_here=False, age_seconds=0.4, link_ms=0, version="0.1.0", uptime_seconds=86_400,
            gpus=list(gpus), workers=list(workers), in_flight=0, waiting=0)
        return values | more

    def gpu(name, used, total, busy, heat):
        return dict(
            name=name, vendor="nvidia", memory_bytes=int(total * GB), memory_used_bytes=int(used * GB), utilisation_percent=busy,
            temperature_celsius=heat)

    return [
        machine("aurora", "lead", workers=["local"]),
        machine(
            "runpod-tx", "gpu", gpus=[gpu("NVIDIA RTX 4090", 21.3, 24, 88, 71), gpu("NVIDIA RTX 4090", 9.1, 24, 12, 54)],
            workers=["runpod-tx/ollama"], link_ms=38.2, way="tunnel", in_flight=3, waiting=2),
        machine(
            "vengeance", "workstation", "draining", [gpu("NVIDIA RTX 4080 SUPER", 4.2, 16, 0, 41)], ["vengeance/ollama"], link_ms=2.6,
            way="direct", drained_here=True, reason="drained here: it gets no new requests from this node"),
        machine(
            "robbiebook1", "laptop", "asleep", age_seconds=5400, link_ms=14.0, way="direct", reason="no answer within 900 ms", workers=[]),
    ]


def workers():
    def model(name, loaded, rate=0.0, prompt=0.0, load=0.0, samples=0, ratio=None):
        return dict(
            name=name, loaded=loaded, size_bytes=None, in_flight=0, samples=samples, load_seconds=load, prompt_tokens_per_second=prompt,
            tokens_per_second=rate, error_ratio=ratio)

    def worker(name, node, models, **more):
        values = dict(
            name=name, node=node, kind="ollama", status="up", age_seconds=0.4, takes_work=True, in_flight=0, outside=0, waiting=0,
            slots=dict(now=2, source="learned"), breaker="closed", requests=0, failures=0, models=models)
        return values | more

    return [
        worker("local", "aurora", [model("smollm2:135m", True, 88.2, 940, 0.4, 61, 0.97)], kind="openai", slots=dict(now=1, source="set")),
        worker(
            "runpod-tx/ollama", "runpod-tx", [
                model("qwen3:8b", True, 92.4, 2410, 3.1, 402, 1.04), model("llama3.3:70b", False, 17.9, 310, 21.5, 12, 1.21),
                model("nomic-embed-text", False, 60.0, 1500, 1.2)],
            in_flight=2, outside=1, waiting=2, slots=dict(now=4, source="told"), requests=1102, failures=3),
        worker("vengeance/ollama", "vengeance", [model("qwen3:8b", True, 61.0, 1380, 4.4, 77, 0.92)], takes_work=False, requests=240),
        worker("lab", "aurora", [], status="down", age_seconds=260.0, reason="nothing listens on 10.0.0.44:8000 (connection refused)", takes_work=False),
    ]


def decision(key, worker="runpod-tx/ollama", reason="fastest", measured=0.31, **more):
    def times(queue, load, link, prompt):
        return dict(queue=queue, load=load, link=link, prompt=prompt, first_token=queue + load + link + prompt, per_token=0.011)

    values = dict(
        id=key, age_seconds=12.0, route="/v1/chat/completions", model="qwen3:8b", worker=worker, policy="predicted", reason=reason,
        why=f"the first token is expected soonest from '{worker}', in 288 ms; from 'vengeance/ollama' in 4.6 s", prompt_tokens=604,
        predicted=times(0, 0, 0.038, 0.25), alternatives=[
            dict(worker="vengeance/ollama", predicted=times(0.2, 4.4, 0.003, 0.43)), dict(worker=None, predicted=times(0, 0, 0.1, 2))],
        waited_seconds=0.0, first_token_seconds=measured, seconds=2.9, status=200, failed=[], continued=False)
    values.update(more)
    if "parts" in values:
        values["predicted"] = times(*values.pop("parts"))
    return values


def decisions():
    return [
        decision("6f1c2a0e9b3d4c57"),
        decision("5d2e", reason="resident", measured=0.62, parts=(0.31, 0, 0.04, 0.22), age_seconds=47.0, why="'runpod-tx/ollama' has the model in memory"),
        decision(
            "4b9a", "local", "retry", 1.9, parts=(0, 0.4, 0, 0.8), age_seconds=130.0, model="smollm2:135m", failed=["lab"],
            why="after 'lab' failed, 'local' was the next best"),
        decision("3c77", reason="affinity", measured=None, status=499, age_seconds=300.0, parts=(0.05, 0, 0.04, 0.03)),
    ]


def tasks():
    moment = datetime.now(timezone.utc)

    def at(seconds):
        return (moment - timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def task(key, status, created, started=None, finished=None, **more):
        values = dict(
            task_id=f"{key}-6d0e-4e8f-9a53-3b0a2f1d4c77", status=status, task_type="llm_inference", status_url=f"/tasks/{key}", priority=5,
            created_at=at(created), started_at=at(started) if started is not None else None,
            finished_at=at(finished) if finished is not None else None, error=None, attempts=[])
        return values | more

    failure = dict(attempt=1, at=at(52), error="'lab' closed the connection in mid-answer", node="aurora", worker="lab")
    return [
        task("0b6e1f0c", "queued", 3, priority=2),
        task("1c7f2a1d", "running", 9, 8, node="aurora"),
        task("2d803b2e", "completed", 60, 58, 31, attempts=[failure]),
        task("3e914c3f", "dead", 400, 398, 120, error="no engine has the model 'qwen3:80b'", attempts=[
            dict(attempt=3, at=at(125), error="no engine has the model 'qwen3:80b'", node="aurora", times=3)]),
        task("4fa25d40", "cancelled", 900, None, 890, task_type="embeddings", error="cancelled"),
    ]
