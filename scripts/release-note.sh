#!/usr/bin/env bash
# Says before a release build how long it will take, so that nobody wonders whether it hangs.
set -euo pipefail
cd "$(dirname "$0")/.."

if [[ -x .build/release/aurora ]]; then
    echo "Building the release binary: what changed since the last build, usually under two minutes."
else
    echo "Building the release binary for the first time: 7 to 10 minutes on 2 cores, most of it libraries"
    echo "that are built only once. The counter [done/all] below moves all the time."
fi
