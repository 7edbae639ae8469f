"""From a mailing's lists to shards of people, ready for the engine."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.db import connection

from mailexpert.contacts import queries_segments
from mailexpert.contacts.models import Segment
from mailexpert.core.scope import current_account
from mailexpert.mail import providers
from mailexpert.sending import queries as sending

SEGMENTS = "/* segments */ true"
WHOLE = "/* division */ SELECT id, domain, %(issue)s::bigint AS issue, now() AS not_before FROM people"
CUT_CIRCLES = (Path(__file__).parent / "sql" / "cut_circles.sql").read_text()
CUT_AUDIENCE = (Path(__file__).parent / "sql" / "cut_audience.sql").read_text()
CUT_DIVISION = (Path(__file__).parent / "sql" / "cut_division.sql").read_text()


@dataclass(frozen=True, kw_only=True)
class Division:
    """Issues that share an audience, each by its `places`, with the moment that each begins. `key`: whoever has it can
    say who is where."""

    key: bytes
    begins: dict[int, datetime]


def within(statement: str, segments: Sequence[int]) -> tuple[str, dict[str, Any]]:
    """A statement over people, for those alone who are in every one of these segments, and its further values.
    Raises TreeProblem where a segment asks for a field that is gone: nobody is mailed by half a rule."""
    found = queries_segments.condition_of(list(Segment.objects.filter(id__in=segments)))
    return statement.replace(SEGMENTS, found.sql), dict(found.params)


def cut(
    issue_id: int, lists: Sequence[int], excluded: Sequence[int] = (), segments: Sequence[int] = ()
) -> None:
    """Give an issue its people: per receiving provider, over the account's relays. In the transaction that opened
    the issue, else the engine finds it empty and done."""
    _cut(CUT_AUDIENCE, {"issue": issue_id}, lists, excluded, segments)


def cut_divided(
    division: Division, lists: Sequence[int], excluded: Sequence[int] = (), segments: Sequence[int] = ()
) -> None:
    """The same for issues that share the audience."""
    named = {
        "key": division.key,
        "issues": list(division.begins),
        "begins": list(division.begins.values()),
    }
    _cut(CUT_AUDIENCE.replace(WHOLE, CUT_DIVISION), named, lists, excluded, segments)


def _cut(
    statement: str,
    named: dict[str, Any],
    lists: Sequence[int],
    excluded: Sequence[int],
    segments: Sequence[int],
) -> None:
    statement, values = within(statement, segments)
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {
                **values,
                **named,
                "account": current_account(),
                "lists": list(lists),
                "excluded": list(excluded),
                "relays": sending.relay_turns(),
                "domains": list(providers.BY_DOMAIN),
                "providers": list(providers.BY_DOMAIN.values()),
            },
        )


def cut_circles(issue_id: int, segments: Sequence[int]) -> None:
    """Keep who of an issue's people is in each segment that a block of it is shown to. After `cut`, in its
    transaction. Nobody is in a segment that is gone."""
    for segment in Segment.objects.filter(id__in=segments).values_list("id", flat=True):
        statement, values = within(CUT_CIRCLES, [segment])
        about = {"account": current_account(), "issue": issue_id, "segment": segment}
        with connection.cursor() as cursor:
            cursor.execute(statement, {**values, **about})
