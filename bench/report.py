"""Medians and the table."""

import datetime
import json
import pathlib
import platform
import re
import statistics
import subprocess

from parts import CORES, NGINX

LEVELS = ("c1", "c32", "c256")


def medians(rounds):
    """{target: {test: {number: median}}} from the rounds; errors are summed, since none may be hidden."""
    table = {}
    for (target, test), results in rounds.items():
        middle = {k: (sum if k == "errors" else statistics.median)(r[k] for r in results) for k in results[0]}
        table.setdefault(target, {})[test] = middle
    return table


def machine():
    cpu = re.search(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text())
    nginx = subprocess.run([NGINX, "-v"], capture_output=True, text=True).stderr.strip().rsplit("/", 1)[-1]
    return {
        "date": datetime.date.today().isoformat(),
        "cpu": cpu[1].strip() if cpu else platform.machine(),
        "cores": len(CORES),
        "kernel": platform.release(),
        "nginx": nginx,
    }


def rows(table):
    """(name of the number, direct, nginx, aurora) with the ratio to nginx behind Aurora's."""

    def number(target, test, key, digits):
        value = table[target][test].get(key)
        return f"{value:,.{digits}f}"

    def row(name, test, key, digits, direct=True):
        ratio = table["aurora"][test][key] / table["nginx"][test][key] if table["nginx"][test][key] else float("nan")
        values = [number("direct", test, key, digits) if direct else "–", number("nginx", test, key, digits)]
        return [name, *values, f"{number('aurora', test, key, digits)} ({ratio:.2f})"]

    added = {t: table[t]["c1"]["p50_ms"] - table["direct"]["c1"]["p50_ms"] for t in ("nginx", "aurora")}
    ratio = added["aurora"] / added["nginx"] if added["nginx"] > 0 else float("nan")
    yield ["added latency at c=1, p50, ms", "–", f"{added['nginx']:.3f}", f"{added['aurora']:.3f} ({ratio:.2f})"]
    for level in LEVELS:
        yield row(f"requests/s at c={level[1:]}", level, "rps", 0)
    for level in LEVELS:
        yield row(f"CPU µs a request at c={level[1:]}", level, "cpu_us", 1, direct=False)
    yield row("latency at c=256, p99, ms", "c256", "p99_ms", 2)
    yield row("CPU µs a chunk, paced (= CPU s per million)", "paced", "cpu_us", 2, direct=False)
    yield row("CPU µs a chunk, burst (= CPU s per million)", "burst", "cpu_us", 2, direct=False)
    yield row("memory under load (c=256), MB", "c256", "rss_mb", 1, direct=False)


def markdown(table, about, settings):
    lines = ["| | direct | nginx (1.00) | aurora (ratio) |", "|---|---:|---:|---:|"]
    lines += ["| " + " | ".join(row) + " |" for row in rows(table)]
    errors = sum(test["errors"] for target in table.values() for test in target.values())
    lines += [
        "",
        f"{about['date']}, {about['cores']} × {about['cpu']}, Linux {about['kernel']}, nginx {about['nginx']}; "
        f"medians of {settings['rounds']} interleaved rounds of {settings['seconds']} s; {errors} errors.",
    ]
    return "\n".join(lines) + "\n"


def save(folder, text, table, about, settings):
    folder.mkdir(exist_ok=True)
    stamp = datetime.datetime.now().strftime("%Y-%m-%d-%H%M%S")
    (folder / f"{stamp}.md").write_text(text)
    (folder / f"{stamp}.json").write_text(json.dumps({"machine": about, "settings": settings, "medians": table}, indent=2) + "\n")
    return folder / f"{stamp}.md"


def record(document, text):
    """Puts the table where `docs/benchmarks.md` keeps the last recorded run."""
    title = "## The last recorded run\n"
    before = document.read_text().split(title)[0].rstrip()
    document.write_text(f"{before}\n\n{title}\n{text}")
