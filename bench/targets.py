"""What is compared: the workers without a proxy, nginx, Aurora, and every other router that is installed here."""

import dataclasses
import json
import os
import pathlib
import subprocess
import sys
import urllib.request

from processes import NGINX, PROXY_CORE, ROOT, free_port, get, tree, until

ROUTERS = pathlib.Path(os.environ.get("AURORA_BENCH_VENV", ROOT / ".venv-bench"))


@dataclasses.dataclass
class Backends:
    """The workers behind every target: each has all the models."""

    ports: list
    models: list
    # As Aurora's manifest names it. The others only know OpenAI's wire, which an Ollama engine speaks too.
    kind: str = "openai"

    @property
    def urls(self):
        return [f"http://127.0.0.1:{port}" for port in self.ports]


@dataclasses.dataclass
class Target:
    name: str
    port: int
    version: str = ""
    policy: str = ""
    process: object = None
    # So slow that it gets a smaller share of the load, else a run takes an hour.
    slow: bool = False
    # Another program that chooses among engines; nginx and a direct call only set the scale.
    rival: bool = False
    # A path that answers as soon as the target does; LiteLLM's /health would ask every model.
    ready: str = "/v1/models"

    @property
    def title(self):
        return f"{self.name} {self.version}".strip() + (f", {self.policy.replace('_', ' ')}" if self.policy else "")

    @property
    def pids(self):
        return tree(self.process.pid) if self.process else []


def direct(_, backends):
    return Target("direct", backends.ports[0])


def nginx(processes, backends):
    """Round robin over connections that stay open, no access log, one worker process."""
    port, folder = free_port(), processes.folder / f"nginx{len(processes.started)}"
    folder.mkdir()
    temporary = " ".join(f"{kind}_temp_path {folder}/{kind};" for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    servers = " ".join(f"server 127.0.0.1:{worker};" for worker in backends.ports)
    (folder / "nginx.conf").write_text(
        f"{'user root;' if os.geteuid() == 0 else ''} worker_processes 1; daemon off; pid {folder}/pid;\n"
        f"error_log {folder}/error.log warn; events {{ worker_connections 4096; }}\n"
        f"http {{ access_log off; keepalive_requests 100000000; keepalive_timeout 300s; {temporary}\n"
        f"upstream workers {{ {servers} keepalive 512; keepalive_requests 100000000; }}\n"
        f"server {{ listen 127.0.0.1:{port}; location / {{ proxy_pass http://workers; proxy_http_version 1.1;"
        f' proxy_set_header Connection ""; }} }} }}\n'
    )
    process = processes.spawn([NGINX, "-p", folder, "-c", "nginx.conf", "-e", folder / "error.log"], PROXY_CORE)
    version = subprocess.run([NGINX, "-v"], capture_output=True, text=True).stderr.strip().rsplit("/", 1)[-1]
    return Target("nginx", port, version, process=process)


def aurora(processes, backends, binary, **more):
    """`more`: what the manifest says of each worker."""
    engines = {f"worker{number}": {"kind": backends.kind, "url": url} | more for number, url in enumerate(backends.urls)}
    process, said = processes.aurora(binary, {"engines": engines}, PROXY_CORE)
    version = subprocess.run([binary, "--version"], capture_output=True, text=True).stdout.strip().rsplit(" ", 1)[-1]
    return Target("aurora", int(said["gateway"].rsplit(":", 1)[1]), version, process=process)


def vllm_router(processes, backends):
    return _rust_router(processes, backends, "vllm-router", [], "round_robin", "warning")


def sglang_router(processes, backends):
    return _rust_router(processes, backends, "sglang-router", ["launch"], "cache_aware", "warn")


def smg(processes, backends):
    return _rust_router(processes, backends, "smg", ["launch"], "cache_aware", "warn")


def _rust_router(processes, backends, name, verb, policy, level):
    """These three have one ancestor and its options."""
    port = free_port()
    options = ["--host", "127.0.0.1", "--port", port, "--prometheus-port", free_port(), "--policy", policy, "--log-level", level]
    command = [ROUTERS / name / "bin" / name, *verb, *options, "--worker-urls", *backends.urls]
    return Target(name, port, policy=policy, process=processes.spawn(command, PROXY_CORE), rival=True, ready="/health")


def litellm(processes, backends):
    port, config = free_port(), processes.folder / f"litellm{len(processes.started)}.json"
    entry = lambda model, url: {
        "model_name": model,
        "litellm_params": {"model": f"openai/{model}", "api_base": f"{url}/v1", "api_key": "none"},
    }
    config.write_text(json.dumps({"model_list": [entry(model, url) for model in backends.models for url in backends.urls]}))
    command = [ROUTERS / "litellm" / "bin" / "litellm", "--config", config, "--host", "127.0.0.1", "--port", port]
    # It shall not ask the network for the prices of models, nor want a key for this machine alone.
    environment = os.environ | {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "LITELLM_LOG": "ERROR"}
    # It would also take a hundred equal tokens, which is what the workers send, for a model that hangs in a loop.
    environment |= {"LITELLM_DANGEROUSLY_PERMIT_WEAK_OR_UNSET_MASTER_KEY": "true", "REPEATED_STREAMING_CHUNK_LIMIT": "1000000000"}
    process = processes.spawn(command, PROXY_CORE, env=environment)
    return Target("litellm", port, process=process, slow=True, rival=True, ready="/health/liveliness")


RIVALS = {"vllm-router": vllm_router, "sglang-router": sglang_router, "smg": smg, "litellm": litellm}


def installed():
    """The rivals that are here, with what is missing said."""
    here = {name: start for name, start in RIVALS.items() if os.access(ROUTERS / name / "bin" / name, os.X_OK)}
    if absent := sorted(RIVALS.keys() - here.keys()):
        print(f"left out, not installed: {', '.join(absent)} (scripts/bench-routers.sh says why)", file=sys.stderr)
    return here


def version_of(name):
    """As pip knows it."""
    found = sorted((ROUTERS / name).glob(f"lib/python3*/site-packages/{name.replace('-', '_')}-*.dist-info"))
    return found[0].name.removesuffix(".dist-info").rsplit("-", 1)[-1] if found else "?"


def start_rival(processes, name, backends):
    target = RIVALS[name](processes, backends)
    target.version = version_of(name)
    wait_until_up(processes, target)
    return target


def wait_until_up(processes, target, seconds=120):
    def up():
        if target.process and target.process.poll() is not None:
            sys.exit(f"{target.name} ended with code {target.process.returncode}: {last_words(processes)}")
        return get(target.port, target.ready)

    until(up, f"{target.name} answers {target.ready}: {last_words(processes)}", seconds)


def wait_until_it_serves(target, model, seconds=60):
    """A request for the model comes through."""
    body = json.dumps({"model": model, "messages": [{"role": "user", "content": "hello"}]}).encode()
    url = f"http://127.0.0.1:{target.port}/v1/chat/completions"

    def served():
        try:
            with urllib.request.urlopen(urllib.request.Request(url, body, {"Content-Type": "application/json"}), timeout=20) as reply:
                return reply.status == 200
        except OSError:
            return False

    until(served, f"{target.name} answers a request for '{model}'", seconds)


def last_words(processes):
    return processes.log.read_text(errors="replace")[-1500:]
