#!/bin/sh
# The entry of `make bench`; arguments go to run.py (see --help).
exec python3 "$(dirname "$0")/run.py" "$@"
