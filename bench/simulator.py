"""The unequal mesh in virtual time: runs the simulator, which uses the real router, and takes its table."""

import os
import subprocess
import sys

from processes import ROOT

PRODUCT = "aurora-simulator"
RELEASE = ("-c", "release", "--static-swift-stdlib", "-Xswiftc", "-enforce-exclusivity=unchecked", "-Xlinker", "-s")


def command(path):
    """A simulator that is built already, or the way to build and run it: as `make release` builds, so that nothing is built twice."""
    return [path] if path else ["swift", "run", "--package-path", ROOT, *RELEASE, "--quiet", PRODUCT]


def run(options, _folder):
    chosen = command(options.simulator or os.environ.get("AURORA_SIMULATOR"))
    print("simulator: some minutes when it has to be built first", file=sys.stderr)
    try:
        done = subprocess.run(chosen, stdout=subprocess.PIPE, text=True, timeout=1800)
    except OSError as error:
        sys.exit(f"the simulator did not start: {error}\n  fix: name a built one with --simulator, or leave it out with --only hot")
    if done.returncode or not done.stdout.strip():
        sys.exit(f"the simulator ended with code {done.returncode}: {' '.join(map(str, chosen))}")
    return f"{done.stdout.strip()}\n", {"simulator": done.stdout}, 0
