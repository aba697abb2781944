#!/usr/bin/env bash
# Installs the routers that the benchmarks compare with, each in an environment of its own under .venv-bench.
# One that does not install is named with its reason and left out: the benchmarks run without it.
set -euo pipefail
cd "$(dirname "$0")/.."

readonly folder=.venv-bench

install_one() {
    local name=$1 requirement=$2 log=$folder/$1.log
    [[ $(cat "$folder/$name/ready" 2>/dev/null) == "$requirement" ]] && return
    echo "installing $requirement for the benchmarks"
    rm -rf "${folder:?}/$name"
    if python3 -m venv "$folder/$name" >"$log" 2>&1 &&
        "$folder/$name/bin/python" -m pip install --quiet --disable-pip-version-check --only-binary :all: "$requirement" >>"$log" 2>&1; then
        echo "$requirement" >"$folder/$name/ready"
        rm -f "$log"
    else
        rm -rf "${folder:?}/$name"
        echo "left out: $requirement did not install: $(tail -n 1 "$log") (all of it: $log)"
    fi
}

mkdir -p "$folder"
while read -r name requirement; do
    [[ -z $name || $name == '#'* ]] || install_one "$name" "$requirement"
done <bench/routers.txt
