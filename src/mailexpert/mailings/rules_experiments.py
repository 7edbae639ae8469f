"""Decisions about a test of versions, on values alone: how large the groups are, what they can show, when it is looked
at, and who has won."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt
from typing import Literal

from mailexpert.mailings.bayes import Belief, Seen, believe

FEWEST = 20  # people a version; a number about fewer could point at one of them
MOST_VERSIONS = 4
SHARES = (10, 20, 30, 40, 50)  # per cent of the audience that the versions have together
MOST_HOURS = 48

# The rule, fixed before a test begins and shown on its page. A test is looked at three times and no more: halfway, at
# three quarters and at the end. Whoever looked all the time would at some moment see a winner among equals.
LOOKS = (0.5, 0.75, 1.0)
EARLY_PEOPLE = 100  # a version, before it may end early
EARLY_CHANCE = 0.99
EARLY_LOSS = 0.005  # of the best one's own rate
CLEAR_CHANCE = 0.95  # at the end; below it there is no clear difference

What = Literal["too_early", "early", "clear", "tie"]


@dataclass(frozen=True, kw_only=True)
class Sizes:
    each: int
    rest: int

    @property
    def is_too_small(self) -> bool:
        return self.each < FEWEST


def sizes(audience: int, share: int, versions: int) -> Sizes:
    """How many people get each version, and how many wait for the outcome."""
    each = audience * share // 100 // versions
    return Sizes(each=each, rest=audience - each * versions)


# ----- What a test of this size can show

ONE_SIDED, POWER = 1.645, 0.842  # standard deviations: one in twenty wrong, four in five seen


def smallest_seen(base: float, people: int, *, per_success: float) -> float | None:
    """The rate that a version must reach, against one that has `base`, to be found better in four tests of five; None
    when even a version to which everyone reacts wouldn't. Rates count what is counted; `per_success` of them are one
    success."""
    low = p = min(base / per_success, 1.0)
    high = 1.0
    if people < 1 or not _is_seen(p, high, people):
        return None
    for _step in range(40):
        middle = (low + high) / 2
        low, high = (low, middle) if _is_seen(p, middle, people) else (middle, high)
    return high * per_success


def _is_seen(p: float, q: float, people: int) -> bool:
    spread = sqrt((p * (1 - p) + q * (1 - q)) / people)
    return q - p >= (ONE_SIDED + POWER) * spread


# ----- When it is looked at


def looks_due(tested_at: datetime, hours: int, now: datetime, *, only_last: bool = False) -> int:
    """How many looks should have been taken by now. `only_last`: versions that are sent at different times can't be
    compared sooner."""
    looks = LOOKS[-1:] if only_last else LOOKS
    due = sum(now >= tested_at + timedelta(hours=hours) * share for share in looks)
    return due + len(LOOKS) - len(looks) if due else 0


def ends_at(tested_at: datetime, hours: int) -> datetime:
    return tested_at + timedelta(hours=hours)


def next_like(moment: datetime, moments: Sequence[datetime], now: datetime) -> datetime:
    """The next time that is like a moment: its hour of the day and, where all moments have the same hour, its day of
    the week. All in the same zone."""
    same_hour = len({(each.hour, each.minute) for each in moments}) == 1 and len(moments) > 1
    found = now.replace(hour=moment.hour, minute=moment.minute, second=0, microsecond=0)
    while found <= now or (same_hour and found.weekday() != moment.weekday()):
        found += timedelta(days=1)
    return found


# ----- Who has won


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One version as it stands: who got it, what was counted, and what there is to believe."""

    people: int
    count: int
    belief: Belief


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """`winner`: the version with the least expected loss, also when it isn't clear."""

    what: What
    winner: int


def read(counted: Sequence[tuple[int, int]], *, per_success: float) -> list[Reading]:
    """(people, count) of each version. `per_success`: how many counted things are one success, because nobody knows
    whether ten clicks came from ten people."""
    seen = [Seen(people=people, successes=count / per_success) for people, count in counted]
    return [
        Reading(people=people, count=count, belief=belief)
        for (people, count), belief in zip(counted, believe(seen), strict=True)
    ]


def judge(readings: Sequence[Reading], look: int) -> Verdict:
    """At a look (1 to 3) that is due. Before the last one only the rule for ending early ends it."""
    winner = min(range(len(readings)), key=lambda n: (readings[n].belief.loss, n))
    best, fewest = readings[winner].belief, min(one.people for one in readings)
    if look >= len(LOOKS):
        is_clear = fewest >= FEWEST and best.best >= CLEAR_CHANCE
        return Verdict(what="clear" if is_clear else "tie", winner=winner)
    is_early = fewest >= EARLY_PEOPLE and best.best >= EARLY_CHANCE and best.loss <= EARLY_LOSS * best.mean
    return Verdict(what="early" if is_early else "too_early", winner=winner)
