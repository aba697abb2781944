"""Serves one small model over HTTP (OpenAI wire) on loopback until told to stop or until its parent is gone.

Started and restarted by the Aurora node; runs inside the environment that the node made for it.
"""

import argparse
import importlib.util
import os
import signal
import sys
import threading
from pathlib import Path

import xllamacpp

# Memory that finished prompts may take up for reuse; the library's own default is 8 GiB.
PROMPT_CACHE_MIB = 256
PARENT_CHECK_SECONDS = 0.5
# Each waiting request holds one; with too few, /health would wait behind them and look like a hung server.
HTTP_THREADS = 64


def arguments():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--parent", type=int, required=True, help="exit when this process is no longer the parent")
    parser.add_argument("--package", required=True, help="installed package whose folder holds the GGUF file")
    parser.add_argument("--alias", required=True, help="name under which the model is served")
    parser.add_argument("--context", type=int, required=True, help="tokens a request may use, answer included")
    parser.add_argument("--parallel", type=int, required=True, help="requests answered at the same time")
    return parser.parse_args()


def model_file(package):
    """The GGUF file in the package's folder. The package itself is not imported: it needs libraries that are not here."""
    spec = importlib.util.find_spec(package)
    folders = (spec and spec.submodule_search_locations) or []
    files = sorted(file for folder in folders for file in Path(folder).glob("*.gguf"))
    if not files:
        sys.exit(f"package '{package}' holds no GGUF file")
    return str(files[0])


def parameters(wanted):
    params = xllamacpp.CommonParams()
    params.model.path = model_file(wanted.package)
    params.model_alias = {wanted.alias}
    params.hostnames = ["127.0.0.1"]
    params.port = wanted.port
    params.n_parallel = wanted.parallel
    params.n_ctx = wanted.context * wanted.parallel
    params.n_threads_http = HTTP_THREADS
    params.cache_ram_mib = PROMPT_CACHE_MIB
    params.endpoint_slots = True
    # The default lets any web page that the user opens read answers; the node itself needs no such leave.
    params.cors_origins = "http://127.0.0.1"
    params.cors_origins_explicit = True
    params.cors_credentials = False
    params.offline = True
    params.ui = False
    return params


def watch_parent(parent, stop):
    # A killed node cannot tell its children; being handed to another parent is how they notice.
    while os.getppid() == parent:
        if stop.wait(PARENT_CHECK_SECONDS):
            return
    print(f"parent {parent} is gone, stopping", file=sys.stderr, flush=True)
    stop.set()
    # The server's own shutdown waits for running answers, and nobody reads them any more.
    threading.Timer(5, os._exit, [1]).start()


def main():
    wanted = arguments()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    threading.Thread(target=watch_parent, args=(wanted.parent, stop), daemon=True).start()
    server = xllamacpp.Server(parameters(wanted))
    print(f"serving '{wanted.alias}' on {server.listening_address}", file=sys.stderr, flush=True)
    stop.wait()
    del server


if __name__ == "__main__":
    main()
