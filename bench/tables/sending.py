"""The figures of sending as one table, from what the benchmarks stored: printed by `make bench`, and with `--markdown`
written between the two marks in docs/performance.md, so that no figure is typed by hand.

.venv/bin/python bench/tables/sending.py [--markdown]
"""

import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[2]
RESULTS, PAGE = ROOT / "var" / "bench", ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- table: made by bench/tables/sending.py -->\n", "<!-- end of the table -->\n"
LIQUID = {
    "distinct": "Liquid in every mail: a loop that shows what differs for everybody",
    "shared": "the same, a loop that shows first names",
    "body": "the whole mail inside a condition on what differs for everybody",
    "remembered": "the whole mail inside a condition on what is remembered of each person, and a loop over it",
}

Found = Mapping[str, Any]


class Row(NamedTuple):
    """`figure` makes the words from what the benchmark of that name found."""

    what: str
    bench: str
    figure: Callable[[Found], str]
    aim: str = ""
    beside: Callable[[Found], str] = lambda _found: ""


def median(found: Found, name: str) -> float:
    values = sorted(run[name] for run in found["rounds"])
    return float(values[len(values) // 2])


def ratios(found: Found) -> str:
    each = ", ".join(f"{run['ratio']:.2f}" for run in found["rounds"])
    return f"{each}: median **{found['median_ratio']:.2f}**"


def engine_beside(found: Found) -> str:
    return (
        f"`smtp-source` to the same sink in turns, {median(found, 'smtp_source'):,.0f} a second; "
        f"ours {median(found, 'rate'):,.0f}"
    )


def grown(name: str, form: str) -> Callable[[Found], str]:
    """Of each size, the old ledger's last."""

    def tell(found: Found) -> str:
        return " · ".join(form.format(run[name]) for run in found["runs"])

    return tell


def sizes(found: Found) -> str:
    told = [f"{run['messages']:,}" for run in found["runs"]]
    old = [
        f" behind {run['ledger_before']:,} rows of ledger" if run["ledger_before"] else ""
        for run in found["runs"]
    ]
    return "recipients: " + " · ".join(map("".join, zip(told, old, strict=True)))


def liquid(kind: str) -> Row:
    def beside(found: Found) -> str:
        each, theirs = found[f"{kind}_cpu_us"], found[f"{kind}_python_liquid_cpu_us"]
        return f"python-liquid alone on as many processes; {each} µs of CPU a message beside {theirs}"

    return Row(
        LIQUID[kind],
        "person_by_person",
        lambda found: f"**{found[f'{kind}_median_ratio']:.2f}**",
        "≥ 0.85",
        beside,
    )


ROWS = [
    Row("a mailing through the real path, three rounds", "engine", ratios, "≥ 1.0", engine_beside),
    Row("CPU of the engine, µs a message", "engine", lambda f: f"**{median(f, 'cpu_us_per_message')}**", "≤ 70"),
    Row("memory of the engine at its highest, MB", "engine", lambda f: f"**{median(f, 'peak_rss_mb')}**", "≤ 120"),
    Row(
        "database with its indexes, bytes a message", "engine",
        lambda f: f"**{median(f, 'ledger_bytes_per_message')}**", "≤ 150",
    ),
    Row("composing one message, µs", "compose", lambda f: str(f["us_per_message"])),
    *map(liquid, LIQUID),
    Row(
        "signing with RSA-2048 and Ed25519, of the bare signatures' CPU", "dkim",
        lambda f: f"**{f['signing_cpu_ratio']:.2f}**", "≤ 1.3",
        lambda f: f"the same signatures on {f['cores']} threads; {f['signed_per_second']:,} signed mails a second",
    ),
    Row(
        "a relay 50 ms away, 100 connections, of what the round trips allow", "far_relay",
        lambda f: f"**{f['share_of_possible']:.2f}**", "≥ 0.85",
        lambda f: f"{f['sent_per_second']:,} of {f['possible_per_second']:,} a second",
    ),
    Row("CPU as it grows, µs a message", "growth", grown("cpu_us_per_message", "{}"), "no growth", sizes),
    Row("memory as it grows, MB", "growth", grown("peak_rss_mb", "{}"), "± 10 %, ≤ 120", sizes),
    Row("the first message after, s", "growth", grown("first_after_seconds", "{:.1f}"), "≤ 10 at a million", sizes),
    Row("database as it grows, bytes a message", "growth", grown("ledger_bytes_per_message", "{}"), "≤ 150", sizes),
]  # fmt: skip


def table() -> str:
    """In Markdown; a benchmark that wasn't run leaves its rows out."""
    return "".join(lines())


def lines() -> Iterator[str]:
    yield f"Made {time.strftime('%Y-%m-%d')} on {machine()}.\n\n"
    yield "| What | Figure | Aim | Beside | By |\n|---|---|---|---|---|\n"
    for row in ROWS:
        with suppress(FileNotFoundError, KeyError):  # never run, or before this figure was made
            found = json.loads((RESULTS / f"{row.bench}.json").read_text())
            told = row.figure(found), row.aim, row.beside(found), f"`bench/run.py {row.bench}`"
            yield f"| {row.what} | {' | '.join(told)} |\n"


def machine() -> str:
    told = Path("/proc/cpuinfo").read_text().splitlines()
    cpu = next((line.partition(":")[2].strip() for line in told if line.startswith("model name")), "?")
    return f"{os.cpu_count()} cores of {cpu}, Python {platform.python_version()}"


def write() -> None:
    before, _mark, rest = PAGE.read_text().partition(BEGIN)
    _old, _mark, after = rest.partition(END)
    PAGE.write_text(f"{before}{BEGIN}\n{table()}\n{END}{after}")


if __name__ == "__main__":
    if "--markdown" in sys.argv[1:]:
        write()
    else:
        print(table())
