"""Three workers, three models, one loaded in each: how much of what a client that knows everything gets does each router give?"""

import collections
import http.client
import json
import statistics
import sys
import threading
import time

import report
import targets
from processes import HERE, OTHER_CORES, Processes, check_binary, free_port, get, until

MODELS = ["red:latest", "green:latest", "blue:latest"]
LOAD_SECONDS, SLOTS, TOKENS, PACE = 1.0, 2, 12, 0.01
CLIENTS_PER_MODEL = 4
KNOWING = "a client that knows everything"


def engines(processes):
    """Each has all models on disk and another one loaded; to load one evicts the other."""
    ports = [free_port() for _ in MODELS]
    for port, loaded in zip(ports, MODELS):
        options = ["--port", port, "--models", ",".join(MODELS), "--loaded", loaded, "--load", LOAD_SECONDS, "--slots", SLOTS, "--pace", PACE]
        processes.spawn([sys.executable, HERE / "engine.py", *options], OTHER_CORES)
    for port in ports:
        until(lambda: get(port, "/health"), f"the engine on port {port} answers")
    return targets.Backends(ports, MODELS, kind="ollama")


def clients(port_of, seconds):
    """Every client asks again as soon as it has its answer; (seconds each answer took, failures by kind)."""
    took, failed, over = [], collections.Counter(), time.monotonic() + seconds

    def ask_until_over(model):
        body = json.dumps({"model": model, "messages": [{"role": "user", "content": f"count {TOKENS} as x:"}]})
        connection = http.client.HTTPConnection("127.0.0.1", port_of(model), timeout=60)
        while (began := time.monotonic()) < over:
            try:
                connection.request("POST", "/v1/chat/completions", body, {"Content-Type": "application/json"})
                reply = connection.getresponse()
                reply.read()
                outcome = reply.status
            except (OSError, http.client.HTTPException) as error:
                connection.close()
                outcome = type(error).__name__
            if outcome != 200:
                failed[outcome] += 1
                time.sleep(0.05)
            elif time.monotonic() < over:
                took.append(time.monotonic() - began)

    threads = [threading.Thread(target=ask_until_over, args=(model,)) for model in MODELS * CLIENTS_PER_MODEL]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return took, failed


def one(name, options, folder):
    """A fresh set of engines, one way to them, and what its clients got."""
    with Processes(folder / name) as processes:
        processes.folder.mkdir()
        backends = engines(processes)
        target = start(name, processes, backends, options)
        ports = dict(zip(MODELS, backends.ports))
        took, failed = clients(ports.get if target is None else lambda _: target.port, options.residency_seconds)
        counts = [get(port, "/bench/counts") for port in backends.ports]
    quantile = statistics.quantiles(took, n=100) if len(took) > 1 else [float("nan")] * 99
    return {
        "name": target.title if target else KNOWING,
        "rival": bool(target and target.rival),
        "answered": len(took),
        "loads": sum(count["loads"] for count in counts),
        "p50_ms": quantile[49] * 1000,
        "p95_ms": quantile[94] * 1000,
        "failed": dict(failed),
    }


def start(name, processes, backends, options):
    """No request goes through before the run, since it would move the models: it is enough that the way is open."""
    if name == KNOWING:
        return None
    if name in targets.RIVALS:
        return targets.start_rival(processes, name, backends)
    target = targets.nginx(processes, backends) if name == "nginx" else targets.aurora(processes, backends, options.binary)
    targets.wait_until_up(processes, target)
    until(lambda: set(MODELS) <= listed(target.port), f"{name} lists the models", 30)
    return target


def listed(port):
    return {model["id"] for model in (get(port, "/v1/models") or {"data": []})["data"]}


def run(options, folder):
    """The report, its numbers, and how many of Aurora's requests failed."""
    check_binary(options.binary)
    names = [KNOWING, "nginx", *(targets.installed() if options.routers else ()), "aurora"]
    print(f"residency: about {len(names) * (options.residency_seconds + 8) / 60:.0f} minutes", file=sys.stderr)
    results = {}
    for name in names:
        try:
            results[name] = one(name, options, folder)
        except SystemExit as reason:
            if name not in targets.RIVALS:
                raise
            print(f"left out, cannot serve these engines: {reason}", file=sys.stderr)
    best = results[KNOWING]["answered"]
    rows = [
        [r["name"], str(r["answered"]), f"{r['answered'] / best:.0%}", str(r["loads"]), f"{r['p50_ms']:,.0f}", f"{r['p95_ms']:,.0f}", _failures(r)]
        for r in results.values()
    ]
    text = report.table(["", "answered", "of the knowing client", "models loaded", "p50, ms", "p95, ms", "failed"], rows)
    text += (
        f"\n{report.where()}; {len(MODELS)} workers with {SLOTS} slots, {len(MODELS)} models, one loaded in each, {LOAD_SECONDS:g} s to load another;"
        f" {CLIENTS_PER_MODEL} clients a model for {options.residency_seconds} s, {TOKENS * PACE * 1000:g} ms an answer.\n\n"
    )
    if any(404 in r["failed"] for r in results.values()):
        text += "404: that router takes each worker to have one model, and knows no worker for the others.\n\n"
    share = results["aurora"]["answered"] / best
    text += report.verdict(share >= 0.9, f"{share:.0%} of what a client that knows everything gets; target at least 90 %")
    return text, {"residency": list(results.values())}, sum(results["aurora"]["failed"].values())


def _failures(result):
    return ", ".join(f"{count} × {kind}" for kind, count in result["failed"].items()) or "0"
