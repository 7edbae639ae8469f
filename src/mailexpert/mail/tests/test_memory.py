"""Remembered values are those of their own type, and not more of them than fit."""

import datetime as dt

from hypothesis import given
from hypothesis import strategies as st

from mailexpert.mail import memory
from mailexpert.mail.memory import Memory

SCALARS = (
    st.none() | st.text(max_size=3) | st.integers(-2, 2) | st.booleans() | st.sampled_from([0.0, 1.0, 2.5])
)
ODD = [
    dt.date(2026, 1, 1),
    dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    "now",
    "x" * 300,
    "today",
    float("nan"),
    [1],
]
SCALARS |= st.sampled_from(ODD)


def written(value):
    return repr((type(value), value)).encode()


@given(st.lists(st.lists(SCALARS, max_size=8), max_size=4))
def test_a_remembered_value_is_the_made_one(columns):
    kept = Memory(written)
    for column in columns:
        assert kept.column(column) == [written(value) for value in column]


@given(st.lists(st.lists(st.tuples(SCALARS, SCALARS), max_size=8), max_size=4))
def test_rows_are_remembered_like_values(columns):
    kept = Memory(written)
    for column in columns:
        assert kept.column(column) == [written(value) for value in column]


def test_each_value_is_made_once():
    made = []
    kept = Memory(lambda value: made.append(value) or b"x")
    for _window in range(3):
        kept.column(["a", "b", "a", None, 1, True])
    assert sorted(map(repr, made)) == ["'a'", "'b'", "1", "None", "True"]


def test_what_the_clock_changes_is_made_each_time():
    made = []
    kept = Memory(lambda value: made.append(value) or b"x")
    kept.column(["now", "now", ("a", "today")])
    assert len(made) == 3


def test_a_column_of_codes_does_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(memory, "MOST_REMEMBERED", 10)
    kept = Memory(written)
    for start in range(0, 100, 5):
        kept.column([str(n) for n in range(start, start + 5)])
        assert len(kept._known) <= 15
