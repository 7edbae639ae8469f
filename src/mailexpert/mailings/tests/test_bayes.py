"""What clicks say of versions, against what can be worked out by hand and by drawing lots."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailexpert.mailings.bayes import Seen, believe


def test_of_two_that_are_equal_each_is_as_likely_the_best() -> None:
    first, second = believe([Seen(people=20, successes=0)] * 2)
    assert first.best == second.best == pytest.approx(0.5)
    # The better of two shares from Beta(1, 21) is 2/22 - 1/43 on average; one of them is 1/22.
    assert first.loss == pytest.approx(2 / 22 - 1 / 43 - 1 / 22, rel=1e-3)


def test_it_says_what_drawing_lots_says() -> None:
    seen = [(500, 20), (500, 35), (400, 25)]
    beliefs = believe([Seen(people=people, successes=n) for people, n in seen])
    draw, times = random.Random(4), 40_000
    best, lost = [0, 0, 0], [0.0, 0.0, 0.0]
    for _time in range(times):
        shares = [draw.betavariate(1 + n, 1 + people - n) for people, n in seen]
        best[shares.index(max(shares))] += 1
        lost = [sum_ + max(shares) - share for sum_, share in zip(lost, shares, strict=True)]
    for belief, wins, loss in zip(beliefs, best, lost, strict=True):
        assert belief.best == pytest.approx(wins / times, abs=0.01)
        assert belief.loss == pytest.approx(loss / times, abs=2e-4)


@settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.tuples(st.integers(0, 1_000_000), st.floats(0, 1)).map(
            lambda pair: Seen(people=pair[0], successes=pair[0] * pair[1])
        ),
        min_size=2,
        max_size=4,
    )
)
def test_chances_add_up_and_whoever_is_ahead_costs_least(seen: list[Seen]) -> None:
    beliefs = believe(seen)
    assert sum(belief.best for belief in beliefs) == pytest.approx(1)
    assert all(0 <= belief.best <= 1 and 0 <= belief.loss <= 1 for belief in beliefs)
    highest = max(beliefs, key=lambda belief: belief.mean)
    assert highest.loss == pytest.approx(min(belief.loss for belief in beliefs), abs=1e-6)


def test_more_than_everyone_is_everyone() -> None:
    first, second = believe([Seen(people=50, successes=80), Seen(people=50, successes=10)])
    assert first.mean == pytest.approx(51 / 52)
    assert first.best > 0.999 > second.loss
