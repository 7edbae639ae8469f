"""Mailings side by side: rates with how sure they are, and whether one did better than another. Pure."""

import math
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from itertools import accumulate

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
HOURS_UPTO, MOST_DAYS = timedelta(days=3), 30
SURE = 1.96  # standard deviations: 95 times in 100
MOST, FEWEST = 5, 2


@dataclass(frozen=True, kw_only=True)
class Rate:
    """`part` of `whole`, and between what shares it would come 95 times in 100 if the mailing went out anew."""

    part: int
    whole: int
    low: float
    high: float

    @property
    def share(self) -> float:
        return self.part / self.whole if self.whole else 0.0


class Verdict(Enum):
    HIGHER = "higher"
    LOWER = "lower"
    CHANCE = "chance"
    UNKNOWN = "unknown"


def people(part: int, whole: int) -> Rate:
    """Of people, each of whom did it or didn't: the score interval of Wilson (1927)."""
    if whole < 1:
        return Rate(part=part, whole=whole, low=0, high=1)
    share, square = part / whole, SURE * SURE
    middle = (share + square / (2 * whole)) / (1 + square / whole)
    spread = (
        SURE / (1 + square / whole) * math.sqrt(share * (1 - share) / whole + square / (4 * whole * whole))
    )
    return Rate(part=part, whole=whole, low=max(0.0, middle - spread), high=min(1.0, middle + spread))


def hits(part: int, whole: int) -> Rate:
    """Of hits, of which a person may make several: counts that vary with their own root (Poisson), with the
    half that keeps zero from looking sure."""
    if whole < 1:
        return Rate(part=part, whole=whole, low=0, high=1)
    root = math.sqrt(part + 0.25)
    low, high = max(0.0, root - SURE / 2) ** 2 - 0.25, (root + SURE / 2) ** 2
    return Rate(part=part, whole=whole, low=max(0.0, low) / whole, high=high / whole)


def against(one: Rate | None, other: Rate | None) -> Verdict:
    """Whether `one` is surely higher than `other`: what chance makes of either counts in both."""
    if one is None or other is None or not one.whole or not other.whole:
        return Verdict.UNKNOWN
    spread = math.hypot((one.high - one.low) / 2, (other.high - other.low) / 2)
    difference = one.share - other.share
    if abs(difference) <= spread:
        return Verdict.CHANCE
    return Verdict.HIGHER if difference > 0 else Verdict.LOWER


def step_of(ages: Iterable[timedelta]) -> tuple[timedelta, int]:
    """By what step mailings of these ages lie side by side, and how many steps the oldest has."""
    oldest = max(ages, default=timedelta())
    step = HOUR if oldest <= HOURS_UPTO else DAY
    return step, min(int(oldest / step), MOST_DAYS if step is DAY else int(HOURS_UPTO / HOUR))


def grown(
    hours: Sequence[tuple[datetime, int]], *, began: datetime, sent: int, step: timedelta, steps: int
) -> list[float]:
    """Per 100 mails sent, how many clicks there were after each step since it began, the first after none. `hours`
    are oldest first; what came in one is taken to have come evenly over it."""
    if sent < 1:
        return []
    spans = [(max(at, began), at + HOUR, n) for at, n in hours if at + HOUR > began]
    early = sum(n for at, n in hours if at + HOUR <= began)
    ends = [last for _first, last, _n in spans]
    upto = list(accumulate((n for _first, _last, n in spans), initial=early))
    found = [0.0]
    for index in range(1, steps + 1):
        moment = began + index * step
        whole = bisect_right(ends, moment)
        first, last, n = spans[whole] if whole < len(spans) else (moment, moment + HOUR, 0)
        part = n * max(0.0, (moment - first) / (last - first))
        found.append(100 * (upto[whole] + part) / sent)
    return found
