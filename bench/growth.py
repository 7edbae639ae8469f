"""Does a message cost more when the audience is larger, or the ledger older?

.venv/bin/python bench/growth.py [--sizes 10000 100000 1000000] [--ledger 20000000] [--json]

Sends one mailing of each size, then the second size once more with so many rows of other mailings in the ledger.
Needs a database (DATABASE_URL, or the home's own) and Postfix's smtp-sink; with the full sizes half an hour and
10 GB of disk. `make bench` leaves the old ledger to `make bench-growth`.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

OLD_ISSUE = 1 << 40  # of no account; its rows are only in the way
A_ROUND = 1_000_000
LOOK_SECONDS = 0.25
POINTS = 20
PAGE = os.sysconf("SC_PAGE_SIZE")


def send(messages: int) -> dict[str, Any]:
    command = [
        sys.executable, "-m", "mailexpert.operations.cli", "bench", "send", "--json", "--messages", str(messages),
    ]  # fmt: skip
    bench = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=os.environ)
    curve: list[int] = []
    while bench.poll() is None:
        time.sleep(LOOK_SECONDS)
        curve += engine_megabytes(bench.pid)
    assert bench.stdout is not None
    if bench.returncode:
        raise subprocess.CalledProcessError(bench.returncode, command)
    return {**json.loads(bench.stdout.read()), "rss_mb_over_time": thinned(curve)}


def engine_megabytes(bench: int) -> list[int]:
    """Of the engine that this bench started; empty before and after its life."""
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(fields[1]) == bench and b"mailexpert.delivery" in (folder / "cmdline").read_bytes():
                return [int(fields[21]) * PAGE >> 20]
        except OSError:
            continue  # it ended while we looked
    return []


def thinned(curve: list[int]) -> list[int]:
    """Twenty of them, in even steps."""
    step = max(1, len(curve) // POINTS)
    return curve[::step][:POINTS]


@contextmanager
def an_old_ledger(rows: int) -> Iterator[None]:
    """Rows of mailings long past, on each of which a million mails were sent."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as database:
        database.execute("SET ROLE mailexpert_owner")
        try:
            for start in range(0, rows, A_ROUND):
                database.execute(
                    "INSERT INTO sending_delivery (account_id, issue_id, contact_id, attempt, outcome, code) "
                    "SELECT 0, %s, n, 1, 1, 250 FROM generate_series(1, %s) n",
                    [OLD_ISSUE + start // A_ROUND, min(A_ROUND, rows - start)],
                )
            database.execute("ANALYZE sending_delivery")
            yield
        finally:
            database.execute("DELETE FROM sending_delivery WHERE issue_id >= %s", [OLD_ISSUE])
            database.execute("VACUUM sending_delivery")


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    ask.add_argument(
        "--ledger", type=int, default=0, help="rows of other mailings in the ledger, for the last run"
    )
    ask.add_argument("--json", action="store_true")
    asked = ask.parse_args()
    runs = []
    for size in asked.sizes:
        runs.append({"ledger_before": 0, **send(size)})
        say(runs[-1])
    if asked.ledger:
        with an_old_ledger(asked.ledger):
            runs.append({"ledger_before": asked.ledger, **send(asked.sizes[min(1, len(asked.sizes) - 1)])})
            say(runs[-1])
    if asked.json:
        print(json.dumps({"runs": runs, "at": time.time()}))


def say(run: dict[str, Any]) -> None:
    print("  ".join(f"{name}: {value}" for name, value in run.items()), file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
