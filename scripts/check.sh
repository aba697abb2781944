#!/usr/bin/env bash
# Runs every quick check, tells all findings in one go, and fails when there is one.
set -uo pipefail
cd "$(dirname "$0")/.." || exit 1

failed=()

# run NAME ADVICE COMMAND...
run() {
    local name=$1 advice=$2 output
    shift 2
    if output=$("$@" 2>&1); then
        printf 'ok    %-10s %s\n' "$name" "${output##*$'\n'}"
    else
        printf 'FAIL  %-10s %s\n%s\n\n' "$name" "$advice" "$output"
        failed+=("$name")
    fi
}

format() {
    swift format lint --strict --parallel --recursive --configuration .swift-format Package.swift Sources Tests || return 1
    echo "swift format has nothing to change"
}

shell_scripts() {
    local files
    mapfile -t files < <(git ls-files -co --exclude-standard -- 'scripts/*.sh' 'bench/*.sh' .ci/run)
    for file in "${files[@]}"; do bash -n "$file" || return 1; done
    if command -v shellcheck >/dev/null; then
        shellcheck -S warning "${files[@]}" || return 1
        echo "${#files[@]} scripts pass shellcheck"
    else
        echo "${#files[@]} scripts parse (shellcheck is not installed, so no more was looked at)"
    fi
}

run format "run: make fmt; what is left needs a hand" format
run walls "see the map of modules in ARCHITECTURE.md" scripts/check-walls.py
run sources "each line says what to write instead" scripts/check-sources.py
run tree "each line says what to do" scripts/check-tree.py
run scripts "fix what is named" shell_scripts

if ((${#failed[@]})); then
    echo "check failed: ${failed[*]}"
    exit 1
fi
