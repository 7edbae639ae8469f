"""The rules of a test of versions as tables, and what they come to over many tests."""

import random
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailexpert.mailings import rules_experiments as rule
from mailexpert.mailings.goals import CLICKS_PER_SUCCESS
from mailexpert.mailings.rules_experiments import (
    Sizes,
    judge,
    looks_due,
    next_like,
    read,
    sizes,
    smallest_seen,
)

BEGAN = datetime(2026, 12, 1, 9, tzinfo=UTC)


@given(st.integers(0, 10**7), st.sampled_from(rule.SHARES), st.integers(2, 4))
def test_versions_are_equally_large_and_nobody_is_forgotten(audience: int, share: int, versions: int) -> None:
    found = sizes(audience, share, versions)
    assert found.each * versions + found.rest == audience
    assert found.rest >= found.each * versions  # never more than half of them


@pytest.mark.parametrize(
    ("audience", "share", "versions", "each"),
    [(1000, 20, 2, 100), (399, 10, 2, 19), (7, 50, 4, 0), (0, 10, 2, 0)],
)
def test_sizes(audience: int, share: int, versions: int, each: int) -> None:
    assert sizes(audience, share, versions) == Sizes(each=each, rest=audience - each * versions)


@pytest.mark.parametrize(
    ("minutes", "due"), [(0, 0), (119, 0), (120, 1), (179, 1), (180, 2), (239, 2), (240, 3), (9_999, 3)]
)
def test_a_test_of_four_hours_is_looked_at_after_two_three_and_four(minutes: int, due: int) -> None:
    assert looks_due(BEGAN, 4, BEGAN + timedelta(minutes=minutes)) == due


@pytest.mark.parametrize(("minutes", "due"), [(0, 0), (239, 0), (240, 3)])
def test_moments_are_compared_at_the_end_alone(minutes: int, due: int) -> None:
    assert looks_due(BEGAN, 4, BEGAN + timedelta(minutes=minutes), only_last=True) == due


@pytest.mark.parametrize(
    ("counted", "look", "what", "winner"),
    [
        ([(500, 10), (500, 90)], 1, "early", 1),
        ([(500, 90), (500, 10)], 2, "early", 0),
        ([(500, 30), (500, 40)], 1, "too_early", 1),
        ([(99, 0), (99, 99)], 2, "too_early", 1),  # clear enough, but too few people to stop early
        ([(99, 0), (99, 99)], 3, "clear", 1),
        ([(19, 0), (19, 30)], 3, "tie", 1),  # below the smallest group nothing is clear
        ([(500, 30), (500, 31)], 3, "tie", 1),
        ([(500, 0), (500, 0)], 3, "tie", 0),
        ([(0, 0), (0, 0)], 3, "tie", 0),
        ([(500, 20), (500, 20), (500, 120), (500, 25)], 3, "clear", 2),
    ],
)
def test_the_rule(counted: list[tuple[int, int]], look: int, what: str, winner: int) -> None:
    verdict = judge(read(counted, per_success=CLICKS_PER_SUCCESS), look)
    assert (verdict.what, verdict.winner) == (what, winner)


def a_test(draw: random.Random, shares: tuple[float, ...], people: int) -> tuple[str, int]:
    """One whole test: readers click in the first hours most, each who does one and a half times on average."""
    clicks = [0] * len(shares)
    for look, part in ((1, 0.7), (2, 0.15), (3, 0.15)):
        for n, share in enumerate(shares):
            for _reader in range(people):
                if draw.random() < share * part:
                    clicks[n] += 1
                    while draw.random() < 1 / 3:
                        clicks[n] += 1
        verdict = judge(read([(people, count) for count in clicks], per_success=CLICKS_PER_SUCCESS), look)
        if verdict.what != "too_early":
            return verdict.what, verdict.winner
    raise AssertionError("the last look decides")


def test_among_equals_at_most_one_test_in_ten_finds_a_winner_with_three_looks_and_all() -> None:
    draw = random.Random(7)
    outcomes = [a_test(draw, (0.03, 0.03), 400) for _time in range(300)]
    assert sum(what != "tie" for what, _winner in outcomes) <= 30


def test_a_version_that_is_much_better_is_found_and_a_worse_one_almost_never_wins() -> None:
    draw = random.Random(8)
    outcomes = [a_test(draw, (0.02, 0.06), 400) for _time in range(100)]
    assert sum(what != "tie" and winner == 1 for what, winner in outcomes) >= 80
    assert sum(what != "tie" and winner == 0 for what, winner in outcomes) == 0


def test_what_a_test_is_said_to_see_it_sees_four_times_in_five() -> None:
    draw, people = random.Random(9), 800
    seen = smallest_seen(
        0.045, people, per_success=1.5
    )  # three in a hundred click, each one and a half times
    assert seen is not None
    found = sum(a_test(draw, (0.03, 1.0 * seen / 1.5), people)[0] != "tie" for _time in range(100))
    assert 55 <= found <= 95


def test_a_larger_test_sees_a_smaller_difference() -> None:
    seen = [smallest_seen(0.03, people, per_success=2.0) for people in (50, 500, 5_000, 50_000)]
    assert all(a is not None and b is not None and a > b > 0.03 for a, b in pairwise(seen))
    assert smallest_seen(0.03, 0, per_success=2.0) is None


@pytest.mark.parametrize(
    ("winner", "now", "goes"),
    [
        ("2026-12-01T09", "2026-12-01T20", "2026-12-02T09"),
        ("2026-12-01T15", "2026-12-02T13", "2026-12-02T15"),
    ],
)
def test_everyone_else_gets_it_at_the_next_hour_like_that_of_the_best(
    winner: str, now: str, goes: str
) -> None:
    hours = [at("2026-12-01T09"), at("2026-12-01T15")]
    assert next_like(at(winner), hours, at(now)) == at(goes)


def test_where_days_were_tried_the_best_day_comes_again() -> None:
    days = [at("2026-12-01T09"), at("2026-12-03T09")]
    assert next_like(days[0], days, at("2026-12-03T13")) == at("2026-12-08T09")


def at(hour: str) -> datetime:
    return datetime.fromisoformat(f"{hour}:00").replace(tzinfo=UTC)
