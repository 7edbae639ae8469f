"""Pages, names and amounts as they may come in."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailexpert.mail import goals


@pytest.mark.parametrize(
    ("pattern", "path", "is_meant"),
    [
        ("/bedankt", "/bedankt", True), ("/bedankt", "/bedankt/", True), ("/bedankt/", "/bedankt", True),
        ("/bedankt", "/bedankt/2", False), ("/bedankt*", "/bedankt/2", True), ("/*/klaar", "/nl/klaar", True),
        ("/*/klaar", "/klaar", False), ("/a*b*c", "/a1b2c", True), ("/a*b*c", "/acb", False), ("/", "/", True),
        ("/a*a", "/a", False), ("/Bedankt", "/bedankt", False), ("/*", "/", False), ("/*", "/x", True),
    ],
)  # fmt: skip
def test_a_pattern_means_its_pages(pattern, path, is_meant):
    assert goals.matches(pattern, path) is is_meant


@given(st.text("/ab*", min_size=1, max_size=8), st.text("/ab", max_size=12))
def test_a_pattern_means_what_its_regular_expression_would(pattern, path):
    wanted = ".*".join(map(re.escape, pattern.rstrip("/").split("*")))
    assert goals.matches(pattern, path) is bool(re.fullmatch(wanted, path.rstrip("/")))


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (12.5, 1250), ("12.50", 1250), (0, 0), ("0.005", 0), (1_000_000, 100_000_000), (1_000_000.01, None),
        (-1, None), ("-0.01", None), ("1e400", None), ("nan", None), ("inf", None), (True, None), (None, None),
        ("12,50", None), ("1" * 30, None), ([], None), (19.99, 1999), ("٣", None),
    ],
)  # fmt: skip
def test_an_amount_is_read_in_hundredths_or_refused(value, found):
    assert goals.amount(value) == found


@given(st.text(max_size=80) | st.floats() | st.integers() | st.none())
def test_no_amount_is_below_nothing_or_above_the_most(value):
    found = goals.amount(value)
    assert found is None or 0 <= found <= goals.MOST


@pytest.mark.parametrize(
    ("told", "kept"),
    [("Aankoop", "aankoop"), ("a\nb", ""), ("a\x00", ""), ("", ""), ("x" * 51, ""), (3, ""), ("-a", "")],
)
def test_a_name_is_plain_or_none(told, kept):
    assert goals.name(told) == kept


@pytest.mark.parametrize(("told", "kept"), [("eur", "EUR"), ("€", ""), ("EURO", ""), (None, ""), ("E R", "")])
def test_a_currency_has_three_letters(told, kept):
    assert goals.currency(told) == kept
