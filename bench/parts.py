"""The processes of a run: workers, nginx as a plain proxy, and Aurora."""

import json
import os
import pathlib
import select
import shutil
import socket
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).parent
NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
CORES = sorted(os.sched_getaffinity(0))
# The proxy has a core of its own; whoever asks and whoever answers share the other.
PROXY_CORE, OTHER_CORE = (CORES[0], CORES[1]) if len(CORES) > 1 else (None, None)

ANSWER = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1795000000,
    "model": "static",
    "system_fingerprint": "fp_bench",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": ""}, "finish_reason": "stop", "logprobs": None}],
    "usage": {"prompt_tokens": 40, "completion_tokens": 60, "total_tokens": 100},
}


def answer(size=527):
    """A chat completion of exactly `size` bytes."""
    ANSWER["choices"][0]["message"]["content"] = ""
    ANSWER["choices"][0]["message"]["content"] = "a" * (size - len(json.dumps(ANSWER)))
    return json.dumps(ANSWER)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def pinned(core):
    return [] if core is None else ["taskset", "-c", str(core)]


class Parts:
    """Starts what a run needs and ends all of it."""

    def __init__(self, folder, aurora, paced_chunks, burst_chunks, interval_us):
        self.folder, self.aurora = pathlib.Path(folder), str(pathlib.Path(aurora).resolve())
        self.streams = {"paced": (paced_chunks, interval_us), "burst": (burst_chunks, 0)}
        self.processes = []

    def __enter__(self):
        try:
            self.workers = {"static": self._static_worker()} | {name: self._stream_worker(name) for name in self.streams}
            self.targets = {"direct": self.workers, "nginx": self._nginx_proxy(), "aurora": self._aurora()}
            for ports in self.targets.values():
                for port in ports.values():
                    wait_for(port)
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()

    def pids(self, target):
        """The process of a proxy with its children; none for a direct call."""
        root = {"nginx": self.nginx_pid, "aurora": self.aurora_pid}.get(target)
        return [] if root is None else [root, *children(root)]

    def _spawn(self, core, command, **more):
        log = (self.folder / f"{pathlib.Path(command[0]).name}-{len(self.processes)}.log").open("wb")
        self.processes.append(subprocess.Popen([*pinned(core), *command], stdin=subprocess.DEVNULL, stderr=log, **({"stdout": log} | more)))
        return self.processes[-1]

    def _nginx(self, core, name, http):
        folder = self.folder / name
        folder.mkdir()
        temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
        user = "user root;" if os.geteuid() == 0 else ""
        (folder / "nginx.conf").write_text(
            f"{user} worker_processes 1; daemon off; pid {folder}/pid; error_log {folder}/error.log warn;\n"
            f"events {{ worker_connections 4096; }}\n"
            f"http {{ access_log off; keepalive_requests 100000000; keepalive_timeout 300s; {temporary}\n{http} }}\n"
        )
        return self._spawn(core, [NGINX, "-p", str(folder), "-c", "nginx.conf", "-e", f"{folder}/error.log"])

    def _static_worker(self):
        port = free_port()
        models = json.dumps({"object": "list", "data": [{"id": "static", "object": "model", "created": 1, "owned_by": "bench"}]})
        self._nginx(
            OTHER_CORE,
            "static",
            f"default_type application/json; server {{ listen 127.0.0.1:{port}; location = /v1/models {{ return 200 '{models}'; }}"
            f" location = /v1/chat/completions {{ return 200 '{answer()}'; }} location / {{ return 404; }} }}",
        )
        return port

    def _stream_worker(self, name):
        port, (chunks, interval) = free_port(), self.streams[name]
        self._spawn(OTHER_CORE, [str(stream_worker()), str(port), name, str(chunks), str(interval)])
        return port

    def _nginx_proxy(self):
        ports, servers = {}, ""
        for name, worker in self.workers.items():
            ports[name] = free_port()
            buffering = "" if name == "static" else "proxy_buffering off;"
            servers += (
                f"upstream {name} {{ server 127.0.0.1:{worker}; keepalive 512; keepalive_requests 100000000; }}\n"
                f"server {{ listen 127.0.0.1:{ports[name]}; location / {{ proxy_pass http://{name}; proxy_http_version 1.1;"
                f' proxy_set_header Connection ""; {buffering} }} }}\n'
            )
        self.nginx_pid = self._nginx(PROXY_CORE, "proxy", servers).pid
        return ports

    def _aurora(self):
        engines = {name: {"kind": "openai", "url": f"http://127.0.0.1:{port}"} for name, port in self.workers.items()}
        manifest = self.folder / "aurora.yml"
        ports = {"gateway": 0, "chat": 0, "console": 0}
        discovery = {"loopback": False, "local_engine": "off"}
        manifest.write_text(json.dumps({"mesh": "bench", "engines": engines, "ports": ports, "discovery": discovery}))
        command = [self.aurora, "up", "--state", str(self.folder / "state"), "--manifest", str(manifest), "--json"]
        process = self._spawn(PROXY_CORE, command, stdout=subprocess.PIPE)
        self.aurora_pid = process.pid
        if not select.select([process.stdout], [], [], 60)[0]:
            sys.exit(f"'aurora up' said nothing within 60 s; its log is in {self.folder}")
        line = process.stdout.readline()
        if not line:
            sys.exit(f"'aurora up' ended: {(self.folder / f'aurora-{len(self.processes) - 1}.log').read_text()[-2000:]}")
        gateway = int(json.loads(line)["gateway"].rsplit(":", 1)[1])
        wait_for_models(gateway, set(self.workers))
        return {name: gateway for name in self.workers}


def stream_worker():
    """Compiled when it is older than its source."""
    built, source = HERE / "build" / "stream_worker", HERE / "stream_worker.c"
    if not built.exists() or built.stat().st_mtime < source.stat().st_mtime:
        built.parent.mkdir(exist_ok=True)
        subprocess.run(["gcc", "-O2", "-Wall", "-o", built, source], check=True)
    return built


def children(pid):
    try:
        direct = [int(p) for p in pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
    return direct + [inner for child in direct for inner in children(child)]


def wait_for(port, seconds=20):
    end = time.monotonic() + seconds
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            if time.monotonic() > end:
                sys.exit(f"nothing listens on port {port} after {seconds} s")
            time.sleep(0.02)


def wait_for_models(port, names, seconds=30):
    import urllib.request

    end = time.monotonic() + seconds
    while True:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/v1/models", timeout=10) as reply:
            seen = {model["id"] for model in json.load(reply)["data"]}
        if names <= seen:
            return
        if time.monotonic() > end:
            sys.exit(f"the gateway lists {sorted(seen)} after {seconds} s, wanted {sorted(names)}")
        time.sleep(0.05)
