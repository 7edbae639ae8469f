"""How long the pages of a report take on the server, at ten thousand people and events, a million, and with `--big`
five million people and twenty million events.

    python bench/reports.py [--big] [--sizes 5000000x20000000] [--pages report,progress] [--rounds 20] [--json]

`median_ms` is the clock's, `cpu_ms` what this process used of it, `least_cpu_ms` the least of all rounds; the rest is
the database, and whoever else is busy.
Needs a database (DATABASE_URL, or the home's own). Works in an account of its own, which it throws away. The mailing is
real in every table that a report could read: shards, ledger, retries, who stopped, events, roll-ups. One in fifty was
skipped, one in fifty refused, one in a thousand waits for another attempt, one in a hundred stopped. It went out ninety
days ago within ten minutes, and clicks came in every hour since, which is as many rows as a report can have to read.
`under way` are the pages of the same mailing as if it were.
"""

import argparse
import json
import math
import os
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

SIZES, BIG = ((10_000, 10_000), (1_000_000, 1_000_000)), (5_000_000, 20_000_000)
LIMIT_MS = 100
LINKS = 12
SHARDS = """
INSERT INTO sending_shard (account_id, issue_id, n, contact_ids, lane, upto, state, sent, failed, skipped,
                           relay_id, epoch, not_before)
SELECT %(account)s, %(issue)s, n, (SELECT array_agg(n * 1000 + g) FROM generate_series(1, 1000) g),
       (ARRAY['google', 'outlook', 'ziggo', 'kpn', ''])[1 + n %% 5], 1000, 1, 959, 20, 20, 0, 1, now()
FROM generate_series(0, %(people)s / 1000 - 1) n
"""
LEDGER = """
INSERT INTO sending_delivery (account_id, issue_id, contact_id, attempt, outcome, code, at)
SELECT %(account)s, %(issue)s, g, 1, CASE WHEN g %% 50 = 0 THEN 3 WHEN g %% 50 = 1 THEN 2 ELSE 1 END,
       CASE WHEN g %% 50 = 0 THEN 1 + g %% 5 WHEN g %% 50 = 1 THEN (ARRAY[550, 552, 554])[1 + g %% 3] ELSE 250 END,
       %(began)s::timestamptz + g * interval '10 minutes' / %(people)s
FROM generate_series(1, %(people)s) g WHERE g %% 1000 <> 999
"""
RETRIES = """
INSERT INTO sending_retry (account_id, issue_id, shard_id, contact_id, attempt, due, lane, relay_id, state, epoch, code)
SELECT %(account)s, %(issue)s, s.id, s.n * 1000 + 999, 2, now() + interval '1 day', s.lane, 0, 0, 1, 450
FROM sending_shard s WHERE s.account_id = %(account)s
"""
STOPS = """
INSERT INTO sending_stop (account_id, issue_id, contact_id, via, at)
SELECT %(account)s, %(issue)s, g * 100, 1, %(began)s::timestamptz + (g %% 72) * interval '1 hour'
FROM generate_series(1, %(people)s / 100) g
"""
MONTHS = """
SELECT tracking_make_month('tracking_event', now() - n * interval '1 month') FROM generate_series(0, 3) n
"""
EVENTS = """
INSERT INTO tracking_event (account_id, issue_id, link, kind, at, part, device, provider, country, rule, n)
SELECT %(account)s, %(issue)s, g %% 12, CASE WHEN g %% 5 = 0 THEN 4 ELSE 2 END,
       %(began)s::timestamptz + (g %% 2160) * interval '1 hour',
       CASE WHEN g %% 2160 < 12 THEN g / 2160 %% 12 END, g %% 4, '', '',
       CASE WHEN g %% 5 = 0 THEN 1 + g %% 9 ELSE 0 END, 1
FROM generate_series(1, %(events)s) AS g
"""
DOMAINS = """
INSERT INTO sending_domaincount (account_id, issue_id, domain, sent, failed)
SELECT %(account)s, %(issue)s, 'domain' || g || '.example', %(people)s / 40, %(people)s / 1000
FROM generate_series(1, 25) g
"""
UNDER_WAY = """
WITH issue AS (UPDATE sending_issue SET state = 0 WHERE id = %(issue)s)
UPDATE mailings_mailing SET state = 'sending' WHERE issue_id = %(issue)s
"""
TABLES = (
    "tracking_event", "tracking_rollup", "sending_stop", "sending_retry", "sending_delivery", "sending_pulse",
    "sending_domaincount", "sending_pulsetaken", "sending_shard", "mailings_mailing", "sending_issue",
)  # fmt: skip
PAGES = {
    "report": "/mailings/{0}/rapport/",
    "click map": "/mailings/{0}/klikkaart/",
    "who was refused": "/mailings/{0}/niet-verzonden/?what=failed",
    "the middle of it": "/mailings/{0}/niet-verzonden/?what=failed&after=552-{1}",
    "reports": "/rapporten/",
    "compare": "/rapporten/vergelijken/?m={0}&m={0}",
    "pdf": "/mailings/{0}/rapport.pdf",
    "under way: report": "/mailings/{0}/rapport/",
    "under way: progress": "/mailings/{0}/voortgang/",
}


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--big", action="store_true")
    asked.add_argument("--sizes", default="", help="people x events, with a comma between")
    asked.add_argument("--pages", default=",".join(PAGES))
    asked.add_argument("--rounds", type=int, default=20)
    asked.add_argument("--json", action="store_true")
    given = asked.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "mailexpert.config.settings")
    import django

    django.setup()
    found: dict[str, Any] = {}
    sizes = [tuple(map(int, size.split("x"))) for size in given.sizes.split(",") if size]
    for people, events in sizes or (*SIZES, *((BIG,) if given.big else ())):
        with a_mailing(people, events) as (client, mailing, added_up):
            found[f"{people:,} adding up"] = {"seconds": added_up}
            for name in sorted(given.pages.split(","), key=lambda name: name.startswith("under way")):
                if name.startswith("under way"):
                    begin_again(mailing)
                path = PAGES[name]
                line = measure(client, path.format(mailing, people // 2), given.rounds)
                found[f"{people:,} people, {events:,} events: {name}"] = line
                if not given.json:
                    print(f"{people:>9,} {events:>10,} {name:<18}", line, flush=True)
    slow = [name for name, line in found.items() if line.get("median_ms", 0) > LIMIT_MS and "pdf" not in name]
    print(json.dumps({**found, "over_100_ms": slow}) if given.json else f"over {LIMIT_MS} ms: {slow}")
    return 1 if slow else 0


def measure(client: Any, path: str, rounds: int) -> dict[str, float]:
    took, used = [], []
    client.get(path)
    for _ in range(rounds):
        began, cpu = time.perf_counter(), time.process_time()
        answer = client.get(path)
        took.append((time.perf_counter() - began) * 1000)
        used.append((time.process_time() - cpu) * 1000)
        assert answer.status_code == 200, (path, answer.status_code)
    return {
        "median_ms": round(statistics.median(took), 1),
        "p95_ms": round(sorted(took)[math.ceil(0.95 * len(took)) - 1], 1),
        "cpu_ms": round(statistics.median(used), 1),
        "least_cpu_ms": round(min(used), 1),
    }


def begin_again(mailing: int) -> None:
    from django.db import connection

    from mailexpert.core.beside import Beside
    from mailexpert.core.scope import beside_wall
    from mailexpert.mailings.models import Mailing

    with beside_wall(Beside.OPERATE), connection.cursor() as cursor:
        cursor.execute(UNDER_WAY, {"issue": Mailing.objects.get(id=mailing).issue_id})


@contextmanager
def a_mailing(people: int, events: int) -> Iterator[tuple[Any, int, float]]:
    import segments
    from django.db import connection
    from pages import an_owner

    from mailexpert.base.clock import now
    from mailexpert.core.beside import Beside
    from mailexpert.core.scope import account, beside_wall
    from mailexpert.mail import links
    from mailexpert.mailings.models import Mailing
    from mailexpert.sending.jobs_pulse import take
    from mailexpert.sending.models import Issue
    from mailexpert.tracking import actions

    with segments.an_account(10) as (account_id, _list_id), an_owner(account_id) as client:
        with account(account_id):
            html = "".join(f'<p><a href="https://b.example/{n}">Link {n}</a></p>' for n in range(LINKS)) * 5
            numbered = links.number(html, "")
            issue = Issue.objects.create(
                sender_address="a@b.example", subject="Bench", html=numbered.html, links=numbered.targets
            )
            made = Mailing.objects.create(name="Bench", subject="Bench", state="sent", issue=issue)
        began = (now() - timedelta(days=90)).replace(minute=0, second=0, microsecond=0)
        values = {
            "account": account_id, "issue": issue.id, "people": people, "events": events, "began": began,
        }  # fmt: skip
        with beside_wall(Beside.OPERATE), connection.cursor() as cursor:
            for statement in (SHARDS, LEDGER, RETRIES, STOPS, MONTHS, EVENTS):
                cursor.execute(statement, values)
            cursor.execute(
                "UPDATE sending_issue SET state = 3, started_at = %s, finished_at = %s WHERE id = %s",
                [began, began + timedelta(minutes=11), issue.id],
            )
            cursor.execute("UPDATE mailings_mailing SET started_at = %s WHERE id = %s", [began, made.id])
            for table in TABLES:
                cursor.execute(f"ANALYZE {table}")
        try:
            with account(account_id):
                actions.rebuild(issue.id)
                start = time.perf_counter()
                take(issue.id)
                added_up = round(time.perf_counter() - start, 2)
            with beside_wall(Beside.OPERATE), connection.cursor() as cursor:
                cursor.execute(DOMAINS, values)
            yield client, made.id, added_up
        finally:
            with beside_wall(Beside.OPERATE), connection.cursor() as cursor:
                for table in TABLES:
                    cursor.execute(f"DELETE FROM {table} WHERE account_id = %s", [account_id])


if __name__ == "__main__":
    sys.exit(main())
