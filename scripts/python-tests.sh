#!/usr/bin/env bash
# Runs the Python suites against the debug binary, in an environment of their own under .venv.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly venv=.venv
mapfile -t requirements < <(find Tests -name requirements.txt | sort)

# The environment is rebuilt when what it should hold has changed, and never looks finished when it is not.
wanted=$(cat "${requirements[@]}" | sha256sum | cut -d ' ' -f 1)
if [[ $(cat "$venv/ready" 2>/dev/null) != "$wanted" ]]; then
    echo "preparing $venv for the Python suites: ${requirements[*]}"
    rm -rf "$venv"
    python3 -m venv "$venv"
    arguments=()
    for file in "${requirements[@]}"; do arguments+=(-r "$file"); done
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "${arguments[@]}"
    echo "$wanted" >"$venv/ready"
fi

AURORA_BINARY="$(swift build --show-bin-path)/aurora"
[[ -x $AURORA_BINARY ]] || { echo "no binary at '$AURORA_BINARY': run make build" >&2; exit 1; }
export AURORA_BINARY
export AURORA_TEST_CACHE="${AURORA_TEST_CACHE:-$HOME/.cache/aurora-tests}"

mapfile -t suites < <(find Tests \( -name '*_test.py' -o -name 'test_*.py' \) -exec dirname {} \; | sort -u)
"$venv/bin/python" -m pytest -q "${suites[@]}"
