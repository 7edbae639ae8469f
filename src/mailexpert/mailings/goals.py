"""What a test of versions can be won by. A port: a room that counts something else for a mailing registers it here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from mailexpert.tracking import queries as tracking
from mailexpert.tracking import queries_goals as sites
from mailexpert.tracking.models import Mode

# Readers have the same links, so nobody knows whether ten clicks came from ten people or from five. Whoever clicks,
# does so one and a half times on average, some once and some often; that spreads a sum of clicks as if every second
# one were a reader of its own.
CLICKS_PER_SUCCESS = 2.0


@dataclass(frozen=True, kw_only=True)
class Window:
    """From when until when something counts, in whole hours; without bounds everything does."""

    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Goal:
    """`count`: of each issue, within its window, from people alone. `per_success`: how many of it are one success.
    `usual`: so many a mail where an account has none yet. `hindrance`: why it can't be counted for a mailing that is
    measured so, else nothing."""

    key: str
    label: str | Promise
    unit: str | Promise
    per_success: float
    usual: float
    count: Callable[[Mapping[int, Window]], dict[int, int]]
    hindrance: Callable[[str], str | Promise]


_goals: dict[str, Goal] = {}


def register(goal: Goal) -> None:
    _goals[goal.key] = goal


def all_goals() -> list[Goal]:
    return list(_goals.values())


def goal(key: str) -> Goal:
    """The goal of this name; one that is gone is clicks again."""
    return _goals.get(key) or _goals["clicks"]


def _count_clicks(windows: Mapping[int, Window]) -> dict[int, int]:
    bounded = {issue: window for issue, window in windows.items() if window.since or window.until}
    found = tracking.hits_of([issue for issue in windows if issue not in bounded])
    counts = {issue: found[issue].clicks if issue in found else 0 for issue in windows}
    for issue, window in bounded.items():
        counts[issue] = tracking.clicks_between(issue, window.since, window.until)
    return counts


def _unmeasured(mode: str) -> str | Promise:
    if mode != Mode.NONE:
        return ""
    return _("Nothing is measured of this mailing, so clicks can’t decide.")


register(
    Goal(
        key="clicks",
        label=_("Clicks"),
        unit=_("clicks"),
        per_success=CLICKS_PER_SUCCESS,
        usual=0.03,
        count=_count_clicks,
        hindrance=_unmeasured,
    )
)


def _count_conversions(windows: Mapping[int, Window]) -> dict[int, int]:
    return {
        issue: sites.conversions_of(issue, since=window.since, until=window.until)
        for issue, window in windows.items()
    }


def _uncounted(mode: str) -> str | Promise:
    if mode == Mode.NONE:
        return _("Nothing is measured of this mailing, so a conversion can’t be told to come of it.")
    return (
        ""
        if sites.counts_goals()
        else _("No goal of your sites is counted yet, so conversions can’t decide.")
    )


register(
    Goal(
        key="conversions",
        label=_("Conversions on your sites"),
        unit=_("conversions"),
        per_success=1.0,
        usual=0.005,
        count=_count_conversions,
        hindrance=_uncounted,
    )
)
