"""The hot path: requests/s, added latency, CPU and memory of everything that can stand before two idle workers."""

import statistics
import sys

import measure
import report
import targets
from processes import OTHER_CORES, Processes, check_tools, compiled, free_port

LEVELS = {"c1": 1, "c32": 32, "c256": 256}
PACED, BURST = "paced", "burst"
ANSWER_BYTES = 527


def workers(processes, count=2):
    ports = [free_port() for _ in range(count)]
    for port in ports:
        processes.spawn([compiled("worker"), port, "bench", ANSWER_BYTES], OTHER_CORES)
    return targets.Backends(ports, ["bench"])


def start(processes, options):
    """All targets; those that cannot be started are said and left out."""
    backends = workers(processes)
    # These workers take whatever comes, and no other proxy here holds requests back to spare them.
    aurora = targets.aurora(processes, backends, options.binary, parallel=512)
    started = [targets.direct(processes, backends), targets.nginx(processes, backends), aurora]
    for name in targets.installed() if options.routers else ():
        try:
            started.append(targets.start_rival(processes, name, backends))
        except SystemExit as reason:
            print(f"left out, did not start: {reason}", file=sys.stderr)
    for target in started:
        targets.wait_until_it_serves(target, "bench")
    return started


def tests_for(target):
    """A slow one is spared what would only measure its queue."""
    return [*LEVELS, PACED, BURST] if not target.slow else ["c1", "c32", PACED]


def measure_one(target, test, options):
    if test in LEVELS:
        return measure.requests(target, LEVELS[test], options.seconds)
    connections = max(4, options.streams // 8) if target.slow else options.streams
    if test == PACED:
        return measure.streams(target, connections, options.paced_chunks, options.interval_us)
    return measure.streams(target, connections, options.burst_chunks, 0)


def medians(rounds):
    """{target: {test: {number: median}}} from the rounds; errors are summed, since none may be hidden."""
    table = {}
    for (name, test), results in rounds.items():
        middle = {k: (sum if k == "errors" else statistics.median)(r[k] for r in results) for k in results[0]}
        table.setdefault(name, {})[test] = middle
    return table


def rounds_of(started, options):
    """All tests on all targets, round by round, each round beginning with another target."""
    rounds, tests = {}, [*LEVELS, PACED, BURST]
    for target in started:  # warms caches and connections; not counted
        measure.requests(target, 32, 1)
        measure.streams(target, 4, 50, options.interval_us)
    for number in range(options.rounds):
        first = number % len(started)
        for test in tests:
            for target in started[first:] + started[:first]:
                if test in tests_for(target):
                    rounds.setdefault((target.name, test), []).append(measure_one(target, test, options))
                    print(".", end="", file=sys.stderr, flush=True)
        print(f" round {number + 1} of {options.rounds}", file=sys.stderr)
    return medians(rounds)


def run(options, folder):
    """The report, its numbers, and how many requests failed."""
    check_tools(options.binary, ("wrk", "gcc", "taskset"))
    with Processes(folder) as processes:
        started = start(processes, options)
        each = 3 * options.seconds + 2 * options.paced_chunks * options.interval_us / 1e6
        print(f"hot path: about {len(started) * options.rounds * each / 60 + 0.5:.0f} minutes", file=sys.stderr)
        table = rounds_of(started, options)
    text = report.hot(table, started, options)
    # A rival's failed request is shown in its row; ours, or one of the scale, makes the run fail.
    errors = sum(test["errors"] for t in started if not t.rival for test in table[t.name].values())
    return text, {"targets": {t.name: t.version for t in started}, "medians": table}, errors
