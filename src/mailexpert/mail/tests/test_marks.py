"""Marks that nobody else can make, read, or tell apart."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailexpert.mail import marks
from mailexpert.mail.marks import Mark, put_on, read, seal

KEY = b"k" * 32
IDS = st.integers(0, 2**48 - 1)
MARKS = st.builds(Mark, IDS, st.integers(0, 65_535), st.integers(0, marks.LAST_DAY), IDS)


@given(MARKS)
def test_a_mark_says_what_was_put_in(mark):
    token = seal(KEY, mark)
    assert read(KEY, token) == mark
    assert len(token) == (35 if mark.contact else 27)


@given(MARKS, st.integers(0, 34), st.sampled_from("abcXYZ019-_"))
def test_one_sign_changed_is_no_mark(mark, place, sign):
    token = seal(KEY, mark)
    forged = token[:place] + sign + token[place + 1 :]
    assert forged == token or read(KEY, forged) is None


@given(st.text(max_size=60))
def test_what_is_no_mark_is_nothing_and_never_an_error(text):
    assert read(KEY, text) is None


def test_a_mark_of_another_key_is_no_mark():
    assert read(b"x" * 32, seal(KEY, Mark(1, 2, 3))) is None


def test_two_readers_marks_show_neither_their_numbers_nor_that_they_are_alike():
    one, other = (seal(KEY, Mark(77, 3, 20_000, contact)) for contact in (500_001, 500_002))
    same = [a == b for a, b in zip(one, other, strict=True)]
    assert sum(same) < 10


@pytest.mark.parametrize(
    ("target", "marked"),
    [
        ("https://a.example", "https://a.example?mex=T"),
        ("https://a.example/p?x=1&y=%26#deel", "https://a.example/p?x=1&y=%26&mex=T#deel"),
        ("https://a.example/?mex=eigen", "https://a.example/?mex=eigen"),
        ("https://a.example/?q=a;b&q=", "https://a.example/?q=a;b&q=&mex=T"),
    ],
)
def test_an_address_gets_one_mark_and_keeps_the_rest(target, marked):
    assert put_on(target, "T") == marked
