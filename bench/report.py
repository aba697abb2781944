"""Tables, verdicts, and where they are kept."""

import datetime
import json
import pathlib
import platform
import re

from processes import ALL_CORES


def machine():
    cpu = re.search(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return {
        "date": datetime.date.today().isoformat(),
        "cpu": cpu[1].strip() if cpu else platform.machine(),
        "cores": len(ALL_CORES),
        "kernel": platform.release(),
    }


def where():
    about = machine()
    return f"{about['date']}, {about['cores']} × {about['cpu']}, Linux {about['kernel']}"


def table(head, rows):
    lines = ["| " + " | ".join(head) + " |", "|---|" + "---:|" * (len(head) - 1)]
    return "\n".join(lines + ["| " + " | ".join(row) + " |" for row in rows]) + "\n"


def verdict(met, what):
    """`met` is None where there was nothing to compare with."""
    word = {True: "**met**", False: "**not met**", None: "not measured"}[met]
    return f"- {word}: {what}\n"


def _beside(value, scale, digits):
    """A number with its ratio to nginx."""
    ratio = f" ({value / scale:.2f})" if scale else ""
    return f"{value:,.{digits}f}{ratio}"


# name of the column, test, number, digits; each is shown with its ratio to nginx
MAIN = [
    ("req/s at c=32", "c32", "rps", 0),
    ("CPU µs a request at c=32", "c32", "cpu_us", 1),
    ("CPU s per million streamed chunks", "paced", "cpu_us", 1),
    ("MB under load", "c32", "rss_mb", 0),
]
MORE = [
    ("req/s at c=1", "c1", "rps", 0),
    ("req/s at c=256", "c256", "rps", 0),
    ("p99 at c=256, ms", "c256", "p99_ms", 1),
    ("CPU µs a request at c=256", "c256", "cpu_us", 1),
    ("CPU s per million chunks in a burst", "burst", "cpu_us", 1),
]


def hot(results, targets, options):
    added = {name: tests["c1"]["p50_ms"] - results["direct"]["c1"]["p50_ms"] for name, tests in results.items()}

    def cell(name, column):
        _, test, number, digits = column
        value = results[name].get(test, {}).get(number)
        # A direct call has no process of its own whose CPU and memory could be told.
        if value is None or (name == "direct" and number in ("cpu_us", "rss_mb")):
            return "–"
        return _beside(value, results["nginx"][test][number], digits)

    def row(target):
        first = "–" if target.name == "direct" else _beside(added[target.name], added["nginx"], 3)
        return [target.title, first, *(cell(target.name, column) for column in MAIN)]

    text = table(["", "added p50 at c=1, ms", *(c[0] for c in MAIN)], [row(t) for t in targets])
    text += "\nNumbers in brackets are ratios to nginx of the same run. More of the same run:\n\n"
    text += table(["", *(c[0] for c in MORE)], [[t.name, *(cell(t.name, c) for c in MORE)] for t in targets if not t.slow])
    failed = [(t.name, sum(test["errors"] for test in results[t.name].values())) for t in targets]
    failed = ", ".join(f"{name} {count}" for name, count in failed if count) or "none"
    text += f"\n{where()}; medians of {options.rounds} interleaved rounds of {options.seconds} s. Failed requests: {failed}.\n\n"
    return text + _hot_verdicts(results, targets)


def _hot_verdicts(results, targets):
    rivals = [t.name for t in targets if t.rival]
    text = ""
    for what, test, unit in (("CPU a request", "c32", "µs"), ("CPU per million streamed chunks", "paced", "s")):
        ours = results["aurora"][test]["cpu_us"]
        best = min(rivals, key=lambda name: results[name][test]["cpu_us"], default=None)
        if best is None:
            text += verdict(None, f"{what}, less than half of the best other router: none is installed")
            continue
        ratio = ours / results[best][test]["cpu_us"]
        text += verdict(ratio < 0.5, f"{what}, {ours:.1f} {unit}, is {ratio:.2f} of the best other router's ({best}); target below 0.50")
    ratio = results["aurora"]["c32"]["cpu_us"] / results["nginx"]["c32"]["cpu_us"]
    return text + verdict(ratio <= 2, f"CPU a request is {ratio:.2f} × nginx's; target at most 2.00")


def save(folder, text, numbers, options):
    folder.mkdir(exist_ok=True)
    stamp = datetime.datetime.now().strftime("%Y-%m-%d-%H%M%S")
    settings = {k: v for k, v in vars(options).items() if k not in ("binary", "record")}
    (folder / f"{stamp}.md").write_text(text)
    (folder / f"{stamp}.json").write_text(json.dumps({"machine": machine(), "settings": settings} | numbers, indent=2) + "\n")
    return folder / f"{stamp}.md"


def record(docs, part, text):
    """Puts a part of a run where the documents of that folder keep the last one of it: between its two marks."""
    start, end = f"<!-- {part}: last recorded run -->", f"<!-- {part}: end -->"
    documents = [path for path in sorted(docs.glob("*.md")) if start in path.read_text()]
    if not documents:
        raise SystemExit(f"no document in {docs} has '{start}' … '{end}'\n  fix: put these two lines where the table shall stand")
    for document in documents:
        _write_between(document, start, end, text)


def _write_between(document, start, end, text):
    before, _, rest = document.read_text().partition(start)
    _, found, after = rest.partition(end)
    if not found:
        raise SystemExit(f"{document.name} has no '{start}' … '{end}'\n  fix: put these two lines where the table shall stand")
    document.write_text(f"{before}{start}\n{text.strip()}\n{end}{after}")
