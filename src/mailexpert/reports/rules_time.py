"""Figures over time: by minutes while a mailing goes out, by the hour and then by the day as it grows older; where
sending dipped, and how it will go on. Pure: values in, values out."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from statistics import median

MOST_POINTS = 120
MINUTES_UPTO, FIVES_UPTO, HOURS_UPTO = timedelta(hours=2), timedelta(hours=12), timedelta(days=3)
DIP = 0.7  # of what is usual around it
RECENT = 3


class Step(Enum):
    MINUTE = timedelta(minutes=1)
    FIVE = timedelta(minutes=5)
    HOUR = timedelta(hours=1)
    DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class Series:
    """Equal steps from `first` on; `each` steps lie together in one value where there would be too many."""

    first: datetime
    step: Step
    each: int
    values: tuple[int, ...]

    @property
    def width(self) -> timedelta:
        return self.step.value * self.each

    def at(self, index: int) -> datetime:
        return self.first + self.width * index


def step_for(span: timedelta) -> Step:
    if span <= MINUTES_UPTO:
        return Step.MINUTE
    return Step.HOUR if span <= HOURS_UPTO else Step.DAY


def step_after(span: timedelta, *, has_fives: bool) -> Step:
    """For what readers did, which is known by the five minutes at its finest, and only of a mailing's first hours."""
    if has_fives and span < FIVES_UPTO:
        return Step.FIVE
    return Step.HOUR if span <= HOURS_UPTO else Step.DAY


def floor(at: datetime, step: Step) -> datetime:
    """In the zone that `at` is in: a day begins at midnight where the reader is."""
    if step is Step.DAY:
        return at.replace(hour=0, minute=0, second=0, microsecond=0)
    if step is Step.HOUR:
        return at.replace(minute=0, second=0, microsecond=0)
    width = step.value.seconds // 60
    return at.replace(minute=at.minute // width * width, second=0, microsecond=0)


def series(found: Mapping[datetime, int], step: Step, *, first: datetime, last: datetime) -> Series:
    """What fell into each step from the first to the last of them; zero where nothing did."""
    begin, end = floor(first, step), floor(last, step)
    steps = max(0, round((end - begin) / step.value)) + 1
    each = math.ceil(steps / MOST_POINTS)
    sums = [0] * math.ceil(steps / each)
    for at, n in found.items():
        index = (at - begin) // (step.value * each)
        sums[min(max(index, 0), len(sums) - 1)] += n
    return Series(first=begin, step=step, each=each, values=tuple(sums))


def dip(values: Sequence[int]) -> int | None:
    """The deepest step that lies well below the ones around it; not at the ends, where sending begins and stops."""
    inner = range(2, len(values) - 1)
    around = {
        index: median((*values[max(0, index - 3) : index], *values[index + 1 : index + 4])) for index in inner
    }
    deep = [index for index in inner if around[index] and values[index] < DIP * around[index]]
    return min(deep, key=lambda index: values[index] / around[index], default=None)


def expected(values: Sequence[int], waiting: int) -> list[float]:
    """How it goes on at the pace of the last steps until nobody waits; no more steps than the chart has room for."""
    recent = values[-RECENT:]
    pace = sum(recent) / len(recent) if recent else 0
    if pace < 1 or waiting < 1:
        return []
    steps = math.ceil(waiting / pace)
    if steps > MOST_POINTS:
        return []
    return [min(pace, waiting - pace * n) for n in range(steps)]
