#!/usr/bin/env bash
# Installs the system packages that Aurora needs and that are missing, and nothing else.
#
#   scripts/bootstrap.sh            to build and run
#   scripts/bootstrap.sh --test     also what the tests drive (browser, promtool)
#   scripts/bootstrap.sh --bench    also what the benchmarks measure with (nginx, wrk, other routers)
#   scripts/bootstrap.sh --dry-run  only says what would be installed; exits 1 when something is missing
set -euo pipefail

readonly swift_minimum=6.2

# One line a need: package | how to see that it is there | what it is for
readonly build_needs='
g++|compgen -G "/usr/include/c++/*/vector"|C++ headers and the linker, for the TLS library
libsqlite3-dev|test -e /usr/include/sqlite3.h|SQLite, where a node keeps its state
python3|command -v python3|runs the project checks and the small local engine
python3-venv|python3 -c "import venv, ensurepip"|private environment of the small local engine
'
readonly test_needs='
chromium|command -v chromium|a real browser for the console tests
chromium-driver|command -v chromedriver|drives that browser
prometheus|command -v promtool|promtool checks the metrics
curl|command -v curl|calls each wire dialect as a user would
shellcheck|command -v shellcheck|looks for faults in the scripts
docker-compose|command -v docker-compose|reads the compose files that are rendered
systemd|command -v systemd-analyze|reads the units that are rendered
postgresql-15|compgen -G "/usr/lib/postgresql/*/bin/initdb"|a real database for the survey of a machine
redis-server|command -v redis-server|a real Redis, surveyed and run
nginx-light|test -x /usr/sbin/nginx|checks what is rendered for it, and what is read of its configurations
libnginx-mod-http-lua|test -e /usr/lib/nginx/modules/ngx_http_lua_module.so|the Lua module of nginx
prometheus-node-exporter|command -v prometheus-node-exporter|the program that a rendered unit names
cron|command -v crontab|a real cron to compare crontabs with
'
readonly bench_needs='
nginx-light|test -x /usr/sbin/nginx|the proxy to compare with
wrk|command -v wrk|makes the load
gcc|command -v gcc|builds the streaming worker
curl|command -v curl|waits until the servers answer
'

say() { printf '%s\n' "$*"; }
die() { printf 'bootstrap: %s\n' "$@" >&2; exit 1; }

check_swift() {
    local how="get Swift $swift_minimum or newer from https://www.swift.org/install, then run this again"
    command -v swift >/dev/null || die "no 'swift' in PATH" "$how"
    local found
    found=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+(\.[0-9]+)*).*/\1/p' | head -n 1)
    [[ -n $found ]] || die "'swift --version' does not tell a version; is the toolchain complete?" "$how"
    [[ $(printf '%s\n' "$swift_minimum" "$found" | sort -V | head -n 1) == "$swift_minimum" ]] ||
        die "Swift $found is too old" "$how"
}

# Prints `package|reason` for each need on standard input that is not met.
missing_needs() {
    local package probe reason
    while IFS='|' read -r package probe reason; do
        [[ -n $package ]] || continue
        eval "$probe" >/dev/null 2>&1 || printf '%s|%s\n' "$package" "$reason"
    done
}

# Packages such as nginx start themselves when they are installed; here they are only tools, so they must not.
forbid_daemons() {
    readonly policy=/usr/sbin/policy-rc.d
    [[ -e $policy ]] && return
    # The path is expanded now: the trap runs when the function is gone.
    # shellcheck disable=SC2064
    trap "$root rm -f $policy" EXIT
    printf '#!/bin/sh\nexit 101\n' | $root tee "$policy" >/dev/null
    $root chmod 755 "$policy"
}

# Keeps a freshly installed service from starting at the next boot.
disable_service() {
    [[ -d /run/systemd/system ]] || return 0
    $root systemctl disable "$1" >/dev/null 2>&1 || say "could not disable '$1' at boot: see systemctl status $1"
}

install_packages() {
    root=''
    if [[ $(id -u) != 0 ]]; then
        command -v sudo >/dev/null || die "no right to install packages and no sudo" "run as root: apt-get install $*"
        root='sudo'
    fi
    export DEBIAN_FRONTEND=noninteractive
    local apt="$root env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=400"
    forbid_daemons
    say "running: apt-get update"
    $apt update >/dev/null || die "apt-get update failed" "check the network and the package sources, then run this again"
    say "running: apt-get install $*"
    $apt install --no-install-recommends "$@" || die "apt-get could not install: $*" "see its message above"
    local package
    for package in "$@"; do
        case $package in
            nginx-light) disable_service nginx ;;
            postgresql-15) disable_service postgresql ;;
            prometheus | prometheus-node-exporter | redis-server | cron) disable_service "$package" ;;
        esac
    done
}

main() {
    local needs=$build_needs dry_run=false routers=false argument
    for argument in "$@"; do
        case $argument in
            --test) needs+=$test_needs ;;
            --bench) needs+=$bench_needs routers=true ;;
            --dry-run) dry_run=true ;;
            *) die "unknown option '$argument'" "use --test, --bench or --dry-run" ;;
        esac
    done

    check_swift
    local missing
    missing=$(missing_needs <<<"$needs" | sort -u -t '|' -k 1,1)
    if [[ -z $missing ]]; then
        if $dry_run; then say "nothing is missing"; elif $routers; then "$(dirname "$0")/bench-routers.sh"; fi
        return
    fi

    say "missing on this machine:"
    awk -F '|' '{ printf "  %-16s %s\n", $1, $2 }' <<<"$missing"
    if $dry_run; then exit 1; fi
    local packages
    mapfile -t packages < <(cut -d '|' -f 1 <<<"$missing")
    command -v apt-get >/dev/null ||
        die "this system has no apt-get" "install what corresponds to: ${packages[*]}" "then run this again"
    install_packages "${packages[@]}"
    if $routers; then "$(dirname "$0")/bench-routers.sh"; fi
}

main "$@"
