"""How an account's lists grow: who came from where, who left how, month by month."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from django.db import connection
from django.utils import timezone

from mailexpert.base.clock import now
from mailexpert.contacts.models import Membership
from mailexpert.core.scope import current_account
from mailexpert.reports.models import AudienceCount

COUNT = (Path(__file__).parent / "sql" / "audience.sql").read_text()
FRESH = timedelta(minutes=15)
AT_ONCE = 50_000  # so many memberships are counted while the page waits: some 50 ms
SHOWN = 24  # months


@dataclass(frozen=True, kw_only=True)
class Row:
    month: str
    list_id: int
    what: str
    joined: int
    gone: int


@dataclass(frozen=True, kw_only=True)
class Counted:
    rows: list[Row]
    at: datetime
    is_old: bool


@dataclass(frozen=True, kw_only=True)
class Month:
    """`standing`: how many memberships stood at its end."""

    month: str
    joined: int
    gone: int
    standing: int


def counted() -> Counted | None:
    """What was counted last; of few people anew. None where it has to be counted first."""
    found = AudienceCount.objects.first()
    if found is None or (found.counted_at < now() - FRESH and _is_small()):
        if not _is_small():
            return None
        found = count()
    return Counted(
        rows=[Row(month=m, list_id=n, what=what, joined=j, gone=g) for m, n, what, j, g in found.rows],
        at=found.counted_at,
        is_old=found.counted_at < now() - FRESH,
    )


def count() -> AudienceCount:
    at = now()
    with connection.cursor() as cursor:
        cursor.execute(COUNT, {"account": current_account(), "zone": timezone.get_current_timezone_name()})
        rows = [list(row) for row in cursor.fetchall()]
    made, _new = AudienceCount.objects.update_or_create(
        account_id=current_account(), defaults={"rows": rows, "counted_at": at}
    )
    return made


def months(rows: Iterable[Row], *, upto: str) -> list[Month]:
    """Every month from the first on, also those in which nothing happened; the last `SHOWN` of them."""
    joined, gone = Counter[str](), Counter[str]()
    for row in rows:
        joined[row.month] += row.joined
        gone[row.month] += row.gone
    named = sorted({*joined, *gone, upto})
    found, standing = [], 0
    for month in _between(named[0], named[-1]):
        standing += joined[month] - gone[month]
        found.append(Month(month=month, joined=joined[month], gone=gone[month], standing=standing))
    return found[-SHOWN:]


def by_what(rows: Sequence[Row], *, months: Iterable[str]) -> tuple[dict[str, int], dict[str, int]]:
    """Who came by source and who left by way in these months, most first."""
    wanted = set(months)
    joined, gone = defaultdict[str, int](int), defaultdict[str, int](int)
    for row in rows:
        if row.month in wanted:
            joined[row.what] += row.joined
            gone[row.what] += row.gone
    return _ordered(joined), _ordered(gone)


def _ordered(found: dict[str, int]) -> dict[str, int]:
    return dict(sorted(((what, n) for what, n in found.items() if n), key=lambda one: (-one[1], one[0])))


def _between(first: str, last: str) -> list[str]:
    year, month = map(int, first.split("-"))
    found = []
    while (text := f"{year:04d}-{month:02d}") <= last:
        found.append(text)
        year, month = (year + 1, 1) if month == 12 else (year, month + 1)
    return found


def _is_small() -> bool:
    return Membership.objects.order_by()[: AT_ONCE + 1].count() <= AT_ONCE
