#!/usr/bin/env bash
# Runs the built Swift tests, one module after the other: they start real servers and processes, and all at once they would only show
# how slow two cores can be.
set -euo pipefail
cd "$(dirname "$0")/.."

failed=()
for folder in Tests/*Tests; do
    module=$(basename "$folder")
    echo "== $module"
    swift test --skip-build --parallel "$@" --filter "^$module\\." || failed+=("$module")
done

if ((${#failed[@]} > 0)); then
    echo "failed: ${failed[*]}" >&2
    exit 1
fi
