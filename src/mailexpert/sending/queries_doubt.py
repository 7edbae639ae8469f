"""Who is in doubt: they had a turn, and nobody knows what came of it. Derived, so that a late answer clears it."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection

from mailexpert.core.scope import current_account
from mailexpert.sending.queries import family

SQL = Path(__file__).parent / "sql"
LOST = (SQL / "lost.sql").read_text()
DOUBTFUL = (SQL / "doubtful.sql").read_text().replace("{lost}", LOST)
DOUBT_SUM = (SQL / "doubt_sum.sql").read_text().replace("{lost}", LOST)


@dataclass(frozen=True, kw_only=True)
class Doubtful:
    """`email` is empty once the contact was deleted."""

    contact_id: int
    email: str
    since: datetime
    may_go_again: bool


@dataclass(frozen=True, kw_only=True)
class DoubtSum:
    """How many may get another attempt now, how many later, and when the first of those may."""

    now: int
    later: int
    at: datetime | None


def doubtful(issue_id: int, *, after: int = 0, limit: int) -> list[Doubtful]:
    """A page by contact: those behind contact `after`."""
    return [Doubtful(**row) for row in _rows(DOUBTFUL, issues=family(issue_id), after=after, limit=limit)]


def doubt_sum(issue_id: int) -> DoubtSum:
    return DoubtSum(**_rows(DOUBT_SUM, issues=family(issue_id))[0])


def _rows(sql: str, **values: Any) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(sql, {"account": current_account(), **values})
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
