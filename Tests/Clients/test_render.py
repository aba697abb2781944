"""What `aurora render` writes, judged by the programs that have to read it."""

import json
import os
import pathlib
import shutil
import signal
import socket
import stat
import subprocess
import sys

import pytest

from node import binary, environment, until

SECRETS = ["pa$$ w0rd-of-db", "token-0123456789", "literal-key-value"]
ENV = "DB_PASSWORD='pa$$ w0rd-of-db'\nAPI_TOKEN=token-0123456789\n"

CONTAINERS = """
mesh: tests
services:
  redis: {}
  nginx: { ports: [ "8081:8080" ] }
  prometheus: {}
  node-exporter: {}
  grafana: { ports: [ "127.0.0.1:3001:3000" ] }
  db:
    image: postgres:16
    environment: { POSTGRES_PASSWORD: "${DB_PASSWORD}", POSTGRES_DB: app }
    volumes: [ "db:/var/lib/postgresql/data", "./init.sql:/docker-entrypoint-initdb.d/init.sql:ro" ]
    healthcheck: { test: [ CMD, pg_isready, -U, postgres ], interval: 5s, start_period: 1m30s }
  migrate:
    image: example/api:1
    command: migrate --url "postgres://postgres:${DB_PASSWORD}@db/app"
    depends_on: { db: { condition: service_healthy } }
  api:
    image: example/api:1
    command: [ serve, --token, "${API_TOKEN}", --price, "$$5" ]
    entrypoint: ""
    environment: [ API_TOKEN, API_KEY=literal-key-value, MODE=on, "EMPTY=" ]
    ports: [ "8080:80", "127.0.0.1:8443:443", "5353:53/udp" ]
    volumes: [ /cache, { type: tmpfs, target: /scratch } ]
    tmpfs: /tmp
    networks: [ back ]
    depends_on:
      db: { condition: service_healthy }
      migrate: { condition: service_completed_successfully }
      redis: { condition: service_healthy }
    restart: on-failure:3
    user: "1000:1000"
    labels: { team: web }
    deploy: { resources: { limits: { cpus: 1.5, memory: 512m, pids: 100 }, reservations: { memory: 64m } } }
    gpus: 1
    read_only: true
    cap_drop: [ ALL ]
    security_opt: [ no-new-privileges:true ]
    stop_grace_period: 1m30s
    stop_signal: SIGINT
    extra_hosts: { files.example.com: 10.0.0.5 }
"""

PROGRAMS = """
mesh: tests
runtime: systemd
services:
  redis: { ports: [ "127.0.0.1:6390:6379" ] }
  nginx: { ports: [ "127.0.0.1:8090:8080" ] }
  prometheus: { ports: [ "127.0.0.1:9190:9090" ] }
  node-exporter: { ports: [ "127.0.0.1:9191:9100" ] }
  setup: { command: /bin/true }
  worker:
    command: /bin/sh -c 'echo "100% of $${HOME} costs $$5"; exec sleep 1d' worker "${API_TOKEN}"
    environment: { DB_PASSWORD: "${DB_PASSWORD}", MODE: "50% \\"on\\"" }
    env_file: ./worker.env
    working_dir: /tmp
    user: daemon
    restart: on-failure:3
    depends_on: { redis: { condition: service_healthy }, setup: { condition: service_completed_successfully } }
    deploy: { resources: { limits: { cpus: 0.5, memory: 64m, pids: 20 } } }
    cap_drop: [ ALL ]
    stop_grace_period: 90s
    volumes: [ "/var/tmp:/scratch", "kept:/kept", { type: tmpfs, target: /run/scratch } ]
"""


def need(program, package):
    found = shutil.which(program, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if not found:
        pytest.skip(f"{program} comes with the package {package}")
    return found


def render(folder, text, kind, *arguments, env=ENV):
    folder.mkdir(exist_ok=True)
    (folder / "aurora.yml").write_text(text)
    (folder / ".env").write_text(env)
    (folder / "worker.env").write_text("FROM_FILE=file-0123456789\n")
    command = [binary(), "render", kind, "--state", str(folder / "state"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, env=environment(), cwd=folder, timeout=60)


def rendered(folder, text, kind):
    """The folder with what was rendered, which nobody but its owner may read secrets in."""
    out = folder / "out"
    done = render(folder, text, kind, "--out", out)
    assert done.returncode == 0, done.stderr
    assert_no_secrets(out, done)
    return out


def assert_no_secrets(out, done):
    assert not any(secret in done.stdout + done.stderr for secret in SECRETS)
    for file in out.rglob("*"):
        if file.is_file() and stat.S_IMODE(file.stat().st_mode) & 0o077:
            text = file.read_text()
            assert not any(secret in text for secret in [*SECRETS, "file-0123456789"]), file


def check(*command, **more):
    done = subprocess.run([str(c) for c in command], capture_output=True, text=True, timeout=60, **more)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_docker_compose_reads_what_was_meant(tmp_path):
    compose = need("docker-compose", "docker-compose")
    out = rendered(tmp_path / "m", CONTAINERS, "compose")
    text = check(compose, "--env-file", tmp_path / "m/.env", "-f", out / "docker-compose.yml", "config", "--no-interpolate")
    whole = check(compose, "--env-file", tmp_path / "m/.env", "-f", out / "docker-compose.yml", "config")
    assert "${API_TOKEN}" in text and "pa$$$$ w0rd-of-db" in whole  # compose doubles the dollar signs that it prints
    whole = whole.replace("'", '"')  # the one quotes this way, the other that way
    for word in ['aurora.managed: "true"', "container_name: aurora-api", "literal-key-value", "token-0123456789", "$$5", "name: aurora-mesh"]:
        assert word in whole, word


def test_the_stream_on_standard_output_is_a_compose_file(tmp_path):
    compose = need("docker-compose", "docker-compose")
    done = render(tmp_path / "m", CONTAINERS, "compose", "--service", "db")
    assert done.returncode == 0 and "secrets" not in done.stdout
    text = check(compose, "--env-file", tmp_path / "m/.env", "-f", "-", "config", "--services", input=done.stdout)
    assert text.split() == ["db"]


def test_kubernetes_takes_every_object(tmp_path):
    pytest.importorskip("kubernetes_validate")
    out = rendered(tmp_path / "m", CONTAINERS, "k8s")
    files = sorted(out.glob("*.yaml"))
    assert len(files) == 9
    for file in files:
        check(sys.executable, "-m", "kubernetes_validate", "--strict", file)
    assert "kind: Job" in (out / "migrate.yaml").read_text()
    assert "nvidia.com/gpu" in (out / "api.yaml").read_text()


def test_systemd_finds_nothing_wrong_with_the_units(tmp_path):
    analyze = need("systemd-analyze", "systemd")
    for program, package in [("redis-server", "redis-server"), ("nginx", "nginx-light"), ("prometheus", "prometheus")]:
        need(program, package)
    need("prometheus-node-exporter", "prometheus-node-exporter")
    out = rendered(tmp_path / "m", PROGRAMS, "systemd")
    units = sorted(out.glob("*.service"))
    assert [u.name for u in units] == [
        f"aurora-{n}.service" for n in ["nginx", "node-exporter", "prometheus", "redis", "setup", "worker"]
    ]
    said = check(analyze, "verify", "--man=no", "--recursive-errors=no", *units)
    assert said.strip() == "", said


def test_redis_starts_with_its_settings(tmp_path):
    server = need("redis-server", "redis-server")
    out = rendered(tmp_path / "m", PROGRAMS, "systemd")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    settings = out / "config/redis/redis.conf"
    settings.write_text(settings.read_text().replace("/var/lib/aurora-redis", str(tmp_path)))
    log = (tmp_path / "log").open("w")
    process = subprocess.Popen([server, settings, "--port", str(port)], stdout=log, stderr=log)
    try:
        answer = until(lambda: ask(port, b"CONFIG GET appendonly\r\n"), "redis answers")
        assert b"yes" in answer
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


def ask(port, line):
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=2) as link:
            link.sendall(line)
            return link.recv(4096)
    except OSError:
        return None


def test_nginx_takes_its_settings(tmp_path):
    nginx = need("nginx", "nginx-light")
    if not pathlib.Path("/usr/lib/nginx/modules/ngx_http_lua_module.so").exists():
        pytest.skip("the Lua module comes with the package libnginx-mod-http-lua")
    out = rendered(tmp_path / "m", PROGRAMS, "systemd")
    settings = out / "config/nginx/nginx.conf"
    settings.write_text(settings.read_text().replace("/var/lib/aurora-nginx", str(tmp_path)))
    assert "test is successful" in check(nginx, "-t", "-p", tmp_path, "-e", "stderr", "-c", settings)


def test_promtool_takes_the_settings_of_prometheus(tmp_path):
    promtool = need("promtool", "prometheus")
    for kind, text in [("systemd", PROGRAMS), ("compose", CONTAINERS)]:
        out = rendered(tmp_path / kind, text, kind)
        assert "SUCCESS" in check(promtool, "check", "config", out / "config/prometheus/prometheus.yml")


def test_rendering_twice_changes_no_byte(tmp_path):
    for kind, text in [("compose", CONTAINERS), ("k8s", CONTAINERS), ("systemd", PROGRAMS)]:
        out = rendered(tmp_path / kind, text, kind)
        before = {file: file.read_bytes() for file in out.rglob("*") if file.is_file()}
        rendered(tmp_path / kind, text, kind)
        assert before == {file: file.read_bytes() for file in out.rglob("*") if file.is_file()}


def test_files_with_secrets_are_their_owners_alone(tmp_path):
    out = rendered(tmp_path / "m", CONTAINERS, "compose")
    secrets = out / "secrets/api.env"
    assert stat.S_IMODE(secrets.stat().st_mode) == 0o600 and "literal-key-value" in secrets.read_text()


def test_programs_get_a_list_without_secrets(tmp_path):
    done = render(tmp_path / "m", CONTAINERS, "compose", "--json")
    files = json.loads(done.stdout)
    assert {f["path"] for f in files} >= {"docker-compose.yml", "config/redis/redis.conf", "secrets/api.env"}
    assert not any(secret in done.stdout for secret in SECRETS)


def test_what_a_runtime_cannot_do_is_refused_by_name(tmp_path):
    done = render(tmp_path / "m", CONTAINERS, "systemd")
    assert done.returncode == 2 and "'grafana'" in done.stderr and "compose" in done.stderr and done.stdout == ""
    done = render(tmp_path / "m", PROGRAMS, "k8s")
    assert done.returncode == 2 and "'setup'" in done.stderr and "'image'" in done.stderr


def test_an_unknown_service_is_told_with_the_known_ones(tmp_path):
    done = render(tmp_path / "m", CONTAINERS, "compose", "--service", "redsi")
    assert done.returncode == 1 and "'redsi'" in done.stderr and "did you mean 'redis'" in done.stderr


def test_a_manifest_without_services_says_so(tmp_path):
    done = render(tmp_path / "m", "mesh: tests\n", "compose")
    assert done.returncode == 2 and "no services" in done.stderr


def test_a_folder_that_cannot_be_written_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    done = render(tmp_path / "m", CONTAINERS, "compose", "--out", tmp_path / "file/below")
    assert done.returncode == 1 and "cannot write" in done.stderr


@pytest.mark.parametrize("size", [1000])
def test_a_large_manifest_is_rendered_in_seconds(tmp_path, size):
    nodes = "".join(f"  n{i}: {{ role: gpu, vpn: 10.0.{i // 250}.{i % 250 + 1} }}\n" for i in range(100))
    services = "".join(
        f"  s{i}: {{ image: example/app, ports: [ \"{20000 + i}:80\" ], depends_on: [ s{max(0, i - 1)} ] }}\n" if i else "  s0: { image: example/app }\n"
        for i in range(size)
    )
    done = render(tmp_path / "m", f"nodes:\n{nodes}services:\n{services}", "k8s", env="AURORA_NODE=n0\n")
    assert done.returncode == 0 and done.stdout.count("kind: Deployment") == size
