"""`date` reads what people have in their files, and leaves the rest as it is."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailexpert.mail.personalise import render_html, render_text


def shown(value, pattern="'%d-%m-%Y'"):
    return render_text("{{ contact.d | date: " + pattern + " }}", {"d": value})


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("1980-02-29", "29-02-1980"),
        (dt.date(1980, 2, 29), "29-02-1980"),
        ("1980-02-29T12:00:00+05:00", "29-02-1980"),
        ("29 Feb 1980", "29-02-1980"),
        (" 1980-02-29 ", "29-02-1980"),
        (None, ""),
        ("", ""),
        ("1981-02-29", "1981-02-29"),
        ("morgen", "morgen"),
        ("9" * 23, "9" * 23),
        ("99999999999", "99999999999"),
        (10**30, str(10**30)),
        (float("inf"), "inf"),
        (True, "true"),
        ("1 " * 30_000, "1 " * 30_000),
    ],
)
def test_a_date_is_shown_or_left(value, text):
    assert shown(value).lower() == text.lower()


@pytest.mark.parametrize("pattern", ["'%Q%'", "'%99999999d'", "'\ud800'", "nil", "contact.nothing", "'%'"])
def test_an_odd_pattern_stops_nobody(pattern):
    assert isinstance(shown("1980-02-29", pattern), str)


def test_now_is_today():
    assert shown("now", "'%Y'") == str(dt.datetime.now().year)  # noqa: DTZ005


def test_a_date_that_is_none_is_escaped():
    assert render_html("{{ contact.d | date: '%d' }}", {"d": "<b>"}) == "&lt;b&gt;"
    assert render_html("{{ '1980-02-29' | date: contact.p }}", {"p": "<b>%d"}) == "&lt;b&gt;29"


@given(
    st.none() | st.text(max_size=50) | st.integers() | st.floats() | st.dates() | st.datetimes(),
    st.text(max_size=9),
)
def test_no_value_and_no_pattern_raise(value, pattern):
    render_html("{{ contact.d | date: contact.p }}", {"d": value, "p": pattern})
