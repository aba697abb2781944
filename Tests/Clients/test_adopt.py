"""`aurora adopt` on a small server that was set up by hand: everything is found and kept, and nothing is touched."""

import hashlib
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import urllib.request

import pytest

from node import binary, environment, until

HERE = pathlib.Path(__file__).parent

BACKEND = """
import http.server, sys
class Page(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path in ("/health", "/") else 404)
        self.end_headers()
    def log_message(self, *args): pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[sys.argv.index("--port") + 1])), Page).serve_forever()
"""
ENGINE = "import sys; sys.path.insert(0, {!r}); from fake_engine import FakeEngine; print(FakeEngine('ollama').start().port, flush=True); sys.stdin.read()"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def is_open(port):
    with socket.socket() as s:
        return s.connect_ex(("127.0.0.1", port)) == 0


class Town:
    """The servers of the town, and how to see whether one of them was disturbed."""

    def __init__(self, folder):
        self.folder = folder
        self.ports = {}
        self.processes = {}
        folder.mkdir()

    def start(self, name, arguments, port=None, **more):
        process = subprocess.Popen(
            arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment(), **more
        )
        self.processes[name] = process
        self.ports[name] = port or int(process.stdout.readline())
        until(lambda: is_open(self.ports[name]), f"{name} listens")

    def stop(self, name):
        process = self.processes.pop(name)
        process.terminate()
        process.wait(10)

    def facts(self):
        """Pid and start time of each, and every byte below the folder."""
        started = {n: pathlib.Path(f"/proc/{p.pid}/stat").read_text().rsplit(")", 1)[1].split()[19] for n, p in self.processes.items()}
        return {n: (p.pid, p.poll(), started[n]) for n, p in self.processes.items()}, digest(self.folder)


def digest(folder):
    files = sorted(p for p in pathlib.Path(folder).rglob("*"))
    return {str(p): (p.lstat().st_mtime_ns, hashlib.sha256(p.read_bytes()).hexdigest() if p.is_file() else "") for p in files}


@pytest.fixture
def town(tmp_path):
    town = Town(tmp_path / "town")
    shop = town.folder / "shop"
    program = shop / "venv/bin/uvicorn"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!{sys.executable}\n{BACKEND}")
    program.chmod(0o755)
    port = free_port()
    town.start("shop", [program, "main:app", "--port", str(port)], port, cwd=shop)
    # A program is called like the file it was started from.
    ollama = town.folder / "bin/ollama"
    ollama.parent.mkdir()
    ollama.symlink_to(os.path.realpath(sys.executable))
    town.start("ollama", [ollama, "-B", "-c", ENGINE.format(str(HERE))])
    if shutil.which("nginx"):
        nginx(town)
    if shutil.which("redis-server"):
        port = free_port()
        town.start("redis", ["redis-server", "--port", str(port), "--save", "", "--dir", str(town.folder)], port)
    yield town
    for name in list(town.processes):
        town.stop(name)


def nginx(town):
    port, folder = free_port(), town.folder / "nginx"
    folder.mkdir()
    temporary = "\n".join(f"{n}_temp_path {folder}/{n};" for n in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi"))
    (folder / "nginx.conf").write_text(
        f"daemon off; pid {folder}/pid; error_log stderr; events {{}}\n"
        f"http {{ access_log off; {temporary}\n server {{ listen 127.0.0.1:{port}; server_name shop.example.com; root {folder}; }} }}\n"
    )
    town.start("nginx", ["nginx", "-e", "stderr", "-c", str(folder / "nginx.conf"), "-p", str(folder)], port)


def adopt(folder, *arguments, code=0):
    done = subprocess.run(
        [binary(), "adopt", *map(str, arguments)], capture_output=True, text=True, env=environment() | {"HOME": str(folder)}, cwd=folder,
        timeout=60,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done


@pytest.fixture
def home(tmp_path):
    folder = tmp_path / "home"
    folder.mkdir()
    return folder


def kept(folder):
    shown = subprocess.run([binary(), "config", "show", "--json"], capture_output=True, text=True, env=environment(), cwd=folder, timeout=60)
    assert shown.returncode == 0, shown.stderr
    return json.loads(shown.stdout)["keep"]


def test_everything_is_kept_and_nothing_is_touched(town, home):
    before = town.facts()
    done = adopt(home)
    assert town.facts() == before
    assert sorted(p.name for p in home.iterdir()) == ["aurora.yml"]
    keep = kept(home)
    url = {name: f"http://127.0.0.1:{port}" for name, port in town.ports.items()}
    by_url = {entry.get("url"): (name, entry) for name, entry in keep.items()}
    name, shop = by_url[url["shop"]]
    assert (name.startswith("shop"), shop["kind"], shop["health"]) == (True, "http", "/health")
    assert by_url[url["ollama"]][1]["kind"] == "ollama"
    if "nginx" in town.ports:
        served = by_url[url["nginx"]][1]
        assert served["kind"] == "nginx" and str(town.folder / "nginx") in served["config"]
    if "redis" in town.ports:
        assert by_url[f"redis://127.0.0.1:{town.ports['redis']}"][1]["kind"] == "redis"
    for port in town.ports.values():
        assert f":{port}" in done.stdout
    assert "\x1b" not in done.stdout


def test_the_second_run_changes_nothing_and_later_ones_only_add(town, home):
    adopt(home)
    file = home / "aurora.yml"
    # Other programs of this machine come and go meanwhile, so that a run may have something to add.
    def quiet():
        before = file.stat()
        done = adopt(home)
        return "nothing was changed" in done.stdout and (before.st_mtime_ns, before.st_ino) == (file.stat().st_mtime_ns, file.stat().st_ino)

    until(quiet, "a run that changes nothing", 60)
    mine = file.read_text().replace("mesh: aurora\n", "mesh: mine   # changed by hand\n")
    file.write_text(mine)
    file.chmod(0o640)
    shop = town.ports["shop"]
    town.stop("shop")
    adopt(home)
    gone = file.read_text()
    assert file.stat().st_mode & 0o777 == 0o640
    lines = gone.split("\n")
    place = next(i for i, line in enumerate(lines) if f'"http://127.0.0.1:{shop}"' in line)
    assert any("# gone since 20" in line for line in lines[max(0, place - 3) : place]), gone
    assert [line for line in lines if line in set(mine.split("\n"))] == mine.split("\n")


def test_json_writes_nothing_unless_the_file_is_named(town, home):
    done = adopt(home, "--json")
    told = json.loads(done.stdout)
    assert list(home.iterdir()) == []
    assert told["manifest"] == {"file": "aurora.yml", "is_changed": True, "is_written": False}
    assert town.ports["shop"] in [c.get("port") for c in told["found"]]
    assert {l["port"] for l in told["inventory"]["system"]["listeners"]} >= set(town.ports.values())
    assert told["inventory"]["seconds"] < 10
    assert json.loads(adopt(home, "--json", "--manifest", "mine.yml").stdout)["manifest"]["is_written"]
    assert [p.name for p in home.iterdir()] == ["mine.yml"]


def test_a_dry_run_shows_the_manifest_and_writes_nothing(town, home):
    done = adopt(home, "--dry-run")
    assert f'"http://127.0.0.1:{town.ports["shop"]}"' in done.stdout and "\nkeep:\n" in done.stdout
    assert list(home.iterdir()) == []


def test_a_manifest_with_errors_is_not_edited(home):
    (home / "aurora.yml").write_text("keep: { a: { kind: htp } }\n")
    before = digest(home)
    done = adopt(home, code=2)
    assert "aurora.yml:1: error: keep.a.kind is 'htp'" in done.stderr
    assert digest(home) == before


def test_a_manifest_in_braces_is_refused_with_what_to_add(town, home):
    (home / "aurora.yml").write_text('{ "mesh": "a", "keep": {} }\n')
    before = digest(home)
    done = adopt(home, code=3)
    assert f'"http://127.0.0.1:{town.ports["shop"]}"' in done.stderr and "by hand" in done.stderr
    assert digest(home) == before


def test_secrets_stay_where_they_are(town, home):
    (home / ".env").write_text("REDIS_URL=redis://:very-secret-word@127.0.0.1:6379\nTOKEN=very-secret-word\n")
    done = adopt(home)
    text = (home / "aurora.yml").read_text() + done.stdout + done.stderr + adopt(home, "--json").stdout
    assert "very-secret" not in text


def test_an_ordinary_user_finds_less_and_is_told_so(town, home):
    if os.geteuid() != 0 or not shutil.which("setpriv"):
        pytest.skip("only root can become somebody else")
    home.chmod(0o777)
    for parent in home.parents:
        if parent.stat().st_uid == os.geteuid() and not parent.stat().st_mode & 0o005 == 0o005 and "pytest" in str(parent):
            parent.chmod(0o755)
    program = home.parent / "aurora"
    shutil.copy(binary(), program)
    done = subprocess.run(
        ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", str(program), "adopt"], capture_output=True, text=True,
        env=environment() | {"HOME": str(home)}, cwd=home, timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "Could not be seen:" in done.stdout and (home / "aurora.yml").exists()
    page = urllib.request.urlopen(f"http://127.0.0.1:{town.ports['shop']}/health", timeout=10)
    assert page.status == 200
