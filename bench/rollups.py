"""What a report, a rebuild and the next file of hits cost when a mailing has ten thousand, a million, or twenty million
events: time of each and per event, and the most memory that the database's process and ours ever had.

.venv/bin/python bench/rollups.py [--big] [--json]

One mailing with twelve links over 72 hours, every event a row of its own: the worst case, since the collector stores
equal hits of a file as one row. Those of its first twelve hours are known by the five minutes, and so is the next
file. `--big` adds twenty million (some minutes, 3 GB of disk).
"""

import argparse
import json
import os
import re
import resource
import secrets
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

SIZES, BIG = (10_000, 1_000_000), 20_000_000
OWN = re.compile(r"^RssAnon:\s+(\d+)", re.MULTILINE)  # not the cache, which all share
FILE = 20_000  # hits of one file, about what the intake finishes in a second of full load
EVENTS = """
INSERT INTO tracking_event (account_id, issue_id, link, kind, at, part, device, provider, country, rule, n)
SELECT %(account)s, %(issue)s, g %% 13 - 1,
       CASE WHEN g %% 13 = 0 THEN 1 ELSE 2 END + CASE WHEN g %% 5 = 0 THEN 2 ELSE 0 END,
       date_trunc('hour', now()) - (71 - g %% 72) * interval '1 hour',
       CASE WHEN g %% 72 < 12 THEN g / 72 %% 12 END, g %% 4, '', '',
       CASE WHEN g %% 5 = 0 THEN 1 + g %% 9 ELSE 0 END, 1
FROM generate_series(1, %(n)s) AS g
"""
TABLES = ("tracking_event", "tracking_rollup", "sending_issue")


@contextmanager
def an_issue() -> Iterator[tuple[int, int]]:
    """Account and issue, gone afterwards with all their events."""
    from django.db import connection

    from mailexpert.accounts.models import Account
    from mailexpert.core.beside import Beside
    from mailexpert.core.scope import account, beside_wall
    from mailexpert.sending.models import Issue

    with beside_wall(Beside.OPERATE):
        made = Account.objects.create(slug=f"bench-{secrets.token_hex(6)}", name="Bench")
    with account(made.id):
        issue = Issue.objects.create(
            sender_address="a@b.example", subject="Bench", links=["https://b.example/"]
        )
    try:
        yield made.id, issue.id
    finally:
        with beside_wall(Beside.OPERATE), connection.cursor() as cursor:
            for table in TABLES:
                cursor.execute(f"DELETE FROM {table} WHERE account_id = %s", [made.id])
            Account.objects.filter(id=made.id)._raw_delete("default")


def milliseconds(work: Callable[[], object], times: int) -> float:
    """The quickest of some times: what the work itself takes, whatever else the machine does."""
    took = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1000)
    return round(min(took), 2)


def report(issue: int) -> None:
    """Every number that a report shows of hits."""
    from mailexpert.tracking.queries_whole import whole

    found = whole([issue])
    assert found.by_five_minutes, "no five minutes were counted"


def a_file(issue: int) -> bytes:
    """What the intake writes of readers with one token for all: each with the number of its asker."""
    from mailexpert.intake.hits import prefix

    now = int(time.time())
    return b"".join(
        b"~%b%d\t0\t%d\n" % (prefix(issue, n % 12, False, n % 4, 0), n + 1, now) for n in range(FILE)
    )


@contextmanager
def watched(process: int) -> Iterator[list[float]]:
    """The most memory of its own, in MB, that a process has meanwhile; nothing where it isn't on this machine."""
    peak, ending = [0.0], threading.Event()

    def look() -> None:
        while not ending.wait(0.1):
            with suppress(OSError):
                told = OWN.findall(Path(f"/proc/{process}/status").read_text())
                peak[0] = max(peak[0], round(sum(map(int, told)) / 1024, 1))

    thread = threading.Thread(target=look)
    thread.start()
    yield peak
    ending.set()
    thread.join()


def measure(events: int) -> dict[str, float]:
    from django.db import connection

    from mailexpert.core.beside import Beside
    from mailexpert.core.scope import account, beside_wall
    from mailexpert.intake import collector
    from mailexpert.tracking import actions, queries

    with an_issue() as (number, issue):
        with beside_wall(Beside.OPERATE), connection.cursor() as cursor:
            cursor.execute(EVENTS, {"account": number, "issue": issue, "n": events})
            cursor.execute("ANALYZE tracking_event")
            cursor.execute("SELECT pg_backend_pid()")
            backend = int(cursor.fetchone()[0])
        with account(number), watched(backend) as memory:
            rebuilt = milliseconds(lambda: actions.rebuild(issue), 1)
            hits = queries.hits(issue)
            assert hits.clicks + hits.opens + hits.machines == events, hits
            read = milliseconds(lambda: report(issue), 9)
        lines = a_file(issue)
        with beside_wall(Beside.OPERATE), connection.cursor() as cursor:
            cursor.execute("UPDATE sending_issue SET started_at = now() WHERE id = %s", [issue])
            stored = milliseconds(lambda: collector.store(connection.connection, lines, {}), 5)
    return {
        f"report_ms_{events}": read,
        f"rebuild_s_{events}": round(rebuilt / 1000, 2),
        f"rebuild_us_per_event_{events}": round(rebuilt * 1000 / events, 2),
        f"next_file_us_per_hit_{events}": round(stored * 1000 / FILE, 2),
        f"memory_of_database_mb_{events}": memory[0],
        f"memory_of_ours_mb_{events}": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--big", action="store_true")
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailexpert.config.settings")
    import django

    django.setup()
    found: dict[str, float] = {}
    for events in (*SIZES, *((BIG,) if given.big else ())):
        found |= measure(events)
    if given.json:
        print(json.dumps(found))
    else:
        for name, value in found.items():
            print(f"{name:<32} {value!s:>16}")
    return 0 if all(ms < 100 for name, ms in found.items() if name.startswith("report")) else 1


if __name__ == "__main__":
    sys.exit(main())
