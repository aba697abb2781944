#!/usr/bin/env python3
"""Aurora's gateway beside a direct call and nginx as a plain proxy, in the same run. See docs/benchmarks.md."""

import argparse
import os
import pathlib
import shutil
import sys
import tempfile

import measure
import report
from parts import HERE, NGINX, OTHER_CORE, Parts

ROOT = HERE.parent


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", default=os.environ.get("AURORA_BINARY", ROOT / ".build/release/aurora"), help="a release build")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="length of one round of requests")
    parser.add_argument("--streams", type=int, default=64, help="streams at once")
    parser.add_argument("--paced-chunks", type=int, default=500, help="chunks of a paced stream")
    parser.add_argument("--burst-chunks", type=int, default=5000, help="chunks of a stream as fast as it goes")
    parser.add_argument("--interval-us", type=int, default=4000, help="time between two chunks of a paced stream")
    parser.add_argument("--record", action="store_true", help="write the table into docs/benchmarks.md too")
    return parser.parse_args()


def check_tools(binary):
    missing = [tool for tool in ("wrk", "gcc", "taskset") if not shutil.which(tool)]
    missing += [] if os.access(NGINX, os.X_OK) else ["nginx"]
    if missing:
        sys.exit(f"missing: {', '.join(missing)}\n  fix: apt-get install wrk nginx-light gcc util-linux")
    if not os.access(binary, os.X_OK):
        sys.exit(f"no binary at '{binary}'\n  fix: make release, or name one with --binary")


def measure_one(parts, target, test, options):
    pids = parts.pids(target)
    if test in parts.streams:
        return measure.streams(parts.targets[target][test], test, parts.streams[test][0], options.streams, pids)
    return measure.requests(parts.targets[target]["static"], int(test[1:]), options.seconds, pids)


def run(parts, options):
    """All tests on all targets, round by round, each round beginning with another target."""
    rounds, targets = {}, list(parts.targets)
    for test in (*report.LEVELS, *parts.streams):
        for target in targets:  # warms caches and connections; not counted
            measure_one(parts, target, test, argparse.Namespace(seconds=1, streams=4))
    for number in range(options.rounds):
        for test in (*report.LEVELS, *parts.streams):
            for target in targets[number % 3 :] + targets[: number % 3]:
                rounds.setdefault((target, test), []).append(measure_one(parts, target, test, options))
                print(".", end="", file=sys.stderr, flush=True)
        print(f" round {number + 1} of {options.rounds}", file=sys.stderr)
    return report.medians(rounds)


def main():
    options = arguments()
    check_tools(options.binary)
    if OTHER_CORE is None:
        print("only one core: the proxy shares it with the load, so requests/s say little", file=sys.stderr)
    else:
        os.sched_setaffinity(0, {OTHER_CORE})  # this program reads the streams itself
    seconds = options.rounds * 3 * (3 * options.seconds + 2 * options.paced_chunks * options.interval_us / 1e6)
    print(f"takes about {seconds / 60 + 1:.0f} minutes", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="aurora-bench-") as folder:
        with Parts(folder, options.binary, options.paced_chunks, options.burst_chunks, options.interval_us) as parts:
            table = run(parts, options)
    about, settings = report.machine(), {k: v for k, v in vars(options).items() if k not in ("binary", "record")}
    text = report.markdown(table, about, settings)
    saved = report.save(HERE / "results", text, table, about, settings)
    if options.record:
        report.record(ROOT / "docs" / "benchmarks.md", text)
    print(text)
    print(f"written to {saved.relative_to(pathlib.Path.cwd()) if saved.is_relative_to(pathlib.Path.cwd()) else saved}", file=sys.stderr)
    errors = sum(test["errors"] for target in table.values() for test in target.values())
    # Wall time is never a reason to fail; a request that failed is.
    sys.exit(1 if errors else 0)


if __name__ == "__main__":
    main()
