"""By the minute, the hour, the day; where it dipped; how it goes on."""

from datetime import UTC, datetime, timedelta

import pytest

from mailexpert.reports import rules_time
from mailexpert.reports.rules_time import Step

TEN = datetime(2026, 11, 24, 10, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("span", "step"),
    [
        ({"minutes": 5}, Step.MINUTE),
        ({"hours": 2}, Step.MINUTE),
        ({"hours": 3}, Step.HOUR),
        ({"days": 3}, Step.HOUR),
        ({"days": 4}, Step.DAY),
        ({"days": 400}, Step.DAY),
    ],
)
def test_the_step_grows_with_the_age(span, step):
    assert rules_time.step_for(timedelta(**span)) is step


@pytest.mark.parametrize(
    ("hours", "has_fives", "step"),
    [
        (1, True, Step.FIVE),
        (1, False, Step.HOUR),
        (12, True, Step.HOUR),
        (72, True, Step.HOUR),
        (73, False, Step.DAY),
    ],
)
def test_what_readers_did_is_shown_finer_in_its_first_hours(hours, has_fives, step):
    assert rules_time.step_after(timedelta(hours=hours), has_fives=has_fives) is step


def test_steps_in_which_nothing_happened_are_zero():
    found = {TEN: 3, TEN + timedelta(seconds=20): 1, TEN + timedelta(minutes=3): 2}
    series = rules_time.series(found, Step.MINUTE, first=TEN, last=TEN + timedelta(minutes=4))
    assert series.values == (4, 0, 0, 2, 0)
    assert series.at(3) == TEN.replace(minute=3, second=0)


def test_many_steps_lie_together_and_nothing_gets_lost():
    found = {TEN + timedelta(days=day): 1 for day in range(400)}
    series = rules_time.series(found, Step.DAY, first=TEN, last=TEN + timedelta(days=399))
    assert len(series.values) <= rules_time.MOST_POINTS
    assert (sum(series.values), series.each) == (400, 4)


@pytest.mark.parametrize(
    ("values", "index"),
    [
        ((212, 248, 250, 249, 250, 250, 247, 168, 246, 250, 250, 241), 7),
        ((250, 250, 250, 250, 250), None),
        ((10, 250, 250, 250, 10), None),  # the beginning and the end
        ((250, 250, 0, 250, 100, 250), 2),
        ((), None),
        ((0, 0, 0, 0), None),
    ],
)
def test_a_dip_is_well_below_what_is_around_it(values, index):
    assert rules_time.dip(values) == index


@pytest.mark.parametrize(
    ("values", "waiting", "expected"),
    [
        ((240, 250, 260), 600, [250, 250, 100]),
        ((240, 250, 260), 0, []),
        ((0, 0, 0), 600, []),
        ((), 600, []),
        ((1, 1, 1), 5_000_000, []),  # further than any chart reaches
    ],
)
def test_it_goes_on_at_the_pace_of_the_last_steps(values, waiting, expected):
    assert rules_time.expected(values, waiting) == expected
