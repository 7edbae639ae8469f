"""How a mailing went: what was sent when, why some didn't get it, who left, and to whose mail servers it went; in as
many rows as a report shows. Everything is asked of the issues of one mailing together (queries.family), and what stands
together in one trip to the database."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

from django.core.cache import cache
from django.db import connection

from mailexpert.core.scope import current_account
from mailexpert.sending.models import Outcome
from mailexpert.sending.queries import Counts

A_MINUTE = 60
FEW = 5_000  # so many rows of the ledger are read as they are: 5 ms
MANY_READERS = 100_000  # of more, who stopped is counted once a minute: 50,000 take some 50 ms
MANY_RETRIES = 50_000  # of more the next one isn't looked up
SQL = Path(__file__).parent / "sql"
COURSE, PLACES, MANY_FROM = ((SQL / f"{name}.sql").read_text() for name in ("course", "places", "many_from"))


class Minute(NamedTuple):
    """`unanswered`: how many connections broke before their answer."""

    at: datetime
    sent: int = 0
    failed: int = 0
    skipped: int = 0
    unanswered: int = 0


class Stopped(NamedTuple):
    """So many people stopped in the hour, or the five minutes, that begin at that moment."""

    at: datetime
    n: int


@dataclass(frozen=True, kw_only=True)
class Course:
    """`minutes` oldest first, without those in which nothing came of anybody: of a small mailing from the ledger, else
    as far as it was added up, a minute or two ago. `reasons`: how many by code, the most frequent first."""

    minutes: list[Minute]
    reasons: Mapping[Outcome, dict[int, int]]
    stops: list[Stopped]
    complained: int
    next_try: datetime | None

    @cached_property
    def unsubscribed(self) -> int:
        return sum(one.n for one in self.stops)


@dataclass(frozen=True, kw_only=True)
class Place:
    """A receiving provider or domain; without a name the small ones together."""

    name: str
    planned: int
    sent: int
    failed: int


@dataclass(frozen=True, kw_only=True)
class Places:
    """The largest first; `domains` are known once the mailing has ended."""

    providers: list[Place]
    domains: list[Place]


def course(issues: list[int], counts: Counts, *, fives_until: datetime | None = None) -> Course:
    """Stops stand by the hour, until then by the five minutes."""
    key = f"stops:{current_account()}:{issues}:{fives_until}".replace(" ", "_")
    known: list[Stopped] | None = cache.get(key) if counts.sent > MANY_READERS else None
    row = _rows(
        COURSE,
        issues=issues,
        few=counts.planned <= FEW,
        few_missed=counts.skipped + counts.failed <= FEW,
        fives_until=fives_until or "-infinity",
        counts_stops=known is None,
        looks_ahead=0 < counts.deferred <= MANY_RETRIES,
    )[0]
    found = Course(
        minutes=[Minute(_moment(at), *rest) for at, *rest in row["minutes"] or ()],
        reasons=_reasons(row["reasons"] or ()),
        stops=[Stopped(_moment(at), n) for at, n in row["stops"] or ()] if known is None else known,
        complained=row["complained"],
        next_try=row["next_try"],
    )
    if known is None and found.unsubscribed > FEW and counts.sent > MANY_READERS:
        cache.set(key, found.stops, A_MINUTE)
    return found


def _reasons(rows: Iterable[tuple[int, int, int]]) -> dict[Outcome, dict[int, int]]:
    found: dict[Outcome, dict[int, int]] = {Outcome.SKIPPED: {}, Outcome.FAILED: {}}
    for outcome, code, n in rows:
        found[Outcome(outcome)][code] = n
    return found


def many_from(mailings: Mapping[int, tuple[list[int], Counts]], *, group: int) -> dict[int, datetime]:
    """Since when so many people had each mailing, by its lead; as many questions for many as for one."""
    rows = [(lead, issue, n.planned <= FEW) for lead, (issues, n) in mailings.items() for issue in issues]
    leads, issues, few = (list(column) for column in zip(*rows, strict=True)) if rows else ([], [], [])
    return {
        row["lead"]: row["at"] for row in _rows(MANY_FROM, leads=leads, issues=issues, few=few, group=group)
    }


def places(issues: list[int], *, most_domains: int) -> Places:
    found: dict[str, list[Place]] = {"provider": [], "domain": []}
    for row in _rows(PLACES, issues=issues, limit=most_domains):
        found[row.pop("kind")].append(Place(**row))
    return Places(providers=found["provider"], domains=found["domain"])


def _moment(second: int) -> datetime:
    return datetime.fromtimestamp(second, UTC)


def _rows(sql: str, **values: Any) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"account": current_account(), **values})
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
