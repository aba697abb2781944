"""The unequal mesh in virtual time: runs the simulator, which uses the real router, and takes its table."""

import os
import subprocess
import sys

import report
from processes import ROOT

PRODUCT = "aurora-simulator"
RELEASE = ("-c", "release", "--static-swift-stdlib", "-Xswiftc", "-enforce-exclusivity=unchecked", "-Xlinker", "-s")


def built():
    """Builds it as `make release` builds, so that nothing is built twice, and returns where it is."""
    build = ["swift", "build", "--package-path", ROOT, *RELEASE]
    try:
        subprocess.run([*build, "--quiet", "--product", PRODUCT], stdout=sys.stderr, timeout=1800, check=True)
        folder = subprocess.run([*build, "--show-bin-path"], stdout=subprocess.PIPE, text=True, timeout=60, check=True).stdout.strip()
    except (OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"the simulator could not be built: {error}\n  fix: name a built one with --simulator, or leave it out with --only hot")
    return os.path.join(folder, PRODUCT)


def run(options, _folder):
    print("simulator: some minutes when it has to be built first", file=sys.stderr)
    chosen = [options.simulator or os.environ.get("AURORA_SIMULATOR") or built()]
    try:
        done = subprocess.run(chosen, stdout=subprocess.PIPE, text=True, timeout=1800)
    except OSError as error:
        sys.exit(f"the simulator did not start: {error}\n  fix: name a built one with --simulator, or leave it out with --only hot")
    if done.returncode or not done.stdout.strip():
        sys.exit(f"the simulator ended with code {done.returncode}: {' '.join(map(str, chosen))}")
    return f"{done.stdout.strip()}\n\n{report.where()}.\n", {"simulator": done.stdout}, 0
