#!/usr/bin/env python3
"""Measures the gateway: its hot path beside other proxies, what it gains by knowing which models are loaded, and its router in an unequal mesh. See docs/benchmarks.md."""

import argparse
import os
import pathlib
import sys
import tempfile

import hot
import report
import residency
import simulator
from processes import HERE, OTHER_CORES, PROXY_CORE, ROOT, default_binary

PARTS = {
    "hot": ("Hot path", hot.run),
    "residency": ("Residency", residency.run),
    "simulator": ("Unequal mesh", simulator.run),
}
QUICK = {"rounds": 2, "seconds": 1, "streams": 16, "paced_chunks": 200, "burst_chunks": 1000, "residency_seconds": 5}


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--binary", default=default_binary(), help="a release build of aurora")
    parser.add_argument("--only", choices=PARTS, action="append", help="run this part; may be given more than once")
    parser.add_argument("--quick", action="store_true", help="short rounds, to see that all works; not for numbers to publish")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="length of one round of requests")
    parser.add_argument("--streams", type=int, default=64, help="streams at once")
    parser.add_argument("--paced-chunks", type=int, default=500, help="chunks of a paced stream")
    parser.add_argument("--burst-chunks", type=int, default=5000, help="chunks of a stream as fast as it goes")
    parser.add_argument("--interval-us", type=int, default=4000, help="time between two chunks of a paced stream")
    parser.add_argument("--residency-seconds", type=int, default=15, help="how long the clients of the residency part ask")
    parser.add_argument("--no-routers", dest="routers", action="store_false", help="leave other routers out: direct, nginx and aurora only")
    parser.add_argument("--simulator", help="a built aurora-simulator; none: swift run builds it")
    parser.add_argument("--record", action="store_true", help="write the tables into docs/ too")
    options = parser.parse_args()
    if options.quick:
        vars(options).update(QUICK)
    return options


def main():
    options = arguments()
    if PROXY_CORE == OTHER_CORES:
        print("only one core: the proxy shares it with the load, so requests/s say little", file=sys.stderr)
    os.sched_setaffinity(0, OTHER_CORES)  # this program reads the streams itself
    text, numbers, errors = "", {}, 0
    for name in options.only or PARTS:
        title, part = PARTS[name]
        with tempfile.TemporaryDirectory(prefix="aurora-bench-") as folder:
            found, values, failed = part(options, pathlib.Path(folder))
        print(f"\n## {title}\n\n{found}", flush=True)
        text, numbers, errors = f"{text}## {title}\n\n{found}\n", numbers | values, errors + failed
        if options.record:
            report.record(ROOT / "docs", name, found)
    saved = report.save(HERE / "results", text, numbers, options)
    print(f"written to {os.path.relpath(saved)}", file=sys.stderr)
    # Wall time is never a reason to fail; a request that failed is.
    sys.exit(1 if errors else 0)


if __name__ == "__main__":
    main()
