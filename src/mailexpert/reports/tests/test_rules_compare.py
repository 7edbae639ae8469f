"""Mailings side by side over time: what had been clicked so long after each began."""

from datetime import UTC, datetime, timedelta

import pytest

from mailexpert.reports.rules_compare import DAY, HOUR, grown, step_of

TEN = datetime(2026, 11, 24, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    ("minutes", "hours", "expected"),
    [
        (0, {0: 10, 1: 4}, [0, 10, 14, 14]),
        (
            30,
            {0: 10, 1: 4},
            [0, 12, 14, 14],
        ),  # all of the first hour came after it began, half of the next in time
        (30, {-1: 2, 0: 10}, [0, 12, 12, 12]),  # a clock that was behind
        (0, {5: 8}, [0, 0, 0, 0]),
    ],
)
def test_clicks_add_up_from_the_start_on(minutes, hours, expected):
    found = grown(
        [(TEN + hour * HOUR, n) for hour, n in hours.items()],
        began=TEN + timedelta(minutes=minutes), sent=100, step=HOUR, steps=3,
    )  # fmt: skip
    assert found == pytest.approx(expected)


def test_of_nobody_who_got_it_there_is_no_line():
    assert grown([(TEN, 1)], began=TEN, sent=0, step=HOUR, steps=3) == []


@pytest.mark.parametrize(
    ("ages", "step"),
    [([], (HOUR, 0)), ([5], (HOUR, 5)), ([5, 72], (HOUR, 72)), ([5, 73], (DAY, 3)), ([9_000], (DAY, 30))],
)
def test_the_oldest_says_by_what_step(ages, step):
    assert step_of(timedelta(hours=hours) for hours in ages) == step
