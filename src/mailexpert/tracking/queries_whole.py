"""All roll-ups of a mailing's issues at one look, for who shows all of them: seven questions in one trip to the
database."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime

from mailexpert.tracking.models import OPENS, Kind, Rollup
from mailexpert.tracking.queries import Hits, HourHits, LinkHits, Share

By = Rollup.By
PROPERTIES = (By.DEVICE, By.PROVIDER, By.COUNTRY)
MACHINES = (Kind.MACHINE_OPEN, Kind.MACHINE_CLICK)


@dataclass(frozen=True, kw_only=True)
class Whole:
    """Each as the function of the same name in queries.py gives it; `by_five_minutes` like the hours, of a mailing's
    first twelve."""

    hits: Hits
    clicks_per_link: list[LinkHits]
    clicks_over_time: list[HourHits]
    by_five_minutes: list[HourHits]
    machine_shares: list[Share]
    shares: dict[Rollup.By, list[Share]]


Sums = dict[str, dict[int, int]]  # by value, by kind


def whole(issues: list[int]) -> Whole:
    """Of these issues together. What machines did over time nobody asks."""
    rows = Rollup.objects.filter(issue_id__in=issues).exclude(by__in=(By.HOUR, By.PART), kind__in=MACHINES)
    found: dict[int, Sums] = defaultdict(lambda: defaultdict(lambda: defaultdict(int)))
    for by, value, kind, n in rows.values_list("by", "value", "kind", "n"):
        found[by][value][kind] += n
    total = found[By.TOTAL][""]
    return Whole(
        hits=Hits(
            opens=total[Kind.OPEN],
            clicks=total[Kind.CLICK],
            machine_opens=total[Kind.MACHINE_OPEN],
            machine_clicks=total[Kind.MACHINE_CLICK],
        ),
        clicks_per_link=_links(found[By.LINK]),
        clicks_over_time=_hours(found[By.HOUR]),
        by_five_minutes=_hours(found[By.PART]),
        machine_shares=_shares(found[By.RULE], Kind.MACHINE_OPEN, Kind.MACHINE_CLICK),
        shares={by: _shares(found[by], Kind.OPEN, Kind.CLICK) for by in PROPERTIES},
    )


def _links(sums: Sums) -> list[LinkHits]:
    rows = [
        LinkHits(link=int(link), clicks=kinds[Kind.CLICK], machine_clicks=kinds[Kind.MACHINE_CLICK])
        for link, kinds in sums.items()
        if link != str(OPENS)
    ]
    return sorted(rows, key=lambda one: one.link)


def _hours(sums: Sums) -> list[HourHits]:
    rows = [
        HourHits(
            hour=datetime.fromtimestamp(int(value), UTC), clicks=kinds[Kind.CLICK], opens=kinds[Kind.OPEN]
        )
        for value, kinds in sums.items()
    ]
    return sorted(rows, key=lambda one: one.hour)


def _shares(sums: Sums, opened: Kind, clicked: Kind) -> list[Share]:
    rows = [
        Share(name=value, opens=kinds[opened], clicks=kinds[clicked])
        for value, kinds in sums.items()
        if kinds[opened] or kinds[clicked]
    ]
    return sorted(rows, key=lambda one: (-one.hits, one.name))
