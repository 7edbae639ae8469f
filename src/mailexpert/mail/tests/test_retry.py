"""Deferred messages come again later and later, spread, and not for ever."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailexpert.mail.retry import CEILING, LIFE, MOST_ATTEMPTS, gives_up, wait

MINUTE = 60.0


@pytest.mark.parametrize(
    ("attempt", "minutes"), [(1, 5), (2, 20), (3, 40), (4, 80), (5, 160), (6, 200), (16, 200), (10_000, 200)]
)
def test_the_ladder(attempt, minutes):
    assert wait(attempt, random_share=0.5) == pytest.approx(minutes * MINUTE)


@given(st.integers(1, 100), st.floats(0, 1), st.none() | st.floats(0, 1e6))
def test_no_wait_is_nothing_or_above_the_ceiling(attempt, share, stated):
    assert 1.0 <= wait(attempt, stated, random_share=share) <= CEILING + 1e-6


def test_those_who_were_deferred_together_come_back_apart():
    for attempt in range(1, 10):
        assert wait(attempt, random_share=1) > 1.4 * wait(attempt, random_share=0)
    assert wait(1, 300, random_share=1) > wait(1, 300, random_share=0) == 300


def test_a_server_s_own_word_counts():
    assert wait(3, 300, random_share=0) == 300
    assert wait(9, 300, random_share=0) == wait(9, random_share=0) > 300
    assert wait(1, 10**6, random_share=0) == CEILING


def test_it_ends():
    assert not gives_up(1, 0.0)
    assert not gives_up(MOST_ATTEMPTS - 1, LIFE)
    assert gives_up(MOST_ATTEMPTS, 0.0)
    assert gives_up(2, LIFE + 1)


@given(st.floats(0, 1), st.none() | st.floats(0, 600))
def test_it_is_age_that_ends_it_and_not_the_number_of_tries(share, stated):
    age, attempt = 0.0, 1
    while not gives_up(attempt, age):
        age += wait(attempt, stated, random_share=share)
        attempt += 1
    assert age > LIFE
