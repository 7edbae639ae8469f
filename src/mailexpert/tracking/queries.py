"""Counts of hits, not of people: every stored hit is in one of the four."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, Sum

from mailexpert.tracking.models import OPENS, Tally


@dataclass(frozen=True, kw_only=True)
class Hits:
    opens: int = 0
    clicks: int = 0
    machine_opens: int = 0
    machine_clicks: int = 0


@dataclass(frozen=True, kw_only=True)
class LinkHits:
    link: int
    clicks: int
    machine_clicks: int


@dataclass(frozen=True, kw_only=True)
class HourHits:
    hour: datetime
    clicks: int
    opens: int


_NAMES = {
    Tally.Kind.OPEN: "opens",
    Tally.Kind.CLICK: "clicks",
    Tally.Kind.MACHINE_OPEN: "machine_opens",
    Tally.Kind.MACHINE_CLICK: "machine_clicks",
}


def _sum_of(kind: Tally.Kind) -> Sum:
    return Sum("n", filter=Q(kind=kind), default=0)


def hits(issue_id: int) -> Hits:
    """What came in for one issue, machines apart from people's devices."""
    rows = Tally.objects.filter(issue_id=issue_id).values_list("kind").annotate(total=Sum("n"))
    return Hits(**{_NAMES[Tally.Kind(kind)]: total for kind, total in rows})


def clicks_per_link(issue_id: int) -> list[LinkHits]:
    """By link number (the index in the issue's links); a link that nobody asked for isn't in it."""
    rows = (
        Tally.objects.filter(issue_id=issue_id)
        .exclude(link=OPENS)
        .values_list("link")
        .annotate(clicks=_sum_of(Tally.Kind.CLICK), machine=_sum_of(Tally.Kind.MACHINE_CLICK))
        .order_by("link")
    )
    return [LinkHits(link=link, clicks=clicks, machine_clicks=machine) for link, clicks, machine in rows]


def clicks_over_time(issue_id: int) -> list[HourHits]:
    """People's clicks and opens per hour, oldest first; hours without any are left out."""
    rows = (
        Tally.objects.filter(issue_id=issue_id, kind__in=(Tally.Kind.CLICK, Tally.Kind.OPEN))
        .values_list("hour")
        .annotate(clicks=_sum_of(Tally.Kind.CLICK), opens=_sum_of(Tally.Kind.OPEN))
        .order_by("hour")
    )
    return [HourHits(hour=hour, clicks=clicks, opens=opens) for hour, clicks, opens in rows]
