"""All roll-ups of a mailing's issues at one look, for who shows all of them: seven questions in one trip to the
database."""

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import connection
from django.utils import timezone

from mailexpert.core.scope import current_account
from mailexpert.tracking.models import OPENS, Rollup
from mailexpert.tracking.queries import Hits, LinkHits, Share
from mailexpert.tracking.rules import Hour

By = Rollup.By
PROPERTIES = (By.DEVICE, By.PROVIDER, By.COUNTRY)
NEVER = 2**62
WHOLE = (Path(__file__).parent / "sql" / "whole.sql").read_text()


@dataclass(frozen=True, kw_only=True)
class Whole:
    """Each as the function of the same name in queries.py gives it; `by_five_minutes` like the hours, of a mailing's
    first twelve."""

    hits: Hits
    clicks_per_link: list[LinkHits]
    clicks_over_time: list[Hour]
    by_five_minutes: list[Hour]
    machine_shares: list[Share]
    shares: dict[Rollup.By, list[Share]]


Row = tuple[str, int, int, int, int]  # value, opens, clicks, machine opens, machine clicks


def whole(issues: list[int], *, by: Collection[By] = tuple(By), days_from: datetime | None = None) -> Whole:
    """Of these issues together. What isn't asked for, `by`, is empty; the hours from `days_from` on lie together by the
    day, under its last one."""
    values: dict[str, Any] = {
        "account": current_account(),
        "issues": issues,
        "by": [one.value for one in by],
        "days_from": math.ceil(days_from.timestamp()) if days_from else NEVER,
        "zone": timezone.get_current_timezone_name(),
    }
    with connection.cursor() as cursor:
        cursor.execute(WHOLE, values)
        found: dict[int, list[Row]] = dict(cursor.fetchall())
    names = ("opens", "clicks", "machine_opens", "machine_clicks")
    return Whole(
        hits=next(
            (Hits(**dict(zip(names, n, strict=True))) for _total, *n in found.get(By.TOTAL, ())), Hits()
        ),
        clicks_per_link=_links(found.get(By.LINK, ())),
        clicks_over_time=_hours(found.get(By.HOUR, ())),
        by_five_minutes=_hours(found.get(By.PART, ())),
        machine_shares=_shares((row[0], row[3], row[4]) for row in found.get(By.RULE, ())),
        shares={by: _shares(row[:3] for row in found.get(by, ())) for by in PROPERTIES},
    )


def _links(rows: Iterable[Row]) -> list[LinkHits]:
    found = [
        LinkHits(link=int(link), clicks=clicks, machine_clicks=machine_clicks)
        for link, _opens, clicks, _machine_opens, machine_clicks in rows
        if link != str(OPENS)
    ]
    return sorted(found, key=lambda one: one.link)


def _hours(rows: Iterable[Row]) -> list[Hour]:
    at = datetime.fromtimestamp
    return sorted(Hour(at(int(second), UTC), clicks, opens) for second, opens, clicks, *_machines in rows)


def _shares(rows: Iterable[tuple[str, int, int]]) -> list[Share]:
    found = [Share(name=name, opens=opens, clicks=clicks) for name, opens, clicks in rows if opens or clicks]
    return sorted(found, key=lambda one: (-one.hits, one.name))
