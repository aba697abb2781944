#!/usr/bin/env python3
"""Real processes under chaos: a node, three workers of which one is killed, hung or restarted every few seconds, and clients of every
sort. Counts what the clients lost, which should be nothing as long as another worker has the model. See docs/benchmarks.md."""

import argparse
import asyncio
import collections
import json
import pathlib
import random
import re
import sys
import tempfile
import time

import load
import report
from faults import Faults, Worker
from processes import ROOT, Processes, check_binary, default_binary, get, until

KINDS = ("ollama", "openai", "ollama")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", default=default_binary(), help="a build of aurora")
    parser.add_argument("--minutes", type=float, default=3)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 1_000_000, help="repeats the faults of another run")
    parser.add_argument("--silence", type=float, default=30, help="seconds without a byte until a client gives up")
    parser.add_argument("--keep", type=pathlib.Path, help="folder to keep the logs in; it must not exist")
    parser.add_argument("--record", action="store_true", help="write the table into docs/ too")
    parser.add_argument("--json", action="store_true", help="numbers instead of tables")
    return parser.parse_args()


def start(options, folder, processes):
    """(workers, gateway's port, console's port, the node's process), all well."""
    journal = folder / "journal"
    journal.touch()
    workers = [Worker(f"worker{n}", kind, journal, folder / f"worker{n}.log") for n, kind in enumerate(KINDS)]
    for worker in workers:
        worker.start()
    for worker in workers:
        until(lambda: get(worker.port, "/v1/models"), f"{worker.name} answers")
    engines = {worker.name: {"kind": worker.kind, "url": f"http://127.0.0.1:{worker.port}"} for worker in workers}
    node, said = processes.aurora(options.binary, {"engines": engines})
    gateway, console = (int(said[name].rsplit(":", 1)[1]) for name in ("gateway", "console"))
    up = lambda: sum(engine["state"] == "up" for engine in (get(console, "/api/status") or {"engines": []})["engines"]) == len(workers)
    until(up, "all workers up", 30)
    return workers, gateway, console, node


async def storm(workers, gateway, console, options):
    clients, faults = load.Load(gateway, options.silence), Faults(workers, console, random.Random(options.seed))
    async with asyncio.TaskGroup() as group:
        running = group.create_task(clients.run())
        await asyncio.sleep(1)
        await faults.run(time.monotonic() + options.minutes * 60)
        clients.over.set()
        await asyncio.wait_for(running, 120)
    return clients, faults


def summary(clients, faults, journal, metrics, options):
    verdicts = {kind: collections.Counter() for kind in clients.kinds()}
    for outcome in clients.outcomes:
        verdicts[outcome.kind][outcome.verdict] += 1
    silence = lambda kind: max((o.silence for o in clients.outcomes if o.kind == kind), default=0)
    began = collections.Counter(line.split(" ")[2] for line in journal.read_text().splitlines())
    total = sum(verdicts.values(), collections.Counter())
    return {
        "seed": options.seed,
        "minutes": options.minutes,
        "faults": dict(faults.done),
        "slowest_return_s": round(max(faults.back, default=0), 2),
        "requests": {kind: dict(counts) | {"longest_silence_s": round(silence(kind), 2)} for kind, counts in verdicts.items()},
        "not_offered": sorted(clients.absent),
        "continued": began["continue"],
        "refused_by_workers": began["refused"],
        "metrics": metrics,
        "lost": {verdict: total[verdict] for verdict in (load.FAILED, load.INCOMPLETE, load.WRONG)},
        "ok": total[load.OK],
    }


def text_of(found):
    rows = [
        [kind, *(str(counts.get(verdict, 0)) for verdict in load.MEANING), f"{counts['longest_silence_s']:.1f}"]
        if kind not in found["not_offered"]
        else [kind, *["–"] * len(load.MEANING), "not offered"]
        for kind, counts in found["requests"].items()
    ]
    text = report.table(["", *load.MEANING, "longest silence, s"], rows)
    done = ", ".join(f"{count} × {kind}" for kind, count in sorted(found["faults"].items()))
    text += f"\n{report.where()}; {found['minutes']:g} minutes, one of {len(KINDS)} workers at a time: {done} (seed {found['seed']}).\n"
    text += f"{found['continued']} answers were continued by another worker; a worker was back within {found['slowest_return_s']} s.\n"
    text += "".join(f"    {line}\n" for line in found["metrics"]) + "\n"
    lost = found["lost"]
    text += report.verdict(lost[load.FAILED] == 0, f"{lost[load.FAILED]} requests failed; target 0")
    text += report.verdict(lost[load.INCOMPLETE] == 0, f"{lost[load.INCOMPLETE]} answers ended before they were whole; target 0")
    text += report.verdict(lost[load.WRONG] == 0, f"{lost[load.WRONG]} answers or tasks came wrong, doubled or out of order; target 0")
    tasks = found["requests"]["tasks"]
    whole = None if "tasks" in found["not_offered"] else set(tasks) <= {load.OK, "longest_silence_s"}
    return text + report.verdict(whole, f"{tasks.get(load.OK, 0)} tasks finished, each once for its key")


def examples_of(clients, faults, each=2):
    """Some of what went wrong, with what was done to the workers meanwhile."""
    text, shown = "", collections.Counter()
    for outcome in clients.outcomes:
        shown[outcome.kind, outcome.verdict] += outcome.verdict != load.OK
        if outcome.verdict != load.OK and shown[outcome.kind, outcome.verdict] <= each:
            during = faults.at(outcome.began, outcome.ended)
            text += f"\n{outcome.kind} {outcome.key}, {outcome.verdict} after {outcome.ended - outcome.began:.1f} s ({during}): {outcome.detail}"
    return text


def telling(metrics):
    """Lines about retries and continued answers, as the node counts them."""
    return [line for line in metrics.splitlines() if re.match(r"aurora_\S*(retr|contin|failover|breaker|hung)\S* ", line) and not line.endswith(" 0")]


def run(options, folder):
    check_binary(options.binary)
    with Processes(folder) as processes:
        workers = []
        try:
            workers, gateway, console, node = start(options, folder, processes)
            clients, faults = asyncio.run(storm(workers, gateway, console, options))
            said = asyncio.run(load.ask(gateway, "/metrics"))
            alive = node.poll() is None
        finally:
            for worker in workers:
                worker.end()
    found = summary(clients, faults, folder / "journal", telling(said.body.decode(errors="replace")), options) | {"node_alive": alive}
    print(json.dumps(found) if options.json else f"{text_of(found)}{examples_of(clients, faults)}")
    if options.record:
        report.record(ROOT / "docs", "chaos", text_of(found))
    return alive and not found["not_offered"] and not any(found["lost"].values()) and found["ok"] > 0


def main():
    options = arguments()
    if options.keep:
        options.keep.mkdir(parents=True)
        sys.exit(0 if run(options, options.keep) else 1)
    with tempfile.TemporaryDirectory(prefix="aurora-chaos-") as folder:
        sys.exit(0 if run(options, pathlib.Path(folder)) else 1)


if __name__ == "__main__":
    main()
